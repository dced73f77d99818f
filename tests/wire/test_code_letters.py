"""What carries a one-time code: in whose words, to whom, and what the log tells of it."""

from typing import Any

import pytest

from gateword.delivery.smtp import courier_at
from gateword.policy import email_template
from gateword.ports.delivery import Undeliverable
from gateword.ports.documents import Kept
from tests.support.house import House
from tests.support.letters import Drawer
from tests.support.mailbox import a_mailbox
from tests.wire.codes import ADDRESS, CODE, NUMBER, ordered, set_guardian
from tests.wire.world import CLIENTS, CUSTOMERS, VALUES

SPELLED = "4, 8, 2, 9, 1, 5"


async def set_letter(house: House, **members: Any) -> None:
    """Set the tenant's own letter."""
    document = {"template": "mfa_oob_code", "enabled": True, **members}
    kept = Kept(id="mfa_oob_code", document=document)
    await house.parts.stores.documents.put(email_template.KIND, kept, house.clock.now())


async def said(house: House, channel: str = "sms", *, enrolls: bool = False) -> str:
    """Return the text of an ordered message."""
    await ordered(house, channel, enrolls=enrolls)
    return (await Drawer().emptied(house))[-1].text


async def rows(house: House) -> list[dict[str, Any]]:
    """Return the log's rows about messages."""
    documents = [dict(row.document) for row in await house.log()]
    return [row for row in documents if str(row["type"]).startswith("gd_") or row["type"] == "fn"]


@pytest.mark.parametrize(("channel", "code"), [("sms", CODE), ("voice", SPELLED)])
async def test_message_has_auth0s_text_and_a_voice_spells(
    house: House, channel: str, code: str
) -> None:
    """A number read out as one would be "four hundred and eighty-two thousand …"."""
    assert f"{code} is your verification code for default." == await said(house, channel)


async def test_tenants_own_texts_are_used(house: House) -> None:
    """One for enrolling, one for logging in; the setting of `phone` counts before that of `sms`."""
    await set_guardian(house, "sms/templates", enrollment_message="old {{code}}")
    older = await said(house, enrolls=True)
    await set_guardian(
        house,
        "phone/templates",
        enrollment_message="enrol: {{ code }}",
        verification_message="{% if message_type == 'voice' %}say {{pause}}{% endif %}{{code}} "
        "from {{tenant.friendlyName}}\n to {{user.email}}",
    )

    assert f"old {CODE}" == older
    assert f"enrol: {CODE}" == await said(house, enrolls=True)
    assert f"{CODE} from default to ann@example.com" == await said(house)
    assert f"say , {SPELLED} from default to ann@example.com" == await said(house, "voice")


@pytest.mark.parametrize(
    "source", ["{% for x in y %}{{code}}{% endfor %}", "Welcome!", "{{ code.x.y }}", "{{"]
)
async def test_text_without_the_code_gives_way_to_ours(house: House, source: str) -> None:
    """A faulty template costs the tenant its words, not the user the code."""
    await set_guardian(house, "phone/templates", verification_message=source)
    await set_letter(house, body=source, subject="{{")

    assert CODE in await said(house)
    await ordered(house, "email")
    letter = (await Drawer().emptied(house))[-1]
    assert ("Your code", True) == (letter.subject, CODE in letter.html)


async def test_own_letter_has_the_code_in_both_forms(house: House) -> None:
    """What it is for, how long it is good, and what to do when it was somebody else."""
    await ordered(house, "email")
    await ordered(house, "email", enrolls=True)

    login, enrolment = await Drawer().emptied(house)

    assert (ADDRESS, "Your code") == (login.to, login.subject)
    for form in (login.text, login.html):
        assert CODE in form
        assert "within 5 minutes" in form
        assert "finish logging in at Web" in " ".join(form.split())
        assert "somebody knows your password" in form
    assert "have codes sent to this address" in enrolment.text
    assert "password" not in enrolment.text


async def test_tenants_letter_is_used_where_it_is_on(house: House) -> None:
    """Switched off, the words are ours: whether codes are sent is the factor's switch."""
    own: dict[str, Any] = {
        "subject": "For {{ application.name }}",
        "from": "me@mail.example",
        "body": "<b>{{ code }}</b>",
    }
    await set_letter(house, **own)
    await ordered(house, "email")
    await Drawer().emptied(house)
    drawer = Drawer()
    await ordered(house, "email")
    [letter] = await drawer.emptied(house)
    await set_letter(house, **own, enabled=False)
    await ordered(house, "email")
    ours = (await drawer.emptied(house))[-1]

    assert ("For Web", "me@mail.example", f"<b>{CODE}</b>") == (
        letter.subject,
        letter.sender,
        letter.html,
    )
    assert ("Your code", "") == (ours.subject, ours.sender)


