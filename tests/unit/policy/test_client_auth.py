import base64

import pytest

from gateword.domain.refusal import Refusal
from gateword.domain.refused import Refused
from gateword.domain.secret import Secret
from gateword.policy.client_auth import (
    JWT_BEARER,
    MAX_ASSERTION_BYTES,
    MAX_CLIENT_ID_CHARS,
    AssertionProof,
    NoProof,
    Proof,
    SecretProof,
    presented,
)
from tests.unit.makers import some_fields


def basic(text: str | bytes) -> str:
    """Return the Authorization header for `id:secret`."""
    data = text if isinstance(text, bytes) else text.encode()
    return f"Basic {base64.b64encode(data).decode()}"


def by_header(client_id: str, *secrets: str) -> SecretProof:
    """Return the proof that a Basic header carries."""
    return SecretProof(client_id, tuple(map(Secret, secrets)), basic=True)


SHOP = {"client_id": "shop"}
TYPED = {"client_assertion_type": JWT_BEARER}
ONE = {
    "a name alone": (None, SHOP, {}, NoProof("shop")),
    "a secret in the body": (
        None,
        SHOP,
        {"client_secret": "s"},
        SecretProof("shop", (Secret("s"),), basic=False),
    ),
    "Basic": (basic("shop:s"), {}, {}, by_header("shop", "s")),
    "Basic and the same name in the body": (basic("shop:s"), SHOP, {}, by_header("shop", "s")),
    "Basic in lower case": (
        basic("shop:s").lower()[:5] + basic("shop:s")[5:],
        {},
        {},
        by_header("shop", "s"),
    ),
    "Basic with spaces": (
        basic("shop:s").replace(" ", "   ") + " ",
        {},
        {},
        by_header("shop", "s"),
    ),
    "Basic form-encoded": (basic("sh%6Fp:a%2Bb+c"), {}, {}, by_header("shop", "a+b c", "a%2Bb+c")),
    "Basic that only looks encoded": (basic("shop:a+b"), {}, {}, by_header("shop", "a b", "a+b")),
    "Basic with a colon in the secret": (basic("shop:a:b"), {}, {}, by_header("shop", "a:b")),
    "Basic without a secret": (basic("shop"), {}, {}, by_header("shop", "")),
    "Basic in UTF-8": (basic("shop:ü"), {}, {}, by_header("shop", "ü")),
    "an assertion": (
        None,
        TYPED,
        {"client_assertion": "h.p.s"},
        AssertionProof(None, Secret("h.p.s")),
    ),
    "an assertion and a name": (
        None,
        SHOP | TYPED,
        {"client_assertion": "h.p.s"},
        AssertionProof("shop", Secret("h.p.s")),
    ),
    "a type without an assertion": (None, SHOP | TYPED, {}, NoProof("shop")),
    "another scheme": ("Bearer abc", SHOP, {}, NoProof("shop")),
    "an empty header": ("", SHOP, {}, NoProof("shop")),
    "other secrets of the request": (None, SHOP, {"password": "p", "token": "t"}, NoProof("shop")),
}


@pytest.mark.parametrize(("header", "params", "secrets", "expected"), ONE.values(), ids=ONE.keys())
def test_one_mechanism_is_the_proof(
    header: str | None, params: dict[str, str], secrets: dict[str, str], expected: Proof
) -> None:
    """Each of the mechanisms is read as what it is (RFC 6749 §2.3; RFC 7523 §2.2)."""
    assert expected == presented(header, some_fields(params, secrets))


@pytest.mark.parametrize(
    ("header", "secrets"),
    [
        (basic("shop:s"), {"client_secret": "s"}),
        (basic("shop:s"), {"client_assertion": "h.p.s"}),
        (None, {"client_secret": "s", "client_assertion": "h.p.s"}),
        (basic("shop:s"), {"client_secret": "s", "client_assertion": "h.p.s"}),
        ("Basic", {"client_secret": "s"}),
    ],
)
def test_two_mechanisms_are_refused(header: str | None, secrets: dict[str, str]) -> None:
    """Promise I4: exactly one mechanism, also when both say the same (RFC 6749 §2.3)."""
    with pytest.raises(Refused) as refused:
        presented(header, some_fields(SHOP | TYPED, secrets))
    assert Refusal.TWO_CLIENT_AUTHENTICATIONS == refused.value.refusal


@pytest.mark.parametrize(
    ("header", "params", "secrets", "expected"),
    [
        (None, {}, {}, Refusal.CLIENT_ID_MISSING),
        (None, {}, {"client_secret": "s"}, Refusal.CLIENT_ID_MISSING),
        (basic("shop:s"), {"client_id": "Shop"}, {}, Refusal.INVALID_PARAMETER),
        (None, SHOP, {"client_assertion": "h.p.s"}, Refusal.CLIENT_ASSERTION_BAD),
        (
            None,
            {"client_assertion_type": f"{JWT_BEARER} "},
            {"client_assertion": "h.p.s"},
            Refusal.CLIENT_ASSERTION_BAD,
        ),
    ],
)
def test_half_a_proof_is_refused(
    header: str | None, params: dict[str, str], secrets: dict[str, str], expected: Refusal
) -> None:
    """A name is needed, names must agree, and an assertion must say its type."""
    with pytest.raises(Refused) as refused:
        presented(header, some_fields(params, secrets))
    assert expected == refused.value.refusal


@pytest.mark.parametrize("length", [MAX_ASSERTION_BYTES - 1, MAX_ASSERTION_BYTES])
def test_assertion_is_read_up_to_its_bound(length: int) -> None:
    """An assertion may have 2048 bytes."""
    fields = some_fields(TYPED, {"client_assertion": "x" * length})
    assert AssertionProof(None, Secret("x" * length)) == presented(None, fields)


def test_assertion_is_refused_over_its_bound() -> None:
    """An assertion of 2049 bytes is not looked at."""
    fields = some_fields(TYPED, {"client_assertion": "x" * (MAX_ASSERTION_BYTES + 1)})
    with pytest.raises(Refused) as refused:
        presented(None, fields)
    assert Refusal.CLIENT_ASSERTION_BAD == refused.value.refusal


UNREADABLE = {
    "nothing": "Basic",
    "no base64": "Basic !!!",
    "cut base64": "Basic c2hvc",
    "no ASCII": "Basic \xe9\xff",
    "no UTF-8": basic(b"\xff:\xff"),
    "NUL in the name": basic("a\0b:s"),
    "NUL in the encoded name": basic("a%00b:s"),
    "a name that is too long": basic("x" * (MAX_CLIENT_ID_CHARS + 1) + ":s"),
}


@pytest.mark.parametrize("header", UNREADABLE.values(), ids=UNREADABLE.keys())
def test_basic_is_nobodys_proof_when_unreadable(header: str) -> None:
    """Promise I2: an unreadable header ends as a failed authentication, never as a fault."""
    proof = presented(header, some_fields())
    assert isinstance(proof, SecretProof)
    assert ("", True) == (proof.client_id, proof.basic)
