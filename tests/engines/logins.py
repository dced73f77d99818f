"""Logins that hold refresh tokens: how the token suites begin, use and inspect them."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta

from gateword.domain.client import RefreshPolicy
from gateword.domain.log_event import LogEvent
from gateword.domain.secret import Secret
from gateword.domain.token import RefreshToken
from gateword.ports.token_stores import Exchange
from gateword.storage.engine import Tx
from gateword.storage.postgres import CONNECTIONS
from tests.engines.house import CLIENT, NOON, Furnished, House, a_handle

ROTATING = RefreshPolicy(rotating=True)


LENIENT = RefreshPolicy(rotating=True, leeway_s=60)


STANDING = RefreshPolicy(rotating=False)


async def begin(
    house: House,
    furnished: Furnished,
    policy: RefreshPolicy = ROTATING,
    access: Secret | None = None,
    **changes: object,
) -> Secret:
    """Begin a family and return its first refresh token."""
    refresh = a_handle()
    grant = furnished.grant(**changes)
    await house.stores.tokens.begin_family(grant, refresh, policy, furnished.access(access))
    return refresh


async def exchange(
    house: House,
    furnished: Furnished,
    refresh: Secret,
    policy: RefreshPolicy = ROTATING,
    *,
    successor: Secret | None = None,
    client_id: str = CLIENT,
    after_s: float = 1,
    known: RefreshToken | None = None,
    rows: Sequence[LogEvent] = (),
) -> Exchange:
    """Exchange a refresh token a while after noon, as it was found before or is found now."""
    known = known or await house.stores.tokens.find_refresh(refresh)
    return await house.stores.tokens.exchange(
        refresh,
        client_id,
        successor or a_handle(),
        policy,
        furnished.access(),
        NOON + timedelta(seconds=after_s),
        known=known,
        rows=rows,
    )


async def connect_all(house: House) -> None:
    """Let PostgreSQL's pool open all its connections: a race through one of them is no race."""
    if house.database.shares_commits:
        return
    everybody = asyncio.Barrier(CONNECTIONS)

    async def hold(tx: Tx) -> None:
        del tx
        await everybody.wait()

    await asyncio.gather(*(house.database.transact(hold) for _ in range(CONNECTIONS)))


async def is_alive(house: House, refresh: Secret) -> bool:
    """Say whether a refresh token is known, unused and of a living family."""
    stored = await house.stores.tokens.find_refresh(refresh)
    return stored is not None and stored.revoked_at is None
