"""The page behind the link of a letter that tells of a block: a button lifts it."""

import asyncio
from dataclasses import replace
from typing import Final

import pytest

from gateword.accounts import unblocking
from gateword.domain.login import Caller
from gateword.domain.secret import Secret
from tests.support.house import House
from tests.support.letters import Drawer, form_behind, link_of
from tests.wire.doors import ANN, NEW, UNBLOCK, asked, logged_in, shut_out, submitted
from tests.wire.world import VALUES

PASSWORD: Final = VALUES["customer_password"]
A_WHILE_S: Final = 120
"""After which the same user may log in so often again."""


async def test_button_lets_the_user_log_in_again(house: House) -> None:
    """A block that wrong passwords brought about ends, and the log says how."""
    form = await form_behind(house.http, await shut_out(house))
    assert await _is_shut_out(house)

    answer = await house.http.post(UNBLOCK, data=form)

    assert (200, True) == (answer.status_code, "The block is lifted" in answer.text)
    assert 200 == (await logged_in(house, PASSWORD)).status_code
    [row] = [one.document for one in await house.log() if one.document["type"] == "ublkdu"]
    assert ({"how": "link"}, ANN) == (row["details"], row["user_name"])
    assert f"Block lifted by link: {ANN}" == row["description"]
    client = await house.parts.stores.clients.get(row["client_id"])
    assert client is not None
    assert client.name == row["client_name"]


async def test_looking_at_the_page_changes_nothing(house: House) -> None:
    """M7: mail programs open links by themselves, and nothing happens."""
    link = await shut_out(house)
    for _ in range(3):
        assert ANN in (await house.http.get(link)).text
        await house.http.head(link)

    assert await _is_shut_out(house)
    assert 200 == (await house.http.get(link)).status_code


async def test_link_is_used_once_by_one_of_fifty(house: House) -> None:
    """O3: of fifty who use a link at once exactly one lifts the block."""
    handle = Secret((await shut_out(house)).partition("ticket=")[2])
    who = Caller(ip="198.51.100.7")

    came = await asyncio.gather(
        *(unblocking.unblocked(house.parts, handle, who) for _ in range(50))
    )

    assert 1 == len([one for one in came if one is not None])
    assert 1 == len([one for one in await house.log() if one.document["type"] == "ublkdu"])


async def test_used_link_lifts_no_later_block(house: House) -> None:
    """Who replays a used link finds a page that says what else to do."""
    link = await shut_out(house)
    form = await form_behind(house.http, link)
    await house.http.post(UNBLOCK, data=form)
    house.clock.passed_s += A_WHILE_S
    await shut_out(house)

    again = await house.http.post(UNBLOCK, data=form)

    assert (410, True) == (again.status_code, "choose a new password" in again.text)
    assert 410 == (await house.http.get(link)).status_code
    assert await _is_shut_out(house)


async def test_expired_link_lifts_nothing(house: House) -> None:
    """After five days the link is worth nothing; the block lasts longer."""
    link = await shut_out(house)
    form = await form_behind(house.http, link)
    house.clock.passed_s += 432_001

    assert 410 == (await house.http.get(link)).status_code
    assert 410 == (await house.http.post(UNBLOCK, data=form)).status_code
    assert await _is_shut_out(house)


async def test_link_ends_with_the_address_it_was_sent_to(house: House) -> None:
    """Who reads the letters of an address that was the user's once lifts nothing by it (O3)."""
    link = await shut_out(house)
    form = await form_behind(house.http, link)
    users = house.parts.stores.users
    ann = await users.by_id(VALUES["customer_ann"])
    assert ann is not None
    await users.save(replace(ann, email="ann@elsewhere.example"), house.clock.now())

    assert 410 == (await house.http.get(link)).status_code
    assert 410 == (await house.http.post(UNBLOCK, data=form)).status_code
    assert await _is_shut_out(house, "ann@elsewhere.example")


async def test_what_an_operator_blocked_stays_blocked(house: House) -> None:
    """The link ends what wrong passwords did, and nothing else."""
    form = await form_behind(house.http, await shut_out(house))
    users = house.parts.stores.users
    ann = await users.by_id(VALUES["customer_ann"])
    assert ann is not None
    await users.save(replace(ann, blocked=True), house.clock.now())

    await house.http.post(UNBLOCK, data=form)

    assert "user is blocked" in (await logged_in(house, PASSWORD)).text


