"""What a failure costs: in one directory the same, of whatever kind the user's hash is."""

from collections import Counter
from collections.abc import Mapping
from typing import Final

import bcrypt
import pytest

from gateword.domain.secret import Secret
from gateword.policy import imported_hash
from tests.support.noted_hashes import OURS, NotedHasher
from tests.unit.crypto.test_passwords import CountingPool

DIGEST: Final = "A" * 22 + "$" + "A" * 43
PBKDF2: Final = "$import-pbkdf2-sha256$i=1000,l=32$"
SCRYPT: Final = "$import-scrypt$n=1024,r=8,p=1,l=32$"
SLOW: Final = "$import-pbkdf2-sha256$i=100000,l=32$"
MIXED: Final = {OURS: 9, "$2a$04$": 5, "$2y$04$": 1, "$2b$05$": 1, PBKDF2: 1, "$2b$08$": 1, "": 3}
"""A directory after several imports; fast digests count as ours."""

ALL_PAY: Final = {OURS: 1, "bcrypt 04": 1, "bcrypt 05": 1, PBKDF2: 1}


def nobodys(begin: str) -> str:
    """Return a hash that begins so."""
    if imported_hash.is_imported(begin):
        return imported_hash.nobodys(begin)
    return begin + ("." * 53 if begin.startswith("$2") else DIGEST)


MD5: Final = f"$import-md5$$e=utf8,s=prefix$${'A' * 22}"
FAILING: Final[Mapping[str, str | None]] = {
    "nobody": None,
    "ours": nobodys(OURS),
    "bcrypt 4": nobodys("$2b$04$"),
    "bcrypt 5": nobodys("$2a$05$"),
    "PBKDF2": nobodys(PBKDF2),
    "MD5": MD5,
    "unreadable": "hunter2",
    "damaged bcrypt": "$2b$04$short",
    "damaged PBKDF2": f"{PBKDF2}e=utf8$$",
    "damaged Argon2": f"{OURS}!!!$!!!",
}


@pytest.fixture
def hasher() -> NotedHasher:
    """A hasher that takes note."""
    return NotedHasher(CountingPool())


@pytest.mark.parametrize("encoded", FAILING.values(), ids=FAILING)
@pytest.mark.parametrize("password", ["wrong", "", "a\0b", "x" * 1025])
async def test_failures_in_one_directory_cost_the_same(password: str, encoded: str | None) -> None:
    """T2: one of ours and one of each light kind, in one job, whatever the user's hash is."""
    pool = CountingPool()
    hasher = NotedHasher(pool)

    assert not await hasher.verify(Secret(password), Secret(encoded) if encoded else None, MIXED)
    computed = hasher.taken()
    del computed["$import-md5$$"]  # costs nothing

    assert (1, ALL_PAY) == (pool.jobs, computed)


@pytest.mark.parametrize("name", [f"con:{number}" for number in range(40)])
async def test_decoy_costs_what_failures_cost(hasher: NotedHasher, name: str) -> None:
    """T2: whichever light kind a name of nobody falls on, and a heavy one is that kind alone."""
    decoy = hasher.decoy(name, MIXED)
    await hasher.verify(Secret("wrong"), decoy, MIXED)

    assert hasher.taken() in (ALL_PAY, {"bcrypt 08": 1})


@pytest.mark.parametrize(
    ("encoded", "expected"),
    [(OURS, {OURS: 1}), ("$2b$04$", {"bcrypt 04": 1, OURS: 1})],
)
async def test_right_password_pays_for_no_other_kind(
    hasher: NotedHasher, encoded: str, expected: dict[str, int]
) -> None:
    """Only who fails makes up for what others cost."""
    right = (
        await hasher.hash(Secret("right"))
        if encoded == OURS
        else Secret(bcrypt.hashpw(b"right", bcrypt.gensalt(4)).decode())
    )

    assert await hasher.verify(Secret("right"), right, MIXED)
    assert expected == hasher.taken()


async def test_stand_in_for_a_long_password_pays_as_failures_do(hasher: NotedHasher) -> None:
    """T2: nor may the time tell that somebody's password is what stands in for long ones."""
    await hasher.verify(Secret("x" * 1025), await hasher.hash(Secret("-")), MIXED)

    assert ALL_PAY == hasher.taken()


@pytest.mark.parametrize("kinds", [None, {}, {OURS: 5, "": 3}, {OURS: 5, "$2b$10$": 5, SLOW: 1}])
async def test_directory_without_light_hashes_pays_nothing(
    hasher: NotedHasher, kinds: Mapping[str, int] | None
) -> None:
    """One of ours, as ever."""
    await hasher.verify(Secret("wrong"), None, kinds)

    assert {OURS: 1} == hasher.taken()


@pytest.mark.parametrize(
    ("begin", "expected"),
    [
        ("$2b$04$", True),
        ("$2b$07$", True),
        ("$2b$08$", False),
        ("$import-bcrypt$c=7$", True),
        ("$import-bcrypt$c=8$", False),
        (PBKDF2, True),
        (SLOW, False),
        (SCRYPT, True),
        ("$import-scrypt$n=16384,r=8,p=1,l=32$", False),
        ("$import-argon2$m=8,t=1,p=1$", True),
        ("$argon2id$v=19$m=8,t=1,p=1$", True),
        ("$argon2id$v=19$m=19456,t=1,p=1$", False),
        ("$argon2id$v=19$m=19456,t=2,p=1$", False),
    ],
)
async def test_hash_that_costs_less_than_half_of_ours_is_padded(
    begin: str, *, expected: bool
) -> None:
    """T2: a light hash that was brought along answers no sooner than an unknown name."""
    hasher = NotedHasher(CountingPool(), memory_kib=19456, passes=2)
    ours = "$argon2id$v=19$m=19456,t=2,p=1$"
    await hasher.verify(Secret("wrong"), Secret(nobodys(begin)))

    assert (expected or begin == ours) == (hasher.taken()[ours] == 1)


@pytest.mark.parametrize(
    ("kinds", "expected"),
    [
        (["$2b$07$", "$2b$06$", "$2a$04$", "$2b$04$"], ["bcrypt 04", "bcrypt 06", "bcrypt 07"]),
        (["$2b$04$", "$import-bcrypt$c=7$", "$2b$07$"], ["bcrypt 04", "bcrypt 07"]),
        ([f"$import-pbkdf2-sha1$i={n}000,l=20$" for n in range(1, 1000)], 8),
    ],
)
async def test_what_failures_add_is_at_most_half_of_ours(
    hasher: NotedHasher, kinds: list[str], expected: list[str] | int
) -> None:
    """D4: whatever was imported; the cheapest kinds first. Others stand apart, decoys with them."""
    await hasher.verify(Secret("wrong"), None, Counter(kinds))
    computed = hasher.taken()
    del computed[OURS]

    assert expected == (len(computed) if isinstance(expected, int) else sorted(computed))


async def test_kind_that_nobody_can_compute_breaks_no_failure(hasher: NotedHasher) -> None:
    """A beginning that was damaged in the database is left out."""
    assert not await hasher.verify(Secret("x"), None, {"$argon2id$v=19$m=1,t=1,p=9$": 1})


async def test_failure_of_a_heavy_kind_costs_that_kind_alone(hasher: NotedHasher) -> None:
    """Such hashes keep their cost, so that bcrypt may be computed side by side."""
    await hasher.verify(Secret("wrong"), Secret(nobodys("$2b$08$")), MIXED)

    assert {"bcrypt 08": 1} == hasher.taken()
