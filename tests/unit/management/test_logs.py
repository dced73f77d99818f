import pytest

from gateword.domain.log_event import LogCode, LogEvent
from tests.support.factories import a_client
from tests.support.house import House
from tests.support.management import CALLER, management_token
from tests.support.stand_ins import START


@pytest.mark.parametrize(("more", "status"), [(0, 200), (1, 400)])
async def test_page_past_the_end_is_empty_unless_more_is_behind_it(
    house: House, more: int, status: int
) -> None:
    """Pages reach 1,000 events; an empty page behind them would say that these are all."""
    await house.parts.stores.signing_keys.add(house.parts.key_maker.new("current"))
    await house.parts.stores.clients.put(a_client(CALLER), START)
    event = LogEvent(code=LogCode.F, at=START, description="one of many")
    await house.parts.stores.logs.append([event] * (1000 + more))
    token = await management_token(house)

    answer = await house.http.get(
        "/api/v2/logs?page=10&per_page=100&q=type:f", headers={"authorization": f"Bearer {token}"}
    )

    assert status == answer.status_code
    assert more or answer.json() == []
