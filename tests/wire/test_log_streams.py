"""Log streams against a real server on loopback: what is sent, in which form, and from when on."""

import json
from typing import Any

import pytest

from gateword.accounts.log_retention import LogRetention
from gateword.accounts.log_streaming import cursor_name
from gateword.domain.log_event import LogCode
from tests.support.house import House
from tests.support.management import management_token
from tests.support.streams import a_stream, happen
from tests.support.webhook import Catcher


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


async def test_stream_behind_deleted_events_goes_on_with_what_is_there(
    house: House, catcher: Catcher
) -> None:
    """The retention of the log wins: a stream that was paused for longer skips what is gone."""
    stream = await a_stream(house, catcher.url, startFrom="2026-01-01T00:00:00Z")
    await happen(house, "one")
    await stream.round()
    await stream.ask("PATCH", status="paused")
    await happen(house, "two")
    house.clock.passed_s += 40 * 86_400
    await LogRetention(30, 600).run(house.parts)
    await happen(house, "three")
    await stream.ask("PATCH", status="active")
    await stream.round()

    assert [["one"], ["three"]] == catcher.descriptions()


async def test_deleted_stream_leaves_nothing_behind(house: House, catcher: Catcher) -> None:
    """Its cursor goes with it."""
    stream = await a_stream(house, catcher.url)
    await happen(house, "one")
    await stream.round()
    token = await management_token(house)
    answer = await house.http.delete(
        f"/api/v2/log-streams/{stream.id}", headers={"authorization": f"Bearer {token}"}
    )
    await happen(house, "two")
    await stream.round()

    assert (204, [["one"]]) == (answer.status_code, catcher.descriptions())
    assert await house.parts.stores.cursors.get(cursor_name(stream.id)) is None
