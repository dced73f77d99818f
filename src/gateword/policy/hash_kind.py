"""What a stored password hash costs, told from how it begins: its kind and its algorithm.

Rule 1: pure. Rule 2: names come from closed sets, or are numbers that a hash was made with; nothing
of its salt or digest is in them (promise D10). Rule 3: a light hash is padded with one of ours, and
who is refused pays for one of each light kind of the directory, so that all kinds end in one cost
(promise T2). Taking the difference off the padding instead would hold only where the speeds of two
algorithms keep their ratio, on every processor and under load; equal work is equal everywhere. What
is added is bounded, so heavier kinds keep their own cost, and unknown names share it as decoys.
"""

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Final

from gateword.policy.imported_hash import (
    DIGEST_BYTES,
    KINDS,
    SLOW_DIGESTS,
    cost_of,
    pbkdf2_blocks,
)
from gateword.values import dataclass

_KINDS_KEPT: Final = 256
_DIRECTORIES_KEPT: Final = 64
_OTHER: Final = "other"
_ALGORITHMS: Final = frozenset({"argon2id", "argon2i", "argon2d", *KINDS, *DIGEST_BYTES})
_FORM: Final = re.compile(
    r"\$2[aby]\$(?P<bcrypt>\d\d)\$"
    r"|\$(?P<argon2>argon2(?:id|i|d))\$(?:v=\d+\$)?m=(?P<m>\d{1,9}),t=(?P<t>\d{1,9}),p=(?P<p>\d{1,9})\$"
    r"|\$import-(?P<imported>[a-z0-9]{1,20})(?:-(?P<digest>[a-z0-9-]{1,20}))?"
    r"\$(?P<cost>[a-z0-9=,]{0,80})\$"
)

_KIB_PER_S: Final = 1_300_000
_USUAL_S: Final = 2 * 19456 / _KIB_PER_S
"""One of ours at the cost that is usual; a lower one that was set is reckoned as this."""

_MOST_S: Final = 4.0
"""No hash that takes longer is taken in."""

_BCRYPT_10_S: Final = 0.06
_ARGON2_THREAD_S: Final = 5e-5
"""Of each lane in each quarter of a pass, where there are several lanes."""

_PBKDF2_BLOCK_S: Final = 4e-7
_PBKDF2_WIDE_BLOCK_S: Final = 6e-7
_PBKDF2_SHA3_BLOCK_S: Final = 9e-7
_PBKDF2_SLOW_BLOCK_S: Final = 25e-6
_SCRYPT_S: Final = 3e-7
"""Of N times r times p."""

_SCRYPT_BLOCK_S: Final = 1.8e-6
"""Of r times p besides, whatever N is."""

MOST_LIGHT: Final = 8
"""Kinds that a refusal makes up for at most."""

_LEAST_S: Final = 1e-4
"""What a hash is reckoned to cost at least, since each is a call."""


@dataclass(frozen=True, slots=True)
class HashKind:
    """Hashes that take equally long.

    Attributes:
        name: Algorithm and cost.
        algorithm: From a closed set.
        bare_s: About how long one takes, without what pads it.
    """

    name: str = _OTHER
    algorithm: str = _OTHER
    bare_s: float = _USUAL_S

    @property
    def guess_s(self) -> float:
        """How long one takes with what pads it, until one has been computed."""
        return self.bare_s + (_USUAL_S if 2 * self.bare_s < _USUAL_S else 0.0)


def of(encoded: str) -> HashKind:
    """Return the kind of a stored hash."""
    begin = _FORM.match(encoded)
    return HashKind() if begin is None else _described(begin.group())


def is_light(kind: HashKind, own: HashKind) -> bool:
    """Say whether a hash costs less than half of one of ours, and is padded with one."""
    # bcrypt of cost 8 and more gains more from being computed side by side.
    ours_s = _USUAL_S if kind.algorithm == "bcrypt" else _full_s(own)
    return kind.name != own.name and 2 * kind.bare_s < ours_s


def light(begins: Iterable[str], own: HashKind) -> list[str]:
    """Return of which light kinds who is refused pays one each, by how their hashes begin.

    The cheapest come first, MOST_LIGHT of them at most, and all together cost at most half of one
    of ours.

    Args:
        begins: How the hashes of a directory begin, up to their cost.
        own: Our own kind.
    """
    return list(_light(tuple(begins), own))


@lru_cache(_DIRECTORIES_KEPT)
def _light(begins: tuple[str, ...], own: HashKind) -> tuple[str, ...]:
    found: dict[str, tuple[float, str]] = {}
    for begin in begins:
        kind = of(begin)
        if kind.bare_s and is_light(kind, own):
            found.setdefault(kind.name, (max(kind.bare_s, _LEAST_S), begin))
    left_s, taken = _full_s(own) / 2, []
    for bare_s, begin in sorted(found.values())[:MOST_LIGHT]:
        left_s -= bare_s
        if left_s < 0:
            break
        taken.append(begin)
    return tuple(taken)


def _full_s(own: HashKind) -> float:
    return max(_USUAL_S, own.bare_s)


@lru_cache(_KINDS_KEPT)
def _described(begin: str) -> HashKind:
    found = _FORM.match(begin)
    if found is None:
        return HashKind()
    if cost := found["bcrypt"]:  # the letter behind the 2 changes nothing
        return HashKind(f"bcrypt {cost}", "bcrypt", _bcrypt_s(int(cost)))
    if algorithm := found["argon2"]:
        return HashKind(begin, algorithm, _argon2_s(*(int(found[name]) for name in "mtp")))
    name = found["imported"]
    if name not in _ALGORITHMS:
        return HashKind(begin)
    try:
        bare_s = _imported_s(name, found["digest"] or "", cost_of(found["cost"]))
    except (ValueError, KeyError):  # damaged: one of ours is computed
        bare_s = _USUAL_S
    return HashKind(begin, name, bare_s)


def _imported_s(name: str, digest: str, cost: dict[str, int]) -> float:
    match name:
        case "bcrypt":
            return _bcrypt_s(cost["c"])
        case "argon2":
            return _argon2_s(cost["m"], cost["t"], cost["p"])
        case "scrypt":
            each_s = cost["n"] * _SCRYPT_S + _SCRYPT_BLOCK_S
            return min(_MOST_S, cost["r"] * cost["p"] * each_s)
        case "pbkdf2":
            return min(_MOST_S, pbkdf2_blocks(digest, cost) * _block_s(digest))
        case _:  # one digest, or two: next to nothing
            return 0.0


def _bcrypt_s(cost: int) -> float:
    return min(_MOST_S, _BCRYPT_10_S * 2.0 ** min(cost - 10, 10))


def _argon2_s(memory_kib: int, passes: int, lanes: int) -> float:
    threads = 4 * passes * lanes if lanes > 1 else 0
    return min(_MOST_S, memory_kib * passes / _KIB_PER_S + threads * _ARGON2_THREAD_S)


def _block_s(digest: str) -> float:
    if digest in SLOW_DIGESTS:
        return _PBKDF2_SLOW_BLOCK_S
    if digest.startswith("sha3-"):
        return _PBKDF2_SHA3_BLOCK_S
    return _PBKDF2_WIDE_BLOCK_S if digest.startswith(("sha5", "sha384")) else _PBKDF2_BLOCK_S
