import json
from collections.abc import Callable
from datetime import timedelta

import jwt
import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from gateword.crypto.jws import KeyringSigner
from gateword.crypto.verify import KeyringVerifier
from gateword.domain.secret import Secret
from tests.unit.crypto.keyrings import (
    AT,
    ISSUER,
    KID,
    NOW,
    Clock,
    Keys,
    a_key,
    b64,
    good_claims,
    private_key,
    public_key,
)

OURS = a_key()
STRANGER = a_key(9)
PEM = public_key(OURS).public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


def signed(
    claims: object = None, *, alg: str = "RS256", key: object = None, **header: object
) -> str:
    """Return a token signed by PyJWT with our key, or with the one given."""
    headers = {"typ": "JWT", "kid": KID} | header
    payload = good_claims() if claims is None else claims
    return jwt.api_jws.encode(
        json.dumps(payload).encode(),
        private_key(OURS) if key is None else key,  # type: ignore[arg-type]
        algorithm=alg,
        headers=headers,
    )


def rewritten(header: object, payload: object = None) -> str:
    """Return a token whose header was exchanged after it had been signed."""
    _, body, signature = signed().split(".")
    body = body if payload is None else b64(json.dumps(payload).encode())
    return f"{b64(json.dumps(header).encode())}.{body}.{signature}"


async def claims_of(token: str, clock: Clock | None = None) -> object:
    """Return what the tenant's verifier makes of a token."""
    verifier = KeyringVerifier(Keys([OURS]), clock or Clock())
    return await verifier.access_claims(Secret(token), ISSUER)


@pytest.mark.parametrize("typ", ["JWT", "at+jwt"])
@pytest.mark.parametrize("alg", ["RS256", "PS256"])
async def test_own_token_is_read(alg: str, typ: str) -> None:
    """What the tenant signed, its verifier reads."""
    keys = Keys([OURS])
    token = await KeyringSigner(keys).sign(good_claims(), alg=alg, typ=typ)
    assert good_claims() == await KeyringVerifier(keys, Clock()).access_claims(token, ISSUER)


@pytest.mark.parametrize("alg", ["RS256", "PS256"])
async def test_token_of_an_independent_library_under_our_key_is_read(alg: str) -> None:
    """The verifier reads the standard, not only our own writing of it."""
    assert good_claims() == await claims_of(signed(alg=alg))


@pytest.mark.parametrize("state", ["current", "next", "previous"])
async def test_token_of_each_published_key_is_read(state: str) -> None:
    """Promise K4: keys before and after a rotation verify until they are revoked."""
    keys = Keys([a_key(1, "current", "other"), a_key(0, state)])
    verifier = KeyringVerifier(keys, Clock())
    token = Secret(signed(key=private_key(a_key(0, state))))
    assert good_claims() == await verifier.access_claims(token, ISSUER)


