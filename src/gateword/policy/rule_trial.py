"""One rule tried outside any login: what it is given, and what it did.

Rule: pure. Without a user or a context of one's own there are samples, the same everywhere.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final, TypeAlias

from gateword.domain.script import Fault, Kind, Script, ScriptFault, ScriptJob, ScriptResult
from gateword.domain.secret import Secret
from gateword.policy import rule_claims
from gateword.values import dataclass

Object: TypeAlias = Mapping[str, object]

NO_OBJECT: Final = "The rules did not return a user and a context"
"""Of a run whose last rule called back with something else."""

SAMPLE_USER: Final[Object] = {
    "user_id": "auth0|5f7c8ec7c33c6c004bbafe82",
    "email": "ann@example.com",
    "email_verified": True,
    "username": "ann",
    "name": "Ann Example",
    "given_name": "Ann",
    "family_name": "Example",
    "nickname": "ann",
    "picture": "https://example.com/ann.png",
    "created_at": "2026-01-05T09:00:00.000Z",
    "updated_at": "2026-03-02T08:30:00.000Z",
    "last_login": "2026-03-02T08:30:00.000Z",
    "last_ip": "203.0.113.7",
    "logins_count": 7,
    "identities": [
        {
            "connection": "Username-Password-Authentication",
            "provider": "auth0",
            "user_id": "5f7c8ec7c33c6c004bbafe82",
            "isSocial": False,
        }
    ],
    "user_metadata": {"language": "en"},
    "app_metadata": {"plan": "gold"},
    "plan": "gold",
}
"""A user with a verified address; the app metadata stands at the root too, as in every login."""

SAMPLE_CONTEXT: Final[Object] = {
    "tenant": "default",
    "clientID": "sample-client-id",
    "clientName": "Sample application",
    "clientMetadata": {},
    "connection": "Username-Password-Authentication",
    "connectionID": "con_0000000000000001",
    "connectionStrategy": "auth0",
    "connectionOptions": {},
    "connectionMetadata": {},
    "protocol": "oauth2-password",
    "stats": {"loginsCount": 7},
    "sso": {"with_auth0": False, "with_dbconn": False, "current_clients": []},
    "accessToken": {"scope": ["openid", "profile", "email"]},
    "idToken": {},
    "samlConfiguration": {},
    "sessionID": "sample-session-id",
    "request": {
        "userAgent": "gateword",
        "ip": "203.0.113.7",
        "hostname": "tenant.example",
        "query": {},
        "body": {
            "grant_type": "password",
            "client_id": "sample-client-id",
            "username": "ann@example.com",
            "audience": "https://api.example/",
            "scope": "openid profile email",
        },
        "geoip": {},
    },
    "authentication": {"methods": [{"name": "pwd", "timestamp": 1772440200000}]},
    "authorization": {"roles": ["Clerk"]},
}
"""A login with a password, its scopes settled."""


@dataclass(frozen=True, slots=True)
class Changed:
    """One place where an object is another than before.

    Attributes:
        path: Leads there, in JavaScript's words: `context.idToken["https://…"]`.
        before: None when there was nothing.
        after: None when there is nothing any more.
    """

    path: str
    before: object
    after: object


def job(
    rule: Script,
    user: Object | None,
    context: Object | None,
    configuration: Mapping[str, Secret],
) -> ScriptJob:
    """Return the run of one rule.

    Args:
        rule: What is tried.
        user: Stands in whole for the sample; None is the sample.
        context: Its members stand in for those of the sample.
        configuration: What the rule reads as `configuration`.
    """
    return ScriptJob(
        kind=Kind.RULES,
        scripts=[rule],
        given={
            "user": SAMPLE_USER if user is None else user,
            "context": {**SAMPLE_CONTEXT, **(context or {})},
            "whole": True,
        },
        configuration=configuration,
        is_trial=True,
    )


def fault_of(result: ScriptResult) -> ScriptFault | None:
    """Return why the login would end, if the rule ended it or left no user and no context."""
    if result.fault is not None:
        return result.fault
    if all(isinstance(result.value.get(name), dict) for name in ("user", "context")):
        return None
    return ScriptFault(Fault.LIMIT, NO_OBJECT, None)


def left(result: ScriptResult, name: str) -> Object:
    """Return what the rule left as `user` or `context`."""
    value = result.value.get(name)
    return value if isinstance(value, dict) else {}


def changes(name: str, before: object, after: object) -> Iterator[Changed]:
    """Return where two objects differ, as deep as both are objects."""
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        for member in dict.fromkeys([*before, *after]):
            place = f"{name}.{member}" if member.isidentifier() else f'{name}["{member}"]'
            yield from changes(place, before.get(member), after.get(member))
    elif before != after:
        yield Changed(name, before, after)


def dropped(context: Object) -> Sequence[str]:
    """Return the claims that a rule set and no token will have, by their place."""
    found = []
    for name in ("accessToken", "idToken"):
        token = context.get(name)
        kept = rule_claims.custom(token)
        claims = [claim for claim in token if claim not in kept] if isinstance(token, dict) else []
        found += [
            f"context.{name}.{claim}"
            for claim in claims
            if (name, claim) != ("accessToken", "scope")  # which is no claim but the grant
        ]
    return found
