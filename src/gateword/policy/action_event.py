"""What Actions see: `event`, as Auth0 documents it.

Rule 1: pure. Rule 2: no secret is in it (promise R6); an Action's own secrets are put in where it
runs. Rule 3: metadata are objects, also of a user who has none.
Source: Auth0 "Post-login event object", "Credentials exchange event object".
"""

from collections.abc import Mapping, Sequence
from typing import Final

from gateword.domain.client import Client
from gateword.domain.login import Login, TokenAsk
from gateword.domain.resource_server import ResourceServer
from gateword.domain.risk import Location
from gateword.domain.token import RefreshToken
from gateword.policy import confidence, enrolled, geoip
from gateword.policy.rule_objects import PASSWORD_PROTOCOL, PROTOCOLS, body, texts
from gateword.policy.timestamp import written
from gateword.policy.user_document import rendered

POST_LOGIN: Final = "post-login"
CREDENTIALS_EXCHANGE: Final = "credentials-exchange"


def post_login(
    login: Login, roles: Sequence[str], where: Location | None = None
) -> dict[str, object]:
    """Return the event of a login whose scopes are settled.

    Args:
        login: The login.
        roles: Names of the user's roles.
        where: Where the address is; None without a geo database.
    """
    ask, connection, user = login.ask, login.connection, login.user
    event: dict[str, object] = {
        "authentication": {
            "methods": [{"name": name, "timestamp": written(at)} for name, at in login.proofs],
            **({"riskAssessment": confidence.document(login.risk)} if login.risk else {}),
        },
        "authorization": {"roles": list(roles)},
        "client": client(ask.client),
        "connection": {
            "id": connection.id,
            "metadata": texts(connection.document.get("metadata")),
            "name": connection.name,
            "strategy": connection.strategy,
        },
        "request": request(ask, where),
        "stats": {"logins_count": user.logins_count},
        "tenant": {"id": ask.tenant.name},
        "transaction": {
            "acr_values": [],
            "locale": "",
            "metadata": {},
            "protocol": PROTOCOLS.get(ask.grant_type, PASSWORD_PROTOCOL),
            "requested_scopes": list(ask.scope or ()),
            "ui_locales": [],
        },
        "user": {
            **rendered(user),
            "app_metadata": dict(user.app_metadata),
            "enrolledFactors": enrolled.factors(user.factors),
            "multifactor": enrolled.providers(user.factors),
            "user_metadata": dict(user.user_metadata),
        },
    }
    if login.api is not None:
        event["resource_server"] = {"identifier": login.api.identifier}
    if login.renews is not None:
        event["refresh_token"] = _refresh_token(login.renews)
    return event


def credentials_exchange(
    ask: TokenAsk,
    api: ResourceServer,
    scopes: Sequence[str],
    claims: Mapping[str, object],
    where: Location | None = None,
) -> dict[str, object]:
    """Return the event of a machine that asks for itself.

    Args:
        ask: What was asked.
        api: For which API.
        scopes: What would be granted.
        claims: What the hook has put into the token.
        where: Where the address is; None without a geo database.
    """
    return {
        "accessToken": {"customClaims": dict(claims), "scope": list(scopes)},
        "client": client(ask.client),
        "request": request(ask, where),
        "resource_server": {"identifier": api.identifier},
        "tenant": {"id": ask.tenant.name},
        "transaction": {"metadata": {}, "requested_scopes": list(ask.scope or ())},
    }


def client(found: Client) -> dict[str, object]:
    """Return the application."""
    return {
        "client_id": found.client_id,
        "metadata": texts(found.document.get("client_metadata")),
        "name": found.name,
    }


def request(ask: TokenAsk, where: Location | None = None) -> dict[str, object]:
    """Return the request, and where its address is as far as that is known."""
    return {
        "body": body(ask),
        "geoip": geoip.in_actions(where),
        "hostname": ask.caller.hostname,
        "ip": ask.caller.ip,
        "method": "POST",
        "query": {},
        "user_agent": ask.caller.user_agent,
    }


def _refresh_token(token: RefreshToken) -> dict[str, object]:
    """Return the family of a refresh token, which is what Auth0 calls one; never the token."""
    grant, idle = token.grant, token.idle_expires_at
    scopes = " ".join(grant.scopes)
    return {
        "client_id": grant.client_id,
        "created_at": written(grant.created_at),
        "device": {},
        "expires_at": written(grant.expires_at) if grant.expires_at else None,
        "id": f"{token.family_key:024x}",
        "idle_expires_at": written(idle) if idle else None,
        "metadata": {},
        "resource_servers": [{"audience": grant.audience, "scopes": scopes}]
        if grant.audience
        else [],
        "rotating": token.rotating,
        "user_id": grant.user_id,
    }
