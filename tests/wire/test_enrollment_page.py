"""The page behind an enrolment ticket: a user sets up a second factor without a login."""

import asyncio
import re
from dataclasses import replace
from typing import Any, Final

import httpx
import pyotp
import pytest

from gateword.domain.login import Caller
from gateword.domain.mfa import Kind
from gateword.domain.refused import Refused
from gateword.domain.secret import Secret
from gateword.login import by_ticket
from gateword.login.by_ticket import Begun
from gateword.ports.documents import Kept
from tests.support.house import DOMAIN, House
from tests.support.letters import Drawer, form_behind, link_of
from tests.support.management import management_token
from tests.wire.world import VALUES

PAGE: Final = "/mfa/enrollment"
ADDRESS: Final = f"https://{DOMAIN}{PAGE}"
_SECRET: Final = re.compile(r"<code>([A-Z2-7]{32})</code>")
_HIDDEN: Final = re.compile(r'name="(\w+)" value="([^"]+)"')


async def ticket(house: House, *on: str, **body: object) -> str:
    """Switch factors on, make a ticket for Ann, and return its link."""
    at = house.clock.now()
    for name in on:
        kept = Kept(id=name, document={"enabled": True})
        await house.parts.stores.documents.put("guardian", kept, at)
    token = await management_token(house, "create:guardian_enrollment_tickets")
    answer = await house.http.post(
        "/api/v2/guardian/enrollments/ticket",
        json={"user_id": VALUES["ann"], **body},
        headers={"authorization": f"Bearer {token}"},
    )
    assert 200 == answer.status_code, answer.text
    return str(answer.json()["ticket_url"])


async def chosen(house: House, link: str, **form: str) -> tuple[httpx.Response, dict[str, str]]:
    """Choose a factor; return the next page and the form on it."""
    first = await form_behind(house.http, link)
    answer = await house.http.post(PAGE, data=first | form)
    return answer, dict(_HIDDEN.findall(answer.text))


async def owned(house: House) -> list[tuple[str, bool]]:
    """Return kind and confirmation of everything that Ann has."""
    user = await house.parts.stores.users.by_id(VALUES["ann"])
    assert user is not None
    found = await house.parts.stores.authenticators.of_user(user.key, house.clock.now())
    return sorted((one.kind.value, one.is_confirmed) for one in found)


async def code_of_letter(house: House) -> str:
    """Return the code of the message that waits in the outbox."""
    now = house.clock.now()
    [one] = await house.parts.stores.outbox.claim(now, now, 10)
    return one.letter.order["code"]


async def test_app_is_set_up_by_its_first_code(house: House) -> None:
    """The page shows a QR code and the secret; a code confirms it, once, and the code comes."""
    link = await ticket(house, "otp", "recovery-code")
    page, form = await chosen(house, link, factor="totp")
    [seed] = _SECRET.findall(page.text)

    wrong = await house.http.post(PAGE, data=form | {"code": "000000"})
    right = pyotp.TOTP(seed).at(house.clock.now())
    answer = await house.http.post(PAGE, data=form | {"code": right})

    assert "<svg" in page.text
    assert (400, [seed]) == (wrong.status_code, _SECRET.findall(wrong.text))
    assert (200, True) == (answer.status_code, "Your second factor is set up" in answer.text)
    assert re.search(r"<code>[A-Z2-9]{24}</code>", answer.text)
    assert [("recovery-code", True), ("totp", True)] == await owned(house)
    assert 410 == (await house.http.get(link)).status_code
    types = [row.document["type"] for row in await house.log()]
    assert "gd_enrollment_complete" in types


@pytest.mark.parametrize(
    ("switch", "factor", "target"),
    [("sms", "sms", {"phone": "+44 20 7183 8750"}), ("email", "email", {"email": "a@b.example"})],
)
async def test_code_that_was_sent_confirms(
    house: House, switch: str, factor: str, target: dict[str, str]
) -> None:
    """A phone or an address is set up by the code that went to it; no recovery code unless on."""
    link = await ticket(house, switch)
    page, form = await chosen(house, link, factor=factor, **target)
    code = await code_of_letter(house)
    other = "111111" if code != "111111" else "222222"

    wrong = await house.http.post(PAGE, data=form | {"code": other})
    answer = await house.http.post(PAGE, data=form | {"code": code})

    assert (400, 200) == (wrong.status_code, answer.status_code), page.text
    assert [(factor, True)] == await owned(house)
    assert "recovery code" not in answer.text


async def test_device_is_waited_for(house: House) -> None:
    """A push device is set up by what it says; until then the page says so, and shows the code."""
    link = await ticket(house, "push-notification")
    page, form = await chosen(house, link, factor="push")

    answer = await house.http.post(PAGE, data=form)

    assert (200, 400) == (page.status_code, answer.status_code)
    assert "has not approved yet" in answer.text
    assert "<svg" in answer.text
    assert 200 == (await house.http.get(link)).status_code


