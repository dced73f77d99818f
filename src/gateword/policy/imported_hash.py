"""Password hashes brought along from elsewhere: one text that names algorithm and parameters.

Rule 1: pure. The fields are `$import-ALGORITHM$COST$HOW$SALT$DIGEST`. Whatever decides what a check
costs stands before the third `$`, so that hashes of one cost begin alike (promise T2). Salt, key
and digest are base64url without `=`.
"""

import base64
import binascii
import re
from collections.abc import Mapping
from typing import Final

from gateword.values import dataclass, field

MARK: Final = "$import-"

DIGEST_BYTES: Final[Mapping[str, int]] = {
    "md4": 16, "md5": 16, "ripemd160": 20, "sha1": 20, "sha224": 28, "sha256": 32, "sha384": 48,
    "sha512": 64, "sha512-224": 28, "sha512-256": 32, "sha3-224": 28, "sha3-256": 32,
    "sha3-384": 48, "sha3-512": 64,
}  # fmt: skip
"""Digests that can be computed here, by their length."""

CODECS: Final[Mapping[str, str]] = {
    "utf8": "utf-8", "utf16le": "utf-16-le", "latin1": "latin-1", "ascii": "latin-1",
    "ucs2": "utf-16-le", "binary": "latin-1",
}  # fmt: skip
"""How a password becomes bytes, by Node's names: its `ascii` writes as `latin1` does."""

KINDS: Final = frozenset({"hmac", "pbkdf2", "scrypt", "bcrypt", "argon2"})

MOST_BLOCKS: Final = 5_000_000
"""PBKDF2: iterations times blocks of output; about two seconds of a core."""

MOST_SLOW_BLOCKS: Final = 400_000
"""The same for digests that are computed outside OpenSSL: 100,000 iterations of 64 bytes. They are
60 times as slow, about ten seconds."""

SLOW_DIGESTS: Final = frozenset({"md4", "ripemd160"})
MOST_OUTPUT_BYTES: Final = 512
MOST_SCRYPT_MEMORY: Final = 256 * 1024 * 1024
MOST_SCRYPT_WORK: Final = 2**23
"""scrypt: N times r times p; 64 times what Auth0's defaults come to."""

_FORM: Final = re.compile(
    r"\$import-([a-z0-9]+)(?:-([a-z0-9-]+))?\$([a-z0-9=,]*)\$([A-Za-z0-9=,_-]*)"
    r"\$([A-Za-z0-9_-]*)\$([A-Za-z0-9_-]+)"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportedHash:
    """A hash in a form that is not our own.

    Attributes:
        algorithm: A digest's name, or hmac, pbkdf2, scrypt, bcrypt, argon2.
        digest: Of hmac and pbkdf2: which digest they are made with.
        cost: Parameters that decide what a check costs, by the letters of the PHC forms.
        codec: How the password becomes bytes: a name of CODECS.
        is_suffix: The salt stands behind the password, not before it.
        value: Raw digest; of bcrypt and argon2 their own text form.
    """

    algorithm: str
    value: bytes
    digest: str = ""
    cost: Mapping[str, int] = field(default_factory=dict)
    codec: str = "utf8"
    is_suffix: bool = False
    salt: bytes = b""
    key: bytes = b""

    def encoded(self) -> str:
        """Return the text that is stored."""
        how = f"e={self.codec},s={'suffix' if self.is_suffix else 'prefix'}"
        if self.key:
            how += f",k={_b64(self.key)}"
        return f"{self.kind()}{how}${_b64(self.salt)}${_b64(self.value)}"

    def kind(self) -> str:
        """Return how every hash of this algorithm and cost begins."""
        name = f"{self.algorithm}-{self.digest}" if self.digest else self.algorithm
        cost = ",".join(f"{name}={number}" for name, number in self.cost.items())
        return f"{MARK}{name}${cost}$"

    def is_affordable(self) -> bool:
        """Say whether checking it neither holds a core for long nor takes gigabytes."""
        cost = self.cost
        if self.algorithm == "pbkdf2":
            blocks = pbkdf2_blocks(self.digest, cost)
            most = MOST_SLOW_BLOCKS if self.digest in SLOW_DIGESTS else MOST_BLOCKS
            return 0 < cost["l"] <= MOST_OUTPUT_BYTES and 0 < blocks <= most
        if self.algorithm == "scrypt":
            return 0 < cost["l"] <= MOST_OUTPUT_BYTES and _is_scrypt(
                cost["n"], cost["r"], cost["p"]
            )
        return True


def is_imported(text: str) -> bool:
    """Say whether a stored hash is of this form."""
    return text.startswith(MARK)


def parse(text: str) -> ImportedHash | None:
    """Return the hash that a text names; None when it cannot be checked here."""
    match = _FORM.fullmatch(text)
    if match is None:
        return None
    algorithm, digest, cost, how, salt, value = match.groups()
    try:
        numbers = cost_of(cost)
        words = dict(_pairs(how))
        found = ImportedHash(
            algorithm=algorithm,
            digest=digest or "",
            cost=numbers,
            codec=words.get("e", "utf8"),
            is_suffix=words.get("s") == "suffix",
            salt=_unb64(salt),
            key=_unb64(words.get("k", "")),
            value=_unb64(value),
        )
        return found if _is_known(found) and found.is_affordable() else None
    except (ValueError, KeyError, binascii.Error):
        return None


def cost_of(text: str) -> dict[str, int]:
    """Return the parameters that a check's cost is made of, by their letters.

    Raises:
        ValueError: One is no number.
    """
    return {name: int(number) for name, number in _pairs(text)}


def pbkdf2_blocks(digest: str, cost: Mapping[str, int]) -> int:
    """Return iterations times blocks of output."""
    return -(-cost["l"] // DIGEST_BYTES[digest]) * cost["i"]


def nobodys(kind: str) -> str:
    """Return a hash of a kind that no password fits."""
    match = re.fullmatch(r"\$import-([a-z0-9]+)(?:-[a-z0-9-]+)?\$([a-z0-9=,]*)\$", kind)
    if match is None:
        return ""
    algorithm, cost = match[1], dict(_pairs(match[2]))
    value = bytes(int(cost.get("l", 16)))
    if algorithm == "bcrypt":
        value = f"$2b${int(cost['c']):02d}${'.' * 53}".encode()
    if algorithm == "argon2":
        nobody = f"{'A' * 22}${'A' * 43}"
        value = f"$argon2id$v=19$m={cost['m']},t={cost['t']},p={cost['p']}${nobody}".encode()
    return f"{kind}e=utf8,s=prefix${_b64(bytes(16))}${_b64(value)}"


def _is_known(found: ImportedHash) -> bool:
    if found.codec not in CODECS:
        return False
    if found.algorithm in {"hmac", "pbkdf2"}:
        return found.digest in DIGEST_BYTES
    return not found.digest and (found.algorithm in KINDS or found.algorithm in DIGEST_BYTES)


def _is_scrypt(cost: int, block: int, lanes: int) -> bool:
    is_power = cost > 1 and cost & (cost - 1) == 0
    work = cost * block
    fits = 128 * work <= MOST_SCRYPT_MEMORY and work * lanes <= MOST_SCRYPT_WORK
    return is_power and block > 0 and lanes > 0 and fits


def _pairs(text: str) -> list[tuple[str, str]]:
    pairs = (one.partition("=") for one in text.split(",") if one)
    return [(name, value) for name, _, value in pairs]


def _b64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def _unb64(text: str) -> bytes:
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
