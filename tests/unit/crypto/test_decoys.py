"""Decoys: what an unknown name's password is checked against."""

from collections import Counter

import pytest

from gateword.crypto.hash_pool import HashPool
from gateword.crypto.passwords import PooledHasher
from gateword.domain.secret import Secret

MIXED = {"$argon2": 500, "$2b$04$": 500}


@pytest.fixture
def hasher() -> PooledHasher:
    """A hasher at the least cost there is."""
    return PooledHasher(HashPool(1, 10.0), b"pepper", memory_kib=8, passes=1)


def test_decoy_of_a_name_is_always_the_same(hasher: PooledHasher) -> None:
    """Asking twice must not show another cost, or the name would be known to be nobody's."""
    assert hasher.decoy("con:ann", MIXED) == hasher.decoy("con:ann", MIXED)


def test_decoys_are_spread_like_the_directory(hasher: PooledHasher) -> None:
    """Half the hashes are bcrypt, so about half of the unknown names answer in bcrypt's time."""
    drawn = Counter(hasher.decoy(f"con:{n}", MIXED).reveal()[:7] for n in range(1000))

    assert {"$argon2", "$2b$04$"} == set(drawn)
    assert 400 < drawn["$2b$04$"] < 600


def test_decoys_differ_with_the_pepper(hasher: PooledHasher) -> None:
    """Without the installation's secret nobody can compute which names are decoys."""
    other = PooledHasher(HashPool(1, 10.0), b"another", memory_kib=8, passes=1)
    names = [f"con:{n}" for n in range(100)]

    assert [hasher.decoy(name, MIXED) for name in names] != [
        other.decoy(name, MIXED) for name in names
    ]


@pytest.mark.parametrize(
    "kind", ["$argon2id$v=19$m=16,t=3,p=2$", "$argon2i$m=8,t=2,p=1$", "$2b$04$"]
)
def test_decoy_costs_what_the_directory_costs(hasher: PooledHasher, kind: str) -> None:
    """T2: hashes brought along keep their cost until their owner logs in; decoys have it too."""
    decoy = hasher.decoy("con:ann", {kind: 1})

    assert decoy.reveal().startswith(kind)
    assert hasher.recognises(decoy)


@pytest.mark.parametrize("kinds", [{"$argon2": 1}, {"$2b$04$": 1}, {"$argon2i$m=8,t=2,p=1$": 1}])
async def test_decoy_fits_nothing(hasher: PooledHasher, kinds: dict[str, int]) -> None:
    """T2: whatever is typed, a decoy is checked at its kind's cost and found wrong."""
    for typed in ("", "password", "." * 53):
        assert not await hasher.verify(Secret(typed), hasher.decoy("con:ann", kinds))


@pytest.mark.parametrize(
    ("encoded", "expected"),
    [
        ("$2b$16$" + "." * 53, True),
        ("$2b$17$" + "." * 53, False),
        ("$argon2id$v=19$m=1048576,t=4,p=1$AAECAwQFBgcICQoLDA0ODw$AAAA", True),
        ("$argon2id$v=19$m=65536,t=64,p=1$AAECAwQFBgcICQoLDA0ODw$AAAA", True),
        ("$argon2id$v=19$m=1048576,t=5,p=1$AAECAwQFBgcICQoLDA0ODw$AAAA", False),
        ("$argon2id$v=19$m=1048577,t=1,p=1$AAECAwQFBgcICQoLDA0ODw$AAAA", False),
        ("$argon2id$v=19$m=8,t=65,p=1$AAECAwQFBgcICQoLDA0ODw$AAAA", False),
        ("$argon2id$v=19$m=65536,t=4,p=16$AAECAwQFBgcICQoLDA0ODw$AAAA", True),
        ("$argon2id$v=19$m=1048576,t=1,p=17$AAECAwQFBgcICQoLDA0ODw$AAAA", False),
    ],
)
def test_hash_of_unbearable_cost_is_not_recognised(
    hasher: PooledHasher, encoded: str, *, expected: bool
) -> None:
    """One row brought along must not hold a core for minutes at every login."""
    assert expected == hasher.recognises(Secret(encoded))
