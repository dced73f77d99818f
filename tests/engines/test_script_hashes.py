"""Hashes that scripts want made: bounded, shared, and beside those of logins."""

import asyncio
import base64
from collections.abc import AsyncIterator
from typing import Any

import pytest

from gateword.delivery.outbound import HttpOutbound
from gateword.ports.scripts import OperationFailed
from gateword.rules.hashing import MOST_AT_ONCE, ScriptHashes
from gateword.rules.operations import ScriptOperations


@pytest.fixture
async def made() -> AsyncIterator[ScriptOperations]:
    """The operations of one tenant."""
    outbound, hashes = HttpOutbound(), ScriptHashes(1)
    yield ScriptOperations(outbound, hashes, None, "default", "tenant.example", ())
    hashes.close()
    await outbound.close()


async def test_hashes_are_made_outside(made: ScriptOperations) -> None:
    """Bcrypt and PBKDF2 would take a script's whole time."""
    encoded: Any = await made.carry_out("bcrypt_hash", {"password": "x", "cost": 4})
    derived = await made.carry_out(
        "pbkdf2",
        {"password": "eA==", "salt": "eQ==", "iterations": 1, "length": 4, "digest": "sha1"},
    )
    fits = [
        await made.carry_out("bcrypt_compare", {"password": password, "hash": encoded})
        for password in ("x", "y")
    ]

    assert encoded.startswith("$2b$04$")
    assert 4 == len(base64.b64decode(str(derived)))
    assert [True, False] == fits


async def test_only_so_many_hashes_are_made_at_once(made: ScriptOperations) -> None:
    """A tenant has its share, and gets it back whether anybody waits for the end or not."""
    asked = {"password": "x", "cost": 6}

    came = await asyncio.gather(
        *(made.carry_out("bcrypt_hash", asked) for _ in range(MOST_AT_ONCE + 3)),
        return_exceptions=True,
    )
    after = await made.carry_out("bcrypt_hash", asked)

    assert 3 == len([one for one in came if isinstance(one, OperationFailed)])
    assert isinstance(after, str)


@pytest.mark.parametrize(
    "encoded",
    [
        "$argon2id$v=19$m=1048576,t=6,p=1$c2FsdHNhbHQ$aGFzaGhhc2g",
        f"$2b$17${'a' * 53}",
        f"$2b$31${'a' * 53}",
        "",
    ],
)
async def test_hash_that_would_take_long_is_not_looked_at(
    made: ScriptOperations, encoded: str
) -> None:
    """What a script brings along is a stranger's: no gibibyte, and no day of a processor."""
    asked = {"password": "x", "hash": encoded}
    if encoded.startswith("$2b$"):
        with pytest.raises(OperationFailed):
            await made.carry_out("bcrypt_compare", asked)
    else:
        assert await made.carry_out("bcrypt_compare", asked) is False


@pytest.mark.parametrize(
    ("kind", "asked"),
    [
        ("bcrypt_hash", {"password": "x", "cost": 31}),
        ("bcrypt_hash", {"password": 1, "cost": 4}),
        ("pbkdf2", {"password": "eA==", "salt": "eQ==", "iterations": 10**9}),
        ("shell", {}),
    ],
)
async def test_operation_that_is_none_is_refused(
    made: ScriptOperations, kind: str, asked: dict[str, object]
) -> None:
    """What would take minutes, or is not there."""
    with pytest.raises(OperationFailed):
        await made.carry_out(kind, asked)
