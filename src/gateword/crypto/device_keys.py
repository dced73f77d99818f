"""What push devices sign is parsed and checked here, by the JOSE library.

Rule: the key decides the algorithm, and nothing else is accepted (RFC 9864 names: ES256, Ed25519).
"""

from collections.abc import Mapping
from typing import Final

import msgspec
from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, OKPKey

from gateword.domain.secret import Secret

_KINDS: Final[Mapping[tuple[object, object], type[ECKey | OKPKey]]] = {
    ("EC", "P-256"): ECKey,
    ("OKP", "Ed25519"): OKPKey,
}
_PUBLIC: Final = ("kty", "crv", "x", "y")
_ES256: Final = "ES256"
_ED25519: Final = "Ed25519"


class JoseDeviceKeys:
    """Reads keys and proofs of devices (port `DeviceKeys`)."""

    def public_pem(self, jwk: Mapping[str, object]) -> Secret | None:
        members: dict[str, str | list[str]] = {}
        for name in _PUBLIC:
            if isinstance(value := jwk.get(name), str):
                members[name] = value
        kind = _KINDS.get((members.get("kty"), members.get("crv")))
        if kind is None:
            return None
        try:
            return Secret(kind.import_key(members).as_pem(private=False).decode())
        except (JoseError, ValueError, TypeError, KeyError):
            return None

    def claims(self, proof: Secret, public_pem: Secret) -> Mapping[str, object] | None:
        key, alg = _imported(public_pem.reveal())
        try:
            parsed = jws.deserialize_compact(proof.reveal(), key, algorithms=[alg])
        except (JoseError, ValueError, TypeError, RecursionError):
            return None
        return None if "crit" in parsed.headers() else _object(parsed.payload)

    def unverified_issuer(self, proof: Secret) -> str | None:
        try:
            parsed = jws.extract_compact(proof.reveal().encode())
        except (JoseError, ValueError, TypeError, RecursionError):
            return None
        issuer = (_object(parsed.payload) or {}).get("iss")
        return issuer if isinstance(issuer, str) else None


def _imported(public_pem: str) -> tuple[ECKey | OKPKey, str]:
    try:
        return ECKey.import_key(public_pem), _ES256
    except (JoseError, ValueError, TypeError):
        return OKPKey.import_key(public_pem), _ED25519


def _object(payload: bytes) -> Mapping[str, object] | None:
    try:
        return msgspec.json.decode(payload, type=dict[str, object])
    except (msgspec.DecodeError, ValueError, RecursionError):
        return None
