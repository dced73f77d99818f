"""What may it do: registered and permitted scopes for a login, fresh or renewed."""

from typing import Final

from gateword.domain.login import Login
from gateword.domain.resource_server import ResourceServer
from gateword.policy import scopes as policy
from gateword.ports.parts import Parts
from gateword.values import replace

EXPAND_OPENID_FLAG: Final = "ropg_expand_openid"


async def grant(parts: Parts, login: Login) -> Login:
    """Return the login with what it is granted of what it asked for."""
    permissions = await _permissions(parts, login)
    granted = policy.for_user(
        login.ask.scope,
        login.api,
        permissions=permissions,
        consented=await _consented(parts, login),
        offline=offline_fault(login) is None,
        expand_openid=login.ask.tenant.flag(EXPAND_OPENID_FLAG, default=True),
    )
    notes = login.notes
    if granted.dropped:
        notes = (*notes, f"scopes not granted: {' '.join(granted.dropped)}")
    if policy.OFFLINE_ACCESS in granted.dropped:
        notes = (*notes, f"no refresh token: {offline_fault(login)}")
    return replace(
        login, scopes=granted.scopes, permissions=_listed(login.api, permissions), notes=notes
    )


async def renew(parts: Parts, login: Login, original: tuple[str, ...]) -> Login:
    """Return a login from a refresh token: narrowed as asked, and cut to what is given today."""
    permissions = await _permissions(parts, login)
    asked = policy.narrowed(original, login.ask.scope)
    consented = await _consented(parts, login)
    scopes = policy.still_permitted(asked, login.api, permissions, consented)
    return replace(login, scopes=scopes, permissions=_listed(login.api, permissions))


def offline_fault(login: Login) -> str | None:
    """Return which of the conditions for a refresh token fails, for the log."""
    if not login.ask.client.may_use("refresh_token"):
        return "the client's grant_types lack refresh_token"
    if login.api is not None and not login.api.allow_offline_access:
        return "the API does not allow offline access"
    return None


async def _permissions(parts: Parts, login: Login) -> frozenset[str] | None:
    api = login.api
    if api is None or not api.enforce_policies:
        return None
    return await parts.stores.roles.permissions_of(login.user.key, api.identifier)


async def _consented(parts: Parts, login: Login) -> tuple[str, ...] | None:
    api = login.api
    if api is None or api.user_policy != "require_client_grant":
        return None
    grant = await parts.stores.client_grants.find(
        login.ask.client.client_id, api.identifier, "user"
    )
    return grant.scope if grant else ()


def _listed(
    api: ResourceServer | None, permissions: frozenset[str] | None
) -> tuple[str, ...] | None:
    if api is None or not api.carries_permissions:
        return None
    return tuple(sorted(permissions or ()))
