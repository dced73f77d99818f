"""Public keys as documents: JWK with its certificate (RFC 7517 §4)."""

import base64
import hashlib
import ssl
from collections.abc import Mapping
from typing import Final

from gateword.crypto.own_keys import private_key
from gateword.ports.token_stores import SigningKey

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
    # The certificate is only passed on: reading it would load all of X.509 into every worker.
    certificate = ssl.PEM_cert_to_DER_cert(key.certificate_pem)
    numbers = private_key(key).public_key().public_numbers()
    return {
        "kty": "RSA",
        "use": "sig",
        "n": _integer(numbers.n),
        "e": _integer(numbers.e),
        "kid": key.kid,
        "x5t": _b64(hashlib.sha1(certificate, usedforsecurity=False).digest()),  # RFC 7517 §4.8
        "x5c": [base64.b64encode(certificate).decode()],
        "alg": "RS256",
    }


def _integer(value: int) -> str:
    return _b64(value.to_bytes((value.bit_length() + _BITS - 1) // _BITS, "big"))


def _b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
