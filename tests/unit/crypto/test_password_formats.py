"""Hashes brought along: every vector of realms.md §6, and what a check of them costs."""

from typing import Any

import pytest

from gateword.crypto import password_formats
from gateword.crypto.hash_pool import HashPool
from gateword.crypto.passwords import PooledHasher
from gateword.domain.secret import Secret
from gateword.policy import hash_kind
from gateword.policy.hash_import import custom_password_hash
from gateword.policy.imported_hash import MARK, ImportedHash, parse
from tests.support.hash_vectors import BCRYPT_OF_80_AS, PASSWORD, PUBLISHED, VECTORS
from tests.unit.crypto.test_passwords import CountingPool

WEAK = ("md5 hex, no salt", "ldap {SSHA}", "hmac sha256 hex key utf8 k3y", "sha512 hex, suffix")


@pytest.fixture
def hasher() -> PooledHasher:
    """A hasher at the least cost there is."""
    return PooledHasher(CountingPool(), b"pepper", memory_kib=8, passes=1)


@pytest.mark.parametrize("case", VECTORS)
async def test_vector_fits_its_password_alone(hasher: PooledHasher, case: str) -> None:
    """Each vector is recognised and fits, and is outdated unless it is Argon2id of today."""
    encoded = custom_password_hash(VECTORS[case])
    assert hasher.recognises(encoded)
    assert await hasher.verify(Secret(PASSWORD), encoded)
    assert not await hasher.verify(Secret(PASSWORD.lower()), encoded)
    assert not await hasher.verify(Secret(""), encoded)
    assert hasher.is_outdated(encoded) != (case == "argon2id")


@pytest.mark.parametrize("case", PUBLISHED)
async def test_published_example_fits(hasher: PooledHasher, case: str) -> None:
    """realms.md §6: the examples of Auth0's documentation whose password is known."""
    password, document = PUBLISHED[case]
    assert await hasher.verify(Secret(password), custom_password_hash(document))


@pytest.mark.parametrize("digest", ["md4", "ripemd160", "md5", "sha512-256"])
async def test_pbkdf2_is_made_of_any_digest(hasher: PooledHasher, digest: str) -> None:
    """RFC 8018 §5.2, written out for one block: also with digests that OpenSSL 3 may lack."""
    password, salt = PASSWORD.encode(), bytes(range(16))

    def hmac(message: bytes) -> bytes:
        block = 128 if digest.startswith("sha512") else 64
        inner = bytes(b ^ 0x36 for b in password.ljust(block, b"\0"))
        outer = bytes(b ^ 0x5C for b in password.ljust(block, b"\0"))
        return password_formats.digest(
            digest, outer + password_formats.digest(digest, inner + message)
        )

    first = hmac(salt + (1).to_bytes(4))
    block = bytes(x ^ y for x, y in zip(first, hmac(first), strict=True))
    imported = ImportedHash(
        algorithm="pbkdf2", digest=digest, cost={"i": 2, "l": len(block)}, salt=salt, value=block
    )
    assert await hasher.verify(Secret(PASSWORD), Secret(imported.encoded()))
    assert not await hasher.verify(Secret("other"), Secret(imported.encoded()))


@pytest.mark.parametrize(
    "value",
    ["OiwQ9rBT754REjRKjbZtRZ8S8DMRWxHUzAVqrhgmU6g", "OiwQ9rBT754REjRKjbZtRZ8S8DMRWxHUzAVqrhgmU6g="],
)
async def test_base64_may_be_written_either_way(hasher: PooledHasher, value: str) -> None:
    """realms.md §6: base64url is accepted, with `=` or without."""
    for text in (value, value.replace("+", "-").replace("/", "_")):
        document = {
            "algorithm": "sha256",
            "hash": {"value": text, "encoding": "base64"},
            "salt": {"value": "NaCl-7"},
        }
        assert await hasher.verify(Secret(PASSWORD), custom_password_hash(document))


async def test_hex_may_be_in_upper_case(hasher: PooledHasher) -> None:
    """realms.md §6: hex in any case."""
    document: dict[str, Any] = {**VECTORS["sha256 hex, suffix"]}
    document["hash"] = {"value": document["hash"]["value"].upper(), "encoding": "hex"}
    assert await hasher.verify(Secret(PASSWORD), custom_password_hash(document))


