"""Public keys as documents: JWK with its certificate (RFC 7517 §4)."""

import base64
from collections.abc import Mapping
from typing import Final

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import load_pem_x509_certificate

from gateword.ports.stores import SigningKey

_BITS: Final = 8


class JwkDocuments:
    """Renders each key once."""

    def __init__(self) -> None:
        """Begin with nothing rendered."""
        self._made: dict[str, Mapping[str, object]] = {}

    def jwk(self, key: SigningKey) -> Mapping[str, object]:
        """Return the key with the members and in the order of Auth0's key sets."""
        if key.kid not in self._made:
            self._made[key.kid] = _jwk(key)
        return self._made[key.kid]


def _jwk(key: SigningKey) -> Mapping[str, object]:
    certificate = load_pem_x509_certificate(key.certificate_pem.encode())
    public = certificate.public_key()
    if not isinstance(public, RSAPublicKey):
        raise TypeError(f"signing key {key.kid} is not an RSA key")
    numbers = public.public_numbers()
    return {
        "kty": "RSA",
        "use": "sig",
        "n": _integer(numbers.n),
        "e": _integer(numbers.e),
        "kid": key.kid,
        "x5t": _b64(certificate.fingerprint(hashes.SHA1())),  # noqa: S303  RFC 7517 §4.8 says SHA-1
        "x5c": [base64.b64encode(certificate.public_bytes(Encoding.DER)).decode()],
        "alg": "RS256",
    }


def _integer(value: int) -> str:
    return _b64(value.to_bytes((value.bit_length() + _BITS - 1) // _BITS, "big"))


def _b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
