"""What a stored password hash costs, told from how it begins: its kind and its algorithm.

Rule 1: pure. Rule 2: names come from closed sets, or are numbers that a hash was made with; nothing
of its salt or digest is in them (promise D10).
"""

import re
from functools import lru_cache
from typing import Final

from gateword.policy.imported_hash import DIGEST_BYTES, KINDS
from gateword.values import dataclass

_KINDS_KEPT: Final = 256
_OTHER: Final = "other"
_ALGORITHMS: Final = frozenset({"argon2id", "argon2i", "argon2d", *KINDS, *DIGEST_BYTES})
_FORM: Final = re.compile(
    r"\$2[aby]\$(?P<bcrypt>\d\d)\$"
    r"|\$(?P<argon2>argon2(?:id|i|d))\$(?:v=\d+\$)?m=(?P<m>\d{1,9}),t=(?P<t>\d{1,9}),p=\d{1,9}\$"
    r"|\$import-(?P<imported>[a-z0-9]{1,20})(?:-[a-z0-9-]{1,20})?\$[a-z0-9=,]{0,80}\$"
)

_USUAL_S: Final = 0.03
_KIB_PER_S: Final = 1_300_000
_BCRYPT_10_S: Final = 0.06


@dataclass(frozen=True, slots=True)
class HashKind:
    """Hashes that take equally long.

    Attributes:
        name: Algorithm and cost.
        algorithm: From a closed set.
        guess_s: How long one takes, until one has been computed.
    """

    name: str = _OTHER
    algorithm: str = _OTHER
    guess_s: float = _USUAL_S


def of(encoded: str) -> HashKind:
    """Return the kind of a stored hash."""
    begin = _FORM.match(encoded)
    return HashKind() if begin is None else _described(begin.group())


@lru_cache(_KINDS_KEPT)
def _described(begin: str) -> HashKind:
    found = _FORM.match(begin)
    if found is None:
        return HashKind()
    if cost := found["bcrypt"]:  # the letter behind the 2 changes nothing
        return HashKind(f"bcrypt {cost}", "bcrypt", _BCRYPT_10_S * 2.0 ** (int(cost) - 10))
    if algorithm := found["argon2"]:
        work_kib = int(found["m"]) * int(found["t"])
        return HashKind(begin, algorithm, max(_USUAL_S, work_kib / _KIB_PER_S))
    name = found["imported"]
    return HashKind(begin, name if name in _ALGORITHMS else _OTHER)
