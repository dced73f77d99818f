"""Log streams against a real server on loopback: at least once, in order, and nowhere else."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import pytest

from gateword.accounts.log_streaming import CLAIM, SUSPEND_AFTER, LogStreaming
from gateword.delivery.webhook import Webhook
from gateword.domain.log_event import LogCode, LogEvent, StoredLogEvent
from gateword.ports.log_sink import Destination, LogSink
from tests.support.house import House
from tests.support.management import management_token
from tests.support.webhook import HANG_UP, Catcher, a_catcher


@pytest.fixture
def catcher() -> Iterator[Catcher]:
    """A server that takes events."""
    with a_catcher() as caught:
        yield caught


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


async def test_events_arrive_in_order_and_once(house: House, catcher: Catcher) -> None:
    """What was taken is not sent again, and what happens later follows."""
    stream = await a_stream(house, catcher.url)
    await happen(house, "one", "two")
    await stream.round()
    await stream.round()
    await happen(house, "three")
    await stream.round()

    assert [["one", "two"], ["three"]] == catcher.descriptions()
    assert ["Bearer hush"] * 2 == [headers["authorization"] for headers in catcher.headers]
    assert ["application/json"] * 2 == [headers["content-type"] for headers in catcher.headers]


FORMS: dict[str, list[list[str]]] = {
    "JSONLINES": [["one", "two"]],
    "JSONARRAY": [["one", "two"]],
    "JSONOBJECT": [["one"], ["two"]],
}


@pytest.mark.parametrize(("form", "expected"), FORMS.items())
async def test_events_stand_in_a_body_as_the_stream_says(
    house: House, catcher: Catcher, form: str, expected: list[list[str]]
) -> None:
    """Auth0: an event is `{log_id, data}`; lines, an array, or an object a request."""
    stream = await a_stream(house, catcher.url, form=form)
    await happen(house, "one", "two")
    await stream.round()

    bodies: list[Any] = [json.loads(body) if form != "JSONLINES" else [
        json.loads(line) for line in body.splitlines()
    ] for body in catcher.bodies]  # fmt: skip
    events = [body if isinstance(body, list) else [body] for body in bodies]

    assert expected == [[event["data"]["description"] for event in some] for some in events]
    assert all(event["log_id"] == event["data"]["log_id"] for some in events for event in some)


@pytest.mark.parametrize("answer", [500, 401, 302, HANG_UP])
async def test_events_that_were_not_taken_come_again(
    house: House, catcher: Catcher, answer: int
) -> None:
    """A refusal, a redirect or a broken connection moves no cursor; nothing is lost."""
    catcher.answers = [answer]
    stream = await a_stream(house, catcher.url)
    await happen(house, "one")
    await stream.round()
    await happen(house, "two")
    await stream.round(after_s=5)

    assert [["one"], ["one", "two"]] == catcher.descriptions()
    assert (0, "") == await stream.trouble()


async def test_failing_stream_waits_longer_each_time(house: House, catcher: Catcher) -> None:
    """5 s, 10 s, 20 s: a server in trouble is not hammered."""
    catcher.answers = [503] * 9
    stream = await a_stream(house, catcher.url)
    await happen(house, "one")
    asked = []
    for after_s in (0, 4, 1, 9, 1, 19, 1):
        await stream.round(after_s)
        asked.append(len(catcher.bodies))

    assert [1, 1, 2, 2, 3, 3, 4] == asked
    assert (4, "the webhook answered 503") == await stream.trouble()


async def test_changed_stream_is_tried_at_once(house: House, catcher: Catcher) -> None:
    """Whoever has mended the URL does not wait for the pause to end."""
    catcher.answers = [500]
    stream = await a_stream(house, catcher.url)
    await happen(house, "one")
    await stream.round()
    house.clock.passed_s += 1
    await stream.ask("PATCH", sink={"httpEndpoint": f"{catcher.url}/mended"})
    await stream.round()

    assert [["one"], ["one"]] == catcher.descriptions()


@dataclass
class DiesBehind:
    """A sink behind whose delivery the database is gone: a crash between send and cursor."""

    house: House
    real: LogSink

    async def deliver(self, to: Destination, events: Sequence[StoredLogEvent]) -> None:
        """Deliver, and die."""
        await self.real.deliver(to, events)
        self.house.engines.watched.broken = "cursors"


async def test_crash_between_send_and_cursor_sends_again(house: House, catcher: Catcher) -> None:
    """At least once: the events that nobody could note as taken are sent once more."""
    stream = await a_stream(house, catcher.url)
    stream.sink = DiesBehind(house, stream.sink)
    await happen(house, "one", "two")
    with pytest.raises(Exception, match="cursors"):
        await stream.round()
    house.engines.watched.broken = ""
    stream.sink = Webhook(reaches_private=True)

    await stream.round()
    before_the_claim_ends = catcher.descriptions()
    await stream.round(after_s=CLAIM.total_seconds())

    assert [["one", "two"]] == before_the_claim_ends
    assert [["one", "two"], ["one", "two"]] == catcher.descriptions()


async def test_long_failure_suspends_and_loses_nothing(house: House, catcher: Catcher) -> None:
    """After a day the stream is suspended, with its reason; active again, it goes on."""
    catcher.answers = [500, 500]
    stream = await a_stream(house, catcher.url)
    await happen(house, "one")
    await stream.round()
    await stream.round(after_s=SUSPEND_AFTER.total_seconds())
    suspended = await stream.ask("GET")
    _, reason = await stream.trouble()
    await happen(house, "two")
    await stream.round(after_s=3600)
    asked = len(catcher.bodies)
    await stream.ask("PATCH", status="active")
    await stream.round()

    assert ("suspended", "the webhook answered 500", 2) == (suspended["status"], reason, asked)
    assert ["one", "two"] == catcher.descriptions()[-1]


async def test_stream_taken_up_again_has_its_full_time(house: House, catcher: Catcher) -> None:
    """A failure right after it was set to active does not suspend it at once."""
    catcher.answers = [500, 500, 500]
    stream = await a_stream(house, catcher.url)
    await happen(house, "one")
    await stream.round()
    await stream.round(after_s=SUSPEND_AFTER.total_seconds())
    house.clock.passed_s += 1
    await stream.ask("PATCH", status="active")
    await stream.round()

    assert "active" == (await stream.ask("GET"))["status"]


async def test_paused_stream_goes_on_where_it_was(house: House, catcher: Catcher) -> None:
    """Paused, nothing is sent; active again, everything of the pause is."""
    stream = await a_stream(house, catcher.url)
    await happen(house, "one")
    await stream.round()
    await stream.ask("PATCH", status="paused")
    await happen(house, "two")
    await stream.round()
    asked = len(catcher.bodies)
    await stream.ask("PATCH", status="active")
    await stream.round()

    assert (1, [["one"], ["two"]]) == (asked, catcher.descriptions())


async def test_filters_let_only_their_categories_through(house: House, catcher: Catcher) -> None:
    """What a stream does not want is passed over, and does not come back."""
    stream = await a_stream(house, catcher.url)
    await happen(house, "no", code=LogCode.SEPFT)
    await happen(house, "yes")
    await stream.round()
    await stream.ask("PATCH", filters=[])
    await stream.round()

    assert ["yes"] == catcher.descriptions()[0]
    assert "no" not in catcher.descriptions()[1]


async def test_stream_begins_with_its_creation(house: House, catcher: Catcher) -> None:
    """What happened before is not sent, unless `startFrom` says so."""
    await happen(house, "before")
    house.clock.passed_s += 60
    new = await a_stream(house, catcher.url)
    old = await a_stream(house, catcher.url, name="old", startFrom="2026-01-05T12:00:00Z")
    await happen(house, "after")
    await new.round()

    assert [["after"], ["before", "after"]] == sorted(catcher.descriptions())
    assert old.id != new.id


async def test_private_address_is_not_reached(house: House, catcher: Catcher) -> None:
    """Off by default: a stream is no way into the network that the server stands in."""
    stream = await a_stream(house, catcher.url, sink=Webhook())
    await happen(house, "one")
    await stream.round()
    _, of_http = await stream.trouble()
    await stream.ask("PATCH", sink={"httpEndpoint": catcher.url.replace("http:", "https:")})
    await stream.round(after_s=60)
    _, of_address = await stream.trouble()

    assert [] == catcher.bodies
    assert "the URL is not https, and log_stream_private_hosts is off" == of_http
    assert "127.0.0.1 has a private address, and log_stream_private_hosts is off" == of_address


async def test_authorization_goes_to_no_other_server(house: House, catcher: Catcher) -> None:
    """Whoever may change a stream's URL does not learn what it is authorized with."""
    with a_catcher() as other:
        stream = await a_stream(house, catcher.url)
        await stream.ask("PATCH", sink={"httpEndpoint": f"{other.url}/in"})
        await happen(house, "one")
        await stream.round()

        assert [["one"]] == other.descriptions()
        assert ["authorization" in headers for headers in other.headers] == [False]
