"""Tokens that nobody should believe, tried wherever this server believes tokens."""

import base64
import json
from collections.abc import Callable
from typing import Any, Final

import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_pem_private_key,
)
from cryptography.x509 import load_pem_x509_certificate

from tests.support.factories import PASSWORD
from tests.support.house import DOMAIN, House, signing_key
from tests.support.stand_ins import START
from tests.wire.forging import b64, by_nobody, by_rsa, by_secret, forged
from tests.wire.world import API, API_SECRET, ISSUER, PASSWORDS, VALUES

NOW: Final = int(START.timestamp())


def _private(domain: str, state: str) -> RSAPrivateKey:
    pem = signing_key(domain, state).private_pem.reveal().encode()
    key = load_pem_private_key(pem, password=None)
    assert isinstance(key, RSAPrivateKey)
    return key


OURS: Final = _private(DOMAIN, "current")
STRANGERS: Final = _private("stranger.example", "current")
CERTIFICATE: Final = signing_key(DOMAIN, "current").certificate_pem
PUBLIC: Final = load_pem_x509_certificate(CERTIFICATE.encode()).public_key()
HEADER: Final[dict[str, Any]] = {"alg": "RS256", "typ": "JWT", "kid": VALUES["kid"]}
CLAIMS: Final[dict[str, Any]] = {
    "iss": ISSUER,
    "sub": VALUES["ann"],
    "aud": [API, f"{ISSUER}userinfo"],
    "iat": NOW,
    "exp": NOW + 86400,
    "scope": "openid email",
    "gty": PASSWORD,
    "azp": VALUES["web"],
}


def _token(
    header: dict[str, Any] | None = None,
    claims: dict[str, Any] | None = None,
    sign: Callable[[bytes], bytes] | None = None,
) -> str:
    """Return the good token with changes; a member that becomes None is left out."""
    head = {name: value for name, value in (HEADER | (header or {})).items() if value is not None}
    body = {name: value for name, value in (CLAIMS | (claims or {})).items() if value is not None}
    return forged(head, body, sign or by_rsa(OURS))


GOOD: Final = _token()
HEAD, BODY, SIGNATURE = GOOD.split(".")
STRANGE: Final = by_rsa(STRANGERS)
JWK: Final = {
    "kty": "RSA",
    "n": b64(STRANGERS.public_key().public_numbers().n.to_bytes(256, "big")),
    "e": "AQAB",
}


def _public_forms() -> dict[str, bytes]:
    """Return the public key in every form in which somebody may use it as a shared secret."""
    pem = PUBLIC.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    return {
        "PEM": pem,
        "PEM without the last line end": pem.rstrip(),
        "DER": PUBLIC.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo),
        "certificate": CERTIFICATE.encode(),
        "modulus": b64(OURS.public_key().public_numbers().n.to_bytes(256, "big")).encode(),
        "kid": VALUES["kid"].encode(),
        "nothing": b"",
    }


def _other_spelling() -> str:
    """Return the good token with its signature in another base64 spelling of the same bytes."""
    last = SIGNATURE[-1]
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    return GOOD[:-1] + alphabet[alphabet.index(last) ^ 1]


