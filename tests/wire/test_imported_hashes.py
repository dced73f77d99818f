"""Whoever was brought along logs in with the old password; from then our own hash keeps them."""

import gzip
import json
from typing import Any

import pytest

from gateword.accounts.job_runner import JobRunner
from gateword.policy.identifier import login_names
from tests.support.factories import PASSWORD_REALM
from tests.support.hash_vectors import PASSWORD, VECTORS
from tests.support.house import House
from tests.support.management import management_token
from tests.wire.world import CLIENTS, CUSTOMERS

CONNECTION_ID = f"con_{CUSTOMERS:x<16}"


async def import_(house: House, items: list[dict[str, Any]], **more: str) -> dict[str, Any]:
    """Import users through the Management API and return the finished job."""
    bearer = {"authorization": f"Bearer {await management_token(house)}"}
    begun = await house.http.post(
        "/api/v2/jobs/users-imports",
        headers=bearer,
        data={"connection_id": CONNECTION_ID, **more},
        files={"users": ("users.json", json.dumps(items))},
    )
    assert 202 == begun.status_code, begun.text
    await JobRunner().run(house.parts)
    job: dict[str, Any] = (
        await house.http.get(f"/api/v2/jobs/{begun.json()['id']}", headers=bearer)
    ).json()
    return job


async def login(house: House, name: str, password: str) -> int:
    """Log in and return the status."""
    client = CLIENTS["web"]
    answer = await house.token(
        grant_type=PASSWORD_REALM,
        realm=CUSTOMERS,
        client_id=client.client_id,
        client_secret=client.secret.reveal() if client.secret else None,
        username=name,
        password=password,
    )
    return answer.status_code


async def stored(house: House, name: str) -> str:
    """Return the stored hash of a user."""
    connection = await house.parts.stores.connections.named(CUSTOMERS)
    assert connection is not None
    account = await house.parts.stores.users.account(connection.key, login_names(name))
    assert account is not None
    assert account.password_hash is not None
    return account.password_hash.reveal()


@pytest.mark.parametrize("case", VECTORS)
async def test_first_login_upgrades_an_imported_hash(house: House, case: str) -> None:
    """realms.md §6: the old password logs in, is hashed anew, and logs in again."""
    item = {"email": "mover@example.com", "custom_password_hash": VECTORS[case]}
    job = await import_(house, [item])
    assert 1 == job["summary"]["inserted"]
    before = await stored(house, "mover@example.com")

    assert 403 == await login(house, "mover@example.com", PASSWORD + "x")
    assert before == await stored(house, "mover@example.com")
    assert 200 == await login(house, "mover@example.com", PASSWORD)
    after = await stored(house, "mover@example.com")
    assert after.startswith("$argon2id$")
    assert (before == after) == (case == "argon2id")
    assert 200 == await login(house, "mover@example.com", PASSWORD)
    assert 403 == await login(house, "mover@example.com", PASSWORD + "x")


async def test_used_hash_is_not_replaced_by_an_upsert(house: House) -> None:
    """realms.md §6: custom_password_hash changes only as long as nobody has logged in with it."""
    first, second = (VECTORS[case] for case in ("md5 hex, no salt", "sha1 hex, no salt"))
    item = {"email": "mover@example.com", "custom_password_hash": first}
    await import_(house, [item])
    await import_(house, [item | {"custom_password_hash": second}], upsert="true")
    assert "-sha1$" in await stored(house, "mover@example.com")
    assert 200 == await login(house, "mover@example.com", PASSWORD)
    await import_(house, [item], upsert="true")
    assert (await stored(house, "mover@example.com")).startswith("$argon2id$")


async def test_password_costs_one_hash_for_imported_and_unknown_users(house: House) -> None:
    """T2: a weak imported hash is checked by as many calls as nobody's."""
    await import_(
        house, [{"email": "m@example.com", "custom_password_hash": VECTORS["md5 hex, no salt"]}]
    )
    counted = []
    for name in ("m@example.com", "nobody@example.com"):
        before = house.engines.hasher.verified
        await login(house, name, "wrong")
        counted.append(house.engines.hasher.verified - before)
    assert [1, 1] == counted


@pytest.mark.parametrize(
    ("form", "expected"),
    [
        ("csv", 'mail,plan\r\nann@example.com,\r\nm@example.com,"{""a"": 1}"\r\n'),
        ("json", '{"mail":"ann@example.com"}\n{"mail":"m@example.com","plan":{"a":1}}\n'),
    ],
)
async def test_export_is_fetched_without_a_token_for_ten_minutes(
    house: House, form: str, expected: str
) -> None:
    """management-api §9: `location` is an address of its own; it holds the chosen fields."""
    await import_(house, [{"email": "m@example.com", "user_metadata": {"plan": {"a": 1}}}])
    bearer = {"authorization": f"Bearer {await management_token(house)}"}
    fields = [
        {"name": "email", "export_as": "mail"},
        {"name": "user_metadata.plan", "export_as": "plan"},
    ]
    asked = {"connection_id": CONNECTION_ID, "format": form, "fields": fields}
    begun = await house.http.post("/api/v2/jobs/users-exports", headers=bearer, json=asked)
    await JobRunner().run(house.parts)
    url = f"/api/v2/jobs/{begun.json()['id']}"
    location = (await house.http.get(url, headers=bearer)).json()["location"]

    file = await house.http.get(location)
    assert (200, "application/gzip", "no-store") == (
        file.status_code, file.headers["content-type"], file.headers["cache-control"],
    )  # fmt: skip
    assert (
        f'attachment; filename="{begun.json()["id"]}.{form}.gz"'
        == (file.headers["content-disposition"])
    )
    assert expected == gzip.decompress(file.content).decode()
    assert 404 == (await house.http.get(location[:-1] + "x")).status_code
    house.clock.passed_s += 600
    assert 404 == (await house.http.get(location)).status_code


async def test_secrets_of_an_import_stand_in_no_log(house: House) -> None:
    """D10: neither the request's row nor the job's errors hold a hash."""
    item = {"email": "bad", "custom_password_hash": VECTORS["md5 hex, no salt"]}
    job = await import_(house, [item])
    hash_ = VECTORS["md5 hex, no salt"]["hash"]["value"]
    errors = await house.parts.stores.jobs.errors(job["id"], start=0, limit=9)
    assert hash_ not in str(errors)
    assert hash_ not in str(await house.log())
