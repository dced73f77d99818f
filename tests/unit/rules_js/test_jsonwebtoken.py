"""`require("jsonwebtoken")`, checked with joserfc."""

import base64
import time
from typing import Any

import pytest
from joserfc import jwt

from tests.unit.rules_js.keys import certificate, ec_key, private_pem, public_pem, rsa_key
from tests.unit.rules_js.sandbox import ScriptError
from tests.unit.rules_js.tokens import AT, CLAIMS, SECRET, keys, run, signed, verify

ALGORITHMS = ["HS256", "HS384", "HS512", "RS256", "RS384", "RS512", "ES256", "ES384", "ES512"]


@pytest.mark.parametrize("alg", ALGORITHMS)
def test_token_when_it_is_signed(alg: str) -> None:
    """RFC 7518 §3: joserfc verifies what was signed, and the script what joserfc signed."""
    private, public, key = keys(alg)
    token = run(
        "return jwt.sign({ n: 'Ü' }, key, { algorithm, keyid: 'k', expiresIn: 60 })",
        key=private, algorithm=alg,
    )  # fmt: skip
    seen = jwt.decode(token, key, algorithms=[alg])
    assert {"alg": alg, "typ": "JWT", "kid": "k"} == seen.header
    assert 60 == seen.claims["exp"] - seen.claims["iat"]
    assert abs(time.time() - seen.claims["iat"]) < 60
    assert "Ü" == seen.claims["n"]
    assert {"n": "Ü"} == verify(signed(alg, {"n": "Ü"}), public)


@pytest.mark.parametrize("alg", ALGORITHMS)
def test_token_when_it_is_forged(alg: str) -> None:
    """What another key signed, or somebody changed, is refused."""
    public = keys(alg)[1]
    head, body, signature = signed(alg, {"sub": "a"}).split(".")
    other = signed(alg, {"sub": "b"}).split(".")[1]
    forged = base64.urlsafe_b64encode(b"\1" * 64).decode().rstrip("=")
    for token in (f"{head}.{other}.{signature}", f"{head}.{body}.{forged}"):
        with pytest.raises(ScriptError, match="invalid signature"):
            verify(token, public)


@pytest.mark.parametrize(
    "pem",
    [
        public_pem(rsa_key()),
        certificate(rsa_key()),
        private_pem(rsa_key()),
        "  " + public_pem(rsa_key()),
    ],
)
def test_key_when_it_is_public_and_the_token_symmetric(pem: str) -> None:
    """A PEM that everybody may know is never a secret of HMAC, asked for or not."""
    token = run(
        """const header = Buffer.from('{"alg":"HS256"}').toString("base64").replace(/=/g, "");
        const hmac = require("crypto").createHmac("sha256", pem).update(header + ".e30");
        return header + ".e30." + hmac.digest("base64url");""",
        pem=pem,
    )
    with pytest.raises(ScriptError, match="invalid algorithm"):
        verify(token, pem)
    with pytest.raises(ScriptError, match="must be a symmetric key when using HS256"):
        verify(token, pem, {"algorithms": ["HS256", "RS256"]})
    with pytest.raises(ScriptError, match=r"must be a symmetric key|no private key"):
        run("jwt.sign({}, key)", key=pem)
    with pytest.raises(ScriptError, match="must be a symmetric key"):
        run("jwt.verify(token, Buffer.from(pem), { algorithms: ['HS256'] })", token=token, pem=pem)


def test_algorithms_when_they_are_listed() -> None:
    """Only what is listed is accepted, and only what fits the key."""
    token = signed("HS256", {})
    assert {} == verify(token, SECRET, {"algorithms": ["HS256"]})
    assert {} == verify(token, SECRET, {"algorithms": "HS256"})
    with pytest.raises(ScriptError, match="invalid algorithm"):
        verify(token, SECRET, {"algorithms": ["HS512"]})
    with pytest.raises(ScriptError, match="must be an asymmetric key when using RS256"):
        verify(signed("RS256", {}), SECRET, {"algorithms": ["RS256"]})
    with pytest.raises(ScriptError, match='"alg" parameter for "ec" key type must be one of'):
        verify(signed("RS256", {}), public_pem(ec_key("ES256")), {"algorithms": ["RS256"]})
    with pytest.raises(ScriptError, match='requires curve "prime256v1"'):
        verify(signed("ES256", {}), public_pem(ec_key("ES384")))


