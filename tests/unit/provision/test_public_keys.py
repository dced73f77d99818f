import base64

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from gateword.domain.secret import Secret
from gateword.provision.public_keys import read_pem
from tests.support.house import signing_key

# RFC 7638 §3.1: the example key and its thumbprint.
RFC_N = (
    "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPe"
    "bWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY36"
    "8QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4l"
    "Fd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw"
)
RFC_THUMBPRINT = "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs"


def public_pem(key: rsa.RSAPublicKey | ec.EllipticCurvePublicKey) -> str:
    """Return a key in PEM form."""
    return key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


def test_thumbprint_is_that_of_the_rfc() -> None:
    """RFC 7638 §3.1 works an example."""
    modulus = int.from_bytes(base64.urlsafe_b64decode(f"{RFC_N}=="), "big")
    pem = public_pem(rsa.RSAPublicNumbers(65537, modulus).public_key())

    assert (pem, RFC_THUMBPRINT) == read_pem(f"\n  {pem}\n")


def test_certificate_gives_its_key() -> None:
    """Auth0 takes certificates as well as bare keys."""
    pem, _ = read_pem(signing_key("x.example", "current").certificate_pem)

    assert pem.startswith("-----BEGIN PUBLIC KEY-----")


def small_key() -> str:
    """Return an RSA key of 1024 bits."""
    modulus = (1 << 1023) + 1
    return public_pem(rsa.RSAPublicNumbers(65537, modulus).public_key())


def curve_key() -> str:
    """Return a key of another kind."""
    return public_pem(ec.generate_private_key(ec.SECP256R1()).public_key())


def private_key() -> str:
    """Return what must never be pasted."""
    key = ec.generate_private_key(ec.SECP256R1())
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


@pytest.mark.parametrize(
    ("pem", "reason"),
    [
        (small_key(), "2048 bits"),
        (curve_key(), "2048 bits"),
        (private_key(), "is a private key"),
        ("no key", "is no public key"),
    ],
    ids=["small", "curve", "private", "text"],
)
def test_unusable_key_is_refused(pem: str, reason: str) -> None:
    """RS256 and PS256 need RSA keys of 2048 bits or more (RFC 7518 §3.3)."""
    with pytest.raises(ValueError, match=reason) as refused:
        read_pem(Secret(pem).reveal())

    assert pem not in str(refused.value)
