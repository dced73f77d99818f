"""Keys of Python's `cryptography` in the forms that scripts may hold them."""

from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)
from cryptography.x509.oid import NameOID

CURVES: Final[dict[str, ec.EllipticCurve]] = {
    "ES256": ec.SECP256R1(),
    "ES384": ec.SECP384R1(),
    "ES512": ec.SECP521R1(),
    "ES256K": ec.SECP256K1(),
}
Private = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey


@cache
def rsa_key(bits: int = 2048) -> rsa.RSAPrivateKey:
    """Return the RSA key of this size, the same each time."""
    return rsa.generate_private_key(65537, bits)


@cache
def ec_key(alg: str) -> ec.EllipticCurvePrivateKey:
    """Return the key on the algorithm's curve, the same each time."""
    return ec.generate_private_key(CURVES[alg])


def private_pem(key: Private, form: PrivateFormat = PrivateFormat.PKCS8) -> str:
    """Return the private key as PEM."""
    return key.private_bytes(Encoding.PEM, form, NoEncryption()).decode()


def public_pem(key: Private, form: PublicFormat = PublicFormat.SubjectPublicKeyInfo) -> str:
    """Return the public half as PEM."""
    return key.public_key().public_bytes(Encoding.PEM, form).decode()


def certificate(key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey) -> str:
    """Return a certificate of the key's own as PEM."""
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Größe")])
    now = datetime.now(UTC)
    builder = x509.CertificateBuilder(name, name, key.public_key(), 7, now, now + timedelta(days=1))
    return builder.sign(key, hashes.SHA256()).public_bytes(Encoding.PEM).decode()
