"""`password_hash` and `custom_password_hash` of a bulk import, read into the form that is stored.

Rule 1: pure. Source: Auth0 "Bulk user import database schema and examples"; RFC 2307 (LDAP).
What one check may cost is bounded (`ImportedHash.is_affordable`): a row brought along must not
hold a core for minutes at each login.
"""

import re
from collections.abc import Callable, Mapping
from typing import Final

from gateword.domain.secret import Secret
from gateword.policy.hash_members import BadHash, choice, decoded, object_of, text_of, whole
from gateword.policy.imported_hash import CODECS, DIGEST_BYTES, ImportedHash
from gateword.values import dataclass

PLAIN_DIGESTS: Final = ("md4", "md5", "sha1", "sha256", "sha512")
HMAC_DIGESTS: Final = (
    "md4", "md5", "ripemd160", "sha1", "sha224", "sha256", "sha384", "sha512",
)  # fmt: skip
MISSING_DIGESTS: Final = frozenset({"whirlpool", "mdc2"})
"""Auth0 reads them; no maintained library for Python computes them."""

_ALIASES: Final[Mapping[str, str]] = {
    "rmd160": "ripemd160", "ripemd": "ripemd160", "ssl3-md5": "md5", "ssl3-sha1": "sha1",
    "sha1-2": "sha1",
}  # fmt: skip
_MEMBERS: Final = frozenset({
    "algorithm", "hash", "salt", "password", "keylen", "cost", "blockSize", "parallelization",
})  # fmt: skip
_LDAP: Final = re.compile(r"\{(S?)(MD5|SHA|SHA256|SHA384|SHA512)\}([A-Za-z0-9+/=]+)", re.IGNORECASE)
_PBKDF2: Final = re.compile(r"\$pbkdf2-([A-Za-z0-9-]+)(?:\$([a-z0-9=,]*))?\$([^$]+)\$([^$]+)")
_BCRYPT: Final = re.compile(r"\$2[aby]\$(0[4-9]|1[0-6])\$[./A-Za-z0-9]{53}")
_ARGON2: Final = re.compile(
    r"\$argon2(?:id|i|d)\$(?:v=\d+\$)?m=(\d+),t=(\d+),p=(\d+)\$[^$]+\$[^$]+"
)
_DEFAULT_ROUNDS: Final = "100000"
_DEFAULT_LENGTH: Final = "64"
_MOST_COST_DIGITS: Final = 9


@dataclass(frozen=True, slots=True)
class _Custom:
    """The object `custom_password_hash`, its members checked for their types."""

    algorithm: str
    hash: Mapping[str, object]
    value: str
    codec: str
    salt: bytes
    is_suffix: bool
    document: Mapping[str, object]


def password_hash(text: str) -> Secret:
    """Return the stored form of `password_hash`: bcrypt.

    Raises:
        BadHash: It is none.
    """
    if not _BCRYPT.fullmatch(text):
        raise BadHash("is not bcrypt ($2a$, $2b$, $2y$ of cost 4 to 16)")
    return Secret(text)


def custom_password_hash(document: Mapping[str, object]) -> Secret:
    """Return the stored form of `custom_password_hash`.

    Raises:
        BadHash: A member is missing, unknown or wrong, or a check would cost too much.
    """
    custom = _custom(document)
    imported = _READ.get(custom.algorithm, _digest)(custom)
    if isinstance(imported, str):
        return Secret(imported)
    if not imported.is_affordable():
        raise BadHash("costs more than a login may: see the documented bounds", "hash.value")
    return Secret(imported.encoded())


