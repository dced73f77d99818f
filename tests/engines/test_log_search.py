"""The log is searched, counted and shortened alike on both engines."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from gateword.domain.log_event import LogCode, LogEvent
from gateword.domain.query import Every, QueryError
from gateword.policy.query_syntax import query
from tests.engines.house import NOON, House

EVERYTHING = Every(())
ROWS: tuple[dict[str, Any], ...] = (
    {"code": LogCode.SEPFT, "user_id": "auth0|ann", "user_name": "Ann", "ip": "192.0.2.1"},
    {"code": LogCode.FP, "user_name": "BOB", "ip": "192.0.2.2", "description": "Wrong password"},
    {"code": LogCode.FU, "user_name": "nobody", "ip": "198.51.100.1"},
    {"code": LogCode.SECCFT, "client_id": "machine", "client_name": "Machine", "scope": ("a", "b")},
    {"code": LogCode.SAPI, "hostname": "id.example", "details": {"request": {"method": "put"}}},
    {"code": LogCode.F, "connection": "Employees", "audience": "https://api.example"},
    {"code": LogCode.FEPFT, "user_agent": "Mozilla/5.0 (iPhone) Mobile", "strategy": "auth0"},
)


async def filled(house: House) -> None:
    """Log the rows, a minute apart."""
    events = [LogEvent(at=NOON + timedelta(minutes=n), **row) for n, row in enumerate(ROWS)]
    await house.stores.logs.append(events)


async def types_of(house: House, text: str) -> list[str]:
    """Return the types of what a search finds, the oldest first."""
    found = await house.stores.logs.search(query(text), newest_first=False, limit=100)
    return [str(event.document["type"]) for event in found]


SEARCHES = {
    "type:fp": ["fp"],
    "type:(f OR fp)": ["fp", "f"],
    "type:f*": ["fp", "fu", "f", "fepft"],
    "type:f* AND ip:192.0.2.*": ["fp"],
    'user_id:"auth0|ann"': ["sepft"],
    "_exists_:user_id": ["sepft"],
    "_exists_:ip": ["sepft", "fp", "fu"],
    "_exists_:audience": ["f"],
    "user_name:bob": ["fp"],
    "description:wrong*": ["fp"],
    "client_id:machine": ["seccft"],
    "client_name:MACHINE": ["seccft"],
    'scope:"a b"': ["seccft"],
    "hostname:id.example": ["sapi"],
    "details.request.method:put": ["sapi"],
    "connection:employees": ["f"],
    'audience:"https://api.example"': ["f"],
    "strategy:auth0 isMobile:true": ["fepft"],
    "date:[2026-11-23T12:05:00Z TO *]": ["f", "fepft"],
    "date:{* TO 2026-11-23T12:01:00Z}": ["sepft"],
    "NOT type:f* AND NOT type:s*": [],
    "bob": ["fp"],
}


@pytest.mark.parametrize(("text", "expected"), SEARCHES.items(), ids=SEARCHES.keys())
async def test_search_finds_what_fits_and_nothing_else(
    house: House, text: str, expected: list[str]
) -> None:
    """Each field is compared as its kind asks, on both engines alike."""
    await filled(house)
    await filled(await house.neighbour())

    assert expected == await types_of(house, text)


async def test_search_answers_pages_the_newest_first(house: House) -> None:
    """Without an order the newest event comes first, and a page goes on where one ended."""
    await filled(house)

    pages = [await house.stores.logs.search(EVERYTHING, start=n, limit=3) for n in (0, 3, 6, 9)]

    assert [[7, 6, 5], [4, 3, 2], [1], []] == [[one.position for one in page] for page in pages]


async def test_search_goes_on_behind_a_position(house: House) -> None:
    """Who follows the log with a query sees each event that fits once."""
    await filled(house)

    found = await house.stores.logs.search(query("type:f*"), newest_first=False, limit=9, after=2)

    assert [3, 6, 7] == [one.position for one in found]


async def test_count_is_of_all_that_fit(house: House) -> None:
    """The total does not depend on the page."""
    await filled(house)

    counts = [await house.stores.logs.count(query(text)) for text in ("type:f*", "type:ss", "*:*")]

    assert [4, 0, 7] == counts


async def test_unknown_field_is_told(house: House) -> None:
    """A search that names no field of the log is refused, not empty."""
    with pytest.raises(QueryError, match="colour"):
        await types_of(house, "colour:red")


async def test_event_is_found_by_its_id_alone(house: House) -> None:
    """An id of another tenant, or one that is no id, finds nothing."""
    await filled(house)
    neighbour = await house.neighbour()
    await filled(neighbour)
    (newest,) = await house.stores.logs.latest(1)
    (theirs,) = await neighbour.stores.logs.latest(1)

    found = [await house.stores.logs.get(id_) for id_ in (newest.log_id, theirs.log_id, "9" * 60)]

    assert [newest, None, None] == found


async def test_purge_deletes_the_oldest(house: House) -> None:
    """Only what is old enough goes, and of this tenant alone."""
    await filled(house)
    neighbour = await house.neighbour()
    await filled(neighbour)
    before = NOON + timedelta(minutes=5)

    gone = [await house.stores.logs.purge(before) for _ in range(2)]

    assert [5, 0] == gone
    assert [6, 7] == [one.position for one in await house.stores.logs.read(after=0, limit=9)]
    assert 7 == len(await neighbour.stores.logs.read(after=0, limit=9))


async def test_checkpoint_outlives_the_event_it_names(house: House) -> None:
    """Whoever goes on behind a deleted event misses nothing that is still there or comes later."""
    await filled(house)
    second = (await house.stores.logs.read(after=0, limit=2))[-1]
    await house.stores.logs.purge(NOON + timedelta(days=1))
    await house.stores.logs.append([LogEvent(code=LogCode.SS, at=NOON + timedelta(days=2))])

    position = house.stores.logs.position_of(second.log_id)
    later = await house.stores.logs.read(after=position or 0, limit=9)

    assert (2, ["ss"]) == (position, [one.document["type"] for one in later])


async def test_last_before_a_time_is_where_a_stream_begins(house: House) -> None:
    """Events at the time itself are not before it."""
    await filled(house)
    minutes = (0, 3, 99)

    found = [await house.stores.logs.last_before(NOON + timedelta(minutes=n)) for n in minutes]

    assert [0, 3, 7] == found


async def test_days_count_logins_and_signups_in_utc(house: House) -> None:
    """Machines are no logins, failures count for nothing, and empty days are left out."""
    midnight = datetime(2026, 11, 24, tzinfo=UTC)
    second, day = timedelta(seconds=1), timedelta(days=1)
    rows = [
        (LogCode.SEPFT, midnight - 2 * second),
        (LogCode.SEPFT, midnight - second),
        (LogCode.FP, midnight),
        (LogCode.SECCFT, midnight),
        (LogCode.SS, midnight + second),
        (LogCode.SEPFT, midnight + 3 * day),
    ]
    await house.stores.logs.append([LogEvent(code=code, at=at) for code, at in rows])

    days = await house.stores.logs.days(midnight - day, midnight + 3 * day)

    assert [
        (midnight - day, 2, 0, 0, midnight - 2 * second, midnight - second),
        (midnight, 0, 1, 0, midnight + second, midnight + second),
    ] == [(d.begin, d.logins, d.signups, d.leaked, d.first, d.last) for d in days]
