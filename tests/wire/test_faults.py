import logging
from typing import Any

import httpx
import pytest
from starlette.responses import Response
from starlette.routing import Route, Router

from gateword.web.endpoint import Endpoint, Visit
from tests.support.house import DOMAIN, House

TICKET = "a-ticket-that-opens-a-file"


async def _broken(visit: Visit) -> Response:
    del visit
    raise RuntimeError("a bug")


@pytest.mark.parametrize("path", [f"/exports/{TICKET}", "/userinfo"])
async def test_fault_tells_the_log_where_without_a_ticket(
    house: House, caplog: pytest.LogCaptureFixture, path: str
) -> None:
    """D10: the path of a fault helps to find it, but opens nothing."""
    endpoint = Endpoint(house.houses, {"GET": _broken})
    app = Router([Route("/exports/{ticket}", endpoint), Route("/userinfo", endpoint)])
    transport = httpx.ASGITransport(app)

    with caplog.at_level(logging.ERROR, logger="gateword.web"):
        async with httpx.AsyncClient(transport=transport, base_url=f"https://{DOMAIN}") as http:
            answer = await http.get(path)

    fault: Any = next(record for record in caplog.records if record.message == "fault")
    assert 500 == answer.status_code
    assert path.replace(TICKET, "…") == fault.path
