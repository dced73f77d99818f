"""What `verify` of `require("jsonwebtoken")` asks of claims."""

from typing import Any

import pytest

from tests.unit.rules_js.sandbox import ScriptError
from tests.unit.rules_js.tokens import AT, CLAIMS, SECRET, run, signed, verify


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"audience": "b", "issuer": "i", "subject": "s", "jwtid": "j"},
        {"audience": ["x", "a"], "issuer": ["x", "i"]},
        {"clockTimestamp": AT + 60, "ignoreExpiration": True},
        {"clockTimestamp": AT + 64, "clockTolerance": 5},
        {"clockTimestamp": AT - 5, "clockTolerance": 5},
        {"clockTimestamp": AT - 50, "ignoreNotBefore": True},
        {"maxAge": "20s"},
        {"maxAge": 11},
    ],
)
def test_verify_when_claims_fit(options: dict[str, Any]) -> None:
    """A token whose claims fit the options is accepted."""
    options = {"clockTimestamp": AT + 10} | options
    assert verify(signed("HS256", CLAIMS), SECRET, options) == CLAIMS


@pytest.mark.parametrize(
    ("options", "name", "message"),
    [
        ({"clockTimestamp": AT + 60}, "TokenExpiredError", "jwt expired"),
        ({"clockTimestamp": AT - 1}, "NotBeforeError", "jwt not active"),
        ({"audience": "c"}, "JsonWebTokenError", "jwt audience invalid. expected: c"),
        ({"audience": ["c", "d"]}, "JsonWebTokenError", "jwt audience invalid. expected: c or d"),
        ({"issuer": "x"}, "JsonWebTokenError", "jwt issuer invalid. expected: x"),
        ({"subject": "x"}, "JsonWebTokenError", "jwt subject invalid. expected: x"),
        ({"jwtid": "x"}, "JsonWebTokenError", "jwt jwtid invalid. expected: x"),
        ({"nonce": "x"}, "JsonWebTokenError", "jwt nonce invalid. expected: x"),
        ({"maxAge": 10}, "TokenExpiredError", "maxAge exceeded"),
        ({"maxAge": "5s"}, "TokenExpiredError", "maxAge exceeded"),
        ({"maxAge": "soon"}, "JsonWebTokenError", '"maxAge" should be a number of seconds'),
    ],
)
def test_verify_when_claims_do_not_fit(options: dict[str, Any], name: str, message: str) -> None:
    """Each claim that does not fit has an error of its own."""
    with pytest.raises(ScriptError) as caught:
        verify(signed("HS256", CLAIMS), SECRET, {"clockTimestamp": AT + 10} | options)
    assert name == caught.value.name
    assert caught.value.message.startswith(message)


@pytest.mark.parametrize(
    ("claims", "message"),
    [
        ({"exp": "1"}, "invalid exp value"),
        ({"nbf": "1"}, "invalid nbf value"),
        ({}, "iat required"),
    ],
)
def test_verify_when_a_claim_is_no_time(claims: object, message: str) -> None:
    """Times are numbers."""
    token = run(
        """const h = Buffer.from('{"alg":"HS256"}').toString("base64").replace(/=/g, "");
        const b = Buffer.from(JSON.stringify(claims)).toString("base64").replace(/=/g, "");
        const hmac = require("crypto").createHmac("sha256", "s").update(`${h}.${b}`);
        return `${h}.${b}.${hmac.digest("base64url")}`""",
        claims=claims,
    )
    with pytest.raises(ScriptError, match=message):
        verify(token, "s", {"maxAge": 1})


def test_audience_when_it_is_a_pattern() -> None:
    """An audience may be a regular expression."""
    script = (
        "return [/^a/, [/^x/, 'a']].map((audience) => jwt.verify(token, key, { audience }).sub)"
    )
    token = signed("HS256", {"aud": "abc", "sub": "s"})
    with pytest.raises(ScriptError, match="jwt audience invalid"):
        run(script, token=token, key=SECRET)
    assert ["s", "s"] == run(script.replace("'a'", "/c$/"), token=token, key=SECRET)
