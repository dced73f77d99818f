"""How a refusal looks to those who call the Management API, and at the users' own doors."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Final

from starlette.responses import Response

from gateword.domain.management_refusal import ManagementRefusal
from gateword.domain.refusal import Refusal
from gateword.domain.refused import Refused
from gateword.domain.tenant import Tenant
from gateword.web import wire

_UNUSABLE: Final = (
    ManagementRefusal.BAD_TOKEN,
    ManagementRefusal.OLD_TOKEN,
    ManagementRefusal.BAD_AUDIENCE,
)
"""A token was sent, and it opens nothing (RFC 6750 §3.1)."""

_PHRASES: Final = {
    413: "Request Entity Too Large",  # newer Pythons say "Content Too Large"
    499: "Client Closed Request",  # nobody reads it
}

_ACCOUNT_ORDER: Final = ("name", "message", "code", "description", "policy", "statusCode", "error")


def management(
    refused: Refused,
    tenant: Tenant | None = None,  # noqa: ARG001  a `Face`: no flag of the tenant changes this one
    headers: Mapping[str, str] | None = None,
) -> Response:
    """Return a refusal as Auth0's Management API v2 writes it."""
    row = refused.refusal.row
    more = dict(headers or {}) | _waiting(refused)
    if refused.refusal is ManagementRefusal.METHOD_NOT_ALLOWED and refused.detail:
        more["allow"] = refused.detail
    if refused.refusal is ManagementRefusal.NO_TOKEN:
        more["www-authenticate"] = "Bearer"
    if refused.refusal in _UNUSABLE:
        more["www-authenticate"] = 'Bearer error="invalid_token"'
    body: dict[str, object] = {
        "statusCode": row.status,
        "error": _phrase(row.status),
        "message": refused.description,
    }
    if row.error:
        body["errorCode"] = row.error
    return wire.answer(body | dict(refused.body), row.status, more)


def account(
    refused: Refused, tenant: Tenant | None = None, headers: Mapping[str, str] | None = None
) -> Response:
    """Return a refusal as Auth0's `/dbconnections/…` write it.

    What the transport refuses, and the code `invalid_request`, keep the shape of the OAuth
    endpoints, which SDKs read as well.
    """
    row = refused.refusal.row
    if isinstance(refused.refusal, Refusal) or row.error == "invalid_request":
        return wire.refusal(refused, tenant, headers)
    known: dict[str, object] = {
        "name": "BadRequestError",
        "code": row.error,
        "description": refused.description,
        "statusCode": row.status,
    } | dict(refused.body)
    body = {name: known[name] for name in _ACCOUNT_ORDER if name in known}
    return wire.answer(body, row.status, dict(headers or {}) | _waiting(refused))


def _waiting(refused: Refused) -> dict[str, str]:
    status = refused.refusal.row.status
    if refused.retry_after_s is None and status != HTTPStatus.SERVICE_UNAVAILABLE:
        return {}
    return {"retry-after": str(refused.retry_after_s or 1)}


def _phrase(status: int) -> str:
    return _PHRASES.get(status) or HTTPStatus(status).phrase
