"""What callers of the Management API try who may do a little, and want more."""

from typing import Any, Final

import pytest

from gateword.accounts.job_runner import JobRunner
from tests.support.house import House
from tests.support.management import management_token

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
