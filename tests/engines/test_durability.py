"""Promise D1: what was acknowledged survives `kill -9`."""

import asyncio
import signal
import sys
from pathlib import Path

import pytest

from gateword.domain.secret import Secret
from gateword.storage.open import open_database
from tests.engines.house import Furnished, House

_ROOT = Path(__file__).parents[2]


async def killed_while_writing(house: House, furnished: Furnished, after: int) -> list[list[str]]:
    """Let a worker write, kill it, and return what it had acknowledged."""
    worker = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "tests.engines.writer",
        house.url,
        house.tenant.name,
        furnished.user.user_id,
        cwd=_ROOT,
        stdout=asyncio.subprocess.PIPE,
    )
    assert worker.stdout is not None
    lines = [await worker.stdout.readline() for _ in range(after)]
    worker.send_signal(signal.SIGKILL)
    lines += (await worker.stdout.read()).splitlines(keepends=True)

    assert -signal.SIGKILL == await worker.wait()
    return [line.decode().split() for line in lines if line.endswith(b"\n")]


@pytest.mark.parametrize("after", [1, 40, 333])
async def test_acknowledged_writes_survive_the_kill_of_a_worker(
    house: House, furnished: Furnished, after: int
) -> None:
    """Every token, user and log row that was answered is there, whenever the kill comes."""
    acknowledged = await killed_while_writing(house, furnished, after)

    # A new connection, as after a restart: the first one of SQLite recovers the log of writes.
    database = await open_database(house.url, data_dir=Path("/nonexistent"))
    stores = house.other_worker(database)
    logged = {
        event.document["description"] for event in await stores.logs.read(after=0, limit=10_000)
    }
    lost = [
        (kind, name)
        for kind, name in acknowledged
        if (kind == "token" and await stores.tokens.find_refresh(Secret(name)) is None)
        or (kind == "log" and name not in logged)
        or (
            kind == "user"
            and await stores.users.account(furnished.connection.key, [("email", name)]) is None
        )
    ]
    await database.close()

    assert len(acknowledged) >= after
    assert [] == lost