async def test_link_is_used_once_by_one_of_nine(house: House) -> None:
    """O3: of nine who send the code at once exactly one sets the factor up."""
    link = await ticket(house, "otp", allow_multiple_enrollments=True)
    page, form = await chosen(house, link, factor="totp")
    [seed] = _SECRET.findall(page.text)
    right = pyotp.TOTP(seed).at(house.clock.now())

    answers = await asyncio.gather(
        *(house.http.post(PAGE, data=form | {"code": right}) for _ in range(9))
    )

    assert 1 == sum(answer.status_code == 200 for answer in answers)
    assert [("totp", True)] == await owned(house)


async def test_link_confirms_one_factor(house: House) -> None:
    """Two factors begun behind one link: the first proof uses it, the second is worth nothing."""
    link = await ticket(house, "otp", allow_multiple_enrollments=True)
    page, _ = await chosen(house, link, factor="totp")
    [seed] = _SECRET.findall(page.text)
    user = await house.parts.stores.users.by_id(VALUES["ann"])
    assert user is not None
    handle = Secret(link.partition("ticket=")[2])
    connection = await house.parts.stores.connections.named(user.identities[0].connection)
    assert connection is not None
    guest = by_ticket.guest(house.parts, handle, user, connection, allows_more=True)
    await house.parts.stores.tickets.use(handle, "mfa_enrollment", house.clock.now())

    code = Secret(pyotp.TOTP(seed).at(house.clock.now()))
    with pytest.raises(Refused):
        await by_ticket.confirmed(
            house.parts, guest, Begun(Kind.TOTP), code, Caller(ip="198.51.100.7")
        )

    assert [("totp", False)] == await owned(house)


async def test_looking_changes_nothing(house: House) -> None:
    """M7: mail programs open links by themselves, and nothing is set up."""
    link = await ticket(house, "otp")

    for _ in range(3):
        assert "Use an authenticator app" in (await house.http.get(link)).text

    assert [] == await owned(house)


async def test_user_who_has_one_needs_a_link_for_more(house: House) -> None:
    """A link adds to the factors of a user only when its maker said so."""
    link = await ticket(house, "otp")
    page, form = await chosen(house, link, factor="totp")
    [seed] = _SECRET.findall(page.text)
    await house.http.post(PAGE, data=form | {"code": pyotp.TOTP(seed).at(house.clock.now())})

    plain = await house.http.get(await ticket(house))
    more = await house.http.get(await ticket(house, allow_multiple_enrollments=True))

    assert (409, 200) == (plain.status_code, more.status_code)


async def test_link_offers_only_its_factor(house: House) -> None:
    """`factor` of the ticket leaves one choice, also to who sends another form."""
    link = await ticket(house, "otp", "sms", factor="otp")

    page = await house.http.get(link)
    answer, _ = await chosen(house, link, factor="sms", phone="+15550100")

    assert "Your phone" not in page.text
    assert (400, True) == (answer.status_code, "not offered any more" in answer.text)
    assert [] == await owned(house)


async def test_letter_brings_the_link(house: House) -> None:
    """`send_mail` sends the very link that is answered; it ends with the address it went to."""
    link = await ticket(house, "otp", send_mail=True)
    [letter] = await Drawer().emptied(house)
    users = house.parts.stores.users
    ann = await users.by_id(VALUES["ann"])
    assert ann is not None

    assert (link, ann.email) == (link_of(letter), letter.to)
    assert 200 == (await house.http.get(link)).status_code
    await users.save(replace(ann, email="ann@elsewhere.example"), house.clock.now())
    assert 410 == (await house.http.get(link)).status_code


async def test_link_ends_with_its_time_and_its_user(house: House) -> None:
    """After five days, or when the user is blocked, the link is worth nothing."""
    link, later = await ticket(house, "otp"), await ticket(house, "otp")
    house.clock.passed_s += 432_001
    fresh = await ticket(house)
    users = house.parts.stores.users
    ann = await users.by_id(VALUES["ann"])
    assert ann is not None
    await users.save(replace(ann, blocked=True), house.clock.now())

    assert [410, 410, 410] == [
        (await house.http.get(one)).status_code for one in (link, later, fresh)
    ]


async def test_first_factor_by_link_where_no_other_way_is_open(house: House) -> None:
    """`first_enrollment: ticket` shuts the MFA API for the first factor; the link is the way."""
    kept = Kept(id="mfa", document={"first_enrollment": "ticket"})
    await house.parts.stores.documents.put("mfa_settings", kept, house.clock.now())
    link = await ticket(house, "otp")

    answer, _ = await chosen(house, link, factor="totp")

    assert 200 == answer.status_code


async def test_form_of_another_site_is_refused(house: House) -> None:
    """M7: a form that is not of our page begins nothing."""
    form = await form_behind(house.http, await ticket(house, "otp"))
    forged: dict[str, Any] = {"data": form | {"factor": "totp"}}

    elsewhere = await house.http.post(PAGE, headers={"origin": "https://evil.example"}, **forged)
    unsealed = await house.http.post(PAGE, data={**forged["data"], "seal": "x"})

    assert [403, 403] == [elsewhere.status_code, unsealed.status_code]
    assert [] == await owned(house)
