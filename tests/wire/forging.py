"""Signed things made by hand, because libraries refuse to make the dishonest ones."""

import base64
import hashlib
import hmac
import json
from collections.abc import Callable, Mapping
from typing import Any, Final

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

_SHA256: Final = hashes.SHA256()
_PADDINGS: Final = {
    "RS256": padding.PKCS1v15(),
    "PS256": padding.PSS(mgf=padding.MGF1(_SHA256), salt_length=padding.PSS.DIGEST_LENGTH),
}


def b64(data: bytes) -> str:
    """Return base64url without padding."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def unb64(text: str) -> bytes:
    """Return what base64url without padding stands for."""
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def segment(value: object) -> str:
    """Return a JWS segment: compact JSON in base64url; bytes are taken as they are."""
    data = value if isinstance(value, bytes) else json.dumps(value, separators=(",", ":")).encode()
    return b64(data)


def by_rsa(key: RSAPrivateKey, alg: str = "RS256") -> Callable[[bytes], bytes]:
    """Return a signer with an RSA key."""
    return lambda data: key.sign(data, _PADDINGS[alg], _SHA256)


def by_secret(secret: bytes) -> Callable[[bytes], bytes]:
    """Return an HS256 signer."""
    return lambda data: hmac.new(secret, data, hashlib.sha256).digest()


def by_nobody(_: bytes) -> bytes:
    """Sign nothing."""
    return b""


def forged(
    header: Mapping[str, Any] | bytes,
    payload: Mapping[str, Any] | bytes,
    sign: Callable[[bytes], bytes],
) -> str:
    """Return a compact JWS with any header and payload."""
    signing_input = f"{segment(header)}.{segment(payload)}"
    return f"{signing_input}.{b64(sign(signing_input.encode()))}"
