"""What a device must show: a ticket of its own, a key that signs, an address, a time, a number."""

import asyncio
from datetime import timedelta

import jwt
import pytest

from gateword.domain.mfa_refusal import MfaRefusal
from tests.support.house import House
from tests.support.phone import BASE, Phone, bearer, ticket_in
from tests.wire.pushes import Shop, refusal_of


@pytest.fixture
async def shop(house: House) -> Shop:
    """A tenant that demands a second factor."""
    return await Shop(house).open()


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
