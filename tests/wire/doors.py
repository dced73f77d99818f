"""What the tests of the users' own doors do again and again."""

from dataclasses import replace
from typing import Any, Final

import httpx

from tests.support.house import House
from tests.support.letters import Drawer, link_of
from tests.wire.world import CLIENTS, CUSTOMERS, VALUES

NEW: Final = "Brand-new-pass-1"
RESET: Final = "/u/reset-password"
VERIFY: Final = "/u/email-verification"
UNBLOCK: Final = "/u/unblock"
ANN: Final = "ann@example.com"


async def asked(house: House, email: str = ANN) -> str:
    """Return the link of the letter to one who has forgotten a password."""
    body = {"connection": CUSTOMERS, "email": email, "client_id": CLIENTS["web"].client_id}
    answer = await house.http.post("/dbconnections/change_password", json=body)
    assert 200 == answer.status_code
    drawer = Drawer()
    return link_of((await drawer.emptied(house))[-1])


async def signed_up(house: House, **more: Any) -> str:
    """Return the link of the letter to one who has signed up."""
    body = {"connection": CUSTOMERS, "email": "zoe@mail.example", "password": NEW}
    answer = await house.http.post("/dbconnections/signup", json=body | more)
    assert 200 == answer.status_code
    drawer = Drawer()
    return link_of((await drawer.emptied(house))[-1])


async def logged_in(house: House, password: str, email: str = ANN) -> httpx.Response:
    """Return the answer to a login."""
    return await house.token(
        grant_type="http://auth0.com/oauth/grant-type/password-realm",
        realm=CUSTOMERS,
        username=email,
        password=password,
        client_id=CLIENTS["web"].client_id,
        client_secret=VALUES["web_secret"],
    )


async def shut_out(house: House) -> str:
    """Type ten wrong passwords, and return the link of the letter that tells of the block."""
    for _ in range(10):
        assert 403 == (await logged_in(house, "wrong")).status_code
    drawer = Drawer()
    return link_of((await drawer.emptied(house))[-1])


async def with_options(house: House, **options: Any) -> None:
    """Give the customers' database other options."""
    connections = house.parts.stores.connections
    stored = await connections.named(CUSTOMERS)
    assert stored is not None
    await connections.put(replace(stored, options=options), house.clock.now())


async def submitted(house: House, form: dict[str, str], **more: str) -> httpx.Response:
    """Send the form of the reset page."""
    return await house.http.post(RESET, data=form | more)
