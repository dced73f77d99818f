"""Push from one end to the other: a phone enrols, is asked, approves and denies."""

import asyncio
from dataclasses import replace

import pyotp
import pytest

from gateword.domain.mfa_refusal import MfaRefusal
from tests.support.house import House
from tests.support.phone import BASE, Phone, ticket_in
from tests.wire.pushes import APP, MFA, Shop, refusal_of
from tests.wire.world import VALUES


@pytest.fixture
async def shop(house: House) -> Shop:
    """A tenant that demands a second factor."""
    return await Shop(house).open()


async def test_first_approval_confirms_the_phone_and_gives_tokens(shop: Shop) -> None:
    """Enrol, approve, poll: the answer is that of the password, and the pair is confirmed."""
    phone, token, code = await shop.enrolled()
    assert [False, False] == [one["active"] for one in await shop.listed(token)]
    pending = await shop.poll(token, code)
    question = await phone.question()
    assert question is not None

    said = await phone.answer(question["id"], accepted=True)
    granted = await shop.poll(token, code)

    assert (400, "authorization_pending") == (pending.status_code, pending.json()["error"])
    assert (204, b"") == (said.status_code, said.content)
    assert (200, "read:orders") == (granted.status_code, granted.json()["scope"])
    names = {one["id"].split("|")[0]: one for one in await shop.listed(await shop.log_in())}
    assert {"push", "totp"} == names.keys()
    assert all(one["active"] for one in names.values())
    assert ("Ann's phone", "auth0") == (names["push"]["name"], names["push"]["oob_channel"])


async def test_phone_is_told_what_it_keeps(shop: Shop) -> None:
    """It can tell accounts apart, and show codes that complete a login without any network."""
    phone = await shop.confirmed()
    token = await shop.log_in()

    code = pyotp.TOTP(phone.seed).at(shop.house.clock.now())
    answer = await shop.house.token(grant_type=f"{MFA}otp", mfa_token=token, otp=code, **APP)

    assert 200 == answer.status_code


async def test_user_sees_who_asks(shop: Shop) -> None:
    """Application, address and browser of the login, its time, and whether it is an enrolment."""
    phone = await shop.confirmed()
    assert await phone.question() is None
    await shop.challenge(await shop.log_in())

    question = await phone.question()

    assert question is not None
    assert len(question.pop("id")) == 64
    assert {
        "application": "Web",
        "ip": "198.51.100.7",
        "user_agent": "golden",
        "is_enrollment": False,
        "created_at": "2026-01-05T12:00:00.000Z",
        "expires_in": 300,
    } == question


async def test_second_phone_is_enrolled_with_an_access_token(shop: Shop) -> None:
    """Who has shown the first one adds another; its first approval confirms it, and that alone."""
    first = await shop.confirmed()
    token = await shop.log_in(audience=f"{BASE}/mfa/", scope="enroll read:authenticators")
    code = await shop.challenge(token)
    await first.answer((await first.question() or {})["id"], accepted=True)
    access = str((await shop.poll(token, code)).json()["access_token"])
    made, second = await shop.associate(access), Phone(shop.house)
    await second.enroll(ticket_in(made["barcode_uri"]), "Tablet")
    assert "authorization_pending" == (await shop.poll(access, made["oob_code"])).json()["error"]

    await second.answer((await second.question() or {})["id"], accepted=True)
    granted = await shop.poll(access, made["oob_code"])

    assert 200 == granted.status_code
    assert {("Ann's phone", True), ("Tablet", True)} == {
        (one["name"], one["active"]) for one in await shop.listed(access) if "name" in one
    }


async def test_one_of_many_answers_counts(shop: Shop) -> None:
    """Of approvals and denials that come at once one is taken, and the poll says which."""
    phone = await shop.confirmed()
    token = await shop.log_in()
    code = await shop.challenge(token)
    question = await phone.question()
    assert question is not None

    came = await asyncio.gather(
        *(phone.answer(question["id"], accepted=number % 2 == 0) for number in range(10))
    )

    taken = [number for number, one in enumerate(came) if one.status_code == 204]
    assert 1 == len(taken)
    expected = 200 if taken[0] % 2 == 0 else 400
    assert expected == (await shop.poll(token, code)).status_code


async def test_denied_login_gets_no_tokens(shop: Shop) -> None:
    """A denial ends the question with 400; nothing turns it into an approval, nor asks it again."""
    phone = await shop.confirmed()
    token = await shop.log_in()
    code = await shop.challenge(token)
    question = await phone.question()
    assert question is not None

    await phone.answer(question["id"], accepted=False)
    changed = await phone.answer(question["id"], accepted=True)
    denied, again = await shop.poll(token, code), await shop.poll(token, code)

    assert MfaRefusal.DEVICE_QUESTION_GONE == refusal_of(changed)
    assert (400, "access_denied") == (denied.status_code, denied.json()["error"])
    assert "Malformed oob_code" == again.json()["error_description"]
    [row] = await shop.logged("gd_auth_rejected")
    assert (VALUES["ann"], {"id": phone.id, "type": "push"}) == (
        row["user_id"], row["details"]["authenticator"],
    )  # fmt: skip


