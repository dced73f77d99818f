"""Log streams in trouble: events come again rather than never, and go nowhere they should not."""

from collections.abc import Sequence
from dataclasses import dataclass

import pytest

from gateword.accounts.log_streaming import CLAIM, SUSPEND_AFTER, cursor_name
from gateword.delivery.webhook import Webhook
from gateword.domain.log_event import StoredLogEvent
from gateword.ports.log_sink import Destination, LogSink
from tests.support.house import House
from tests.support.streams import a_stream, happen
from tests.support.webhook import HANG_UP, Catcher, a_catcher


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


async def test_stream_that_another_process_serves_is_left_to_it(
    house: House, catcher: Catcher
) -> None:
    """One process at a time sends; when it has died, another one goes on."""
    stream = await a_stream(house, catcher.url)
    await happen(house, "one")
    now = house.clock.now()
    await house.parts.stores.cursors.claim(cursor_name(stream.id), now, now + CLAIM)
    await stream.round()
    meanwhile = list(catcher.bodies)
    await stream.round(after_s=CLAIM.total_seconds())

    assert ([], [["one"]]) == (meanwhile, catcher.descriptions())


async def test_one_stream_that_fails_holds_up_no_other(house: House, catcher: Catcher) -> None:
    """Each stream has its own cursor and its own pauses."""
    broken = await a_stream(house, "http://127.0.0.1:1", name="broken")
    await a_stream(house, catcher.url)
    await happen(house, "one")
    await broken.round()

    assert [["one"]] == catcher.descriptions()
    assert (1, "127.0.0.1 was not reached: ConnectError") == await broken.trouble()
