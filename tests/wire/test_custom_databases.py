"""What custom database scripts do for their users besides logging them in."""

from typing import Final

import pytest

from gateword.domain.script import Fault, ScriptFault
from tests.support.house import House
from tests.support.letters import Drawer, form_behind, link_of
from tests.support.management import management_token
from tests.wire.doors import NEW, VERIFY, asked, logged_in, submitted
from tests.wire.scripted import KNOWN, ZOE, scripted
from tests.wire.world import CUSTOMERS, VALUES

SIGN_UP: Final = {
    "connection": CUSTOMERS,
    "client_id": VALUES["web"],
    "email": ZOE,
    "password": NEW,
    "given_name": "Zoe",
    "user_metadata": {"theme": "dark"},
}


async def letter_link(house: House) -> str:
    """Return the link of the newest letter."""
    return link_of((await Drawer().emptied(house))[-1])


async def test_signed_up_user_is_the_one_that_get_user_names(house: House) -> None:
    """`create` is asked between two looks, gets the password as a secret, and its user stays."""
    played = await scripted(house, get_user=[None, KNOWN])

    answer = await house.http.post("/dbconnections/signup", json=SIGN_UP)
    user = await house.parts.stores.users.by_id("auth0|z9")

    assert (200, "z9") == (answer.status_code, answer.json()["_id"])
    assert user is not None
    assert ["get_user", "create", "get_user"] == played.operations()
    job = played.jobs[1]
    assert NEW == job.secret_given["password"].reveal()
    assert NEW not in repr(job)
    assert {
        "given_name": "Zoe",
        "tenant": "default",
        "client_id": VALUES["web"],
        "connection": CUSTOMERS,
        "email": ZOE,
        "user_metadata": {"theme": "dark"},
        "app_metadata": {},
    } == job.given["user"]


async def test_verified_address_is_told_to_the_database(house: House) -> None:
    """`verify` hears of it; that it fails is in the log, and the address is verified here."""
    broken = ScriptFault(Fault.DENIED, "read only", None)
    played = await scripted(house, get_user=[None, KNOWN], verify=[broken])
    await house.http.post("/dbconnections/signup", json=SIGN_UP)
    form = await form_behind(house.http, await letter_link(house))

    answer = await house.http.post(VERIFY, data=form)
    user = await house.parts.stores.users.by_id("auth0|z9")

    assert 200 == answer.status_code
    assert user is not None
    assert user.email_verified
    assert ("verify", ZOE) == (played.jobs[-1].given["operation"], played.jobs[-1].given["email"])
    row = [row.document for row in await house.log() if row.document["type"] == "sv"][-1]
    assert ["script verify of Customers: read only"] == row["details"]["notes"]


async def test_forgotten_password_is_changed_by_the_script(house: House) -> None:
    """The link leads to `change_password`; no hash is kept, and it works once."""
    played = await scripted(house, get_user=[KNOWN], change_password=[True])
    form = await form_behind(house.http, await asked(house, ZOE))

    first = await submitted(house, form, password=NEW, again=NEW)
    second = await submitted(house, form, password=NEW, again=NEW)

    assert [200, 410] == [first.status_code, second.status_code]
    assert ["get_user", "change_password"] == played.operations()
    assert {"operation": "change_password", "email": ZOE} == played.jobs[-1].given
    assert NEW == played.jobs[-1].secret_given["password"].reveal()
    user = await house.parts.stores.users.by_id("auth0|z9")
    connection = await house.parts.stores.connections.named(CUSTOMERS)
    assert user is not None
    assert connection is not None
    assert user.last_password_reset is not None
    assert None is await house.parts.stores.users.password_hash(user.key, connection.key)


async def test_script_that_changes_no_password_is_not_believed_to(house: House) -> None:
    """`callback(null, false)`: the page says that it did not work, and nothing is noted."""
    await scripted(house, get_user=[KNOWN], change_password=[False])
    form = await form_behind(house.http, await asked(house, ZOE))

    answer = await submitted(house, form, password=NEW, again=NEW)
    user = await house.parts.stores.users.by_id("auth0|z9")

    assert 500 == answer.status_code
    assert user is not None
    assert user.last_password_reset is None


async def test_letter_goes_to_nobody_but_the_one_asked_for(house: House) -> None:
    """`get_user` that names another user makes no link to that user's account."""
    await scripted(house, get_user=[{"user_id": "z9", "email": "victim@mail.example"}])

    answer = await house.http.post(
        "/dbconnections/change_password", json={"connection": CUSTOMERS, "email": ZOE}
    )

    assert 200 == answer.status_code
    assert [] == await Drawer().emptied(house)
    assert None is await house.parts.stores.users.by_id("auth0|z9")


async def test_user_moves_in_by_a_forgotten_password(house: House) -> None:
    """With import_mode the user keeps the id, and the chosen password is ours."""
    played = await scripted(house, imports=True, get_user=[KNOWN])
    form = await form_behind(house.http, await asked(house, ZOE))

    await submitted(house, form, password=NEW, again=NEW)
    answer = await logged_in(house, NEW, ZOE)

    assert 200 == answer.status_code
    assert ["get_user"] == played.operations()
    assert None is not await house.parts.stores.users.by_id("auth0|z9")


async def test_user_who_only_asked_for_a_letter_logs_in_as_before(house: House) -> None:
    """Whoever asks for a letter to somebody's address takes nothing away from that person."""
    await scripted(house, imports=True, get_user=[KNOWN], login=[KNOWN, None])
    await asked(house, ZOE)

    assert 200 == (await logged_in(house, "the old password", ZOE)).status_code
    assert 200 == (await logged_in(house, "the old password", ZOE)).status_code
    assert 403 == (await logged_in(house, "another password", ZOE)).status_code


async def test_operator_makes_a_user_by_the_script(house: House) -> None:
    """`POST /users` answers the user as `get_user` has it."""
    played = await scripted(house, get_user=[None, KNOWN | {"name": "Zoe from afar"}])
    headers = {"authorization": f"Bearer {await management_token(house)}"}
    body = {"connection": CUSTOMERS, "email": ZOE, "password": NEW}

    answer = await house.http.post("/api/v2/users", json=body, headers=headers)

    assert 201 == answer.status_code
    assert ("auth0|z9", "Zoe from afar") == (answer.json()["user_id"], answer.json()["name"])
    assert ["get_user", "create", "get_user"] == played.operations()


@pytest.mark.parametrize(
    ("fault", "status", "code"),
    [
        (ScriptFault(Fault.WRONG_PASSWORD, "odd", None), 500, "server_error"),
        (ScriptFault(Fault.UNAUTHORIZED, "Closed today.", None), 401, "unauthorized"),
        (ScriptFault(Fault.LIMIT, "too slow", None), 500, "server_error"),
        (ScriptFault(Fault.INVALID, "No.", None, code="age"), 400, None),
    ],
)
async def test_create_that_fails_makes_nobody(
    house: House, fault: ScriptFault, status: int, code: str | None
) -> None:
    """Whatever it says, nobody is kept whom `create` did not make."""
    played = await scripted(house, get_user=[None, KNOWN], create=[fault])

    answer = await house.http.post("/dbconnections/signup", json=SIGN_UP)

    assert (status, code) == (answer.status_code, answer.json().get("error") if code else None)
    assert ["get_user", "create"] == played.operations()
    assert None is await house.parts.stores.users.by_id("auth0|z9")