FORGERIES: Final[dict[str, str]] = {
    # the algorithm
    **{f"alg {alg}": _token({"alg": alg}, sign=by_nobody) for alg in ("none", "None", "NONE", "")},
    "alg none, our signature": _token({"alg": "none"}),
    "alg left out": _token({"alg": None}),
    "alg a list": _token({"alg": ["RS256"]}),
    "alg a number": _token({"alg": 256}),
    "alg RS512": _token({"alg": "RS512"}),
    "alg ES256": _token({"alg": "ES256"}),
    "alg in lower case": _token({"alg": "rs256"}),
    "alg PS256, signed RS256": _token({"alg": "PS256"}),
    "alg RS256, signed PS256": _token(sign=by_rsa(OURS, "PS256")),
    "alg dir, as encrypted": _token({"alg": "dir", "enc": "A256GCM"}),
    **{
        f"HS256 with our public key: {form}": _token({"alg": "HS256"}, sign=by_secret(data))
        for form, data in _public_forms().items()
    },
    "HS256 with an API's secret": _token({"alg": "HS256"}, sign=by_secret(API_SECRET.encode())),
    "HS256 with a client's secret": _token(
        {"alg": "HS256"}, sign=by_secret(VALUES["web_secret"].encode())
    ),
    "HS256 without kid": _token({"alg": "HS256", "kid": None}, sign=by_secret(API_SECRET.encode())),
    # the key
    "a stranger's key": _token(sign=STRANGE),
    "a stranger's key and kid": _token({"kid": "stranger"}, sign=STRANGE),
    "kid left out": _token({"kid": None}),
    "kid empty": _token({"kid": ""}),
    "kid unknown": _token({"kid": "unknown"}),
    "kid of the next key": _token({"kid": VALUES["next_kid"]}),
    "kid a path": _token({"kid": "../../dev/null"}, sign=by_secret(b"")),
    "kid a query": _token({"kid": "' OR 1=1 --"}, sign=STRANGE),
    "kid a number": _token({"kid": 1}),
    "kid a list": _token({"kid": [VALUES["kid"]]}),
    "kid an object": _token({"kid": {"a": 1}}),
    "kid null": forged({**HEADER, "kid": None}, CLAIMS, by_rsa(OURS)),
    "jwk brings its own key": _token({"jwk": JWK}, sign=STRANGE),
    "jwk without kid": _token({"jwk": JWK, "kid": None}, sign=STRANGE),
    "jku elsewhere": _token({"jku": "https://evil.example/jwks.json"}, sign=STRANGE),
    "jku without kid": _token({"jku": "https://evil.example/", "kid": None}, sign=STRANGE),
    "x5u elsewhere": _token({"x5u": "https://evil.example/cert.pem"}, sign=STRANGE),
    "x5c brings its own": _token(
        {
            "x5c": [
                base64.b64encode(
                    signing_key("stranger.example", "current").certificate_pem.encode()
                ).decode()
            ]
        },
        sign=STRANGE,
    ),
    # extensions of the header
    "crit unknown": _token({"crit": ["exotic"], "exotic": True}),
    "crit empty": _token({"crit": []}),
    "b64 false": _token({"b64": False, "crit": ["b64"]}),
    # the kind
    "typ of a logout token": _token({"typ": "logout+jwt"}),
    "typ of an assertion": _token({"typ": "client-authentication+jwt"}),
    "typ left out": _token({"typ": None}),
    "typ a number": _token({"typ": 1}),
    "for a client, as ID tokens are": _token(claims={"aud": VALUES["web"]}),
    "for the API alone": _token(claims={"aud": API}),
    "for another tenant": _token(claims={"aud": "https://other.example/userinfo"}),
    "for a longer audience": _token(claims={"aud": f"{ISSUER}userinfo/more"}),
    "for an audience without the slash": _token(claims={"aud": f"https://{DOMAIN}userinfo"}),
    "for a nested audience": _token(claims={"aud": [[f"{ISSUER}userinfo"]]}),
    "for nobody": _token(claims={"aud": None}),
    "for an object": _token(claims={"aud": {f"{ISSUER}userinfo": True}}),
    # issuer and subject
    "another issuer": _token(claims={"iss": "https://other.example/"}),
    "issuer without the slash": _token(claims={"iss": ISSUER.rstrip("/")}),
    "issuer in capitals": _token(claims={"iss": ISSUER.upper()}),
    "issuer a list": _token(claims={"iss": [ISSUER]}),
    "no issuer": _token(claims={"iss": None}),
    "no subject": _token(claims={"sub": None}),
    "subject unknown": _token(claims={"sub": "auth0|nobody"}),
    "subject a list": _token(claims={"sub": [VALUES["ann"]]}),
    "subject a machine": _token(claims={"sub": f"{VALUES['machine']}@clients"}),
    # time
    "expired": _token(claims={"exp": NOW - 5}),
    "expired long ago": _token(claims={"exp": 0}),
    "never expires": _token(claims={"exp": None}),
    "expires as text": _token(claims={"exp": str(NOW + 86400)}),
    "expires true": _token(claims={"exp": True}),
    "expires in a list": _token(claims={"exp": [NOW + 86400]}),
    "not yet": _token(claims={"nbf": NOW + 6}),
    "not yet, as text": _token(claims={"nbf": "0"}),
    "issued tomorrow": _token(claims={"iat": NOW + 86400}),
    "never issued": _token(claims={"iat": None}),
    # scope
    "without openid": _token(claims={"scope": "email"}),
    "without scope": _token(claims={"scope": None}),
    "openid inside a word": _token(claims={"scope": "notopenid openidx"}),
    # the form
    "one character short": GOOD[:-1],
    "one character more": f"{GOOD}A",
    "padded": f"{GOOD}==",
    "another spelling of the signature": _other_spelling(),
    "no signature": f"{HEAD}.{BODY}.",
    "two parts": f"{HEAD}.{BODY}",
    "four parts": f"{GOOD}.{SIGNATURE}",
    "five parts": f"{GOOD}.{BODY}.{SIGNATURE}",
    "no header": f".{BODY}.{SIGNATURE}",
    "no payload": f"{HEAD}..{SIGNATURE}",
    "parts swapped": f"{BODY}.{HEAD}.{SIGNATURE}",
    "payload of another": f"{HEAD}.{_token(claims={'sub': 'auth0|x'}).split('.')[1]}.{SIGNATURE}",
    "payload in plain": f"{HEAD}.{json.dumps(CLAIMS)}.{SIGNATURE}",
    "payload a list": forged(HEADER, b"[]", by_rsa(OURS)),
    "payload a text": forged(HEADER, b'"x"', by_rsa(OURS)),
    "payload no JSON": forged(HEADER, b"x", by_rsa(OURS)),
    "payload invalid UTF-8": forged(HEADER, b'{"sub":"\xff"}', by_rsa(OURS)),
    "header no JSON": forged(b"x", CLAIMS, by_rsa(OURS)),
    "header a list": forged(b"[]", CLAIMS, by_rsa(OURS)),
    "header nested deep": forged(b"[" * 5000, CLAIMS, by_rsa(OURS)),
    "in capitals": GOOD.upper(),
    "a word": "x",
    "dots": "..",
    "many dots": "." * 1000,
    "huge": "x" * 15000,
}


