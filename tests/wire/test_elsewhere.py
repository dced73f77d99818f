"""A directory whose users live where custom scripts reach them, and which has no such scripts.

Our own store answers for none of its users: a user or a password that it took would be lost, and an
account under somebody's name besides.
"""

from typing import Any, Final

import pytest

from tests.support.house import House
from tests.support.letters import Drawer, form_behind
from tests.support.management import management_token
from tests.wire.doors import ANN, NEW, asked, submitted, with_options
from tests.wire.world import CUSTOMERS, VALUES

ELSEWHERE: Final = {"enabledDatabaseCustomization": True, "import_mode": False}
MOVING_IN: Final = {"enabledDatabaseCustomization": True, "import_mode": True}
SIGN_UP: Final = {"connection": CUSTOMERS, "email": "zoe@mail.example", "password": NEW}
USER: Final = f"/api/v2/users/{VALUES['customer_ann'].replace('|', '%7C')}"


async def _managed(house: House, method: str, path: str, body: Any) -> tuple[int, str]:
    headers = {"authorization": f"Bearer {await management_token(house)}"}
    answer = await house.http.request(method, path, json=body, headers=headers)
    return answer.status_code, answer.json().get("errorCode", "")


async def test_nobody_signs_up(house: House) -> None:
    """Sign-up is refused as where it is switched off, and makes no user."""
    await with_options(house, **ELSEWHERE)

    answer = await house.http.post("/dbconnections/signup", json=SIGN_UP)

    assert (400, "public_signup_disabled") == (answer.status_code, answer.json()["code"])
    assert [] == await house.parts.stores.users.with_email("zoe@mail.example")


async def test_no_letter_leads_to_a_new_password(house: House) -> None:
    """A change of password is refused for everybody alike, and nothing is sent."""
    await with_options(house, **ELSEWHERE)

    answers = [
        await house.http.post(
            "/dbconnections/change_password", json={"connection": CUSTOMERS, "email": email}
        )
        for email in (ANN, "nobody@mail.example")
    ]

    assert ["change_password_disabled"] * 2 == [answer.json()["code"] for answer in answers]
    assert [] == await Drawer().emptied(house)


async def test_link_of_before_does_nothing(house: House) -> None:
    """A link that was sent before the users moved away opens no form any more."""
    link = await asked(house)
    form = await form_behind(house.http, link)
    await with_options(house, **ELSEWHERE)

    assert 410 == (await house.http.get(link)).status_code
    assert 410 == (await submitted(house, form, password=NEW, again=NEW)).status_code


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "/api/v2/users", SIGN_UP),
        ("PATCH", USER, {"password": NEW}),
        ("POST", "/api/v2/tickets/password-change", {"user_id": VALUES["customer_ann"]}),
    ],
)
async def test_operator_keeps_no_user_and_no_password(
    house: House, method: str, path: str, body: Any
) -> None:
    """The Management API refuses what our own store would never be asked for."""
    await with_options(house, **ELSEWHERE)

    assert (400, "invalid_body") == await _managed(house, method, path, body)


async def test_users_who_move_in_are_taken(house: House) -> None:
    """Where scripts only import, our own store answers for those it has, and takes new ones."""
    await with_options(house, **MOVING_IN)

    answer = await house.http.post("/dbconnections/signup", json=SIGN_UP)

    assert 200 == answer.status_code
    status, _ = await _managed(house, "PATCH", USER, {"password": NEW})
    assert 200 == status
