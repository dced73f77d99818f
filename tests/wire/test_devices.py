"""Push from one end to the other: a phone enrols, is asked, approves and denies."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import httpx
import jwt
import pyotp
import pytest

from gateword.domain.mfa_refusal import MfaRefusal
from tests.support.house import House
from tests.support.phone import BASE, Phone, bearer, ticket_in
from tests.wire.pushes import APP, MFA, Shop
from tests.wire.world import VALUES


@pytest.fixture
async def shop(house: House) -> Shop:
    """A tenant that demands a second factor."""
    return await Shop(house).open()


def refusal_of(answer: httpx.Response) -> MfaRefusal | None:
    """Return the row of the table that an answer is."""
    told = answer.json() if answer.content else {}
    said = (answer.status_code, told.get("error"), told.get("error_description"))
    rows = (one for one in MfaRefusal if one.name.startswith("DEVICE_"))
    return next(
        (one for one in rows if said == (one.row.status, one.row.error, one.row.description)), None
    )


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
    assert (VALUES["ann"], [{"id": phone.id, "type": "push"}]) == (
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
    assert {phone.id} == {row["details"]["authenticator"][0]["id"] for row in (key, *pushes)}
    assert phone.seed not in str([one.document for one in await shop.house.log()])


async def test_ticket_is_redeemed_by_one_of_fifty(shop: Shop) -> None:
    """O3: of fifty phones that redeem a ticket at once exactly one is enrolled."""
    made = await shop.associate(await shop.log_in())
    phones = [Phone(shop.house) for _ in range(50)]

    came = await asyncio.gather(*(one.enroll(ticket_in(made["barcode_uri"])) for one in phones))

    assert 1 == sum(one.status_code == 200 for one in came)
    assert 49 == sum(refusal_of(one) is MfaRefusal.DEVICE_TICKET_GONE for one in came)
    assert 1 == sum([bool(one.id) and await one.question() is not None for one in phones])


async def test_ticket_tells_nothing_of_others(shop: Shop) -> None:
    """Used, too old, another purpose's and unknown: one answer."""
    phone, _, _ = await shop.enrolled()
    made = await shop.associate(await shop.log_in("old@example.com"))
    shop.house.clock.passed_s += 301
    late = await Phone(shop.house).enroll(ticket_in(made["barcode_uri"]))
    unknown = await phone.enroll("x" * 32)

    assert MfaRefusal.DEVICE_TICKET_GONE == refusal_of(late) == refusal_of(unknown)


async def test_ticket_of_another_tenant_opens_nothing(shop: Shop) -> None:
    """O1: what one tenant has begun no other tenant completes."""
    made = await shop.associate(await shop.log_in())
    await shop.house.add_tenant("acme", "acme.example")
    phone, ticket = Phone(shop.house), ticket_in(made["barcode_uri"])
    claims = {"iss": None, "sub": ticket, "aud": "https://acme.example/mfa/device/enroll"}

    answer = await shop.house.http.post(
        "https://acme.example/mfa/device/enroll",
        json={"enrollment_tx_id": ticket, "public_key": phone.jwk},
        headers=bearer(phone.proof("/mfa/device/enroll", **claims)),
    )

    assert MfaRefusal.DEVICE_TICKET_GONE == refusal_of(answer)
    assert 200 == (await phone.enroll(ticket)).status_code


async def test_wrong_proof_leaves_the_ticket(shop: Shop) -> None:
    """A key that does not sign is not enrolled, and the right one still can be."""
    made = await shop.associate(await shop.log_in())
    ticket, phone, thief = ticket_in(made["barcode_uri"]), Phone(shop.house), Phone(shop.house)

    body = {"enrollment_tx_id": ticket, "public_key": phone.jwk}
    proof = thief.proof("/mfa/device/enroll", iss=None, sub=ticket)
    foreign = await shop.house.http.post("/mfa/device/enroll", json=body, headers=bearer(proof))
    other = await thief.enroll(ticket, sub="y" * 32)

    assert MfaRefusal.DEVICE_PROOF_INVALID == refusal_of(foreign) == refusal_of(other)
    assert 200 == (await phone.enroll(ticket)).status_code


@pytest.mark.parametrize(
    "jwk",
    [
        {"kty": "EC", "crv": "P-384", "x": "AA", "y": "AA"},
        {"kty": "EC", "crv": "P-256", "x": "AA", "y": "AA"},
        {"kty": "RSA", "n": "AQAB", "e": "AQAB"},
        {"kty": "oct", "k": "AAAA"},
        {"kty": ["EC"], "crv": {}},
        "text",
    ],
)
async def test_key_of_another_kind_is_refused(shop: Shop, jwk: object) -> None:
    """Only what ES256 and Ed25519 can be checked with is a device's key."""
    phone = Phone(shop.house)
    answer = await shop.house.http.post(
        "/mfa/device/enroll",
        json={"enrollment_tx_id": "x" * 32, "public_key": jwk},
        headers=bearer(phone.proof("/mfa/device/enroll", iss=None, sub="x" * 32)),
    )

    assert MfaRefusal.DEVICE_KEY_INVALID == refusal_of(answer)


