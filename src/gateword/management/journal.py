"""The log of the Management API: `sapi` for what was changed, `fapi` for what was refused.

Source: recorded events of Auth0's `GET /api/v2/logs`. What a schema marks as secret, and what
bears the name of a secret, is not in them (promise D10).
"""

from collections.abc import Mapping, Sequence
from typing import Final

from gateword.domain.log_event import LogCode, LogEvent
from gateword.domain.refused import Refused
from gateword.management.resource import Call, Verb
from gateword.management.schema import SECRET_MARK, Schema
from gateword.values import dataclass

HIDDEN: Final = "*****"
MAX_LOGGED_ITEMS: Final = 100
MAX_LOGGED_CHARS: Final = 2_000
"""Of one text: scripts would fill the log with every copy of themselves."""

SECRET_NAMES: Final = frozenset({
    "password", "old_password", "new_password", "client_secret", "signing_secret", "secret",
    "secrets", "password_hash", "custom_password_hash", "access_token", "refresh_token",
    "id_token", "link_with", "recovery_code", "ticket", "configuration", "private_key", "key",
})  # fmt: skip
"""Members that no log holds, wherever they stand."""

_SETTINGS: Final = frozenset({"refresh_token"})
"""Of those, what is a secret as a text and a set of switches as an object."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Journal:
    """One request as its log row tells of it.

    Attributes:
        method: Of the request, in upper case.
        target: Path on the wire, without the query.
        hostname: `Host` of the request.
    """

    method: str
    target: str
    hostname: str

    def granted(self, verb: Verb, call: Call, status: int, answer: object) -> LogEvent:
        """Return the row of a call that was carried out."""
        shown = _shown(answer, verb.answer, verb.hidden)
        return self._event(verb, call, LogCode.SAPI, verb.summary.rstrip("."), status, shown)

    def refused(self, verb: Verb, call: Call, refused: Refused) -> LogEvent:
        """Return the row of a call that was refused."""
        row = refused.refusal.row
        body = {"statusCode": row.status, "message": refused.description}
        if row.error:
            body["errorCode"] = row.error
        return self._event(verb, call, LogCode.FAPI, refused.description, row.status, body)

    def _event(
        self, verb: Verb, call: Call, code: LogCode, text: str, status: int, body: object
    ) -> LogEvent:
        actor = call.actor
        sent = list(call.items) if _is_list(verb.body) else dict(call.body)
        return LogEvent(
            code=code,
            at=call.at,
            description=text,
            client_id=actor.client_id,
            ip=actor.ip,
            hostname=self.hostname,
            user_agent=actor.user_agent,
            user_id=call.path.get("user_id", ""),
            details={
                "request": {
                    "method": self.method.lower(),
                    "path": self.target,
                    "query": dict(call.query),
                    "body": _shown(sent, verb.body, verb.hidden),
                    "channel": "api",
                    "ip": actor.ip,
                    "userAgent": actor.user_agent,
                    "auth": {
                        "user": {},
                        "strategy": "jwt",
                        "credentials": {"jti": actor.jti, "scopes": sorted(actor.scopes)},
                    },
                },
                "response": {"statusCode": status, "body": body},
                "accessedSecrets": [],
            },
        )


def _shown(value: object, schema: object, hidden: frozenset[str]) -> object:
    """Return a value without its secrets, and without the end of very long lists."""
    forms = _forms(schema)
    if value is not None and any(form.get(SECRET_MARK) for form in forms):
        return HIDDEN
    if isinstance(value, Mapping):
        return {
            name: HIDDEN
            if name in hidden or _is_secret(name, inner)
            else _shown(inner, _member(forms, name), hidden)
            for name, inner in value.items()
        }
    if isinstance(value, Sequence) and not isinstance(value, str | bytes):
        items = next((form["items"] for form in forms if "items" in form), None)
        return [_shown(item, items, hidden) for item in value[:MAX_LOGGED_ITEMS]]
    if isinstance(value, str) and len(value) > MAX_LOGGED_CHARS:
        return f"{value[:MAX_LOGGED_CHARS]}… ({len(value)} characters)"
    return value


def _is_secret(name: str, value: object) -> bool:
    return name in SECRET_NAMES and not (name in _SETTINGS and isinstance(value, Mapping))


def _is_list(schema: object) -> bool:
    return any(form.get("type") == "array" for form in _forms(schema))


def _member(forms: Sequence[Schema], name: str) -> object:
    for form in forms:
        members = form.get("properties")
        if isinstance(members, Mapping) and name in members:
            return members[name]
    return next((others for form in forms if (others := form.get("additionalProperties"))), None)


def _forms(schema: object) -> Sequence[Schema]:
    """Return a schema and those that it offers to choose from, however deep."""
    if not isinstance(schema, Mapping):
        return []
    choices = schema.get("anyOf")
    inner = choices if isinstance(choices, list | tuple) else ()
    return [schema, *(form for choice in inner for form in _forms(choice))]
