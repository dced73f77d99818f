"""Who is asking, and may they: the bearer token of a request (RFC 6750)."""

from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Final

import httpx
from auth0_api_python import ApiClient  # type: ignore[import-untyped]  # ships no types
from auth0_api_python.errors import BaseAuthError  # type: ignore[import-untyped]
from starlette.requests import Request
from starlette.responses import JSONResponse

REALM: Final = "Harbour and Pine API"


@dataclass(eq=False)
class Denied(Exception):
    """A request that gets no data.

    Attributes:
        status: HTTP status.
        error: Error code of RFC 6750 §3.1; empty when the request carried no token at all.
        description: One plain sentence.
        scope: The scope that would have been enough, for 403.
    """

    status: int
    error: str = ""
    description: str = ""
    scope: str = ""


async def claims_of(request: Request, verifier: ApiClient) -> Mapping[str, Any]:
    """Verify the request's token: signature by JWKS, issuer, audience, expiry.

    Raises:
        Denied: 401 when there is no usable token, 503 when the keys cannot be fetched.
    """
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise Denied(401)
    try:
        claims: Mapping[str, Any] = await verifier.verify_access_token(token.strip())
    except BaseAuthError as refused:
        if isinstance(refused.__cause__, httpx.HTTPError):
            raise Denied(503, "temporarily_unavailable", "The keys cannot be fetched.") from refused
        raise Denied(401, "invalid_token", refused.get_error_description()) from refused
    return claims


def require_scope(claims: Mapping[str, Any], scope: str) -> None:
    """Let only tokens pass that were granted `scope`; else raise `Denied` with 403."""
    if scope not in str(claims.get("scope", "")).split():
        raise Denied(403, "insufficient_scope", f"This needs the scope {scope}.", scope)


def require_permission(claims: Mapping[str, Any], permission: str) -> None:
    """Let only users pass who hold `permission` through a role; else raise `Denied` with 403."""
    if permission not in claims.get("permissions", ()):
        raise Denied(
            403, "insufficient_scope", f"This needs the permission {permission}.", permission
        )


def denial(_: Request, denied: Exception) -> JSONResponse:
    """Answer a denied request as RFC 6750 §3 asks, with the challenge in `WWW-Authenticate`."""
    if not isinstance(denied, Denied):
        raise denied
    body = {
        "error": denied.error or "unauthorized",
        "error_description": denied.description or "A bearer token is required.",
    }
    return JSONResponse(body, denied.status, headers=_challenge(denied))


def _challenge(denied: Denied) -> dict[str, str]:
    if denied.status == HTTPStatus.SERVICE_UNAVAILABLE:
        return {"Retry-After": "2"}
    parts = {
        "realm": REALM,
        "error": denied.error,
        "error_description": denied.description,
        "scope": denied.scope,
    }
    said = ", ".join(f'{name}="{_quotable(text)}"' for name, text in parts.items() if text)
    return {"WWW-Authenticate": f"Bearer {said}"}


def _quotable(text: str) -> str:
    """Keep what RFC 6750 §3 allows inside the quotes: printable ASCII but `"` and the backslash."""
    return "".join(char for char in text if " " <= char <= "~" and char not in '"\\')
