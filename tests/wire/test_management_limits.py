"""What bounds a caller of the Management API, beyond what a file can show."""

from pathlib import Path
from typing import Final

from gateword.management.resource import MAX_BODY_BYTES
from tests.support.house import House, a_house
from tests.support.management import management_token

URL: Final = "/api/v2/rules-configs"


async def test_call_over_the_rate_is_429_and_says_when(world: Path, tmp_path: Path) -> None:
    """Over the limit of calls a second the answer is 429 with the headers that SDKs wait by."""
    async with a_house(tmp_path, world, management_rate_per_s=2) as house:
        headers = {"authorization": f"Bearer {await management_token(house)}"}
        answers = [await house.http.get(URL, headers=headers) for _ in range(3)]
        house.clock.passed_s += 1
        later = await house.http.get(URL, headers=headers)

    assert [200, 200, 429] == [answer.status_code for answer in answers]
    refused = answers[-1]
    assert {
        "statusCode": 429,
        "error": "Too Many Requests",
        "message": "Global limit has been reached",
        "errorCode": "too_many_requests",
    } == refused.json()
    assert ("2", "0", "1") == (
        refused.headers["x-ratelimit-limit"],
        refused.headers["x-ratelimit-remaining"],
        refused.headers["retry-after"],
    )
    assert 200 == later.status_code


async def test_strangers_use_up_nothing_of_the_tenants(world: Path, tmp_path: Path) -> None:
    """Calls without a good token are counted by their address, not against the tenant's own."""
    async with a_house(tmp_path, world, management_rate_per_s=2) as house:
        refused = [await house.http.get(URL) for _ in range(3)]
        headers = {"authorization": f"Bearer {await management_token(house)}"}
        answer = await house.http.get(URL, headers=headers)

    assert [401, 401, 429] == [one.status_code for one in refused]
    assert 200 == answer.status_code


async def test_body_over_the_bound_is_413(house: House) -> None:
    """A body larger than the verb takes is refused before it is read to its end (I1)."""
    answer = await house.http.put(
        f"{URL}/KEY",
        content=b" " * (MAX_BODY_BYTES + 1),
        headers={"authorization": f"Bearer {await management_token(house)}"},
    )

    assert {
        "statusCode": 413,
        "error": "Request Entity Too Large",
        "message": f"Payload content length greater than maximum allowed: {MAX_BODY_BYTES}",
    } == answer.json()