def _custom(document: Mapping[str, object]) -> _Custom:
    for name in document:
        if name not in _MEMBERS:
            raise BadHash(f"Additional properties not allowed: {name[:64]}", name[:64])
    algorithm = text_of(document, "algorithm")
    if algorithm not in (*PLAIN_DIGESTS, *_READ):
        raise BadHash(f"unknown algorithm {algorithm[:64]}", "algorithm")
    hash_ = object_of(document, "hash", ("value", "encoding", "digest", "key"))
    if hash_ is None:
        raise BadHash("Missing required property: hash", "hash")
    salt = object_of(document, "salt", ("value", "encoding", "position"))
    password = object_of(document, "password", ("encoding",)) or {}
    return _Custom(
        algorithm=algorithm,
        hash=hash_,
        value=text_of(hash_, "value", "hash."),
        codec=choice(password, "encoding", tuple(CODECS), "password.", "utf8"),
        salt=b"" if salt is None else _bytes(salt, "salt.", ("utf8", "hex", "base64")),
        is_suffix=choice(salt or {}, "position", ("prefix", "suffix"), "salt.", "prefix")
        == "suffix",
        document=document,
    )


def _digest(custom: _Custom) -> ImportedHash:
    return ImportedHash(
        algorithm=custom.algorithm,
        codec=custom.codec,
        is_suffix=custom.is_suffix,
        salt=custom.salt,
        value=_raw(custom, DIGEST_BYTES[custom.algorithm]),
    )


def _hmac(custom: _Custom) -> ImportedHash:
    digest = _known_digest(text_of(custom.hash, "digest", "hash."), HMAC_DIGESTS, "hash.digest")
    key = object_of(custom.hash, "key", ("value", "encoding"), "hash.")
    if key is None:
        raise BadHash("Missing required property: key", "hash.key")
    return ImportedHash(
        algorithm="hmac",
        digest=digest,
        codec=custom.codec,
        is_suffix=custom.is_suffix,
        salt=custom.salt,
        key=_bytes(key, "hash.key.", ("utf8", "hex", "base64")),
        value=_raw(custom, DIGEST_BYTES[digest]),
    )


def _ldap(custom: _Custom) -> ImportedHash:
    _only_utf8(custom, may_be_salted=False)
    match = _LDAP.fullmatch(custom.value)
    if match is None:
        raise BadHash("is none of {MD5} {SMD5} {SHA} {SSHA} {SHA256} {SSHA256} …", "hash.value")
    salted, scheme, text = match.groups()
    algorithm = {"SHA": "sha1"}.get(scheme.upper(), scheme.lower())
    raw, length = decoded(text, "base64", "hash.value"), DIGEST_BYTES[algorithm]
    if (len(raw) <= length) if salted else (len(raw) != length):
        raise BadHash("has the wrong length for its scheme", "hash.value")
    return ImportedHash(
        algorithm=algorithm,
        codec=custom.codec,
        is_suffix=bool(salted),
        salt=raw[length:],
        value=raw[:length],
    )


def _pbkdf2(custom: _Custom) -> ImportedHash:
    _only_utf8(custom, may_be_salted=False)
    match = _PBKDF2.fullmatch(custom.value)
    if match is None:
        raise BadHash("is not $pbkdf2-DIGEST$i=N,l=N$SALT$HASH", "hash.value")
    name, cost, salt, value = match.groups()
    digest = _known_digest(_plain_name(name), tuple(DIGEST_BYTES), "hash.value")
    given = dict(one.partition("=")[::2] for one in (cost or "").split(",") if one)
    numbers = (given.pop("i", _DEFAULT_ROUNDS), given.pop("l", _DEFAULT_LENGTH))
    if given or not all(one.isdigit() and len(one) <= _MOST_COST_DIGITS for one in numbers):
        raise BadHash("its parameters are i and l", "hash.value")
    raw = decoded(value, "base64", "hash.value")
    if len(raw) != int(numbers[1]):
        raise BadHash(f"its hash has {len(raw)} bytes, and l says {numbers[1]}", "hash.value")
    return ImportedHash(
        algorithm="pbkdf2",
        digest=digest,
        cost={"i": int(numbers[0]), "l": int(numbers[1])},
        codec=custom.codec,
        salt=decoded(salt, "base64", "hash.value"),
        value=raw,
    )


