import asyncio
from datetime import timedelta

from gateword.domain.log_event import LogCode, LogEvent
from gateword.storage.engine import Tx
from gateword.storage.statement import Statement
from tests.engines.house import NOON, House


def an_event(code: LogCode = LogCode.SEPFT, description: str = "", after_s: int = 0) -> LogEvent:
    """Return a log event some seconds after noon."""
    return LogEvent(code=code, at=NOON + timedelta(seconds=after_s), description=description)


NEVER_KNOWN = {
    "organization_id": None,
    "organization_name": None,
    "location_info": None,
    "session_connection": None,
    "$event_schema": {"version": "1.0.0"},
}


async def test_event_is_stored_under_auth0s_member_names(house: House) -> None:
    """Management API: `GET /logs` returns these members; absent information is null or empty."""
    event = LogEvent(
        code=LogCode.FEPFT,
        at=NOON + timedelta(milliseconds=7),
        description="Wrong email or password.",
        client_id="shop\0",
        user_id="auth0|1",
        user_name="ann\0",
        ip="192.0.2.1",
        user_agent="Mozilla/5.0 (iPhone) Mobile",
        audience="https://api.example",
        scope=("openid", "email"),
        details={"z": 1, "a": None},
    )

    await house.stores.logs.append([event])
    (stored,) = await house.stores.logs.latest(1)

    assert {
        "_id": stored.log_id,
        "log_id": stored.log_id,
        "date": "2026-11-23T12:00:00.007Z",
        "type": "fepft",
        "description": "Wrong email or password.",
        "connection": "",
        "connection_id": "",
        "client_id": "shop\0",
        "client_name": "",
        "ip": "192.0.2.1",
        "hostname": "",
        "user_agent": "Mozilla/5.0 (iPhone) Mobile",
        "user_id": "auth0|1",
        "user_name": "ann\0",
        "audience": "https://api.example",
        "scope": "openid email",
        "strategy": "",
        "strategy_type": "",
        "details": {"z": 1, "a": None},
        "isMobile": True,
        **NEVER_KNOWN,
    } == dict(stored.document)


async def test_optional_members_stand_only_where_they_are_known(house: House) -> None:
    """`client_ip` and `auth0_client` are written when there is something to say."""
    event = LogEvent(
        code=LogCode.SEPFT, at=NOON, client_ip="192.0.2.9", auth0_client={"name": "auth0-python"}
    )

    await house.stores.logs.append([event])
    (stored,) = await house.stores.logs.latest(1)

    assert "192.0.2.9" == stored.document["client_ip"]
    assert {"name": "auth0-python"} == stored.document["auth0_client"]


async def test_log_ids_are_sixty_digits_that_sort_by_time(house: House) -> None:
    """Clients page by the id, so a later event has a greater one."""
    await house.stores.logs.append([an_event(after_s=second) for second in range(12)])

    ids = [event.log_id for event in await house.stores.logs.read(after=0, limit=20)]

    assert [60] * 12 == [len(id_) for id_ in ids]
    assert all(id_.isdigit() for id_ in ids)
    assert sorted(set(ids)) == ids


async def test_read_continues_behind_a_position(house: House) -> None:
    """Following the log shows every event once, the oldest first."""
    await house.stores.logs.append([an_event(description=str(n)) for n in range(5)])

    first = await house.stores.logs.read(after=0, limit=3)
    rest = await house.stores.logs.read(after=first[-1].position, limit=3)

    assert ["0", "1", "2", "3", "4"] == [e.document["description"] for e in [*first, *rest]]


async def test_latest_are_the_newest_and_the_oldest_of_them_comes_first(house: House) -> None:
    """A terminal shows the newest line at the bottom."""
    await house.stores.logs.append([an_event(description=str(n)) for n in range(5)])

    assert ["3", "4"] == [
        event.document["description"] for event in await house.stores.logs.latest(2)
    ]


async def test_events_are_chosen_by_code(house: House) -> None:
    """One code at a time, in both directions."""
    codes = [LogCode.FP, LogCode.SEPFT, LogCode.FP, LogCode.FU]
    await house.stores.logs.append([an_event(code, str(n)) for n, code in enumerate(codes)])

    read = await house.stores.logs.read(after=0, limit=9, code="fp")
    latest = await house.stores.logs.latest(1, "fp")

    assert ["0", "2"] == [event.document["description"] for event in read]
    assert ["2"] == [event.document["description"] for event in latest]


async def test_concurrent_appends_leave_no_gap(house: House) -> None:
    """A follower behind position N never misses one that is committed later."""
    await asyncio.gather(*(house.stores.logs.append([an_event()] * 2) for _ in range(25)))

    events = await house.stores.logs.read(after=0, limit=100)

    assert list(range(1, 51)) == [event.position for event in events]


async def test_append_when_the_tenant_is_gone_fails_for_each_waiter(house: House) -> None:
    """A log row that was not written is never called written, and the next one is tried again."""
    nobody = await house.neighbour()
    await _forget_counter(nobody)

    outcomes = await asyncio.gather(
        *(nobody.stores.logs.append([an_event()]) for _ in range(3)), return_exceptions=True
    )

    assert [LookupError] * 3 == [type(outcome) for outcome in outcomes]


async def _forget_counter(house: House) -> None:
    async def work(tx: Tx) -> None:
        await tx.run(
            Statement("DELETE FROM counters WHERE tenant = :tenant"), tenant=house.tenant.key
        )

    await house.database.transact(work)