async def test_good_token_is_believed(house: House) -> None:
    """K1: the token that the forgeries are made of is good, so each fails for its own change."""
    answer = await house.http.get("/userinfo", headers={"authorization": f"Bearer {GOOD}"})

    assert (200, VALUES["ann"]) == (answer.status_code, answer.json()["sub"])


def test_forgeries_are_many() -> None:
    """K1: the table has at least 60 rows, and no two are the same."""
    assert 60 <= len(set(FORGERIES.values())) == len(FORGERIES)


@pytest.mark.parametrize("token", FORGERIES.values(), ids=FORGERIES)
async def test_forgery_is_refused(house: House, token: str) -> None:
    """K1, K2: the key fixes the algorithm, headers bring no keys, only its own kind is a bearer."""
    answer = await house.http.get("/userinfo", headers={"authorization": f"Bearer {token}"})

    assert (401, "invalid_token") == (answer.status_code, answer.json()["error"])
    assert 'error="invalid_token"' in answer.headers["www-authenticate"]


NOT_ABOUT_USERINFO: Final = {
    "for the API alone",
    "for another tenant",
    "for a longer audience",
    "for an audience without the slash",
    "for a nested audience",
    "for nobody",
    "for an object",
    "without openid",
    "without scope",
    "openid inside a word",
    "for a client, as ID tokens are",
}
"""Forgeries that are honest tokens but for the audience or the scope that /userinfo asks."""


@pytest.mark.parametrize("name", sorted(FORGERIES.keys() - NOT_ABOUT_USERINFO))
async def test_forgery_is_inactive(house: House, name: str) -> None:
    """K1: introspection does not believe them either."""
    form = {
        "client_id": VALUES["web"],
        "client_secret": VALUES["web_secret"],
        "token": FORGERIES[name],
    }
    answer = await house.http.post("/oauth/introspect", data=form)

    assert (200, {"active": False}) == (answer.status_code, answer.json())


async def test_real_tokens_of_another_kind_are_refused(house: House) -> None:
    """K2: what this server really issued opens /userinfo only if it was issued for that."""
    form = {
        "username": "ann",
        "password": PASSWORDS["password"],
        "scope": "openid offline_access",
        "client_id": VALUES["web"],
        "client_secret": VALUES["web_secret"],
    }
    user = (await house.token(grant_type=PASSWORD, audience=API, **form)).json()
    hs256 = (
        await house.token(grant_type=PASSWORD, audience="https://hs256.example", **form)
    ).json()
    machine = await house.token(
        grant_type="client_credentials",
        audience=API,
        client_id=VALUES["machine"],
        client_secret=VALUES["machine_secret"],
    )
    others = [
        user["id_token"],
        user["refresh_token"],
        hs256["access_token"],
        machine.json()["access_token"],
    ]
    answers = [
        (
            await house.http.get("/userinfo", headers={"authorization": f"Bearer {token}"})
        ).status_code
        for token in [user["access_token"], *others]
    ]

    assert [200, 401, 401, 401, 401] == answers
