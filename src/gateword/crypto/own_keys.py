"""Signing keys out of our own store become objects that sign."""

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from gateword.ports.token_stores import SigningKey


def private_key(key: SigningKey) -> RSAPrivateKey:
    """Return the private half of a signing key.

    The numbers are not proved to be a key once more, which would hold the event loop for 36 ms:
    this program made them, and the vault authenticates what it opens.
    """
    loaded = load_pem_private_key(
        key.private_pem.reveal().encode(), password=None, unsafe_skip_rsa_key_validation=True
    )
    if not isinstance(loaded, RSAPrivateKey):
        raise TypeError(f"signing key {key.kid} is not an RSA key")
    return loaded
