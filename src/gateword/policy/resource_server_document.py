"""An API as Auth0's Management API writes it, and back.

Rule 1: pure. Rule 2: what nobody has set acts with its default and is not shown (`implied`).
Source: Auth0 Management API v2 "Create a resource server", recorded creations.
"""

from collections.abc import Callable, Mapping
from typing import Final

from gateword.domain.resource_server import ResourceServer
from gateword.domain.secret import Secret
from gateword.policy import documented
from gateword.policy.members import Members
from gateword.values import replace

ALGORITHMS: Final = ("RS256", "HS256", "PS256")
DIALECTS: Final = (
    "access_token", "access_token_authz", "rfc9068_profile", "rfc9068_profile_authz",
)  # fmt: skip
USER_POLICIES: Final = ("allow_all", "require_client_grant", "deny_all")
MAX_LIFETIME_S: Final = 2_592_000
MIN_SECRET_CHARS: Final = 16

_IMPLIED: Final = ("name", "scopes", "enforce_policies", "token_dialect")
_SKIP_CONSENT: Final = "skip_consent_for_verifiable_first_party_clients"
_WEB: Final = "token_lifetime_for_web"
_WEB_LIFETIME_S: Final = 7200


def created(
    members: Members, identifier: str, api_id: str, new_secret: Callable[[], Secret]
) -> ResourceServer:
    """Return the API that a document creates, with Auth0's defaults for what it leaves out."""
    fresh = ResourceServer(
        id=api_id, identifier=identifier, name=identifier, implied=frozenset(_IMPLIED)
    )
    return changed(members, fresh, new_secret)


def changed(
    members: Members, stored: ResourceServer, new_secret: Callable[[], Secret]
) -> ResourceServer:
    """Return a stored API with what a document says of it."""
    for read_only in ("id", "identifier", "is_system"):
        members.given(read_only)
    api = replace(
        stored,
        name=members.text("name", stored.name, stored.identifier),
        scopes=_scopes(members, stored.scopes),
        signing_alg=members.text("signing_alg", stored.signing_alg, "RS256", choices=ALGORITHMS),
        token_lifetime_s=members.whole(
            "token_lifetime", stored.token_lifetime_s, 86400, least=1, most=MAX_LIFETIME_S
        ),
        allow_offline_access=members.flag(
            "allow_offline_access", kept=stored.allow_offline_access, reset=False
        ),
        enforce_policies=members.flag(
            "enforce_policies", kept=stored.enforce_policies, reset=False
        ),
        token_dialect=members.text(
            "token_dialect", stored.token_dialect, "access_token", choices=DIALECTS
        ),
        signing_secret=members.secret("signing_secret") or stored.signing_secret,
        implied=members.still_implied(stored.implied, *_IMPLIED),
    )
    api = _with_policies(api, members)
    if api.token_dialect.endswith("_authz") and not api.enforce_policies:
        members.fault("this dialect needs enforce_policies: true", "token_dialect")
    _check_secret(members)
    document = members.others(_with_web_lifetime(api, members), documented.RESOURCE_SERVER)
    return replace(_with_secret(api, new_secret), document=document)


def rendered(api: ResourceServer) -> dict[str, object]:
    """Return the API in Auth0's shape, without its signing secret."""
    document: dict[str, object] = {
        "id": api.id,
        "name": api.name,
        "identifier": api.identifier,
        "scopes": [_rendered_scope(*scope) for scope in api.scopes.items()],
        "signing_alg": api.signing_alg,
        "token_lifetime": api.token_lifetime_s,
        _WEB: min(_WEB_LIFETIME_S, api.token_lifetime_s),
        "allow_offline_access": api.allow_offline_access,
        _SKIP_CONSENT: False,
        "enforce_policies": api.enforce_policies,
        "token_dialect": api.token_dialect,
        "subject_type_authorization": {
            "user": {"policy": api.user_policy},
            "client": {"policy": api.client_policy},
        },
        **({"is_system": True} if api.is_system else {}),
        **api.document,
    }
    return {name: value for name, value in document.items() if name not in api.implied}


def _rendered_scope(value: str, description: str) -> dict[str, str]:
    return {"value": value, "description": description} if description else {"value": value}


def _with_web_lifetime(api: ResourceServer, members: Members) -> dict[str, object]:
    """Return the API's other members with the lifetime for browsers, which is never the longer."""
    document = dict(api.document)
    kept = document.pop(_WEB, 0)
    kept_s = kept if isinstance(kept, int) else 0
    seconds = members.whole(_WEB, kept_s, 0, least=1, most=MAX_LIFETIME_S)
    if seconds > api.token_lifetime_s:
        at = _WEB if _WEB in members else "token_lifetime"
        members.fault("token_lifetime_for_web cannot exceed token_lifetime", at)
    return document | ({_WEB: seconds} if seconds else {})


def _scopes(members: Members, stored: Mapping[str, str]) -> Mapping[str, str]:
    items = members.items("scopes")
    if items is None:
        return stored
    scopes: dict[str, str] = {}
    for item in items:
        value = item.required_text("value")
        description = item.text("description", "", "")
        item.only()
        if value in scopes:
            item.fault(f"{value} is listed twice", "value")
        elif any(c.isspace() for c in value):
            item.fault("a scope holds no white space", "value")
        elif value:
            scopes[value] = description
    return scopes


def _with_policies(api: ResourceServer, members: Members) -> ResourceServer:
    subjects = members.member("subject_type_authorization")
    user, client = subjects.member("user"), subjects.member("client")
    api = replace(
        api,
        user_policy=user.text("policy", api.user_policy, "allow_all", choices=USER_POLICIES),
        client_policy=client.text(
            "policy", api.client_policy, "require_client_grant", choices=USER_POLICIES
        ),
    )
    for one in (subjects, user, client):
        one.only()
    return api


def _check_secret(members: Members) -> None:
    given = members.given("signing_secret")
    if isinstance(given, str) and 0 < len(given) < MIN_SECRET_CHARS:
        members.fault(f"is shorter than {MIN_SECRET_CHARS} characters", "signing_secret")


def _with_secret(api: ResourceServer, new_secret: Callable[[], Secret]) -> ResourceServer:
    if api.signing_alg != "HS256" or api.signing_secret is not None:
        return api
    return replace(api, signing_secret=new_secret())
