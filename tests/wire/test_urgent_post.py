"""Codes leave at once or not at all; nothing that is slow holds them up."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from gateword.accounts.post import AT_ONCE, MOST_UNDER_WAY, Post, pause_after
from gateword.domain.secret import Secret
from gateword.policy import phone_messages
from gateword.ports.delivery import PhoneSender, Undeliverable
from gateword.ports.queues import Letter
from gateword.telemetry.counters import Counters
from tests.support.house import House
from tests.support.letters import Drawer
from tests.wire.codes import LIFETIME_S, ordered, set_guardian

LATER = timedelta(days=3)


async def types(house: House) -> list[str]:
    """Return the types of the log's rows."""
    return [str(row.document["type"]) for row in await house.log()]


async def is_empty(house: House) -> bool:
    """Say whether the outbox holds nothing."""
    later = house.clock.now() + LATER
    return not await house.parts.stores.outbox.claim(later, later, 10)


async def _are_claimed(house: House) -> bool:
    """Say whether no letter is due any more."""
    now = house.clock.now()
    return not await house.parts.stores.outbox.claim(now, now, 1)


class Stuck:
    """A mail server that takes no letter until it is told to."""

    def __init__(self) -> None:
        self.taken = asyncio.Event()
        self.begun = 0

    async def deliver(self, _letter: Letter) -> None:
        """Wait."""
        self.begun += 1
        await self.taken.wait()


@pytest.mark.parametrize("passed_s", [LIFETIME_S, LIFETIME_S + 1, 86_400])
async def test_code_is_never_delivered_behind_its_end(house: House, passed_s: int) -> None:
    """After an outage nobody gets a code that opens nothing; the log says why."""
    await ordered(house)
    house.clock.passed_s += passed_s

    assert [] == await Drawer().emptied(house)
    row = (await house.log())[-1].document
    assert ("gd_send_sms_failure", "its time was over before it could be delivered") == (
        row["type"],
        row["description"],
    )
    assert await is_empty(house)


async def test_code_that_waited_written_is_dropped_at_its_end(house: House) -> None:
    """The same of one that was tried before."""
    await ordered(house)
    await Drawer(refuses=Undeliverable("busy")).emptied(house)
    house.clock.passed_s += LIFETIME_S

    assert [] == await Drawer().emptied(house)
    assert (["gd_send_sms_failure"], True) == (await types(house), await is_empty(house))


async def test_code_is_tried_again_within_its_time(house: House) -> None:
    """First after two seconds; what comes then is the same code."""
    await ordered(house)
    drawer = Drawer(refuses=Undeliverable("busy"))
    await drawer.emptied(house)
    drawer.refuses = None
    house.clock.passed_s += 1
    early = list(await drawer.emptied(house))
    house.clock.passed_s += 1

    assert ([], 1) == (early, len(await drawer.emptied(house)))


async def test_code_is_given_up_when_no_try_is_left_in_its_time(house: House) -> None:
    """A try that would come too late is not waited for: the log knows at once."""
    await ordered(house)
    counters, drawer = Counters(), Drawer(refuses=Undeliverable("busy"))
    post = Post(drawer, {phone_messages.OWN: drawer}, counters)
    waited_s = 0
    for tries in range(20):
        await post.run(house.parts)
        if await types(house):
            break
        pause_s = pause_after(tries, is_urgent=True)
        waited_s += pause_s
        house.clock.passed_s += pause_s

    assert ["gd_send_sms_failure"] == await types(house)
    assert LIFETIME_S - 30 <= waited_s < LIFETIME_S
    counts = dict(counters.snapshot().counts)
    assert {
        ("gateword_letters", "sms", "put off"): 12,
        ("gateword_letters", "sms", "given up"): 1,
    } == counts


async def test_slow_mail_holds_up_no_code(house: House) -> None:
    """However many letters are stuck, ordered before or meanwhile: the message leaves."""
    for number in range(MOST_UNDER_WAY + 20):
        letter = Letter(to=f"u{number}@mail.example", kind="reset_email", text="x")
        await house.parts.stores.outbox.add(letter, house.clock.now())
    await ordered(house, code="111111")
    mail, drawer = Stuck(), Drawer()
    post = asyncio.create_task(Post(mail, {phone_messages.OWN: drawer}).run(house.parts))
    async with asyncio.timeout(20):
        while not drawer.letters or mail.begun < AT_ONCE:
            await asyncio.sleep(0.01)
    stuck = mail.begun
    mail.taken.set()
    async with asyncio.timeout(20):
        await post

    assert (AT_ONCE, MOST_UNDER_WAY + 20) == (stuck, mail.begun)