FORGED: dict[str, Callable[[], str]] = {
    "nothing": str,
    "text": lambda: "hello",
    "two dots": lambda: "..",
    "one part less": lambda: signed().rpartition(".")[0],
    "one part more": lambda: signed() + ".x",
    "no signature": lambda: signed().rpartition(".")[0] + ".",
    "cut signature": lambda: signed()[:-4],
    "longer signature": lambda: signed() + "AAAA",
    "padding": lambda: signed() + "==",
    "white space": lambda: f" {signed()}",
    "another signature": lambda: signed().rpartition(".")[0] + "." + b64(bytes(256)),
    "not ASCII": lambda: signed() + "é",
    "NUL": lambda: "\0".join(signed()),
    "alg none": lambda: rewritten({"alg": "none", "typ": "JWT", "kid": KID}),
    "alg None": lambda: rewritten({"alg": "None", "typ": "JWT", "kid": KID}),
    "alg none, unsigned": lambda: (
        rewritten({"alg": "none", "typ": "JWT", "kid": KID}).rpartition(".")[0] + "."
    ),
    "no alg": lambda: rewritten({"typ": "JWT", "kid": KID}),
    "alg of another type": lambda: rewritten({"alg": ["RS256"], "typ": "JWT", "kid": KID}),
    "alg RS384": lambda: signed(alg="RS384"),
    "alg RS512": lambda: signed(alg="RS512"),
    "alg PS512": lambda: signed(alg="PS512"),
    "PS256 under the name RS256": lambda: rewritten({"alg": "PS256", "typ": "JWT", "kid": KID}),
    "HS256 with the public key": lambda: hmac_signed(PEM),
    "HS256 with the certificate": lambda: hmac_signed(OURS.certificate_pem),
    "HS256 with the kid": lambda: hmac_signed(KID),
    "HS256 with nothing": lambda: hmac_signed(""),
    "a stranger's key under our kid": lambda: signed(key=private_key(STRANGER)),
    "a stranger's kid": lambda: signed(key=private_key(STRANGER), kid=STRANGER.kid),
    "no kid": lambda: rewritten({"alg": "RS256", "typ": "JWT"}),
    "kid as number": lambda: rewritten({"alg": "RS256", "typ": "JWT", "kid": 1}),
    "kid as list": lambda: rewritten({"alg": "RS256", "typ": "JWT", "kid": [KID]}),
    "kid as object": lambda: rewritten({"alg": "RS256", "typ": "JWT", "kid": {KID: KID}}),
    "kid as path": lambda: signed(kid="../../etc/passwd"),
    "kid as query": lambda: signed(kid="' OR 1=1 --"),
    "key in the header": lambda: signed(
        key=private_key(STRANGER), jwk={"kty": "RSA", "n": "AQAB", "e": "AQAB"}
    ),
    "address of a key": lambda: signed(key=private_key(STRANGER), jku="https://evil.example/jwks"),
    "address of a certificate": lambda: signed(
        key=private_key(STRANGER), x5u="https://evil.example/c"
    ),
    "certificate in the header": lambda: signed(key=private_key(STRANGER), x5c=["MIIB"]),
    "critical extension": lambda: signed(crit=["exp"], exp=AT + 60),
    "unencoded payload": lambda: signed(crit=["b64"], b64=False),
    "no typ": lambda: signed(typ=None),
    "typ of a log-out token": lambda: signed(typ="logout+jwt"),
    "typ in lower case": lambda: signed(typ="jwt"),
    "typ as list": lambda: rewritten({"alg": "RS256", "typ": ["JWT"], "kid": KID}),
    "header as list": lambda: rewritten([]),
    "header as number": lambda: rewritten(1),
    "header as text": lambda: rewritten("RS256"),
    "deep header": lambda: b64(b'{"a":' + b"[" * 5000) + "." + signed().partition(".")[2],
    "another payload": lambda: rewritten(
        {"alg": "RS256", "typ": "JWT", "kid": KID}, good_claims(sub="x")
    ),
    "payload as list": lambda: signed([good_claims()]),
    "payload as text": lambda: signed("auth0|1"),
    "payload as null": lambda: signed(0),
    "deep payload": lambda: raw_signed(b'{"a":' + b"[" * 5000 + b"]" * 5000 + b"}"),
    "payload of no JSON": lambda: raw_signed(b"{"),
    "payload of no UTF-8": lambda: raw_signed(b'{"a":"\xff"}'),
    "another issuer": lambda: signed(good_claims(iss="https://evil.example/")),
    "issuer without the slash": lambda: signed(good_claims(iss=ISSUER[:-1])),
    "issuer in a list": lambda: signed(good_claims(iss=[ISSUER])),
    "no issuer": lambda: signed({"sub": "x", "iat": AT, "exp": AT + 60}),
    "no exp": lambda: signed({"iss": ISSUER, "iat": AT}),
    "no iat": lambda: signed({"iss": ISSUER, "exp": AT + 60}),
    "exp as text": lambda: signed(good_claims(exp=str(AT + 60))),
    "exp as true": lambda: signed(good_claims(exp=True)),
    "exp as null": lambda: signed(good_claims(exp=None)),
    "iat as text": lambda: signed(good_claims(iat="now")),
    "nbf as text": lambda: signed(good_claims(nbf="now")),
    "exp as NaN": lambda: raw_signed(b'{"iss":"https://auth.example.com/","iat":0,"exp":NaN}'),
}


def raw_signed(payload: bytes) -> str:
    """Return a token with any bytes as payload, signed with our key."""
    headers = {"typ": "JWT", "kid": KID}
    return jwt.api_jws.encode(payload, private_key(OURS), algorithm="RS256", headers=headers)


def hmac_signed(secret: str) -> str:
    """Return a token signed by HMAC under something public (RFC 8725 §2.1)."""
    algorithm = jwt.algorithms.HMACAlgorithm(jwt.algorithms.HMACAlgorithm.SHA256)
    header = b64(json.dumps({"alg": "HS256", "typ": "JWT", "kid": KID}).encode())
    text = f"{header}.{b64(json.dumps(good_claims()).encode())}"
    return f"{text}.{b64(algorithm.sign(text.encode(), secret.encode()))}"