async def test_denied_enrolment_confirms_nothing(shop: Shop) -> None:
    """Whoever denies the first question has enrolled nothing: neither the phone nor its codes."""
    phone, token, code = await shop.enrolled()
    question = await phone.question()
    assert question is not None
    await phone.answer(question["id"], accepted=False)

    denied = await shop.poll(token, code)

    assert (400, "access_denied") == (denied.status_code, denied.json()["error"])
    assert [False, False] == [one["active"] for one in await shop.listed(token)]


async def test_log_tells_of_each_push(shop: Shop) -> None:
    """A row when the phone hands in its key, and one each time it is asked; no secret in any."""
    phone = await shop.confirmed()
    await shop.challenge(await shop.log_in())

    [key] = await shop.logged("gd_update_device_account")
    pushes = await shop.logged("gd_send_pn")

    assert 2 == len(pushes)
    assert {VALUES["ann"]} == {row["user_id"] for row in (key, *pushes)}
    assert {phone.id} == {row["details"]["authenticator"]["id"] for row in (key, *pushes)}
    assert phone.seed not in str([one.document for one in await shop.house.log()])


async def test_answer_belongs_to_one_question(shop: Shop) -> None:
    """A newer login takes the place of an older one: the older answer approves neither."""
    phone = await shop.confirmed()
    mine = await shop.log_in()
    older_code = await shop.challenge(mine)
    older = await phone.question()
    assert older is not None
    theirs = await shop.log_in()
    newer_code = await shop.challenge(theirs)

    answer = await phone.answer(older["id"], accepted=True)

    assert MfaRefusal.DEVICE_QUESTION_GONE == refusal_of(answer)
    assert "Malformed oob_code" == (await shop.poll(mine, older_code)).json()["error_description"]
    assert "authorization_pending" == (await shop.poll(theirs, newer_code)).json()["error"]


async def test_answer_of_another_device_counts_for_nothing(shop: Shop) -> None:
    """Only the phone that is asked can answer, whoever else knows the question."""
    phone = await shop.confirmed()
    token = await shop.log_in()
    code = await shop.challenge(token)
    question = await phone.question()
    assert question is not None
    made = await shop.associate(await shop.log_in("old@example.com"))
    other = Phone(shop.house)
    await other.enroll(ticket_in(made["barcode_uri"]))

    foreign = await other.answer(question["id"], accepted=True)
    claimed = await replace(other, id=phone.id).answer(question["id"], accepted=True)

    assert MfaRefusal.DEVICE_QUESTION_GONE == refusal_of(foreign)
    assert MfaRefusal.DEVICE_PROOF_INVALID == refusal_of(claimed)
    assert "authorization_pending" == (await shop.poll(token, code)).json()["error"]


@pytest.mark.parametrize("accepted", [None, "true", 1])
async def test_unclear_answer_is_no_consent(shop: Shop, accepted: object) -> None:
    """Only `true` approves; what is neither true nor false is refused, and the question stays."""
    phone = await shop.confirmed()
    await shop.challenge(await shop.log_in())
    question = await phone.question()
    assert question is not None

    answer = await phone.answer(question["id"], accepted)

    assert (400, "Missing required parameter: accepted") == (
        answer.status_code, answer.json()["error_description"],
    )  # fmt: skip
    assert await phone.question() is not None


async def test_question_ends_after_five_minutes(shop: Shop) -> None:
    """Nobody approves what the application has given up."""
    phone = await shop.confirmed()
    await shop.challenge(await shop.log_in())
    question = await phone.question()
    assert question is not None
    shop.house.clock.passed_s += 300

    assert await phone.question() is None
    assert MfaRefusal.DEVICE_QUESTION_GONE == refusal_of(
        await phone.answer(question["id"], accepted=True)
    )


async def test_deleted_device_is_nobody(shop: Shop) -> None:
    """O6: when either of the pair is deleted both are gone, with what was asked."""
    phone = await shop.confirmed()
    token = await shop.log_in()
    code = await shop.challenge(token)
    user = await shop.house.parts.stores.users.by_id(VALUES["ann"])
    assert user is not None
    totp = next(one["id"] for one in await shop.listed(token) if "totp" in one["id"])
    assert 2 == await shop.house.parts.stores.authenticators.remove(user.key, [totp])

    assert MfaRefusal.DEVICE_PROOF_INVALID == refusal_of(await phone.waiting())
    assert "Malformed oob_code" == (await shop.poll(token, code)).json()["error_description"]


async def test_device_of_a_blocked_user_is_nobody(shop: Shop) -> None:
    """Who may not log in approves nothing, and is not told what is asked."""
    phone = await shop.confirmed()
    await shop.challenge(await shop.log_in())
    question = await phone.question()
    assert question is not None
    users = shop.house.parts.stores.users
    user = await users.by_id(VALUES["ann"])
    assert user is not None
    await users.change(
        VALUES["ann"], lambda one: replace(one, blocked=True), shop.house.clock.now()
    )

    assert MfaRefusal.DEVICE_PROOF_INVALID == refusal_of(await phone.waiting())
    assert MfaRefusal.DEVICE_PROOF_INVALID == refusal_of(
        await phone.answer(question["id"], accepted=True)
    )
