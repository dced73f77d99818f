"""What the token is for: the API that was asked for, or that stands in when none was."""

import difflib
from typing import Final

from gateword.domain.login import TokenAsk
from gateword.domain.refusal import Refusal
from gateword.domain.refused import Refused
from gateword.domain.resource_server import ResourceServer
from gateword.policy import mfa_api
from gateword.policy.token_params import quoted
from gateword.ports.parts import Parts
from gateword.values import dataclass

RESOURCE_PROFILE: Final = "resource_parameter_profile"


@dataclass(frozen=True, slots=True)
class Target:
    """An audience with its API, or neither: then the access token is opaque."""

    audience: str | None = None
    api: ResourceServer | None = None
    notes: tuple[str, ...] = ()


async def of_user(parts: Parts, ask: TokenAsk) -> Target:
    """Return the target of a user's login.

    Raises:
        Refused: AUDIENCE_UNKNOWN, or AUDIENCE_FORBIDDEN by the API's access policy.
    """
    audience = asked(ask) or ask.tenant.default_audience
    if audience is None:
        return Target(notes=("no audience: the access token is opaque, good for /userinfo only",))
    if audience == ask.tenant.userinfo_audience:
        return Target()
    if mfa_api.is_meant(audience, ask.tenant):
        return Target(ask.tenant.mfa_audience, mfa_api.api(ask.tenant))
    return Target(audience, await admitting(parts, ask, audience))


async def admitting(parts: Parts, ask: TokenAsk, audience: str) -> ResourceServer:
    """Return the API of a user's login, fresh or renewed: its access policy may have changed.

    Raises:
        Refused: AUDIENCE_UNKNOWN, or AUDIENCE_FORBIDDEN by the API's access policy.
    """
    if audience == ask.tenant.mfa_audience:
        return mfa_api.api(ask.tenant)
    api = await registered(parts, audience)
    if not await _is_open(parts, ask, api):
        raise Refused(
            Refusal.AUDIENCE_FORBIDDEN,
            detail=f"access policy for users of {api.identifier} is {api.user_policy}",
            client_id=ask.client.client_id,
            audience=quoted(audience),
        )
    return api


def asked(ask: TokenAsk) -> str | None:
    """Return the audience a request names; `resource` stands for it where the tenant says so."""
    named = ask.params.get("audience")
    if named is None and ask.tenant.document.get(RESOURCE_PROFILE) == "compatibility":
        named = ask.params.get("resource")
    return named


async def registered(parts: Parts, audience: str) -> ResourceServer:
    """Return the API with that identifier.

    Raises:
        Refused: AUDIENCE_UNKNOWN, with the nearest identifier in the log.
    """
    api = await parts.stores.resource_servers.get(audience)
    if api is not None:
        return api
    identifiers = [one.identifier for one in await parts.stores.resource_servers.all()]
    near = difflib.get_close_matches(audience, identifiers, n=1, cutoff=0.8)
    hint = f"; did you mean {near[0]}?" if near else ""
    raise Refused(
        Refusal.AUDIENCE_UNKNOWN,
        detail=f"no API is registered as {quoted(audience)}{hint}",
        audience=quoted(audience),
    )


async def _is_open(parts: Parts, ask: TokenAsk, api: ResourceServer) -> bool:
    if api.user_policy != "require_client_grant":
        return api.user_policy == "allow_all"
    grants = parts.stores.client_grants
    return await grants.find(ask.client.client_id, api.identifier, "user") is not None
