"""The pages behind the links of letters: a new password, a verified address."""

import asyncio
import json
import re
from dataclasses import replace
from typing import Any

import pytest

from gateword.accounts import new_password
from gateword.accounts.new_password import Chosen, NotChosen
from gateword.domain.login import Caller
from gateword.domain.refusal import Refusal
from gateword.domain.refused import Refused
from gateword.domain.secret import Secret
from tests.support.house import House
from tests.support.letters import Drawer, form_behind
from tests.wire.doors import NEW, RESET, VERIFY, asked, logged_in, signed_up, submitted
from tests.wire.world import VALUES


async def test_link_of_a_letter_sets_a_new_password(house: House) -> None:
    """The new password works, the old one does not, and the address counts as verified."""
    form = await form_behind(house.http, await asked(house))

    answer = await submitted(house, form, password=NEW, again=NEW)

    assert (200, True) == (answer.status_code, "Your password is changed" in answer.text)
    assert 403 == (await logged_in(house, VALUES["customer_password"])).status_code
    assert 200 == (await logged_in(house, NEW)).status_code
    user = await house.parts.stores.users.by_id(VALUES["customer_ann"])
    assert user is not None
    assert user.email_verified


async def test_looking_at_a_page_changes_nothing(house: House) -> None:
    """M7: a link that was opened ten times, also by HEAD, can still be used."""
    link = await asked(house)
    for _ in range(5):
        await house.http.get(link)
        await house.http.head(link)

    form = await form_behind(house.http, link)

    assert 200 == (await submitted(house, form, password=NEW, again=NEW)).status_code


async def test_link_is_used_once_by_one_of_fifty(house: House) -> None:
    """O3: of fifty who use a link at once exactly one sets the password."""
    handle = Secret((await asked(house)).partition("ticket=")[2])
    who = Caller(ip="198.51.100.7")

    choices = await asyncio.gather(
        *(new_password.choose(house.parts, handle, Secret(f"{NEW}{n}"), who) for n in range(50)),
        return_exceptions=True,  # a full hashing queue turns some away, and leaves the link alone
    )

    assert [Chosen] == [type(one) for one in choices if isinstance(one, Chosen)]
    assert not [one for one in choices if isinstance(one, Exception | NotChosen) and not _busy(one)]


async def test_guessing_behind_a_link_is_limited(house: House) -> None:
    """Eleven tries in a row are one too many, and say when to come again."""
    form = await form_behind(house.http, await asked(house))

    answers = [await submitted(house, form, password="abc", again="abc") for _ in range(11)]

    assert [400] * 10 + [429] == [answer.status_code for answer in answers]
    assert "6" == answers[-1].headers["retry-after"]


async def test_used_link_says_so(house: House) -> None:
    """Behind a used link stands a page that says what to do."""
    link = await asked(house)
    form = await form_behind(house.http, link)
    await submitted(house, form, password=NEW, again=NEW)

    answer = await house.http.get(link)

    assert (410, True) == (answer.status_code, "does not work any more" in answer.text)
    assert 410 == (await submitted(house, form, password=NEW, again=NEW)).status_code


async def test_expired_link_says_so(house: House) -> None:
    """After five days the link is worth nothing."""
    link = await asked(house)
    form = await form_behind(house.http, link)
    house.clock.passed_s += 432_001

    assert 410 == (await house.http.get(link)).status_code
    assert 410 == (await submitted(house, form, password=NEW, again=NEW)).status_code


async def test_link_ends_with_the_address_it_was_sent_to(house: House) -> None:
    """Who reads the letters of an address that was the user's once does not get in by it (O3)."""
    link = await asked(house)
    form = await form_behind(house.http, link)
    users = house.parts.stores.users
    ann = await users.by_id(VALUES["customer_ann"])
    assert ann is not None
    await users.save(replace(ann, email="ann@elsewhere.example"), house.clock.now())

    assert 410 == (await house.http.get(link)).status_code
    assert 410 == (await submitted(house, form, password=NEW, again=NEW)).status_code
    changed = await logged_in(house, VALUES["customer_password"], "ann@elsewhere.example")
    assert 200 == changed.status_code


