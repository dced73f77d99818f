import time
from collections.abc import Callable, Iterator
from typing import TypeVar

import bcrypt
import pytest

from gateword.crypto.hash_pool import HashPool
from gateword.crypto.passwords import MAX_BYTES, PooledHasher
from gateword.domain.secret import Secret
from gateword.policy.hash_kind import HashKind

T = TypeVar("T")

VECTOR = Secret("Tr0ub4dor&3 é")
ARGON2ID = Secret(
    "$argon2id$v=19$m=19456,t=2,p=1$AAECAwQFBgcICQoLDA0ODw"
    "$uLr/Ne5H3XmoXWybVVYbBlJBwNjfRWBk1JiVPxwCPuw"
)
ARGON2I = Secret(
    "$argon2i$v=19$m=19456,t=2,p=1$AAECAwQFBgcICQoLDA0ODw"
    "$i87flxLMkGLuUTDwa+thP37q8RiR6ddRID6GpdmnzdY"
)
ARGON2D = Secret(
    "$argon2d$v=19$m=19456,t=2,p=1$AAECAwQFBgcICQoLDA0ODw"
    "$cVulDmjPvRhA0bLVXEigb6Tf0wxU3goax9LgUeqqE90"
)
BCRYPT = "$10$abcdefghijklmnopqrstuuyQv8vsWhQjcCeXJ4PJbGCDPdxsB6RNO"
BCRYPT_OF_80_AS = Secret("$2b$10$abcdefghijklmnopqrstuuiYfj.JCH/8Hff5KmeyaPABzfEqwvS.a")


class CountingPool(HashPool):
    """Runs jobs at once, in the caller's thread, and knows how many and at what CPU time."""

    def __init__(self) -> None:
        super().__init__(0, max_wait_s=1)
        self.jobs = 0
        self.cpu_s = 0.0

    async def run(self, job: Callable[[], T], kind: HashKind | None = None) -> T:
        """Run a job and count it."""
        del kind
        self.jobs += 1
        began = time.thread_time()
        try:
            return job()
        finally:
            self.cpu_s = time.thread_time() - began


@pytest.fixture
def pool() -> CountingPool:
    """A pool that counts."""
    return CountingPool()


@pytest.fixture
def hasher(pool: CountingPool) -> Iterator[PooledHasher]:
    """A hasher at the least cost there is."""
    return PooledHasher(pool, memory_kib=8, passes=1)


def bcrypt_of(password: bytes, prefix: bytes = b"2b") -> Secret:
    """Return a bcrypt hash at the least cost there is."""
    return Secret(
        bcrypt.hashpw(password, bcrypt.gensalt(4, b"2b")).decode().replace("2b", prefix.decode(), 1)
    )


async def test_password_fits_its_own_hash_alone(hasher: PooledHasher) -> None:
    """What was hashed verifies, and nothing else does."""
    encoded = await hasher.hash(Secret("hunter2"))
    assert await hasher.verify(Secret("hunter2"), encoded)
    assert not await hasher.verify(Secret("hunter3"), encoded)
    assert not await hasher.verify(Secret(""), encoded)


async def test_same_password_never_has_the_same_hash(hasher: PooledHasher) -> None:
    """Each hash has a salt of its own."""
    assert await hasher.hash(Secret("x")) != await hasher.hash(Secret("x"))


async def test_hash_is_argon2id_at_the_cost_that_was_set(pool: CountingPool) -> None:
    """New hashes are Argon2id, one lane, 16 bytes of salt, 32 of digest, in PHC form."""
    encoded = await PooledHasher(pool, memory_kib=64, passes=3).hash(Secret("x"))
    _, kind, version, cost, salt, digest = encoded.reveal().split("$")
    assert ("argon2id", "v=19", "m=64,t=3,p=1", 22, 43) == (
        kind,
        version,
        cost,
        len(salt),
        len(digest),
    )


@pytest.mark.parametrize(
    "encoded",
    [ARGON2ID, ARGON2I, ARGON2D, *(Secret(f"$2{kind}{BCRYPT}") for kind in "aby")],
    ids=["argon2id", "argon2i", "argon2d", "bcrypt 2a", "bcrypt 2b", "bcrypt 2y"],
)
async def test_imported_hash_verifies(hasher: PooledHasher, encoded: Secret) -> None:
    """The vectors of realms.md §6: every kind that may be imported fits its password alone."""
    assert hasher.recognises(encoded)
    assert await hasher.verify(VECTOR, encoded)
    assert not await hasher.verify(Secret(VECTOR.reveal().lower()), encoded)


