"""New signing keys: RSA 2048 with a self-signed certificate, as Auth0's tenants have them."""

from datetime import datetime, timedelta
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import pkcs7 as cms
from cryptography.x509.oid import NameOID

from gateword.domain.secret import Secret
from gateword.ports.clock import Dice
from gateword.ports.token_stores import SigningKey

_KID_CHARS: Final = 21
"""Drawn from letters and digits: commands take key ids, and none may look like an option."""

_CERTIFICATE_DAYS: Final = 5000
_COMMON_NAME_CHARS: Final = 64


def new_signing_key(domain: str, state: str, at: datetime, dice: Dice) -> SigningKey:
    """Return a fresh key; the certificate's CN is the tenant's host."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    host = domain.partition(":")[0][:_COMMON_NAME_CHARS]
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(at)
        .not_valid_after(at + timedelta(days=_CERTIFICATE_DAYS))
        .sign(key, hashes.SHA256())
    )
    pem = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    return SigningKey(
        kid=dice.letters(_KID_CHARS),
        state=state,
        private_pem=Secret(pem.decode()),
        certificate_pem=certificate.public_bytes(serialization.Encoding.PEM).decode(),
        created_at=at,
    )


def pkcs7(certificate_pem: str) -> str:
    """Return a certificate as PKCS #7 (RFC 2315, certificates only) in PEM form."""
    certificate = x509.load_pem_x509_certificate(certificate_pem.encode())
    return cms.serialize_certificates([certificate], serialization.Encoding.PEM).decode()
