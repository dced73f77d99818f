"""A worker that writes until it is killed: `python -m tests.engines.writer URL TENANT USER`.

It prints a line for each write that was acknowledged, and never one before.
"""

import asyncio
import sys
from pathlib import Path

from gateword.domain.client import RefreshPolicy
from gateword.domain.log_event import LogCode, LogEvent
from gateword.domain.user import NewUser
from gateword.storage.engine import Database
from gateword.storage.open import open_database, open_tenants
from tests.engines.house import NOON, Furnished, House, SetClock, a_handle, stores_of


async def write(house: House, furnished: Furnished, writer: int) -> None:
    """Begin logins, add users and log rows, one after the other, for ever."""
    number = 0
    while True:
        number += 1
        refresh, email = a_handle(), f"w{writer}.{number}@example.test"
        await house.stores.tokens.begin_family(
            furnished.grant(), refresh, RefreshPolicy(rotating=True), furnished.access()
        )
        print("token", refresh.reveal(), flush=True)  # noqa: T201  # the test reads this
        new = NewUser(connection=furnished.connection.name, email=email)
        await house.stores.users.add(new, furnished.connection, NOON)
        print("user", email, flush=True)  # noqa: T201  # the test reads this
        event = LogEvent(code=LogCode.SEPFT, at=NOON, description=email)
        await house.stores.logs.append([event])
        print("log", email, flush=True)  # noqa: T201  # the test reads this


async def main(url: str, tenant_name: str, user_id: str) -> None:
    """Write with eight writers at once, so that commits are shared."""
    database = await open_database(url, data_dir=Path("/nonexistent"))
    try:
        await write_all(database, url, tenant_name, user_id)
    finally:
        await database.close()


async def write_all(database: Database, url: str, tenant_name: str, user_id: str) -> None:
    """Find what the test has furnished, and write."""
    (tenant,) = (t for t in await open_tenants(database).all() if t.name == tenant_name)
    house = House(url, database, tenant, stores_of(database, tenant, SetClock()))
    connection = await house.stores.connections.named("Employees")
    user = await house.stores.users.by_id(user_id)
    assert connection is not None
    assert user is not None
    furnished = Furnished(connection, user)
    await asyncio.gather(*(write(house, furnished, writer) for writer in range(8)))


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