async def test_weak_password_is_refused_beside_the_field(house: House) -> None:
    """The page says which rules are kept and which are not, and the link still works."""
    form = await form_behind(house.http, await asked(house))

    answer = await submitted(house, form, password="abc", again="abc")

    assert 400 == answer.status_code
    assert 'aria-invalid="true"' in answer.text
    assert "Password is too weak." in answer.text
    assert '<li class="broken">At least 8 characters in length' in answer.text
    assert 200 == (await submitted(house, form, password=NEW, again=NEW)).status_code
    assert ["scpr", "fcp", "scp"] == [row.document["type"] for row in await house.log()]


async def test_two_different_passwords_are_refused(house: House) -> None:
    """A typo in one of the two fields changes nothing."""
    form = await form_behind(house.http, await asked(house))

    answer = await submitted(house, form, password=NEW, again="something else")

    assert (400, True) == (answer.status_code, "The two passwords differ." in answer.text)


@pytest.mark.parametrize(
    "headers",
    [{"origin": "https://evil.example"}, {"origin": "null"}, {"sec-fetch-site": "cross-site"}],
)
@pytest.mark.parametrize("page", [RESET, VERIFY])
async def test_form_of_another_site_is_refused(
    house: House, page: str, headers: dict[str, str]
) -> None:
    """M7: what another origin sends is not even read."""
    link = await asked(house) if page == RESET else await signed_up(house)
    form = await form_behind(house.http, link)

    answer = await house.http.post(
        page, data=form | {"password": NEW, "again": NEW}, headers=headers
    )

    assert 403 == answer.status_code
    assert 200 == (await house.http.get(link)).status_code


@pytest.mark.parametrize("page", [RESET, VERIFY])
async def test_form_without_our_seal_is_refused(house: House, page: str) -> None:
    """M7: the seal belongs to one link and one page."""
    reset = await form_behind(house.http, await asked(house))
    verify = await form_behind(house.http, await signed_up(house))
    own, other = (reset, verify) if page == RESET else (verify, reset)
    passwords = {"password": NEW, "again": NEW}

    for seal in ("", "x", other["seal"]):
        answer = await house.http.post(page, data=own | passwords | {"seal": seal})
        assert 403 == answer.status_code


@pytest.mark.parametrize("page", [RESET, VERIFY])
async def test_page_is_shut_against_everything_else(house: House, page: str) -> None:
    """M7: no script, no frame, no other origin, nothing kept."""
    link = await asked(house) if page == RESET else await signed_up(house)

    headers = (await house.http.get(link)).headers

    policy = headers["content-security-policy"]
    for part in ("default-src 'none'", "frame-ancestors 'none'", "form-action 'self';"):
        assert part in policy
    assert "script" not in policy
    assert "unsafe" not in policy
    assert "no-store" == headers["cache-control"]
    assert "DENY" == headers["x-frame-options"]
    assert "nosniff" == headers["x-content-type-options"]
    assert "same-origin" == headers["cross-origin-opener-policy"]
    assert "max-age=31536000" == headers["strict-transport-security"]