async def test_letter_arrives_by_smtp(house: House) -> None:
    """The whole way, to a real mail server."""
    await ordered(house, "email")
    [letter] = await Drawer().emptied(house)

    async with a_mailbox() as box:
        await courier_at(box.url, "inn@mail.example").deliver(letter)
        received = await box.letter()

    assert ((ADDRESS,), True, True) == (
        received.recipients,
        CODE in received.text,
        CODE in received.html,
    )


@pytest.mark.parametrize(
    ("channel", "code", "shown"),
    [
        ("sms", "gd_send_sms", {"type": "sms", "phone_number": "XXXXXXXXX9167"}),
        ("voice", "gd_send_voice", {"type": "voice", "phone_number": "XXXXXXXXX9167"}),
        ("email", "gd_send_email", {"type": "email", "email": "anna****@mail********"}),
    ],
)
async def test_log_tells_of_each_code_that_left(
    house: House, channel: str, code: str, shown: dict[str, str]
) -> None:
    """Whose it was, at which client, and of number or address as much as Auth0 shows."""
    await ordered(house, channel)
    await Drawer().emptied(house)

    [row] = await rows(house)

    assert (code, {"authenticator": shown}) == (row["type"], row["details"])
    assert (VALUES["customer_ann"], CUSTOMERS, CLIENTS["web"].client_id) == (
        row["user_id"],
        row["connection"],
        row["client_id"],
    )


@pytest.mark.parametrize(
    ("channel", "code"),
    [("sms", "gd_send_sms_failure"), ("voice", "gd_send_voice_failure"), ("email", "fn")],
)
async def test_log_tells_why_a_code_did_not_leave(house: House, channel: str, code: str) -> None:
    """A final no is told at once."""
    await ordered(house, channel)
    await Drawer(refuses=Undeliverable("no such box", is_final=True)).emptied(house)

    [row] = await rows(house)

    assert (code, "no such box", {"message": "no such box"}) == (
        row["type"],
        row["description"],
        row["details"]["failure_details"],
    )
    assert [] == [one for one in (NUMBER, ADDRESS) if one in str(row)]


async def test_reason_repeats_neither_address_nor_code(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    """D10: mail servers like to say whom they do not know, and may quote what they do not like."""
    said = f"550 5.1.1 <{ADDRESS.upper()}> unknown; in your words: {CODE}"
    await ordered(house, "email")
    drawer = Drawer(refuses=Undeliverable(said))
    await drawer.emptied(house)
    drawer.refuses = Undeliverable(said, is_final=True)
    house.clock.passed_s += 2
    await drawer.emptied(house)

    [row] = await rows(house)
    [waits] = [record for record in caplog.records if record.message == "letter_waits"]
    hushed = "550 5.1.1 <anna****@mail********> unknown; in your words: …"
    assert (hushed, hushed) == (row["description"], vars(waits)["reason"])


async def test_nobody_gets_no_code(house: House) -> None:
    """D9: an order for a user who is gone comes to nothing."""
    await ordered(house)
    await house.parts.stores.users.remove(VALUES["customer_ann"])

    assert ([], []) == (await Drawer().emptied(house), await rows(house))


@pytest.mark.parametrize("channel", ["sms", "voice", "email"])
async def test_code_stands_nowhere_at_rest(house: House, channel: str) -> None:
    """K5, D10: neither ordered, nor written, nor delivered; and the number only sealed."""
    folder = house.engines.settings.data_dir
    at_rest = b""
    for refuses in (Undeliverable("busy"), None):
        await ordered(house, channel, code="730461")
        at_rest += b"".join(path.read_bytes() for path in folder.iterdir() if path.is_file())
        await Drawer(refuses=refuses).emptied(house)
        at_rest += b"".join(path.read_bytes() for path in folder.iterdir() if path.is_file())

    assert b"gd_send_" in at_rest
    assert [] == [one for one in ("730461", NUMBER, ADDRESS) if one.encode() in at_rest]
