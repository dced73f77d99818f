"""Wrong passwords from addresses that a client tells, and what they shut."""

from typing import Any

import httpx

from gateword.accounts.blocks import Block
from gateword.domain.user import User
from gateword.policy import attack_protection
from tests.support.factories import PASSWORD_REALM
from tests.support.house import PEER, House
from tests.support.protection import protect
from tests.wire.world import EMPLOYEES, VALUES


async def fails(house: House, username: str, *, realm: str = EMPLOYEES, ip: str = PEER) -> None:
    """Try a wrong password."""
    answer = await log_in(house, username, "wrong", realm=realm, ip=ip)
    assert 403 == answer.status_code


async def log_in(
    house: House, username: str, password: str, *, realm: str = EMPLOYEES, ip: str = PEER
) -> httpx.Response:
    """Log in at a realm, from an address that the client tells."""
    form = {
        "grant_type": PASSWORD_REALM,
        "realm": realm,
        "username": username,
        "password": password,
        "client_id": VALUES["web"],
        "client_secret": VALUES["web_secret"],
    }
    return await house.http.post("/oauth/token", data=form, headers={"auth0-forwarded-for": ip})


async def limited(house: House, **members: Any) -> None:
    """Let one wrong password be too much."""
    now = house.clock.now()
    await protect(house.parts, attack_protection.BRUTE_FORCE, now, **{"max_attempts": 1, **members})


async def user(house: House, name: str) -> User:
    """Return a user of the world."""
    found = await house.parts.stores.users.by_id(VALUES[name])
    assert found is not None
    return found


def shown(found: list[Block]) -> list[tuple[str, str, str]]:
    """Return name, address and directory of each."""
    return [(one.identifier, one.ip, one.connection.name) for one in found]