@pytest.mark.parametrize(
    ("length", "fits"), [(71, False), (72, True), (73, True), (80, True), (1024, True)]
)
async def test_bcrypt_sees_72_bytes(hasher: PooledHasher, length: int, *, fits: bool) -> None:
    """realms.md §6: bcrypt compares the first 72 bytes, no more and no less."""
    assert fits == await hasher.verify(Secret("a" * length), BCRYPT_OF_80_AS)


async def test_bcrypt_counts_bytes_and_not_characters(hasher: PooledHasher) -> None:
    """A letter of two bytes across the limit is cut in its middle, as bcrypt does."""
    encoded = bcrypt_of(b"a" * 71 + "é".encode()[:1])
    assert await hasher.verify(Secret("a" * 71 + "é"), encoded)
    assert await hasher.verify(Secret("a" * 71 + "è"), encoded)
    assert not await hasher.verify(Secret("a" * 71 + "x"), encoded)


@pytest.mark.parametrize("kind", ["argon2", "bcrypt"])
@pytest.mark.parametrize("password", ["a\0b", "\0", "ﬁ\u0301", " x ", "\U0001f511", "x" * 1024])
async def test_password_counts_byte_for_byte(
    hasher: PooledHasher, password: str, kind: str
) -> None:
    """Ruling 6: no trim, no normal form, no end at a NUL."""
    secret = Secret(password)
    encoded = await hasher.hash(secret) if kind == "argon2" else bcrypt_of(password.encode()[:72])
    assert await hasher.verify(secret, encoded)
    for other in ("a", "a\0c", "fi\u0301", "x", "\U0001f512"):
        assert not await hasher.verify(Secret(other), encoded)