@pytest.mark.parametrize("forge", FORGED.values(), ids=FORGED.keys())
async def test_forged_token_says_nothing(forge: Callable[[], str]) -> None:
    """Promise K1: the key fixes the algorithm, headers are never followed, nothing is a fault."""
    assert await claims_of(forge()) is None


async def test_token_of_a_revoked_key_says_nothing() -> None:
    """Promise K4: after its revocation a key verifies nothing."""
    revoked = OURS.__class__(
        kid=OURS.kid,
        state="revoked",
        private_pem=OURS.private_pem,
        certificate_pem=OURS.certificate_pem,
        created_at=OURS.created_at,
        revoked_at=NOW,
    )
    keys = Keys([OURS])
    verifier = KeyringVerifier(keys, Clock())
    assert await verifier.access_claims(Secret(signed()), ISSUER) is not None
    keys.held = [revoked]
    assert await verifier.access_claims(Secret(signed()), ISSUER) is None


@pytest.mark.parametrize(
    ("claims", "lives"),
    [
        ({"exp": AT + 1}, True),
        ({"exp": AT}, True),
        ({"exp": AT - 4}, True),
        ({"exp": AT - 5}, False),
        ({"exp": AT - 6}, False),
        ({"exp": -1}, False),
        ({"iat": AT + 5}, True),
        ({"iat": AT + 6}, False),
        ({"nbf": AT + 5}, True),
        ({"nbf": AT + 6}, False),
        ({"nbf": AT - 1000}, True),
        ({"exp": 10**30}, True),
        ({"iat": 10**400}, False),
    ],
)
async def test_token_lives_between_its_times(claims: dict[str, object], *, lives: bool) -> None:
    """Promise K3: exp, nbf and iat with five seconds of leeway, not one more."""
    assert lives == (await claims_of(signed(good_claims(**claims))) is not None)


async def test_token_ends_by_the_clock() -> None:
    """Promise D5: time is the clock's that was handed in."""
    clock = Clock()
    token = signed()
    assert await claims_of(token, clock) is not None
    clock.at += timedelta(seconds=65)
    assert await claims_of(token, clock) is None


ASSERTED = {"iss": "shop", "sub": "shop"}


def asserted(token: str, keys: dict[str, tuple[str, str]]) -> object:
    """Return what becomes of a client's assertion under those keys of the client."""
    return KeyringVerifier(Keys(), Clock()).assertion_claims(Secret(token), keys)


@pytest.mark.parametrize("kid", ["k1", None])
@pytest.mark.parametrize("alg", ["RS256", "RS384", "PS256"])
def test_assertion_under_a_clients_key_is_read(alg: str, kid: str | None) -> None:
    """§1.2: the three algorithms, with the key's id or without."""
    token = jwt.encode(ASSERTED, private_key(OURS), alg, headers={"kid": kid} if kid else None)
    assert ASSERTED == asserted(token, {"k1": (alg, PEM)})


@pytest.mark.parametrize(
    ("keys", "why"),
    [
        ({}, "no key of the client has the assertion's kid and alg"),
        ({"k2": ("RS256", PEM)}, "no key of the client has the assertion's kid and alg"),
        ({"k1": ("PS256", PEM)}, "assertion cannot be verified: UnsupportedAlgorithmError"),
        (
            {"k1": ("PS256", PEM), "k2": ("RS256", PEM)},
            "assertion cannot be verified: UnsupportedAlgorithmError",
        ),
    ],
)
def test_assertion_is_refused_when_no_key_has_its_kid_and_alg(
    keys: dict[str, tuple[str, str]], why: str
) -> None:
    """Promise K1: the registered key fixes the algorithm, never the header."""
    token = jwt.encode(ASSERTED, private_key(OURS), "RS256", headers={"kid": "k1"})
    assert why == asserted(token, keys)


def test_assertion_without_kid_is_tried_against_every_key() -> None:
    """While a client's keys are replaced, one that names none may be signed by either."""
    stranger = public_key(a_key(8)).public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    token = jwt.encode(ASSERTED, private_key(OURS), "RS256")

    claims = asserted(token, {"old": ("RS256", stranger.decode()), "new": ("RS256", PEM)})

    assert ASSERTED == claims


@pytest.mark.parametrize("forge", FORGED.values(), ids=FORGED.keys())
def test_forged_assertion_says_why_it_does_not_count(forge: Callable[[], str]) -> None:
    """Promise K1: whatever a client sends, the answer is claims or a reason, never a fault."""
    stranger = public_key(a_key(8)).public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    assert isinstance(asserted(forge(), {KID: ("RS256", stranger.decode())}), str)