@pytest.mark.parametrize(
    ("changed", "leads_to"),
    [
        (
            {"document": {"initiate_login_uri": "https://shop.example/in"}},
            "https://shop.example/in",
        ),
        ({"origins": frozenset({"https://shop.example"})}, "https://shop.example"),
        ({"origins": frozenset({"https://a.example", "https://b.example"})}, None),
        ({"document": {"initiate_login_uri": "javascript:alert(1)"}}, None),
        ({"origins": frozenset({"http://shop.example"})}, None),
        ({}, None),
    ],
)
async def test_page_leads_back_to_the_application(
    house: House, changed: dict[str, Any], leads_to: str | None
) -> None:
    """After a success one goes on where the application begins, if that is known and safe."""
    form = await form_behind(house.http, await asked(house))
    clients = house.parts.stores.clients
    web = await clients.get(VALUES["web"])
    assert web is not None
    plain = replace(web, origins=frozenset(), document={})
    await clients.put(replace(plain, **changed), house.clock.now())

    answer = await submitted(house, form, password=NEW, again=NEW)

    assert 200 == answer.status_code
    found = re.search('class="button" href="([^"]*)"', answer.text)
    assert leads_to == (found and found[1])


async def test_refused_form_names_the_tenant(house: House) -> None:
    """People see whose page it was that did not take their form."""
    settings = house.parts.stores.settings
    tenant = await settings.get()
    await settings.save(replace(tenant, document={"friendly_name": "Harbour & Pine"}))

    answer = await house.http.post(VERIFY, data={}, headers={"origin": "https://evil.example"})

    assert (403, True) == (answer.status_code, "Harbour &amp; Pine" in answer.text)


async def test_button_verifies_the_address(house: House) -> None:
    """The address is verified by the button, once."""
    link = await signed_up(house)
    form = await form_behind(house.http, link)

    first = await house.http.post(VERIFY, data=form)
    second = await house.http.post(VERIFY, data=form)

    assert (200, 410) == (first.status_code, second.status_code)
    types = [row.document["type"] for row in await house.log()]
    assert ["ss", "svr", "sv", "fv"] == types


async def test_link_verifies_no_other_address(house: House) -> None:
    """Whose address has changed meanwhile has not verified the new one."""
    form = await form_behind(house.http, await signed_up(house))
    users = house.parts.stores.users
    [zoe] = [
        user
        for user in await users.page(connection_key=None, after=0, limit=100)
        if user.email == "zoe@mail.example"
    ]
    await users.save(replace(zoe, email="zed@mail.example"), house.clock.now())

    assert 410 == (await house.http.post(VERIFY, data=form)).status_code
    changed = await users.by_key(zoe.key)
    assert changed is not None
    assert not changed.email_verified


@pytest.mark.parametrize("page", [RESET, VERIFY])
@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("application/json", b'{"ticket":"x","seal":"y","password":"\\ud800"}'),
        ("text/plain", b"ticket=x&seal=y"),
        ("application/x-www-form-urlencoded", b"ticket=x&ticket=y"),
        ("application/x-www-form-urlencoded", b"ticket=%FF"),
        ("", b""),
    ],
)
async def test_page_takes_forms_alone(house: House, page: str, kind: str, body: bytes) -> None:
    """I2: what no browser's form sends is refused as a page, never a fault."""
    answer = await house.http.post(page, content=body, headers={"content-type": kind})

    assert (400, True) == (answer.status_code, answer.text.startswith("<!doctype html>"))


@pytest.mark.parametrize("path", ["signup", "change_password"])
@pytest.mark.parametrize(
    "text", ["\0", "a\0b@mail.example", "\ud800", "\u0130" * 300, "x" * 5000, "", " ", "@", "é@é"]
)
@pytest.mark.parametrize("member", ["email", "username", "password", "connection", "client_id"])
async def test_no_text_is_a_fault(house: House, path: str, member: str, text: str) -> None:
    """I2: whatever a member holds, a door answers it and does not fall over."""
    body = {"connection": "Employees", "email": "z@mail.example", "username": "z", "password": NEW}

    answer = await house.http.post(
        f"/dbconnections/{path}",
        content=json.dumps(body | {member: text}),
        headers={"content-type": "application/json"},
    )

    assert answer.status_code in (200, 400)
    await Drawer().emptied(house)


def _busy(answer: object) -> bool:
    return isinstance(answer, Refused) and answer.refusal is Refusal.BUSY