@pytest.mark.parametrize(
    ("password", "fits"),
    [
        ("x" * (MAX_BYTES - 1), True),
        ("x" * MAX_BYTES, True),
        ("x" * (MAX_BYTES + 1), False),
        ("é" * (MAX_BYTES // 2), True),
        ("é" * (MAX_BYTES // 2) + "x", False),
        ("x" * 60_000, False),
    ],
)
async def test_password_over_1024_bytes_never_fits(
    hasher: PooledHasher, pool: CountingPool, password: str, *, fits: bool
) -> None:
    """Ruling 5: the cap is in bytes; over it nothing fits, not even what was hashed of it."""
    encoded = await hasher.hash(Secret(password))
    pool.jobs = 0
    assert fits == await hasher.verify(Secret(password), encoded)
    assert 1 == pool.jobs


@pytest.mark.parametrize("encoded", [bcrypt_of(b"-"), None])
async def test_stand_in_for_a_long_password_never_fits(
    hasher: PooledHasher, encoded: Secret | None
) -> None:
    """Ruling 5: what is hashed in place of a long password opens no account."""
    assert not await hasher.verify(Secret("x" * 1025), encoded)
    assert not await hasher.verify(Secret("x" * 1025), await hasher.hash(Secret("-")))


MALFORMED = {
    "nothing": "",
    "text": "hunter2",
    "bcrypt without a digest": "$2b$10$short",
    "bcrypt of no known kind": "$2x$04$abcdefghijklmnopqrstuuyQv8vsWhQjcCeXJ4PJbGCDPdxsB6RNO",
    "bcrypt of cost 99": "$2b$99$abcdefghijklmnopqrstuuyQv8vsWhQjcCeXJ4PJbGCDPdxsB6RNO",
    "bcrypt with strange letters": f"$2b$04${'!' * 53}",
    "bcrypt not in ASCII": f"$2b$04${'é' * 53}",
    "argon2 without members": "$argon2id$",
    "argon2 of no base64": "$argon2id$v=19$m=8,t=1,p=1$!!!$!!!",
    "argon2 with a short digest": "$argon2id$v=19$m=8,t=1,p=1$AAECAwQFBgcICQoLDA0ODw$AAAA",
    "argon2 without memory": "$argon2id$v=19$m=0,t=0,p=0$AAECAwQFBgcICQoLDA0ODw$AAAAAAAA",
    "argon2 not in ASCII": "$argon2id$v=19$m=8,t=1,p=1$é$é",
    "pbkdf2": "$pbkdf2-sha256$i=10000,l=32$AAECAwQFBgcICQoLDA0ODw$EaOu3EnGhiDkod2VuoAAIeb27g",
    "crypt": "{CRYPT}$1$abc$def",
    "md5": "5f4dcc3b5aa765d61d8327deb882cf99",
}


@pytest.mark.parametrize("text", MALFORMED.values(), ids=MALFORMED.keys())
async def test_malformed_hash_fits_nothing_at_the_cost_of_one(text: str) -> None:
    """Promise T2: an account with an unreadable hash costs what a wrong password costs."""
    pool = CountingPool()
    hasher = PooledHasher(pool, memory_kib=4096, passes=2)
    assert not await hasher.verify(Secret("hunter2"), None)
    usual_s = pool.cpu_s

    assert not await hasher.verify(Secret("hunter2"), Secret(text))

    assert 2 == pool.jobs
    assert usual_s / 4 < pool.cpu_s


@pytest.mark.parametrize("password", ["right", "wrong", "", "a\0b", "x" * 1025])
@pytest.mark.parametrize("encoded", ["argon2", "bcrypt", "nobody"])
async def test_every_path_costs_one_hash(
    hasher: PooledHasher, pool: CountingPool, password: str, encoded: str
) -> None:
    """Promise T2: known or unknown, right or wrong, long or empty: one job in the pool."""
    kinds = {"argon2": await hasher.hash(Secret("right")), "bcrypt": bcrypt_of(b"right")}
    pool.jobs = 0
    fits = await hasher.verify(Secret(password), kinds.get(encoded))
    assert (password == "right" and encoded != "nobody", 1) == (fits, pool.jobs)


async def test_hash_is_outdated_when_it_is_weaker_than_todays(pool: CountingPool) -> None:
    """bcrypt, Argon2i, and Argon2id at a lower cost are hashed anew; stronger ones stay."""
    today = PooledHasher(pool, memory_kib=16, passes=1)
    cheaper = await PooledHasher(pool, memory_kib=8, passes=1).hash(Secret("x"))
    others = [cheaper, bcrypt_of(b"x"), bcrypt_of(b"x", b"2a"), ARGON2I, ARGON2D]
    assert [True] * len(others) == [today.is_outdated(one) for one in others]
    assert not today.is_outdated(await today.hash(Secret("x")))
    stronger = await PooledHasher(pool, memory_kib=16, passes=2).hash(Secret("x"))
    assert not today.is_outdated(stronger)


async def test_no_hash_is_outdated_when_upgrades_are_off(pool: CountingPool) -> None:
    """`upgrade_hashes = false` keeps every hash as it was brought."""
    hasher = PooledHasher(pool, upgrades=False)
    assert [False, False] == [hasher.is_outdated(one) for one in (bcrypt_of(b"x"), ARGON2I)]


@pytest.mark.parametrize(
    "text",
    [
        "$2a$04$abcdefghijklmnopqrstuuyQv8vsWhQjcCeXJ4PJbGCDPdxsB6RNO",
        "$2y$16$abcdefghijklmnopqrstuuyQv8vsWhQjcCeXJ4PJbGCDPdxsB6RNO",
        ARGON2ID.reveal(),
        ARGON2I.reveal(),
        ARGON2D.reveal(),
    ],
)
def test_hash_that_can_be_read_is_recognised(hasher: PooledHasher, text: str) -> None:
    """realms.md §6: Argon2 in PHC form, bcrypt 2a, 2b and 2y."""
    assert hasher.recognises(Secret(text))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "hunter2",
        "$2$10$abcdefghijklmnopqrstuuyQv8vsWhQjcCeXJ4PJbGCDPdxsB6RNO",
        "$2x$10$abcdefghijklmnopqrstuuyQv8vsWhQjcCeXJ4PJbGCDPdxsB6RNO",
        "$2b$03$abcdefghijklmnopqrstuuyQv8vsWhQjcCeXJ4PJbGCDPdxsB6RNO",
        "$2b$32$abcdefghijklmnopqrstuuyQv8vsWhQjcCeXJ4PJbGCDPdxsB6RNO",
        "$2b$10$abcdefghijklmnopqrstuuyQv8vsWhQjcCeXJ4PJbGCDPdxsB6RN",
        "$2b$10$abcdefghijklmnopqrstuuyQv8vsWhQjcCeXJ4PJbGCDPdxsB6RNO\n",
        " $2b$10$abcdefghijklmnopqrstuuyQv8vsWhQjcCeXJ4PJbGCDPdxsB6RNO",
        "$argon2id$",
        "$argon2x$v=19$m=8,t=1,p=1$AAECAwQFBgcICQoLDA0ODw$AAAAAAAA",
        "$argon2id$v=19$m=8,t=1,p=1$é$é",
        "$pbkdf2-sha256$i=10000,l=32$AAECAwQFBgcICQoLDA0ODw$EaOu3EnGhiDk",
        "{SSHA}XlGj7YXmaqq/QsA9CY2EKP689d4BAgMEBQYHCA==",
    ],
)
def test_hash_that_cannot_be_read_is_not_recognised(hasher: PooledHasher, text: str) -> None:
    """realms.md §6: what `verify` could never fit is refused when it is brought along."""
    assert not hasher.recognises(Secret(text))
