"""Signing: the tenant's current key, loaded once, its header encoded once."""

import base64
import hashlib
import hmac
from collections.abc import Mapping
from typing import Final

import msgspec
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

from gateword.crypto.own_keys import private_key
from gateword.domain.secret import Secret
from gateword.ports.token_stores import SigningKeys

_SHA256: Final = hashes.SHA256()
_PADDINGS: Final = {
    "RS256": padding.PKCS1v15(),
    "PS256": padding.PSS(mgf=padding.MGF1(_SHA256), salt_length=padding.PSS.DIGEST_LENGTH),
}


class KeyringSigner:
    """Signs with whatever key of the tenant is current at that moment."""

    def __init__(self, keys: SigningKeys) -> None:
        """Take the tenant's key store."""
        self._keys = keys
        self._loaded: dict[str, RSAPrivateKey] = {}
        self._headers: dict[tuple[str, str, str], str] = {}

    async def sign(self, claims: Mapping[str, object], *, alg: str, typ: str = "JWT") -> Secret:
        """Return a compact JWS signed with RSA (RFC 7515 §3.1; RFC 7518 §3.3, §3.5)."""
        kid, key = await self._current()
        signing_input = f"{self._header(alg, typ, kid)}.{_b64(msgspec.json.encode(claims))}"
        signature = key.sign(signing_input.encode(), _PADDINGS[alg], _SHA256)
        return Secret(f"{signing_input}.{_b64(signature)}")

    def sign_hs256(self, claims: Mapping[str, object], key: Secret, *, typ: str = "JWT") -> Secret:
        """Return a compact JWS under a shared secret (RFC 7518 §3.2)."""
        signing_input = f"{self._header('HS256', typ, '')}.{_b64(msgspec.json.encode(claims))}"
        mac = hmac.new(key.reveal().encode(), signing_input.encode(), hashlib.sha256).digest()
        return Secret(f"{signing_input}.{_b64(mac)}")

    async def _current(self) -> tuple[str, RSAPrivateKey]:
        row = next(key for key in await self._keys.all() if key.state == "current")
        key = self._loaded.get(row.kid)
        if key is None:
            key = self._loaded[row.kid] = private_key(row)
        return row.kid, key

    def _header(self, alg: str, typ: str, kid: str) -> str:
        header = self._headers.get((alg, typ, kid))
        if header is None:
            members = {"alg": alg, "typ": typ} | ({"kid": kid} if kid else {})
            header = self._headers[alg, typ, kid] = _b64(msgspec.json.encode(members))
        return header


def _b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
