"""A log stream of a house, and what a test does to it."""

from dataclasses import dataclass
from typing import Any

from gateword.accounts.log_streaming import LogStreaming
from gateword.delivery.webhook import Webhook
from gateword.domain.log_event import LogCode, LogEvent
from gateword.ports.log_sink import LogSink
from tests.support.house import House
from tests.support.management import management_token


@dataclass
class Stream:
    """A stream of a house, and what a test does to it."""

    house: House
    id: str
    sink: LogSink

    async def round(self, after_s: float = 0) -> None:
        """Let time pass, and the stream be served."""
        self.house.clock.passed_s += after_s
        await LogStreaming({"http": self.sink}).run(self.house.parts)

    async def ask(self, method: str, path: str = "", **body: object) -> dict[str, Any]:
        """Ask the Management API about the stream."""
        token = await management_token(self.house)
        answer = await self.house.http.request(
            method,
            f"/api/v2/log-streams/{self.id}{path}",
            headers={"authorization": f"Bearer {token}"},
            json=body or None,
        )
        assert 200 == answer.status_code, answer.text
        found: dict[str, Any] = answer.json()
        return found

    async def trouble(self) -> tuple[int, str]:
        """Return how often delivery has failed since it last went well, and why."""
        told = await self.ask("GET", "/delivery")
        return told["failures"], told["error"]


async def a_stream(house: House, url: str, sink: LogSink | None = None, **more: object) -> Stream:
    """Create a stream to a URL; its own creation is no event of it."""
    token = await management_token(house)
    form = more.pop("form", "JSONLINES")
    body = {
        "name": "hook",
        "type": "http",
        "sink": {
            "httpEndpoint": f"{url}/in",
            "httpAuthorization": "Bearer hush",
            "httpContentFormat": form,
        },
        "filters": [{"type": "category", "name": "auth.login.fail"}],
        **more,
    }
    answer = await house.http.post(
        "/api/v2/log-streams", json=body, headers={"authorization": f"Bearer {token}"}
    )
    assert 200 == answer.status_code, answer.text
    return Stream(house, answer.json()["id"], sink or Webhook(reaches_private=True))


async def happen(house: House, *descriptions: str, code: LogCode = LogCode.FP) -> None:
    """Log events."""
    at = house.clock.now()
    events = [LogEvent(code=code, at=at, description=text) for text in descriptions]
    await house.parts.stores.logs.append(events)
