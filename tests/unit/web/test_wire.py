import json
from typing import Any

import pytest
from starlette.requests import Request
from starlette.responses import Response

from gateword.domain.log_event import LogFacts
from gateword.domain.refusal import Refusal
from gateword.domain.refused import Refused
from gateword.domain.secret import Secret
from gateword.domain.tenant import Tenant
from gateword.domain.token import TokenSet
from gateword.policy.token_params import MAX_BODY_BYTES
from gateword.web import wire
from tests.unit.web.requests import a_request, body

FORM = ("content-type", "application/x-www-form-urlencoded")
PATIENT_S = 30.0
LENIENT = Tenant(key=1, name="default", domain="x")
STRICT = Tenant(key=1, name="default", domain="x", flags={"oauth_strict_status": True})


def told(response: Response) -> Any:
    """Return the members of a JSON answer."""
    return json.loads(bytes(response.body))


async def refusal_of(request: Request, timeout_s: float = PATIENT_S) -> Refusal:
    """Return the row that refuses to read a request's body."""
    with pytest.raises(Refused) as refused:
        await wire.read_fields(request, timeout_s)
    return refused.value.refusal


def test_answer_is_json_that_nobody_keeps() -> None:
    """RFC 6749 §5.1: no-store and no-cache; headers of the caller are added."""
    response = wire.answer({"a": "é"}, 201, {"x-more": "1"})
    assert (201, {"a": "é"}) == (response.status_code, told(response))
    headers = response.headers
    assert ("application/json", "no-store", "no-cache", "1") == (
        headers["content-type"],
        headers["cache-control"],
        headers["pragma"],
        headers["x-more"],
    )


def test_answer_with_a_secret_is_a_fault_and_no_leak() -> None:
    """Promise D10: a Secret that was not revealed on purpose stops the answer."""
    with pytest.raises(TypeError):
        wire.answer({"client_secret": Secret("hush")})


@pytest.mark.parametrize(
    ("more", "members"),
    [
        ({}, ["access_token", "expires_in", "token_type"]),
        ({"scopes": ("a", "b")}, ["access_token", "scope", "expires_in", "token_type"]),
        (
            {"scopes": ("a",), "id_token": Secret("i"), "refresh_token": Secret("r")},
            ["access_token", "refresh_token", "id_token", "scope", "expires_in", "token_type"],
        ),
    ],
)
def test_tokens_are_told_in_the_known_order(more: dict[str, Any], members: list[str]) -> None:
    """§2: what there is, in the order of recorded answers; absent members are absent."""
    granted = TokenSet(access_token=Secret("t"), expires_in_s=60, facts=LogFacts(), **more)
    body_ = told(wire.tokens(granted))
    assert members == list(body_)
    assert ("t", 60, "Bearer") == tuple(
        body_[name] for name in ("access_token", "expires_in", "token_type")
    )


@pytest.mark.parametrize("refusal", Refusal)
def test_refusal_is_told_as_its_row_says(refusal: Refusal) -> None:
    """RFC 6749 §5.2: error and error_description; the detail stays here."""
    names = dict.fromkeys(
        (
            *("name", "host", "grant_type", "realm", "audience", "client_id", "scopes"),
            *("message", "member"),
        ),
        "x",
    )
    response = wire.refusal(Refused(refusal, detail="inside", **names), LENIENT)
    assert refusal.row.status == response.status_code
    assert ["error", "error_description"] == list(told(response))
    assert refusal.row.error == told(response)["error"]
    assert b"inside" not in bytes(response.body)
    assert "no-store" == response.headers["cache-control"]


@pytest.mark.parametrize(
    ("refusal", "tenant", "status"),
    [
        (Refusal.WRONG_PASSWORD, LENIENT, 403),
        (Refusal.WRONG_PASSWORD, STRICT, 400),
        (Refusal.REFRESH_UNKNOWN, STRICT, 400),
        (Refusal.WRONG_PASSWORD, None, 403),
        (Refusal.CLIENT_SECRET_WRONG, STRICT, 401),
        (Refusal.GRANT_NOT_ALLOWED, STRICT, 403),
    ],
)
def test_invalid_grant_has_the_status_that_the_tenant_wants(
    refusal: Refusal, tenant: Tenant | None, status: int
) -> None:
    """RFC 6749 §5.2 wants 400 where Auth0 sends 403: the flag changes that one error alone."""
    refused = Refused(refusal, grant_type="x")
    assert status == wire.refusal(refused, tenant).status_code


