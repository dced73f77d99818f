"""What outbox and tickets promise, on each engine."""

import asyncio
from datetime import timedelta
from typing import Final

from gateword.ports.queues import Letter, Ticket
from tests.engines.house import NOON, Furnished, House, a_handle

LATER: Final = NOON + timedelta(minutes=2)
LETTER: Final = Letter(to="zoe@mail.example", kind="reset_email", text="secret-link")


async def test_letter_comes_out_as_it_went_in(house: House) -> None:
    """Its order included; and it is nobody else's until the claim runs out."""
    ordered = Letter(
        to="+441632960001",
        kind="k",
        user_id="auth0|1",
        order={"connection": "C"},
        channel="sms",
        expires_at=LATER,
        facts={"code": "123456"},
    )
    await house.stores.outbox.add(ordered, NOON)

    [claimed] = await house.stores.outbox.claim(NOON, LATER, 10)

    assert (ordered, 0) == (claimed.letter, claimed.tries)
    assert [] == list(await house.stores.outbox.claim(NOON, LATER, 10))
    assert 1 == len(await house.stores.outbox.claim(LATER, LATER + timedelta(minutes=2), 10))


async def test_letter_is_claimed_once_by_many(house: House) -> None:
    """Of ten who look at once each letter goes to one."""
    for _ in range(20):
        await house.stores.outbox.add(LETTER, NOON)

    claims = await asyncio.gather(*(house.stores.outbox.claim(NOON, LATER, 20) for _ in range(10)))

    keys = [one.key for claim in claims for one in claim]
    assert (20, 20) == (len(keys), len(set(keys)))


async def test_urgent_letter_is_claimed_before_those_that_came_first(house: House) -> None:
    """A code that somebody waits for does not queue behind a thousand other letters."""
    for _ in range(20):
        await house.stores.outbox.add(LETTER, NOON - timedelta(hours=3))
    urgent = Letter(to="+441632960001", kind="mfa_sms", channel="sms", expires_at=LATER)
    await house.stores.outbox.add(urgent, NOON)

    [first, *_] = await house.stores.outbox.claim(NOON, LATER, 10)

    assert urgent == first.letter


async def test_letter_shows_no_code_and_no_link_when_it_is_printed() -> None:
    """What opens an account stays out of logs, whoever prints a letter."""
    letter = Letter(
        to="a@b",
        kind="k",
        text="code 123456",
        html="<b>123456</b>",
        order={"code": "123456"},
        facts={"code": "123456"},
    )

    assert "123456" not in f"{letter!r} {letter}"


async def test_failed_letter_waits_and_given_up_one_is_gone(house: House) -> None:
    """A failed try is counted; None gives up."""
    await house.stores.outbox.add(LETTER, NOON)
    [claimed] = await house.stores.outbox.claim(NOON, LATER, 10)
    await house.stores.outbox.failed(claimed.key, NOON + timedelta(seconds=10))

    early = await house.stores.outbox.claim(NOON + timedelta(seconds=9), LATER, 10)
    [again] = await house.stores.outbox.claim(NOON + timedelta(seconds=10), LATER, 10)
    await house.stores.outbox.failed(again.key, None)

    assert ([], 1) == (list(early), again.tries)
    assert [] == list(await house.stores.outbox.claim(LATER, LATER, 10))


async def test_ticket_is_used_once_by_fifty(house: House, furnished: Furnished) -> None:
    """O3: of fifty who use a link at once exactly one gets it."""
    link = a_handle()
    ticket = Ticket(
        purpose="change_password",
        user_key=furnished.user.key,
        document={"email": "ann@example.test"},
        created_at=NOON,
        expires_at=LATER,
    )
    await house.stores.tickets.add(link, ticket)

    uses = await asyncio.gather(
        *(house.stores.tickets.use(link, "change_password", NOON) for _ in range(50))
    )

    assert [ticket] == [one for one in uses if one is not None]


async def test_ticket_is_good_for_its_purpose_and_time_alone(
    house: House, furnished: Furnished
) -> None:
    """A link to verify an address sets no password, and neither does an old one."""
    link = a_handle()
    ticket = Ticket(
        purpose="verify_email",
        user_key=furnished.user.key,
        document={},
        created_at=NOON,
        expires_at=LATER,
    )
    await house.stores.tickets.add(link, ticket)
    tickets = house.stores.tickets

    assert await tickets.use(link, "change_password", NOON) is None
    assert await tickets.find(link, "verify_email", LATER) is None
    assert ticket == await tickets.find(link, "verify_email", NOON)