async def test_newer_letter_leaves_older_links_alone(house: House) -> None:
    """Who keeps guessing cannot spoil the link that the user is about to open."""
    first = await form_behind(house.http, await shut_out(house))
    await house.parts.stores.attempts.lift_user(await _key(house))
    house.clock.passed_s += A_WHILE_S
    await shut_out(house)
    house.clock.passed_s += A_WHILE_S

    assert 200 == (await house.http.post(UNBLOCK, data=first)).status_code
    assert 200 == (await logged_in(house, PASSWORD)).status_code


async def test_new_password_ends_the_block_and_its_links(house: House) -> None:
    """Who chooses a new password instead may log in at once; the link has nothing left to do."""
    link = await shut_out(house)
    form = await form_behind(house.http, await asked(house))

    await submitted(house, form, password=NEW, again=NEW)

    assert 200 == (await logged_in(house, NEW)).status_code
    assert 410 == (await house.http.get(link)).status_code


@pytest.mark.parametrize(
    "headers",
    [{"origin": "https://evil.example"}, {"origin": "null"}, {"sec-fetch-site": "cross-site"}],
)
async def test_form_of_another_site_is_refused(house: House, headers: dict[str, str]) -> None:
    """M7: what another origin sends is not even read."""
    link = await shut_out(house)
    form = await form_behind(house.http, link)

    answer = await house.http.post(UNBLOCK, data=form, headers=headers)

    assert 403 == answer.status_code
    assert 200 == (await house.http.get(link)).status_code


async def test_form_without_our_seal_is_refused(house: House) -> None:
    """M7: the seal belongs to one link and one page."""
    form = await form_behind(house.http, await shut_out(house))
    other = await form_behind(house.http, await asked(house))

    for seal in ("", "x", other["seal"]):
        answer = await house.http.post(UNBLOCK, data=form | {"seal": seal})
        assert 403 == answer.status_code


async def test_page_is_shut_against_everything_else(house: House) -> None:
    """M7: no script, no frame, no other origin, nothing kept."""
    headers = (await house.http.get(await shut_out(house))).headers

    policy = headers["content-security-policy"]
    for part in ("default-src 'none'", "frame-ancestors 'none'", "form-action 'self';"):
        assert part in policy
    assert "unsafe" not in policy
    assert ("no-store", "DENY") == (headers["cache-control"], headers["x-frame-options"])


async def test_page_leads_back_to_the_application(house: House) -> None:
    """Afterwards one goes on where the application begins."""
    form = await form_behind(house.http, await shut_out(house))
    clients = house.parts.stores.clients
    web = await clients.get(VALUES["web"])
    assert web is not None
    begins = {"initiate_login_uri": "https://shop.example/in"}
    await clients.put(replace(web, document=begins), house.clock.now())

    answer = await house.http.post(UNBLOCK, data=form)

    assert 'class="button" href="https://shop.example/in"' in answer.text


async def test_block_after_a_block_is_told_of_again(house: House) -> None:
    """Within one hour a block is told of once, but a new attack after an unblock at once."""
    form = await form_behind(house.http, await shut_out(house))
    await house.http.post(UNBLOCK, data=form)
    house.clock.passed_s += A_WHILE_S
    for _ in range(10):
        await logged_in(house, "wrong")

    [letter] = await Drawer().emptied(house)

    assert "u/unblock?ticket=" in link_of(letter)


async def test_no_link_is_at_rest(house: House) -> None:
    """K5: the database holds no link, neither one that waits nor one that was used."""
    used, waiting = await shut_out(house), await asked(house)
    await house.http.post(UNBLOCK, data=await form_behind(house.http, used))

    folder = house.engines.settings.data_dir
    at_rest = b"".join(path.read_bytes() for path in folder.iterdir() if path.is_file())

    assert ANN.encode() in at_rest
    assert [] == [
        link for link in (used, waiting) if link.partition("ticket=")[2].encode() in at_rest
    ]


async def _is_shut_out(house: House, email: str = ANN) -> bool:
    answer = await logged_in(house, PASSWORD, email)
    return "Your account has been blocked" in answer.text


async def _key(house: House) -> int:
    user = await house.parts.stores.users.by_id(VALUES["customer_ann"])
    assert user is not None
    return user.key
