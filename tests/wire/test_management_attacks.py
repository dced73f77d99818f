"""What callers of the Management API try who may do a little, and want more."""

from dataclasses import replace
from typing import Any, Final
from urllib.parse import quote

import pytest

from gateword.accounts.job_runner import JobRunner
from tests.support.factories import CLIENT_CREDENTIALS
from tests.support.house import House
from tests.support.management import management_token
from tests.wire.world import MANAGEMENT, VALUES

SYSTEM: Final = f"/api/v2/resource-servers/{quote(MANAGEMENT, safe='')}"

PART: Final = b'--x\r\nContent-Disposition: form-data; name="connection_id"\r\n\r\nabc\r\n--x--\r\n'


async def _headers(house: House, *scopes: str) -> dict[str, str]:
    return {"authorization": f"Bearer {await management_token(house, *scopes)}"}


async def test_file_of_an_export_is_for_those_who_may_read_users(house: House) -> None:
    """M3: who may only create users sees how far a job is, and not where its file is fetched."""
    made = await house.http.post(
        "/api/v2/jobs/users-exports", json={}, headers=await _headers(house, "read:users")
    )
    await JobRunner().run(house.parts)
    path = f"/api/v2/jobs/{made.json()['id']}"

    creator = await house.http.get(path, headers=await _headers(house, "create:users"))
    reader = await house.http.get(path, headers=await _headers(house, "read:users"))

    assert ("completed", False) == (creator.json()["status"], "location" in creator.json())
    assert "location" in reader.json()


async def test_checkpoint_goes_on_in_its_own_list_only(house: House) -> None:
    """M4: what one list handed out is none of another one's."""
    headers = await _headers(house)
    first = await house.http.get("/api/v2/connections?take=1", headers=headers)
    role = await house.http.post("/api/v2/roles", json={"name": "R"}, headers=headers)
    checkpoint: Any = first.json()["next"]

    for path in (f"roles/{role.json()['id']}/users", "client-grants", "resource-servers"):
        answer = await house.http.get(
            f"/api/v2/{path}", params={"take": "1", "from": checkpoint}, headers=headers
        )
        assert (400, "invalid_query_string") == (answer.status_code, answer.json()["errorCode"])


@pytest.mark.parametrize("charset", ["undefined", "idna", "zip", "utf-16", "utf-7"])
async def test_form_in_an_odd_charset_is_no_fault_of_ours(house: House, charset: str) -> None:
    """I2: whatever a multipart body says of its charset, the answer is 400."""
    type_ = f"multipart/form-data; boundary=x; charset={charset}"
    headers = await _headers(house) | {"content-type": type_}

    answer = await house.http.post("/api/v2/jobs/users-imports", content=PART, headers=headers)

    assert 400 == answer.status_code


@pytest.mark.parametrize(
    "body",
    [
        {"subject_type_authorization": {"client": {"policy": "allow_all"}}},
        {"subject_type_authorization": {"user": {"policy": "deny_all"}}},
        {"signing_alg": "HS256"},
        {"token_dialect": "rfc9068_profile"},
        {"scopes": []},
    ],
)
async def test_management_api_is_opened_to_nobody(house: House, body: Any) -> None:
    """Who may change APIs does not decide who gets a token for the Management API."""
    headers = await _headers(house, "update:resource_servers")

    answer = await house.http.patch(SYSTEM, json=body, headers=headers)

    assert (400, "operation_not_supported") == (answer.status_code, answer.json()["errorCode"])


async def test_lifetime_of_management_tokens_can_be_changed(house: House) -> None:
    """What opens nothing stays free to change."""
    headers = await _headers(house, "update:resource_servers")

    answer = await house.http.patch(SYSTEM, json={"token_lifetime": 3600}, headers=headers)

    assert (200, 3600) == (answer.status_code, answer.json()["token_lifetime"])


async def test_open_management_api_gives_nothing_without_a_grant(house: House) -> None:
    """Though it were stored as open to all, a client has of it what its grant says, or nothing."""
    apis = house.parts.stores.resource_servers
    api = await apis.get(MANAGEMENT)
    assert api is not None
    await apis.put(replace(api, client_policy="allow_all"), house.clock.now())

    answer = await house.token(
        grant_type=CLIENT_CREDENTIALS,
        client_id=VALUES["machine"],
        client_secret=VALUES["machine_secret"],
        audience=MANAGEMENT,
    )

    assert 403 == answer.status_code


async def test_secret_made_on_the_way_is_for_those_who_may_set_one(house: House) -> None:
    """M3: a client is not taken over by making it public and confidential again."""
    path = f"/api/v2/clients/{VALUES['machine']}"
    shown = []
    for scopes in (("update:clients",), ("update:clients", "update:client_keys")):
        headers = await _headers(house, *scopes)
        for method in ("none", "client_secret_post"):
            answer = await house.http.patch(
                path, json={"token_endpoint_auth_method": method}, headers=headers
            )
            assert 200 == answer.status_code
        shown.append("client_secret" in answer.json())

    assert [False, True] == shown
