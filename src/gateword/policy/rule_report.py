"""What a rule would be as an Action: which call stands for which of its lines.

Rule 1: pure. Rule 2: nothing is translated; a person moves the rule, and this says what differs.
Source: Auth0 "Migrate from Rules to Actions", "Actions Triggers: post-login: API Object",
"Event Object", "Context Object Properties in Rules".
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from gateword.policy.rule_note import name_of
from gateword.policy.script_text import ScriptText
from gateword.values import dataclass

_MOST_CHARS: Final = 100


@dataclass(frozen=True, slots=True)
class Use:
    """One thing that a rule does.

    Attributes:
        line: Where.
        code: The rule's own words there, cut.
        becomes: What an Action has instead; None when it has nothing.
        remark: What is different then.
    """

    line: int
    code: str
    becomes: str | None
    remark: str = ""


@dataclass(frozen=True, slots=True)
class _Pattern:
    """How a thing looks, with USER, CONTEXT and CALLBACK for the rule's own names of them."""

    looks: str
    becomes: str | None
    remark: str = ""


_SETS: Final = r"\s*(?:\[[^\]]*\]|\.\s*[\w$]+)\s*=(?!=)"
_PATTERNS: Final[Sequence[_Pattern]] = (
    _Pattern(
        r"CALLBACK\s*\(\s*new\s+UnauthorizedError\b",
        "api.access.deny(reason)",
        "the client is answered 403 access_denied instead of 401 unauthorized",
    ),
    _Pattern(
        r"CALLBACK\s*\(\s*(?!null\b|undefined\b|new\s+UnauthorizedError\b|\))",
        "api.access.deny(reason)",
        "403 access_denied, as before; return behind it",
    ),
    _Pattern(r"CALLBACK\s*\(\s*(?:null|undefined)\b", "return", "changes are made by api alone"),
    _Pattern(r"CONTEXT\s*\.\s*idToken" + _SETS, "api.idToken.setCustomClaim(name, value)"),
    _Pattern(
        r"CONTEXT\s*\.\s*accessToken\s*\.\s*scope\s*=(?!=)",
        "api.accessToken.addScope(scope), api.accessToken.removeScope(scope)",
        "one scope a call; the list is not replaced",
    ),
    _Pattern(
        r"CONTEXT\s*\.\s*accessToken(?!\s*\.\s*scope\b)" + _SETS,
        "api.accessToken.setCustomClaim(name, value)",
    ),
    _Pattern(
        r"CONTEXT\s*\.\s*multifactor\s*=(?!=)",
        "api.multifactor.enable(provider, options)",
    ),
    _Pattern(
        r"CONTEXT\s*\.\s*redirect\s*=(?!=)|\.\s*doRedirect\s*\(",
        "api.redirect.sendUserTo(url)",
        "no redirect is possible in the password flow, in either form; what comes behind it goes "
        "into exports.onContinuePostLogin",
    ),
    _Pattern(r"CONTEXT\s*\.\s*primaryUser\s*=(?!=)", "api.authentication.setPrimaryUser(user_id)"),
    _Pattern(
        r"CONTEXT\s*\.\s*samlConfiguration" + _SETS,
        "api.samlResponse",
        "has no effect in the password flow",
    ),
    _Pattern(
        r"(?<![\w$.])auth0\s*\.\s*users\s*\.\s*updateAppMetadata\b",
        "api.user.setAppMetadata(name, value)",
        "one member a call; stored when the flow ends, and nothing is awaited",
    ),
    _Pattern(
        r"(?<![\w$.])auth0\s*\.\s*users\s*\.\s*updateUserMetadata\b",
        "api.user.setUserMetadata(name, value)",
        "one member a call; stored when the flow ends, and nothing is awaited",
    ),
    _Pattern(
        r"(?<![\w$.])auth0\s*\.\s*(?:accessToken|domain|baseUrl)\b",
        None,
        "an Action has no token of its own: use ManagementClient with a client's credentials in "
        "event.secrets",
    ),
    _Pattern(
        r"(?<![\w$.])configuration\s*[.\[]",
        "event.secrets",
        "secrets belong to one Action each; set those it reads",
    ),
    _Pattern(
        r"(?<![\w$.])global\s*[.\[]",
        "api.cache.get(key), api.cache.set(key, value)",
        "texts only, 8 kB together; functions go into a module",
    ),
    _Pattern(
        r"(?<![\w$.])USER\s*\.\s*(?:app_metadata|user_metadata)"
        r"(?:\s*(?:\[[^\]]*\]|\.\s*[\w$]+))*\s*=(?!=)",
        "api.user.setAppMetadata(name, value), api.user.setUserMetadata(name, value)",
        "event.user is a copy: what is set on it is lost, and metadata are never undefined there",
    ),
    _Pattern(
        r"(?<![\w$.])USER\s*(?:\[[^\]]*\]|\.\s*(?!app_metadata\b|user_metadata\b)[\w$]+)"
        r"(?:\s*(?:\[[^\]]*\]|\.\s*[\w$]+))*\s*=(?!=)",
        None,
        "an Action cannot change the user that tokens and later scripts see",
    ),
)
_EVENT: Final[Mapping[str, str | None]] = {
    "tenant": "event.tenant.id",
    "clientID": "event.client.client_id",
    "clientName": "event.client.name",
    "clientMetadata": "event.client.metadata",
    "connection": "event.connection.name",
    "connectionID": "event.connection.id",
    "connectionStrategy": "event.connection.strategy",
    "connectionMetadata": "event.connection.metadata",
    "connectionOptions": None,
    "protocol": "event.transaction.protocol",
    "stats": "event.stats.logins_count",
    "sso": None,
    "sessionID": "event.session.id",
    "request": "event.request",
    "authentication": "event.authentication.methods",
    "authorization": "event.authorization.roles",
    "riskAssessment": "event.authentication.riskAssessment",
    "organization": "event.organization",
    "jwtConfiguration": None,
    "original_protocol": None,
}
_REMARKS: Final[Mapping[str, str]] = {
    "request": "userAgent is user_agent, members of geoip are written countryCode instead of "
    "country_code",
    "sessionID": "there is no session in the password flow",
}
_READ: Final = r"(?<![\w$.])CONTEXT\s*\.\s*([\w$]+)"