def test_none_when_nobody_asked_for_it() -> None:
    """An unsigned token is accepted only without a key and when "none" is listed."""
    token = run('return jwt.sign({ a: 1 }, null, { algorithm: "none", noTimestamp: true })')
    assert token.endswith(".")
    for key, options, message in (
        (SECRET, {}, "jwt signature is required"),
        (SECRET, {"algorithms": ["none"]}, "jwt signature is required"),
        ("", {}, 'please specify "none"'),
        ("", {"algorithms": ["HS256"]}, 'please specify "none"'),
    ):
        with pytest.raises(ScriptError, match=message):
            verify(token, key, options)
    assert {"a": 1} == verify(token, "", {"algorithms": ["none"]})
    with pytest.raises(ScriptError, match="invalid algorithm"):
        verify(token + "AAAA", SECRET, {"algorithms": ["none"]})


@pytest.mark.parametrize(
    ("options", "claims"),
    [
        ({"expiresIn": 60}, {"exp": AT + 60}),
        ({"expiresIn": "1h"}, {"exp": AT + 3600}),
        ({"expiresIn": "2 days"}, {"exp": AT + 172800}),
        ({"expiresIn": "10.5m"}, {"exp": AT + 630}),
        ({"expiresIn": "7d", "notBefore": "-30s"}, {"exp": AT + 604800, "nbf": AT - 30}),
        ({"expiresIn": "5000"}, {"exp": AT + 5}),
        ({"expiresIn": "1y"}, {"exp": AT + 31557600}),
        ({"expiresInMinutes": 5}, {"exp": AT + 300}),
        ({"expiresInSeconds": 5}, {"exp": AT + 5}),
        ({"audience": "a", "issuer": "i"}, {"aud": "a", "iss": "i"}),
        ({"audience": ["a"], "subject": "s", "jwtid": "j"}, {"aud": ["a"], "sub": "s", "jti": "j"}),
    ],
)
def test_claims_when_options_name_them(options: object, claims: dict[str, Any]) -> None:
    """Options of `sign` become claims, times counted from the token's `iat`."""
    script = "return jwt.decode(jwt.sign({ iat: at }, 'secret', options))"
    assert {"iat": AT} | claims == run(script, at=AT, options=options)


def test_header_when_options_name_it() -> None:
    """The header is what the options say, and the timestamp can be left out."""
    script = """const options = { header: { x: 1 }, keyid: "k", noTimestamp: true };
    const given = { a: 1 };
    return [jwt.decode(jwt.sign(given, "s", options), { complete: true }), given]"""
    seen, given = run(script)
    assert ({"alg": "HS256", "typ": "JWT", "kid": "k", "x": 1}, {"a": 1}) == (
        seen["header"],
        seen["payload"],
    )
    assert {"a": 1} == given


def test_payload_when_it_is_text() -> None:
    """A payload may be any text, and has no claims then."""
    script = (
        "const token = jwt.sign('text', 's'); return [jwt.verify(token, 's'), jwt.decode(token)]"
    )
    assert ["text", "text"] == run(script)


