"""Checks passwords against hashes brought along: a table from algorithm to function over bytes.

Source: Auth0 "Bulk user import database schema"; RFC 2104 (HMAC), RFC 2307 (LDAP), RFC 8018
(PBKDF2), RFC 7914 (scrypt). MD4 and RIPEMD-160 are not in every OpenSSL 3.
"""

import hashlib
import hmac
from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any, Final

import bcrypt
from argon2 import PasswordHasher
from argon2.exceptions import VerificationError, VerifyMismatchError

from gateword.policy.imported_hash import CODECS, ImportedHash

BCRYPT_BYTES: Final = 72
"""bcrypt sees no more of a password."""

_HASHLIB: Final[Mapping[str, str]] = {
    "sha512-224": "sha512_224", "sha512-256": "sha512_256", "sha3-224": "sha3_224",
    "sha3-256": "sha3_256", "sha3-384": "sha3_384", "sha3-512": "sha3_512",
}  # fmt: skip
_OTHERS: Final[Mapping[str, str]] = {
    "md4": "Crypto.Hash.MD4",
    "ripemd160": "Crypto.Hash.RIPEMD160",
}
_SCRYPT_SLACK_BYTES: Final = 1024 * 1024


def fits(password: bytes, imported: ImportedHash) -> bool:
    """Say whether a password fits.

    Args:
        password: UTF-8, as it was typed.
        imported: Affordable, as `parse` returns it.

    Raises:
        ValueError: The hash is damaged.
    """
    try:
        data, is_writable = password.decode().encode(CODECS[imported.codec]), True
    except UnicodeError:  # not to be written in the encoding that the hash was made of
        data, is_writable = b"-", False
    return _CHECKS.get(imported.algorithm, _fits_digest)(data, imported) and is_writable


def digest(name: str, data: bytes) -> bytes:
    """Return the digest of data; `name` is one of DIGEST_BYTES."""
    return bytes(_new(name)(data).digest())


def _new(name: str) -> Callable[..., Any]:
    if name in _OTHERS:
        module = import_module(_OTHERS[name])  # most installations never load a C extension for it
        made: Callable[..., Any] = module.new
        return made
    plain = _HASHLIB.get(name, name)
    return lambda data=b"": hashlib.new(plain, data, usedforsecurity=False)


def _salted(password: bytes, imported: ImportedHash) -> bytes:
    return password + imported.salt if imported.is_suffix else imported.salt + password


def _fits_digest(password: bytes, imported: ImportedHash) -> bool:
    made = digest(imported.algorithm, _salted(password, imported))
    return hmac.compare_digest(made, imported.value)


def _fits_hmac(password: bytes, imported: ImportedHash) -> bool:
    made = _hmac(imported.digest, imported.key, _salted(password, imported))
    return hmac.compare_digest(made, imported.value)


def _hmac(name: str, key: bytes, message: bytes) -> bytes:
    if name not in _OTHERS:
        return hmac.digest(key, message, _HASHLIB.get(name, name))
    other: Any = import_module("Crypto.Hash.HMAC")  # see `_new`
    return bytes(other.new(key, message, digestmod=import_module(_OTHERS[name])).digest())


def _fits_pbkdf2(password: bytes, imported: ImportedHash) -> bool:
    rounds, length = imported.cost["i"], imported.cost["l"]
    if imported.digest in _OTHERS:
        other: Any = import_module("Crypto.Protocol.KDF")  # see `_new`
        module = import_module(_OTHERS[imported.digest])
        # bytes, not text: this PBKDF2 would write text as latin-1
        made = other.PBKDF2(password, imported.salt, length, rounds, hmac_hash_module=module)
    else:
        name = _HASHLIB.get(imported.digest, imported.digest)
        made = hashlib.pbkdf2_hmac(name, password, imported.salt, rounds, length)
    return hmac.compare_digest(made, imported.value)


def _fits_scrypt(password: bytes, imported: ImportedHash) -> bool:
    cost = imported.cost
    made = hashlib.scrypt(
        password,
        salt=imported.salt,
        n=cost["n"],
        r=cost["r"],
        p=cost["p"],
        maxmem=128 * cost["r"] * (cost["n"] + cost["p"]) + _SCRYPT_SLACK_BYTES,
        dklen=cost["l"],
    )
    return hmac.compare_digest(made, imported.value)


def _fits_bcrypt(password: bytes, imported: ImportedHash) -> bool:
    return bcrypt.checkpw(_salted(password, imported)[:BCRYPT_BYTES], imported.value)


def _fits_argon2(password: bytes, imported: ImportedHash) -> bool:
    try:
        return PasswordHasher().verify(imported.value.decode("ascii"), password)
    except VerifyMismatchError:
        return False
    except VerificationError as error:
        raise ValueError("no Argon2 hash that can be checked") from error


_CHECKS: Final[Mapping[str, Callable[[bytes, ImportedHash], bool]]] = {
    "hmac": _fits_hmac,
    "pbkdf2": _fits_pbkdf2,
    "scrypt": _fits_scrypt,
    "bcrypt": _fits_bcrypt,
    "argon2": _fits_argon2,
}
