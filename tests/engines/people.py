"""Three people with whatever a search may meet, and a neighbour of another tenant."""

from datetime import timedelta

from gateword.domain.user import NewUser
from tests.engines.house import NOON, House

ANN = NewUser(
    connection="Employees",
    email="ann@example.test",
    username="ann",
    email_verified=True,
    local_id="ann",
    profile={"name": "Ann Ångström", "nickname": "ann", "given_name": "Ann"},
    user_metadata={"n": 2, "tags": ["red", "Blue"], "pets": [{"name": "Rex"}, {"age": 3.5}]},
    app_metadata={"plan": "gold", "since": "2026-01-15", "beta": True, "a.b": 1, "none": None},
)
BOB = NewUser(
    connection="Employees",
    email="bob@example.test",
    local_id="bob",
    blocked=True,
    profile={"name": "100% _Bob_ [x] \\ *", "nickname": "bob"},
    user_metadata={"n": 10},
    app_metadata={"plan": "GOLD", "beta": False, "odd": "nul \0"},
)
CAT = NewUser(
    connection="Customers",
    phone_number="+15551234",
    local_id="cat",
    profile={"name": "ÅNGSTRÖM"},
    app_metadata={"plan": "silver", "beta": "true", "n": "2"},
)


async def move_in(house: House) -> None:
    """Add them, an hour apart; ann has logged in three times."""
    for number, new in enumerate((ANN, BOB, CAT)):
        await add(house, new, hours=number)
    await add(await house.neighbour(), ANN)
    ann = await house.stores.users.by_id("auth0|ann")
    assert ann is not None
    for _ in range(3):
        await house.log_in(ann.key, "192.0.2.1", NOON + timedelta(days=40))


async def add(house: House, new: NewUser, hours: int = 0) -> None:
    """Add a user some hours after noon."""
    connections = house.stores.connections
    connection = await connections.named(new.connection)
    connection = connection or await house.add_connection(new.connection)
    user = await house.stores.users.add(new, connection, NOON + timedelta(hours=hours))
    assert user is not None