async def test_request_counts_once(shop: Shop) -> None:
    """G9: what was overheard is worth nothing; numbers only rise."""
    phone = await shop.confirmed()
    proof = phone.proof("/mfa/device/challenge")
    first, again = [
        await shop.house.http.get("/mfa/device/challenge", headers=bearer(proof)) for _ in range(2)
    ]
    older = await phone.waiting(counter=1)

    assert 200 == first.status_code
    assert MfaRefusal.DEVICE_REPLAYED == refusal_of(again) == refusal_of(older)


@pytest.mark.parametrize(
    ("seconds", "row"),
    [
        (-61, MfaRefusal.DEVICE_CLOCK_OFF),
        (61, MfaRefusal.DEVICE_CLOCK_OFF),
        (-60, None),
        (60, None),
    ],
)
async def test_request_is_of_now(shop: Shop, seconds: int, row: MfaRefusal | None) -> None:
    """A minute apart is too far; the device learns that it is its clock."""
    phone = await shop.confirmed()
    at = shop.house.clock.now() + timedelta(seconds=seconds)

    answer = await phone.waiting(iat=int(at.timestamp()))

    assert row == refusal_of(answer)


@pytest.mark.parametrize(
    "claims",
    [
        {"aud": f"{BASE}/mfa/device/answer"},
        {"aud": "https://acme.example/mfa/device/challenge"},
        {"aud": None},
        {"counter": None},
        {"counter": 0},
        {"counter": 1.5},
        {"counter": True},
        {"counter": "9"},
        {"counter": 2**53},
        {"iat": None},
        {"iat": True},
        {"iat": 10**30},
        {"iss": None},
        {"iss": "push|dev_0000000000000000"},
        {"iss": "push|dev_\ud800"},
        {"iss": "totp|dev_0000000000000000"},
    ],
)
async def test_proof_must_be_whole(shop: Shop, claims: dict[str, object]) -> None:
    """For another address, of nobody, or without its numbers: one answer that tells nothing."""
    phone = await shop.confirmed()

    assert MfaRefusal.DEVICE_PROOF_INVALID == refusal_of(await phone.waiting(**claims))


@pytest.mark.parametrize("header", ["", "Basic eA==", "Bearer", "Bearer x", "Bearer a.b.c"])
async def test_proof_must_be_there(shop: Shop, header: str) -> None:
    """No proof, or something else in its place."""
    http = shop.house.http
    answer = await http.get("/mfa/device/challenge", headers={"authorization": header})

    assert MfaRefusal.DEVICE_PROOF_INVALID == refusal_of(answer)


async def test_other_algorithms_prove_nothing(shop: Shop) -> None:
    """The key decides the algorithm: neither `none` nor an HMAC under the public key counts."""
    phone = await shop.confirmed()
    claims = jwt.decode(phone.proof("/mfa/device/challenge"), options={"verify_signature": False})
    public = str(phone.jwk)
    for forged in (
        jwt.encode(claims, None, "none"),
        jwt.encode(claims, public, "HS256"),
        jwt.encode(claims, phone.key, "ES256", headers={"crit": ["exp"]}),
        jwt.encode(claims, Phone(shop.house).key, "ES256", headers={"jwk": phone.jwk}),
    ):
        answer = await shop.house.http.get("/mfa/device/challenge", headers=bearer(forged))

        assert MfaRefusal.DEVICE_PROOF_INVALID == refusal_of(answer)


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


async def test_unconfirmed_device_ends_with_its_enrolment(shop: Shop) -> None:
    """After ten minutes nothing of an enrolment that nobody approved is left."""
    phone, _, _ = await shop.enrolled()
    shop.house.clock.passed_s += 600

    assert MfaRefusal.DEVICE_PROOF_INVALID == refusal_of(await phone.waiting())


async def test_device_that_asks_too_often_waits(shop: Shop) -> None:
    """Thirty at once, then two a second; others are not held up."""
    phone = await shop.confirmed()
    for _ in range(30):
        last = await phone.waiting()

    assert (429, "1") == (last.status_code, last.headers["retry-after"])
    made = await shop.associate(await shop.log_in("old@example.com"))
    assert 200 == (await Phone(shop.house).enroll(ticket_in(made["barcode_uri"]))).status_code


async def test_large_body_is_refused(shop: Shop) -> None:
    """Eight KiB hold every key there is."""
    phone = Phone(shop.house)
    proof = phone.proof("/mfa/device/enroll", iss=None, sub="x")
    answer = await shop.house.http.post(
        "/mfa/device/enroll", json={"enrollment_tx_id": "x" * 9000}, headers=bearer(proof)
    )

    assert 413 == answer.status_code


@pytest.mark.parametrize("name", ["n" * 65, "line\nfeed", "\x1b[31m", 7])
async def test_name_is_a_line_of_text(shop: Shop, name: object) -> None:
    """What stands in lists and logs later cannot break them."""
    made = await shop.associate(await shop.log_in())
    answer = await Phone(shop.house).enroll(ticket_in(made["barcode_uri"]), name)  # type: ignore[arg-type]  # hostile

    assert (400, "invalid_request") == (answer.status_code, answer.json()["error"])
