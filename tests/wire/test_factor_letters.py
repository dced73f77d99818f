"""A user hears of somebody who has the password, and not the second factor (mfa-api §9)."""

from typing import Final

import pytest

from tests.support.factories import MFA_OTP, PASSWORD
from tests.support.house import PEER, House
from tests.support.letters import Drawer, link_of
from tests.wire.doors import ANN
from tests.wire.givens import carry_out
from tests.wire.pushes import Shop
from tests.wire.world import ISSUER, VALUES

APP: Final = {"client_id": VALUES["app"], "client_secret": VALUES["app_secret"]}
GIVEN: Final = (
    "factors otp, push-notification are on",
    "the policy of second factors is all-applications",
    "ann has the app Phone",
)


@pytest.fixture
async def guarded(house: House) -> House:
    """A house in which everybody shows a code of an app."""
    for sentence in GIVEN:
        await carry_out(house, sentence)
    return house


async def _wrong_codes(house: House, count: int) -> None:
    login = {"username": "ann", "password": VALUES["password"], "grant_type": PASSWORD}
    token = (await house.token(**login, **APP)).json()["mfa_token"]
    for _ in range(count):
        await house.token(grant_type=MFA_OTP, mfa_token=token, otp="000000", **APP)


async def test_user_is_told_with_the_third_wrong_code(guarded: House) -> None:
    """The letter says when and from where; its link, which is ours, leads to a new password."""
    await _wrong_codes(guarded, 2)
    mistyped = await Drawer().emptied(guarded)
    await _wrong_codes(guarded, 1)

    [letter] = await Drawer().emptied(guarded)

    assert [] == mistyped
    assert (ANN, "Somebody may know your password") == (letter.to, letter.subject)
    for form in (letter.text, letter.html):
        assert PEER in form
        assert "5 January 2026, 12:00 UTC" in form
    assert link_of(letter).startswith(f"{ISSUER}u/reset-password?ticket=")


async def test_user_is_told_once_an_hour(guarded: House) -> None:
    """Whoever guesses on cannot fill the mailbox."""
    await _wrong_codes(guarded, 4)
    await _wrong_codes(guarded, 4)

    assert 1 == len(await Drawer().emptied(guarded))


async def test_user_who_denies_a_login_is_told_at_once(house: House) -> None:
    """A login on the device that is not one's own means that the password is known."""
    shop = await Shop(house).open()
    phone = await shop.confirmed()
    token = await shop.log_in()
    oob_code = await shop.challenge(token)
    await phone.answer((await phone.question() or {})["id"], accepted=False)
    before = await Drawer().emptied(house)
    await shop.poll(token, oob_code)

    [letter] = await Drawer().emptied(house)

    assert [] == before
    assert "Somebody may know your password" == letter.subject