@pytest.mark.parametrize("password", ["a" * 72, "a" * 80])
async def test_bcrypt_with_a_salt_sees_72_bytes_of_both(password: str) -> None:
    """realms.md §6: 72 bytes, the salt included; the rest is cut off."""
    hasher = PooledHasher(CountingPool(), memory_kib=8, passes=1)
    document = {
        "algorithm": "bcrypt",
        "hash": {"value": BCRYPT_OF_80_AS, "encoding": "utf8"},
        "salt": {"value": "aaaa", "position": "prefix"},
    }
    assert await hasher.verify(Secret(password), custom_password_hash(document))
    assert await hasher.verify(Secret("a" * 68), custom_password_hash(document))
    assert not await hasher.verify(Secret("a" * 67), custom_password_hash(document))


@pytest.mark.parametrize("case", ["sha1 hex, password.encoding=latin1", "latin1 pbkdf2"])
async def test_password_outside_the_encoding_never_fits(hasher: PooledHasher, case: str) -> None:
    """A password that the old system could not write down is no stand-in for another one."""
    zeros = "$import-pbkdf2-sha256$i=1,l=4$e=latin1,s=prefix$AAEC$AAAAAA"
    encoded = custom_password_hash(VECTORS[case]) if case in VECTORS else Secret(zeros)
    assert not await hasher.verify(Secret("\u0141\U0001f511"), encoded)


@pytest.mark.parametrize("case", WEAK)
@pytest.mark.parametrize("password", [PASSWORD, "wrong", "", "x" * 1025])
async def test_weak_hash_costs_what_an_unknown_user_costs(case: str, password: str) -> None:
    """T2: one job in the pool and one Argon2 hash, whether the weak hash fits or not."""
    pool = CountingPool()
    counted = CountedArgon2(pool)
    assert not await counted.verify(Secret(password), None)
    for_nobody = counted.argon2_hashes
    pool.jobs = 0

    await counted.verify(Secret(password), custom_password_hash(VECTORS[case]))

    assert (1, 2 * for_nobody) == (pool.jobs, counted.argon2_hashes)


class CountedArgon2(PooledHasher):
    """Counts how often the stand-in at today's cost is hashed."""

    def __init__(self, pool: HashPool) -> None:
        super().__init__(pool, memory_kib=8, passes=1)
        self.argon2_hashes = 0
        check = self._argon2.verify

        def counted(encoded: str, password: bytes) -> bool:
            self.argon2_hashes += 1
            return check(encoded, password)

        self._argon2 = Stand(counted, self._argon2.memory_cost, self._argon2.time_cost)  # type: ignore[assignment]


class Stand:
    """An Argon2 hasher whose checks go elsewhere."""

    def __init__(self, verify: Any, memory_cost: int, time_cost: int) -> None:
        self.verify = verify
        self.memory_cost = memory_cost
        self.time_cost = time_cost


@pytest.mark.parametrize("case", VECTORS)
async def test_decoy_is_of_an_imported_hashes_kind(hasher: PooledHasher, case: str) -> None:
    """T2: unknown names of a directory full of one kind are checked at that kind's cost."""
    text = custom_password_hash(VECTORS[case]).reveal()
    found = parse(text)
    if found is None or not hash_kind.of(text).bare_s:  # a digest: beside what pads it, nothing
        return
    decoy = hasher.decoy("con:ann", {found.kind(): 1})
    assert decoy.reveal().startswith(found.kind())
    assert hasher.recognises(decoy)
    assert not await hasher.verify(Secret(PASSWORD), decoy)


@pytest.mark.parametrize("text", [MARK, f"{MARK}sha256$$$$", f"{MARK}bcrypt$c=10$e=utf8$$AAAA"])
async def test_damaged_import_fits_nothing_and_is_not_recognised(
    hasher: PooledHasher, text: str
) -> None:
    """T2: a row that cannot be read costs one hash and never stands out."""
    assert not hasher.recognises(Secret(text))
    assert not await hasher.verify(Secret(PASSWORD), Secret(text))