@pytest.mark.parametrize("letters", [1, AT_ONCE + 5, MOST_UNDER_WAY])
async def test_code_that_is_ordered_meanwhile_is_picked_up(house: House, letters: int) -> None:
    """A round that waits for a slow server looks into the outbox all the same.

    A code does not stand in the line of those letters, and those that stand there for long make
    room for it.
    """
    for number in range(letters):
        letter = Letter(to=f"u{number}@mail.example", kind="reset_email", text="x")
        await house.parts.stores.outbox.add(letter, house.clock.now())
    mail, drawer = Stuck(), Drawer()
    post = asyncio.create_task(
        Post(mail, {phone_messages.OWN: drawer}, every_s=0.01, in_line_s=2).run(house.parts)
    )
    async with asyncio.timeout(20):
        while not await _are_claimed(house) or mail.begun < min(letters, AT_ONCE):
            await asyncio.sleep(0.01)
        await ordered(house)
        while not drawer.letters:
            await asyncio.sleep(0.01)
        mail.taken.set()
        await post

    assert 1 == len(drawer.letters)


async def test_service_has_no_longer_than_the_code(house: House) -> None:
    """A hand-over that is not done when the code ends is broken off, and not tried again."""
    letter = Letter(
        to="a@b.example",
        kind="mfa_email",
        channel="email",
        text="x",
        expires_at=house.clock.now() + timedelta(milliseconds=50),
    )
    await house.parts.stores.outbox.add(letter, house.clock.now())

    async with asyncio.timeout(10):
        await Post(Stuck()).run(house.parts)

    row = (await house.log())[-1].document
    assert ("fn", "not taken within 0.05 s") == (row["type"], row["description"])


async def test_stop_breaks_off_what_is_under_way(house: House) -> None:
    """A server that stops waits for no mail server; the letter's claim runs out, and it is due."""
    letter = Letter(to="u@mail.example", kind="reset_email", text="x")
    await house.parts.stores.outbox.add(letter, house.clock.now())
    mail = Stuck()
    post = asyncio.create_task(Post(mail).run(house.parts))
    async with asyncio.timeout(20):
        while not mail.begun:
            await asyncio.sleep(0.01)
    post.cancel()
    with pytest.raises(asyncio.CancelledError):
        await post

    assert not await is_empty(house)


async def test_twilio_is_asked_with_the_tenants_account(house: House) -> None:
    """The provider is the one selected now; its token comes out of the seal for it alone."""
    await set_guardian(
        house, "phone/providers/twilio", auth_token="hush", sid="AC1", **{"from": "+44"}
    )
    drawer = Drawer()
    for provider in ("auth0", "twilio", "phone-message-hook"):
        await set_guardian(house, "phone/selected-provider", provider=provider)
        await ordered(house)
        await drawer.emptied(house)

    own, twilio, hook = drawer.senders
    given: Any = {"tenant": "default", "at": house.clock.now()}
    assert PhoneSender(provider="auth0", **given) == own
    assert PhoneSender(provider="phone-message-hook", **given) == hook
    account = {"sid": "AC1", "from": "+44"}
    assert (account, Secret("hush")) == (twilio.account, twilio.auth_token)
    assert "hush" not in repr(twilio)


async def test_older_setting_of_the_provider_counts(house: House) -> None:
    """`sms/…` is where it was before there were calls."""
    await set_guardian(house, "sms/selected-provider", provider="twilio")
    await set_guardian(house, "sms/providers/twilio", auth_token="hush", sid="AC2")
    await ordered(house)
    drawer = Drawer()
    await drawer.emptied(house)

    assert [("twilio", {"sid": "AC2"})] == [(one.provider, one.account) for one in drawer.senders]


async def test_provider_that_the_server_lacks_is_told(house: House) -> None:
    """The log of the tenant says what is missing; nobody waits for it."""
    await set_guardian(house, "phone/selected-provider", provider="phone-message-hook")
    await ordered(house)

    await Post(Drawer()).run(house.parts)

    row = (await house.log())[-1].document
    assert "gd_send_sms_failure" == row["type"]
    assert str(row["description"]).startswith("phone-message-hook is selected, and the server has")
