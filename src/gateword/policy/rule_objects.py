"""What rules see: `user` and `context`, as Auth0 documents them.

Rule 1: pure. Rule 2: no secret is in them (promise R6): no password, no token, no hash.
Source: Auth0 "User Object Properties in Rules", "Context Object Properties in Rules".
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from gateword.domain.login import Login, TokenAsk
from gateword.domain.risk import Location
from gateword.domain.user import User
from gateword.policy import confidence, geoip
from gateword.policy.user_document import rendered

PROTOCOLS: Final = {"refresh_token": "oauth2-refresh-token"}
PASSWORD_PROTOCOL: Final = "oauth2-password"
_SECRETS: Final = frozenset(
    {
        *("password", "client_secret", "client_assertion", "refresh_token", "mfa_token"),
        *("otp", "oob_code", "binding_code", "recovery_code", "id_token", "subject_token"),
    }
)
_ENTERPRISE: Final = ("tenant_domain", "domain_aliases")


def user(found: User) -> dict[str, object]:
    """Return the user; members of the app metadata stand at the root too, and win there."""
    return {**rendered(found), **found.app_metadata}


def context(
    login: Login, roles: Sequence[str], session_id: str, where: Location | None = None
) -> dict[str, object]:
    """Return the context of a login whose scopes are settled.

    Args:
        login: The login.
        roles: Names of the user's roles.
        session_id: Means nothing on this flow; some rules want one.
        where: Where the address is; None without a geo database.
    """
    ask, client, connection = login.ask, login.ask.client, login.connection
    options = {name: connection.options[name] for name in _ENTERPRISE if name in connection.options}
    grant = ask.grant_type
    return {
        "tenant": ask.tenant.name,
        "clientID": client.client_id,
        "clientName": client.name,
        "clientMetadata": texts(client.document.get("client_metadata")),
        "connection": connection.name,
        "connectionID": connection.id,
        "connectionStrategy": connection.strategy,
        "connectionOptions": options,
        "connectionMetadata": texts(connection.document.get("metadata")),
        "protocol": PROTOCOLS.get(grant, PASSWORD_PROTOCOL),
        "stats": {"loginsCount": login.user.logins_count},
        "sso": {"with_auth0": False, "with_dbconn": False, "current_clients": []},
        "accessToken": {"scope": list(login.scopes)},
        "idToken": {},
        "samlConfiguration": {},
        "sessionID": session_id,
        "request": _request(login, where),
        "authentication": {
            "methods": [{"name": name, "timestamp": _ms(at)} for name, at in login.proofs]
        },
        "authorization": {"roles": list(roles)},
        **({"riskAssessment": confidence.document(login.risk)} if login.risk else {}),
    }


def body(ask: TokenAsk) -> dict[str, object]:
    """Return the parameters of a request without those that are secret."""
    sent: dict[str, object] = {
        name: value for name, value in ask.params.items() if name not in _SECRETS
    }
    sent |= {"grant_type": ask.grant_type, "client_id": ask.client.client_id}
    if ask.scope is not None:
        sent["scope"] = " ".join(ask.scope)
    return sent


def _ms(at: datetime) -> int:
    return int(at.timestamp() * 1000)


def _request(login: Login, where: Location | None) -> dict[str, object]:
    ask = login.ask
    return {
        "userAgent": ask.caller.user_agent,
        "ip": ask.caller.ip,
        "hostname": ask.caller.hostname,
        "query": {},
        "body": body(ask),
        "geoip": geoip.in_rules(where),
    }


def texts(value: object) -> dict[str, str]:
    """Return the members of an object that are text."""
    if not isinstance(value, Mapping):
        return {}
    return {str(name): text for name, text in value.items() if isinstance(text, str)}
