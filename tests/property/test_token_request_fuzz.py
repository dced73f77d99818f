"""Bytes at the doors: no request head and no body may be a fault."""

import base64
import json

from hypothesis import given, settings
from hypothesis import strategies as st

from gateword.crypto.verify import KeyringVerifier
from gateword.domain.refused import Refused
from gateword.domain.secret import Secret
from gateword.policy import client_auth
from gateword.policy.client_auth import Proof
from gateword.policy.token_params import read
from gateword.web import peer
from tests.unit.crypto.keyrings import ISSUER, Clock, Keys, a_key, b64
from tests.unit.web.requests import a_request

MUCH = settings(max_examples=1500)
FORM = "application/x-www-form-urlencoded"
JSON = "application/json"

SEEDS = [
    b"grant_type=password&username=ada%40example.com&password=p&client_id=shop",
    b'{"grant_type":"password","username":"ada","password":"p","scope":["openid"],"realm":null}',
    b"grant_type=refresh_token&refresh_token=v1.x&client_assertion=a.b.c&scope=a+b",
    b'{"a":{"b":[1,2.5e3,true,null,"\\u00e9\\ud83d\\ude00"]},"audience":"https://api"}',
]
SPARKS = [
    b"", b"\0", b"\xff", b"\xef\xbb\xbf", b"%00", b"%ff", b"%", b"&", b"=", b"&&", b"+", b'"',
    b"\\",
    b"\\u0000", b"\\ud800", b"[", b"]", b"{", b"}", b",", b":", b"NaN", b"1e999", b"9" * 400,
    b"[" * 200, b'{"a":' * 50, b"scope=", b"scope=&", b'"scope":1', b"\xed\xa0\x80", b"x" * 2100,
]  # fmt: skip

latin = st.text(st.characters(max_codepoint=255), max_size=80)
headers = latin | st.binary(max_size=90).map(lambda data: base64.b64encode(data).decode())


@st.composite
def bent(draw: st.DrawFn) -> bytes:
    """Return a good body that was cut, doubled and sparked in a few places."""
    body = draw(st.sampled_from(SEEDS))
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, len(body)))
        upto = draw(st.integers(at, min(len(body), at + 20)))
        body = body[:at] + draw(st.sampled_from(SPARKS)) + body[upto:]
    return body


def refusal_of(content_type: str, body: bytes, authorization: str | None) -> Refused | Proof:
    """Return the proof in a request, or what refuses the request."""
    try:
        return client_auth.presented(authorization, read(content_type, body))
    except Refused as refused:
        return refused


@MUCH
@given(st.sampled_from([FORM, JSON, "", "text/plain"]), bent() | st.binary(max_size=200))
def test_token_body_is_read_or_refused(content_type: str, body: bytes) -> None:
    """Promise I2: bent bodies give parameters, or a refusal; any other exception is a bug."""
    seen = refusal_of(content_type, body, None)
    if isinstance(seen, Refused):
        assert seen.refusal.row.status in (400, 401)
        assert seen.description.isascii()


@MUCH
@given(st.sampled_from(["Basic ", "basic ", "Bearer ", ""]), headers, bent())
def test_client_proof_is_read_or_refused(scheme: str, sent: str, body: bytes) -> None:
    """Promise I2: any Authorization header names a client that can be looked up, or is refused."""
    seen = refusal_of(FORM, body, f"{scheme}{sent}")
    if isinstance(seen, Refused):
        assert seen.refusal.row.status in (400, 401)
    else:
        assert "\0" not in (seen.client_id or "")
        assert len((seen.client_id or "").encode()) <= 4 * client_auth.MAX_CLIENT_ID_CHARS


@MUCH
@given(headers, headers, latin)
def test_peer_is_read_from_any_headers(telemetry: str, sent: str, chain: str) -> None:
    """Promise I2: no header of the peer is a fault, and what is kept can be stored."""
    request = a_request(
        ("auth0-client", telemetry),
        ("auth0-forwarded-for", sent),
        ("x-forwarded-for", chain),
        ("user-agent", chain),
    )
    seen = peer.read(request, ("198.51.100.0/24",))
    assert "\0" not in seen.user_agent
    assert json.dumps(seen.auth0_client)


members = st.sampled_from(["alg", "kid", "typ", "crit", "b64", "jwk", "iss", "exp"])
values = st.none() | st.integers() | st.text(max_size=5) | st.lists(st.text(max_size=3), max_size=2)
parts = st.one_of(
    st.binary(max_size=60),
    st.sampled_from([b"{}", b'{"alg":"RS256","typ":"JWT","kid":"kid-one"}', b"[" * 900, b"\0"]),
    st.dictionaries(members, values).map(lambda value: json.dumps(value).encode()),
)


@settings(max_examples=500)
@given(st.lists(parts, min_size=1, max_size=5).map(lambda all_: ".".join(map(b64, all_))) | latin)
async def test_token_is_read_or_nothing(token: str) -> None:
    """Promise K1: bytes in the shape of a token are worth nothing, and never a fault."""
    verifier = KeyringVerifier(Keys([a_key()]), Clock())
    assert await verifier.access_claims(Secret(token), ISSUER) is None
    assert isinstance(verifier.assertion_claims(Secret(token), {}), str)
    verifier.unverified_subject(Secret(token))
