"""What users' verbs do beyond what a file can show."""

import asyncio
from datetime import timedelta
from typing import Any
from urllib.parse import quote

import pytest

from gateword.domain.user import NewUser
from gateword.management.user_search import MOST
from tests.support.house import House
from tests.support.management import management_token
from tests.wire.world import CUSTOMERS, VALUES

ANN = f"users/{quote(VALUES['customer_ann'], safe='')}"


async def ask(house: House, method: str, path: str, body: object = None) -> Any:
    """Ask the Management API with every scope; return status and body."""
    token = await management_token(house)
    answer = await house.http.request(
        method, f"/api/v2/{path}", json=body, headers={"authorization": f"Bearer {token}"}
    )
    return answer.status_code, answer.json() if answer.content else None


async def test_page_beyond_the_first_thousand_is_refused(house: House) -> None:
    """Who has more users than pages reach must not take an empty page for the end of them."""
    connection = await house.parts.stores.connections.named(CUSTOMERS)
    assert connection is not None
    await asyncio.gather(
        *(
            house.parts.stores.users.add(
                NewUser(connection=CUSTOMERS, email=f"u{number}@x.test"),
                connection,
                house.clock.now(),
            )
            for number in range(MOST)
        )
    )

    last = await ask(house, "GET", "users?per_page=100&page=9&include_totals=true")
    beyond = await ask(house, "GET", "users?per_page=100&page=10")

    assert (200, 100) == (last[0], last[1]["length"])
    assert MOST < last[1]["total"]
    assert (400, "operation_not_supported") == (beyond[0], beyond[1]["errorCode"])


async def test_parallel_patches_of_metadata_are_all_kept(house: House) -> None:
    """Promise M6, through the whole server."""
    await asyncio.gather(
        *(ask(house, "PATCH", ANN, {"user_metadata": {f"k{n}": n}}) for n in range(10))
    )

    _, user = await ask(house, "GET", ANN)

    assert {f"k{n}": n for n in range(10)} == user["user_metadata"]


async def test_parallel_creations_of_one_address_make_one_user(house: House) -> None:
    """Promise M6: the database decides, on the normal form."""
    made = await asyncio.gather(
        *(
            ask(
                house,
                "POST",
                "users",
                {"connection": CUSTOMERS, "email": email, "password": "Correct-Horse-9"},
            )
            for email in ("new@x.test", "NEW@x.test", "New@X.test")
        )
    )

    assert [201, 409, 409] == sorted(status for status, _ in made)


@pytest.mark.parametrize(
    ("sent", "letters"),
    [
        ({"verify_email": True}, ["verify_email"]),
        ({"verify_email": True, "email_verified": True}, []),
        ({"verify_email": False}, []),
        ({}, []),
    ],
)
async def test_letter_goes_out_only_when_it_is_asked_for(
    house: House, sent: dict[str, object], letters: list[str]
) -> None:
    """A fleet of logins by password is not written to unless somebody says so."""
    body = {"connection": CUSTOMERS, "email": "new@x.test", "password": "Correct-Horse-9"}

    status, _ = await ask(house, "POST", "users", body | sent)
    later = house.clock.now() + timedelta(seconds=1)
    waiting = await house.parts.stores.outbox.claim(later, later + timedelta(minutes=1), 10)

    assert 201 == status
    assert letters == [one.letter.kind for one in waiting]


async def test_changed_address_is_written_to_when_it_is_asked_for(house: House) -> None:
    """The letter goes to the new address."""
    await ask(house, "PATCH", ANN, {"email": "newer@x.test", "verify_email": True})
    later = house.clock.now() + timedelta(seconds=1)

    [waiting] = await house.parts.stores.outbox.claim(later, later + timedelta(minutes=1), 10)

    assert ("newer@x.test", "verify_email") == (waiting.letter.to, waiting.letter.kind)


async def test_password_history_counts_for_a_change(house: House) -> None:
    """A password that the connection's history remembers is refused here as at the user's door."""
    connections = house.parts.stores.connections
    connection = await connections.named(CUSTOMERS)
    assert connection is not None
    path = f"connections/{connection.id}"
    await ask(house, "PATCH", path, {"options": {"password_history": {"enable": True, "size": 3}}})
    await ask(house, "PATCH", ANN, {"password": "Correct-Horse-9"})

    status, body = await ask(house, "PATCH", ANN, {"password": "Correct-Horse-9"})

    assert (400, True) == (status, body["message"].startswith("PasswordHistoryError"))


@pytest.mark.parametrize("name", ["nickname_of_hers", "identities", "{x}"])
async def test_field_that_nothing_is_sorted_by_is_named(house: House, name: str) -> None:
    """The refusal of a sort says which field it was about."""
    headers = {"authorization": f"Bearer {await management_token(house)}"}
    query = {"sort": f"{name}:1"}
    answer = await house.http.get("/api/v2/users", params=query, headers=headers)

    assert 400 == answer.status_code
    assert f"nothing can be sorted by {name}'" in answer.json()["message"]