def uses(source: str) -> list[Use]:
    """Return what a rule does that looks different in an Action, by line."""
    text = ScriptText(source)
    found = [*_matched(text), *_reads(text)]
    return sorted(dict.fromkeys(found), key=lambda use: use.line)


def draft(name: str, source: str) -> str:
    """Return the frame of an Action with the rule's lines as comments, each with what it becomes.

    Args:
        name: The rule's.
        source: Its script.
    """
    by_line: dict[int, list[Use]] = {}
    for use in uses(source):
        by_line.setdefault(use.line, []).append(use)
    lines = [
        f'// Action for the rule "{name}": a frame to fill in, not a translation.',
        "// Below each line of the rule that looks different in an Action stands what is there",
        "// instead.",
        "exports.onExecutePostLogin = async (event, api) => {",
    ]
    for number, line in enumerate(source.splitlines(), 1):
        lines.append(f"  // {line}".rstrip())
        for use in by_line.get(number, ()):
            remark = f" ({use.remark})" if use.remark else ""
            lines.append(f"  //   => {use.becomes or 'nothing'}{remark}")
    return "\n".join([*lines, "};", ""])


def _matched(text: ScriptText) -> Iterator[Use]:
    for pattern in _PATTERNS:
        for match in re.finditer(_own(text, pattern.looks), text.bare):
            yield _use(text, match.start(), pattern.becomes, pattern.remark)


def _reads(text: ScriptText) -> Iterator[Use]:
    for match in re.finditer(_own(text, _READ), text.bare):
        name = match[1]
        if name in _EVENT:
            lacks = "" if _EVENT[name] else f"Actions are not told of context.{name}"
            yield _use(text, match.start(), _EVENT[name], _REMARKS.get(name, lacks))


def _use(text: ScriptText, place: int, becomes: str | None, remark: str) -> Use:
    line = text.line(place)
    code = text.source.splitlines()[line - 1].strip()
    return Use(line, code[:_MOST_CHARS], becomes, remark)


def _own(text: ScriptText, looks: str) -> str:
    """Return a pattern with the rule's own names of its parameters."""
    for position, (word, usual) in enumerate(_NAMES):
        looks = looks.replace(word, f"(?<![\\w$.]){re.escape(name_of(text, position, usual))}")
    return looks


_NAMES: Final = (("USER", "user"), ("CONTEXT", "context"), ("CALLBACK", "callback"))