def test_refusal_carries_its_further_members_and_headers() -> None:
    """Members of the refusal, `Retry-After` in whole seconds, and the caller's headers."""
    refused = Refused(Refusal.BUSY, retry_after_s=2, body={"error_uri": "u"})
    response = wire.refusal(refused, None, {"allow": "POST"})
    assert "u" == told(response)["error_uri"]
    assert ("2", "POST") == (response.headers["retry-after"], response.headers["allow"])


async def test_body_is_read_in_whatever_chunks_it_comes() -> None:
    """A body without a declared length is read to its end."""
    request = a_request(FORM, messages=body(b"grant_", b"", b"type=pass", b"word"))
    fields = await wire.read_fields(request, PATIENT_S)
    assert {"grant_type": "password"} == dict(fields.params)


@pytest.mark.parametrize("size", [MAX_BODY_BYTES - 1, MAX_BODY_BYTES])
@pytest.mark.parametrize("chunks", [1, 2])
async def test_body_is_read_up_to_its_bound(size: int, chunks: int) -> None:
    """Promise I1: 64 KiB are read."""
    data = b"password=".ljust(size, b"x")
    cut = [data] if chunks == 1 else [data[:100], data[100:]]
    fields = await wire.read_fields(a_request(FORM, messages=body(*cut)), PATIENT_S)
    assert size - len("password=") == len(fields.secrets["password"].reveal())


@pytest.mark.parametrize("declared", [None, "0", "1", "-1", "x", "+65536"])
async def test_body_is_refused_over_its_bound_whatever_it_declared(declared: str | None) -> None:
    """Promise I1: bytes are counted as they come; one more than 64 KiB is 413."""
    headers = [FORM] + ([("content-length", declared)] if declared else [])
    chunks = body(b"x" * MAX_BODY_BYTES, b"x", b"never read")
    assert Refusal.BODY_TOO_LARGE == await refusal_of(a_request(*headers, messages=chunks))


@pytest.mark.parametrize("declared", ["65537", "9" * 18, "9" * 19, "9" * 5000])
async def test_body_is_refused_unread_when_it_declares_too_much(declared: str) -> None:
    """Promise I1, I2: a length over the bound is 413 at once, also one of 5000 digits."""
    request = a_request(FORM, ("content-length", declared))
    assert Refusal.BODY_TOO_LARGE == await refusal_of(request)


@pytest.mark.parametrize("encoding", ["gzip", "br", "deflate", "GZIP", "identity, gzip", "x"])
async def test_encoded_body_is_refused(encoding: str) -> None:
    """Promise I1: nothing is unpacked."""
    request = a_request(FORM, ("content-encoding", encoding), messages=body(b"a=b"))
    assert Refusal.CONTENT_ENCODING == await refusal_of(request)


@pytest.mark.parametrize("encoding", ["identity", "Identity"])
async def test_plain_body_may_say_so(encoding: str) -> None:
    """`identity` is no encoding."""
    request = a_request(FORM, ("content-encoding", encoding), messages=body(b"a=b"))
    assert {"a": "b"} == dict((await wire.read_fields(request, PATIENT_S)).params)


async def test_body_is_refused_when_it_does_not_come() -> None:
    """Promise I5: a body that stops half-way is 408."""
    half = [{"type": "http.request", "body": b"grant_", "more_body": True}]
    assert Refusal.BODY_TOO_SLOW == await refusal_of(a_request(FORM, messages=half), timeout_s=0)


async def test_client_that_hangs_up_is_gone() -> None:
    """A connection closed in the middle of the body is no fault of ours."""
    messages = [
        {"type": "http.request", "body": b"grant_", "more_body": True},
        {"type": "http.disconnect"},
    ]
    assert Refusal.CLIENT_GONE == await refusal_of(a_request(FORM, messages=messages))
