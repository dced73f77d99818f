"""Requested, registered and permitted scopes give the granted ones.

Rule 1: pure. Source: Auth0 "Call your API using the Resource Owner Password flow", "Enable RBAC",
"API access policies for applications".
"""

from collections.abc import Collection
from typing import Final

from gateword.domain.resource_server import ResourceServer
from gateword.values import dataclass

OIDC: Final = ("openid", "profile", "email", "address", "phone")
OFFLINE_ACCESS: Final = "offline_access"
CURRENT_USER: Final = (
    "read:current_user",
    "update:current_user_identities",
    "create:current_user_metadata",
    "update:current_user_metadata",
    "delete:current_user_metadata",
    "create:current_user_device_credentials",
    "delete:current_user_device_credentials",
)
"""All that a user's token may do at the Management API."""


@dataclass(frozen=True, slots=True)
class Granted:
    """Scopes in the order of the answer, and what was asked in vain with the reason."""

    scopes: tuple[str, ...]
    dropped: tuple[str, ...] = ()


def for_user(
    requested: tuple[str, ...] | None,
    api: ResourceServer | None,
    *,
    permissions: Collection[str] | None,
    consented: Collection[str] | None,
    offline: bool,
    expand_openid: bool,
) -> Granted:
    """Return what a user's token may do.

    Args:
        requested: Asked scopes without duplicates; None when none were.
        api: The API; None for an opaque token.
        permissions: The user's permissions there when RBAC is on, else None.
        consented: Scopes of the client's user grant when the API asks for one, else None.
        offline: Client and API allow refresh tokens.
        expand_openid: `openid` alone stands for all standard scopes.
    """
    allowed = _allowed(api, permissions, consented)
    if requested is None:
        # A client grant for users must be asked scope by scope, so nothing is implied by it.
        return Granted(OIDC + (allowed if consented is None else ()))
    if requested == ("openid",) and expand_openid:
        return Granted(OIDC)
    good = {*allowed, *OIDC, *((OFFLINE_ACCESS,) if offline else ())}
    return Granted(
        tuple(scope for scope in requested if scope in good),
        tuple(scope for scope in requested if scope not in good),
    )


def _allowed(
    api: ResourceServer | None,
    permissions: Collection[str] | None,
    consented: Collection[str] | None,
) -> tuple[str, ...]:
    if api is None:
        return ()
    registered = CURRENT_USER if api.is_system else tuple(api.scopes)
    return tuple(
        scope
        for scope in registered
        # An API cannot give what it does not own: these open the user's profile, and refresh
        # tokens, and have conditions of their own.
        if scope not in OIDC
        and scope != OFFLINE_ACCESS
        and (permissions is None or scope in permissions)
        and (consented is None or scope in consented)
    )


def narrowed(original: tuple[str, ...], requested: tuple[str, ...] | None) -> tuple[str, ...]:
    """Return the scopes of a refreshed token: a subset of the original, never more.

    What lies outside the original is dropped without a word (Auth0: "Use refresh tokens").
    """
    if requested is None:
        return original
    return tuple(scope for scope in requested if scope in original)


def still_permitted(
    scopes: tuple[str, ...],
    api: ResourceServer | None,
    permissions: Collection[str] | None,
    consented: Collection[str] | None = None,
) -> tuple[str, ...]:
    """Return scopes without those that API, client grant or the user's roles no longer give."""
    allowed = {*_allowed(api, permissions, consented), *OIDC, OFFLINE_ACCESS}
    return tuple(scope for scope in scopes if scope in allowed)