@pytest.mark.parametrize(
    ("script", "message"),
    [
        ("jwt.sign({}, '')", "secretOrPrivateKey must have a value"),
        ("jwt.sign(undefined, 's')", "payload is required"),
        ("jwt.sign(5, 's')", 'Expected "payload" to be a plain object.'),
        (
            "jwt.sign({}, 's', { algorithm: 'XS256' })",
            '"algorithm" must be a valid string enum value',
        ),
        ("jwt.sign({}, 's', { algorithm: 'RS256' })", "must be an asymmetric key when using RS256"),
        ("jwt.sign({}, 's', { expiresIn: 'soon' })", '"expiresIn" should be a number of seconds'),
        ("jwt.sign({}, 's', { expiresIn: 1.5 })", '"expiresIn" should be a number of seconds'),
        (
            "jwt.sign({}, 's', { expiresIn: undefined })",
            '"expiresIn" should be a number of seconds',
        ),
        ("jwt.sign({ exp: 1 }, 's', { expiresIn: 1 })", 'already has an "exp" property'),
        ("jwt.sign({ aud: 1 }, 's', { audience: 'a' })", 'already has an "aud" property'),
        ("jwt.sign({ exp: 'x' }, 's')", '"exp" should be a number of seconds'),
        ("jwt.sign('text', 's', { expiresIn: 1 })", "invalid expiresIn option for string payload"),
        ("jwt.verify('', 's')", "jwt must be provided"),
        ("jwt.verify({}, 's')", "jwt must be a string"),
        ("jwt.verify('a.b', 's')", "jwt malformed"),
        ("jwt.verify('a.b.c', 's')", "invalid token"),
        ("jwt.verify(jwt.sign({}, 's'), '')", "secret or public key must be provided"),
        ("jwt.verify(jwt.sign({}, 's'), {})", "secretOrPublicKey is not valid key material"),
        ("jwt.verify(jwt.sign({}, 's'), () => 0)", "must be called asynchronous"),
        ("jwt.verify('a.b.c', 's', { nonce: ' ' })", "nonce must be a non-empty string"),
        ("jwt.verify('a.b.c', 's', { clockTimestamp: 'x' })", "clockTimestamp must be a number"),
    ],
)
def test_error_when_arguments_are_wrong(script: str, message: str) -> None:
    """What the npm module refuses is refused in its words."""
    with pytest.raises(ScriptError) as caught:
        run(script)
    assert message in caught.value.message


def test_errors_when_they_are_classes() -> None:
    """Errors can be told apart by class, and say when."""
    script = """try { jwt.verify(token, key, { clockTimestamp: at }); } catch (error) {
      return [error instanceof jwt.TokenExpiredError, error instanceof jwt.JsonWebTokenError,
        error instanceof Error, error.expiredAt.toISOString()]; }"""
    seen = run(script, token=signed("HS256", CLAIMS), key=SECRET, at=AT + 99)
    assert [True, True, True, "2027-01-15T08:01:00.000Z"] == seen


def test_complete_when_it_is_asked_for() -> None:
    """`complete` gives header, payload and signature."""
    token = signed("HS256", {"a": 1})
    seen = {
        "header": {"alg": "HS256", "typ": "JWT"},
        "payload": {"a": 1},
        "signature": token.split(".")[2],
    }
    assert seen == verify(token, SECRET, {"complete": True})
    assert seen == run("return jwt.decode(token, { complete: true })", token=token)


@pytest.mark.parametrize(
    "token",
    ["eyJ0eXAiOiJKV1QifQ.bm8.x", "", "a", "a.b", "a.b.c", "e30", None, 5, "bnVsbA.e30.x", "!.!.!"],
)
def test_decode_when_it_is_no_token(token: object) -> None:
    """What is no token decodes to null."""
    assert run("return jwt.decode(token)", token=token) is None


def test_callbacks_when_they_are_given() -> None:
    """Both functions call back, and a key may be looked up."""
    script = """const called = (make) => new Promise((done) => make((error, value) =>
      done(error ? [error.name, error.message] : value)));
    const options = { keyid: "k", noTimestamp: true };
    const token = await called((done) => jwt.sign({ a: 1 }, "s", options, done));
    const find = (header, done) => setTimeout(() => done(null, header.kid === "k" ? "s" : "x"));
    const fails = (header, done) => done(new Error("gone"));
    return [await called((done) => jwt.verify(token, find, done)),
      await called((done) => jwt.verify(token, "s", {}, done)),
      await called((done) => jwt.verify(token, "x", done)),
      await called((done) => jwt.verify(token, fails, {}, done)),
      await called((done) => jwt.sign({}, "", done))];"""
    assert run(script) == [
        {"a": 1}, {"a": 1}, ["JsonWebTokenError", "invalid signature"],
        ["JsonWebTokenError", "error in secret or public key callback: gone"],
        ["Error", "secretOrPrivateKey must have a value"],
    ]  # fmt: skip
