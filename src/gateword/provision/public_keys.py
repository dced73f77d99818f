"""Public keys of clients, as operators paste them into a file."""

import base64
import hashlib
import json
from importlib import import_module
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_pem_public_key,
)

MIN_BITS: Final = 2048


def read_pem(pem: str) -> tuple[str, str]:
    """Return a public key in its normal PEM form, and its thumbprint (RFC 7638).

    Args:
        pem: A public key, or an X.509 certificate of one.

    Raises:
        ValueError: With the reason, fit to be shown.
    """
    if "PRIVATE KEY" in pem:
        raise ValueError("is a private key; keep it at the client and give the public key here")
    data = pem.strip().encode()
    try:
        key = _loaded(data)
    except ValueError:
        raise ValueError("is no public key in PEM form (-----BEGIN PUBLIC KEY-----)") from None
    if not isinstance(key, RSAPublicKey) or key.key_size < MIN_BITS:
        raise ValueError(f"must be an RSA key of {MIN_BITS} bits or more")
    normal = key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    return normal.decode(), _thumbprint(key)


def _loaded(data: bytes) -> object:
    if b"BEGIN CERTIFICATE" in data:
        x509: Any = import_module("cryptography.x509")  # costs a server 15 ms and 8 MB
        certificate: object = x509.load_pem_x509_certificate(data).public_key()
        return certificate
    return load_pem_public_key(data)


def _thumbprint(key: RSAPublicKey) -> str:
    numbers = key.public_numbers()
    members = {"e": _number(numbers.e), "kty": "RSA", "n": _number(numbers.n)}
    text = json.dumps(members, separators=(",", ":"))  # RFC 7638 §3: in the order of the names
    return _text(hashlib.sha256(text.encode()).digest())


def _number(value: int) -> str:
    return _text(value.to_bytes((value.bit_length() + 7) // 8, "big"))


def _text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
