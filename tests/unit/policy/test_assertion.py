from datetime import UTC, datetime
from typing import Any

import pytest

from gateword.policy.assertion import expiry, fault

AT = 1_700_000_000
NOW = datetime.fromtimestamp(AT, UTC)
ISSUER = "https://auth.example.com/"
ENDPOINT = "https://auth.example.com/oauth/token"
ABSENT = object()

WRONG_NAME = "iss and sub must both be the client_id"
WRONG_AUDIENCE = "aud is not the issuer"
WRONG_ID = "jti is missing, longer than 64 characters or holds NUL"
NO_END = "exp is missing"
ENDED = "assertion has expired"
TOO_LONG = "exp is more than 5 minutes after iat"
TOO_EARLY = "iat or nbf lies in the future"


def fault_of(**changed: Any) -> str | None:
    """Return the fault of a good assertion in which some claims were changed or left out."""
    good = {"iss": "shop", "sub": "shop", "aud": ISSUER, "jti": "j1", "iat": AT, "exp": AT + 180}
    claims = {name: value for name, value in (good | changed).items() if value is not ABSENT}
    return fault(claims, "shop", (ISSUER, ENDPOINT), NOW)


GOOD = {
    "all members": {},
    "the endpoint as audience": {"aud": ENDPOINT},
    "a list of audiences": {"aud": ["https://else/", ISSUER]},
    "no iat": {"iat": ABSENT},
    "fractions": {"iat": AT - 0.5, "exp": AT + 0.5},
    "one second left": {"exp": AT + 1},
    "five minutes from iat": {"exp": AT + 300},
    "five minutes from an early iat": {"iat": AT - 200, "exp": AT + 100},
    "a clock 10 s ahead": {"iat": AT + 10, "exp": AT + 310},
    "nbf now": {"nbf": AT},
    "nbf 10 s ahead": {"nbf": AT + 10},
    "an id of 1": {"jti": "x"},
    "an id of 64": {"jti": "x" * 64},
    "further claims": {"scope": "x", "nonce": {}},
}


@pytest.mark.parametrize("changed", GOOD.values(), ids=GOOD.keys())
def test_assertion_is_good_at_its_bounds(changed: dict[str, object]) -> None:
    """§1.2: an assertion within every bound has no fault."""
    assert fault_of(**changed) is None


BAD: dict[str, tuple[dict[str, object], str]] = {
    "no iss": ({"iss": ABSENT}, WRONG_NAME),
    "another iss": ({"iss": "Shop"}, WRONG_NAME),
    "no sub": ({"sub": ABSENT}, WRONG_NAME),
    "another sub": ({"sub": "shop2"}, WRONG_NAME),
    "a list as sub": ({"sub": ["shop"]}, WRONG_NAME),
    "no aud": ({"aud": ABSENT}, WRONG_AUDIENCE),
    "another aud": ({"aud": "https://else/"}, WRONG_AUDIENCE),
    "aud without the slash": ({"aud": ISSUER[:-1]}, WRONG_AUDIENCE),
    "aud in a longer text": ({"aud": f"{ISSUER} {ENDPOINT}"}, WRONG_AUDIENCE),
    "an empty list as aud": ({"aud": []}, WRONG_AUDIENCE),
    "an object as aud": ({"aud": {ISSUER: 1}}, WRONG_AUDIENCE),
    "objects in aud": ({"aud": [{}, [], None, 1]}, WRONG_AUDIENCE),
    "no jti": ({"jti": ABSENT}, WRONG_ID),
    "an empty jti": ({"jti": ""}, WRONG_ID),
    "a jti of 65": ({"jti": "x" * 65}, WRONG_ID),
    "a number as jti": ({"jti": 1}, WRONG_ID),
    "NUL in jti": ({"jti": "a\0b"}, WRONG_ID),
    "no exp": ({"exp": ABSENT}, NO_END),
    "exp as text": ({"exp": str(AT + 60)}, NO_END),
    "exp as true": ({"exp": True}, NO_END),
    "exp of 400 digits": ({"exp": 10**400}, NO_END),
    "exp now": ({"exp": AT}, ENDED),
    "exp in the past": ({"iat": AT - 100, "exp": AT - 1}, ENDED),
    "exp before all time": ({"exp": -1}, ENDED),
    "301 s after iat": ({"iat": AT, "exp": AT + 301}, TOO_LONG),
    "301 s after an early iat": ({"iat": AT - 201, "exp": AT + 100}, TOO_LONG),
    "no iat, 301 s from now": ({"iat": ABSENT, "exp": AT + 301}, TOO_LONG),
    "iat of 400 digits, 301 s from now": ({"iat": 10**400, "exp": AT + 301}, TOO_LONG),
    "311 s from now": ({"iat": AT + 11, "exp": AT + 311}, TOO_LONG),
    "iat 11 s ahead": ({"iat": AT + 11, "exp": AT + 60}, TOO_EARLY),
    "nbf 11 s ahead": ({"nbf": AT + 11}, TOO_EARLY),
}


@pytest.mark.parametrize(("changed", "expected"), BAD.values(), ids=BAD.keys())
def test_assertion_has_a_fault_past_each_bound(changed: dict[str, object], expected: str) -> None:
    """§1.2: each rule refuses by itself, and says so for the log (RFC 7523 §3)."""
    assert expected == fault_of(**changed)


def test_expiry_is_aware_utc() -> None:
    """The end is kept as a time, so that a used id can be forgotten after it."""
    assert datetime(2023, 11, 14, 22, 13, 20, 500_000, tzinfo=UTC) == expiry({"exp": AT + 0.5})
