"""Bodies in and answers out: the one place that renders a refusal."""

import asyncio
import sys
from collections.abc import Mapping
from http import HTTPStatus
from typing import Final

import msgspec
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from gateword.domain.refusal import Refusal
from gateword.domain.refused import Refused
from gateword.domain.secret import Secret
from gateword.domain.tenant import Tenant
from gateword.domain.token import TokenSet
from gateword.policy import token_params
from gateword.policy.token_params import Fields

COMMON: Final = {"x-content-type-options": "nosniff", "referrer-policy": "no-referrer"}
NO_STORE: Final = {"cache-control": "no-store", "pragma": "no-cache"}
_LENGTH_DIGITS: Final = 18
STRICT_STATUS_FLAG: Final = "oauth_strict_status"


def answer(body: object, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """Return a JSON answer that nobody may keep."""
    return Response(
        msgspec.json.encode(body),
        status,
        headers=NO_STORE | dict(headers or {}),
        media_type="application/json",
    )


def tokens(granted: TokenSet) -> Response:
    """Return the answer of a granted ask; members in the order of recorded answers."""
    body: dict[str, object] = {"access_token": granted.access_token.reveal()}
    if granted.recovery_code is not None:
        body["recovery_code"] = granted.recovery_code.reveal()
    if granted.refresh_token is not None:
        body["refresh_token"] = granted.refresh_token.reveal()
    if granted.id_token is not None:
        body["id_token"] = granted.id_token.reveal()
    if granted.scopes:
        body["scope"] = " ".join(granted.scopes)
    body |= {"expires_in": granted.expires_in_s, "token_type": granted.token_type}
    return answer(body)


def refusal(
    refused: Refused, tenant: Tenant | None = None, headers: Mapping[str, str] | None = None
) -> Response:
    """Return a refusal in the shape of the OAuth endpoints (RFC 6749 §5.2).

    Args:
        refused: What was raised.
        tenant: Its flag may ask for RFC 6749's status 400 where Auth0 sends 403.
        headers: Further headers (`Allow`, `WWW-Authenticate`).
    """
    row = refused.refusal.row
    status = row.status
    if row.error == "invalid_grant" and tenant is not None and tenant.flag(STRICT_STATUS_FLAG):
        status = 400
    more = dict(headers or {})
    if refused.retry_after_s is not None or status == HTTPStatus.SERVICE_UNAVAILABLE:
        more["retry-after"] = str(refused.retry_after_s or 1)
    if refused.refusal is Refusal.BODY_TOO_SLOW:
        more["connection"] = "close"  # else what still drips in would hold the connection
    body = {"error": row.error, "error_description": refused.description}
    return answer(body | revealed(refused.body), status, more)


def revealed(body: Mapping[str, object]) -> dict[str, object]:
    """Return a body with the secrets in it that it hands to their owner."""
    return {name: _revealed(value) for name, value in body.items()}


def _revealed(value: object) -> object:
    if isinstance(value, list):
        return [_revealed(one) for one in value]
    if isinstance(value, Mapping):
        return revealed(value)
    return value.reveal() if isinstance(value, Secret) else value


async def read_fields(request: Request, timeout_s: float) -> Fields:
    """Read a request's body into parameters.

    Raises:
        Refused: BODY_TOO_LARGE, BODY_TOO_SLOW, CONTENT_ENCODING, or what the parser refuses.
    """
    body = await read_body(request, timeout_s, token_params.MAX_BODY_BYTES)
    return token_params.read(request.headers.get("content-type", ""), body)


async def read_body(request: Request, timeout_s: float, most: int) -> bytes:
    """Read a request's body, of at most so many bytes.

    Raises:
        Refused: BODY_TOO_LARGE, BODY_TOO_SLOW, CONTENT_ENCODING or CLIENT_GONE.
    """
    if request.headers.get("content-encoding", "identity").lower() != "identity":
        raise Refused(Refusal.CONTENT_ENCODING)
    if _declared_length(request) > most:
        raise Refused(Refusal.BODY_TOO_LARGE)
    try:
        async with asyncio.timeout(timeout_s):
            return await _read(request, most)
    except TimeoutError:
        raise Refused(Refusal.BODY_TOO_SLOW) from None
    except ClientDisconnect:
        raise Refused(Refusal.CLIENT_GONE) from None


def _declared_length(request: Request) -> int:
    text = request.headers.get("content-length", "0")
    if len(text) > _LENGTH_DIGITS:  # Python refuses to read numbers of thousands of digits
        return sys.maxsize
    return int(text) if text.isdecimal() else 0


async def _read(request: Request, most: int) -> bytes:
    """Read the body, counting as it comes: a chunked one declares no length."""
    chunks, size = [], 0
    async for chunk in request.stream():
        size += len(chunk)
        if size > most:
            raise Refused(Refusal.BODY_TOO_LARGE)
        chunks.append(chunk)
    return b"".join(chunks)