def _scrypt(custom: _Custom) -> ImportedHash:
    if not custom.salt:
        raise BadHash("Missing required property: salt", "salt")
    length = whole(custom.document, "keylen", None)
    cost = {
        "n": whole(custom.document, "cost", 16384),
        "r": whole(custom.document, "blockSize", 8),
        "p": whole(custom.document, "parallelization", 1),
        "l": length,
    }
    if cost["n"] & (cost["n"] - 1):
        raise BadHash("must be a power of 2", "cost")
    return ImportedHash(
        algorithm="scrypt", cost=cost, codec=custom.codec, salt=custom.salt,
        value=_raw(custom, length),
    )  # fmt: skip


def _bcrypt(custom: _Custom) -> ImportedHash | str:
    _only_utf8(custom, may_be_salted=True)
    match = _BCRYPT.fullmatch(custom.value)
    if match is None:
        raise BadHash("is not bcrypt ($2a$, $2b$, $2y$ of cost 4 to 16)", "hash.value")
    if not custom.salt and custom.codec == "utf8":
        return custom.value
    return ImportedHash(
        algorithm="bcrypt",
        cost={"c": int(match[1])},
        codec=custom.codec,
        is_suffix=custom.is_suffix,
        salt=custom.salt,
        value=custom.value.encode(),
    )


def _argon2(custom: _Custom) -> ImportedHash | str:
    _only_utf8(custom, may_be_salted=False)
    match = _ARGON2.fullmatch(custom.value)
    if match is None or not custom.value.isascii():
        raise BadHash("is not Argon2 in PHC form", "hash.value")
    if custom.codec == "utf8":
        return custom.value
    memory, passes, lanes = (int(number[:_MOST_COST_DIGITS]) for number in match.groups())
    return ImportedHash(
        algorithm="argon2",
        cost={"m": memory, "t": passes, "p": lanes},
        codec=custom.codec,
        value=custom.value.encode(),
    )


_READ: Final[Mapping[str, Callable[[_Custom], ImportedHash | str]]] = {
    "argon2": _argon2,
    "bcrypt": _bcrypt,
    "hmac": _hmac,
    "ldap": _ldap,
    "pbkdf2": _pbkdf2,
    "scrypt": _scrypt,
}


def _plain_name(openssl: str) -> str:
    """Return a digest's name without what OpenSSL's aliases put around it."""
    name = openssl.lower().removeprefix("rsa-")
    name = name.removesuffix("withrsaencryption").removesuffix("withrsa").replace("/", "-")
    return _ALIASES.get(name, name)


def _known_digest(name: str, known: tuple[str, ...], path: str) -> str:
    if name in MISSING_DIGESTS:
        raise BadHash(f"the digest {name} cannot be computed here", path)
    if name not in known:
        raise BadHash(f"unknown digest {name[:64]}", path)
    return name


def _only_utf8(custom: _Custom, *, may_be_salted: bool) -> None:
    choice(custom.hash, "encoding", ("utf8",), "hash.", "utf8")
    if "salt" in custom.document and not may_be_salted:
        raise BadHash(f"{custom.algorithm} keeps its salt in hash.value", "salt")


def _raw(custom: _Custom, length: int) -> bytes:
    encoding = choice(custom.hash, "encoding", ("hex", "base64"), "hash.", None)
    raw = decoded(custom.value, encoding, "hash.value")
    if len(raw) != length:
        raise BadHash(f"has {len(raw)} bytes, not {length}", "hash.value")
    return raw


def _bytes(holder: Mapping[str, object], at: str, encodings: tuple[str, ...]) -> bytes:
    text = text_of(holder, "value", at)
    encoding = choice(holder, "encoding", encodings, at, "utf8")
    return text.encode() if encoding == "utf8" else decoded(text, encoding, f"{at}value")
