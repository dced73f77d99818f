"""What is seen of a rule without running it: what it will miss, and where it cannot pass.

Rule 1: pure. Rule 2: what is only built at run time is not seen; nothing is claimed of it.
Source: Auth0 "Rules", "Legacy Rules: modules", rules §3 to §7.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from typing import Final

from gateword.domain.mfa_refusal import MfaRefusal
from gateword.domain.refusal import Refusal
from gateword.policy import egress, rule_traps, script_modules
from gateword.policy.rule_document import MAX_SCRIPT_CHARS
from gateword.policy.rule_note import Around, Note, name_of
from gateword.policy.script_settings import SECTION
from gateword.policy.script_text import ScriptText

OWN_MEMBERS: Final = (
    *("domain", "baseUrl", "accessToken"),
    *("users.updateUserMetadata", "users.updateAppMetadata"),
)
"""What rules find in `auth0`."""

NO_GLOBALS: Final = frozenset(
    {
        *("ip", "mongo", "mysql", "pbkdf2", "pg", "postgres", "sqlserver"),  # Auth0 had them
        *("window", "document", "localStorage", "navigator", "XMLHttpRequest", "WebSocket"),
        *("AbortController", "FormData", "structuredClone"),
    }
)
"""Names that scripts in the wild use and that are not there."""

_HTTP_MODULES: Final = frozenset(
    {"request", "request-promise", "axios", "node-fetch", "slack-notify"}
)
_OWN: Final = re.compile(r"(?<![\w$.'\"`/-])auth0\s*\.\s*([\w$]+)(?:\s*\.\s*([\w$]+))?")
_URL: Final = re.compile(r"(https?)://([\w.-]+)(?::(\d+))?(?=[/?#]|$)")
_CONFIGURATION: Final = re.compile(r"(?<![\w$.])configuration\s*(?:\.\s*([\w$]+)|\[\s*['\"`])")
_KEPT_FUNCTION: Final = re.compile(
    r"(?<![\w$.])global\s*\.\s*([\w$]+)\s*=\s*(?:async\b\s*)?(?:function\b|class\b|\([^()]*\)\s*=>)"
)
_UTILITY: Final = re.compile(r"\bAuth0RedirectRuleUtilities\b|\.doRedirect\s*\(")
_REDIRECT_URL: Final = re.compile(r"\.\s*redirect\s*=\s*(?:\{[^{}]*)?$")
_ASSIGNED: Final = re.compile(r"([\w$]+)\s*[=:]\s*(?:[\w$.]+\s*(?:\|\||\?\?)\s*)?$")
_SLACK: Final = re.compile(r"\brequire\(\s*['\"`]slack-notify\b")
_PORTS: Final = {"http": 80, "https": 443}


def notes(source: str, around: Around) -> list[Note]:
    """Return what there is to say of a rule, by line."""
    text = ScriptText(source)
    found = [note for check in _CHECKS for note in check(text, around)]
    return sorted(found, key=lambda note: note.line)


def wants(source: str) -> list[str]:
    """Return what a rule names that is not there, each once: logins end where it wants it."""
    text = ScriptText(source)
    own = [f"auth0.{member}" for _, member in _unknown_members(text)]
    names = [name for name, _ in _absent_globals(text)]
    return list(dict.fromkeys([*script_modules.missing(text.code), *own, *names]))


def _size(text: ScriptText, _around: Around) -> Iterator[Note]:
    if len(text.source) > MAX_SCRIPT_CHARS:
        yield Note(
            "error",
            "size",
            0,
            f"has {len(text.source):,} characters; {MAX_SCRIPT_CHARS:,} are stored",
        )


def _callback(text: ScriptText, _around: Around) -> Iterator[Note]:
    names, line = text.parameters, text.line(len(text.bare) - len(text.bare.lstrip()))
    if names is None or any(name.startswith("...") for name in names):
        return
    if len(names) <= _CALLBACK:
        yield Note(
            "error",
            "callback",
            line,
            "has no parameter for the callback; write function (user, context, callback)",
        )
    elif len(_word(names[_CALLBACK]).findall(text.bare)) == 1 and "arguments" not in text.bare:
        yield Note(
            "error",
            "callback",
            line,
            f"never mentions {names[_CALLBACK]}, so no login gets past it; "
            f"end with {names[_CALLBACK]}(null, {names[0]}, {names[1]})",
        )


def _modules(text: ScriptText, _around: Around) -> Iterator[Note]:
    for name in script_modules.missing(text.code):
        place = re.search(rf"require\(\s*['\"`]{re.escape(name)}", text.code)
        yield Note(
            "error",
            "module",
            text.line(place.start()) if place else 0,
            f"requires {name}, which is not shipped; docs/reference/script-modules.md has the list",
        )


def _own_object(text: ScriptText, _around: Around) -> Iterator[Note]:
    for place, member in _unknown_members(text):
        yield Note(
            "error",
            "auth0",
            text.line(place),
            f"auth0.{member} does not exist; rules have {', '.join(OWN_MEMBERS)}, and "
            "require('auth0').ManagementClient for the rest",
        )


def _globals(text: ScriptText, _around: Around) -> Iterator[Note]:
    for name, place in _absent_globals(text):
        yield Note("error", "global", text.line(place), f"uses {name}, which is not there")


def _redirect(text: ScriptText, _around: Around) -> Iterator[Note]:
    match = assigned(text, "redirect") or _UTILITY.search(text.bare)
    if match is None:
        return
    row = Refusal.RULE_REDIRECTS.row
    ends = f"the password flow has no browser, and the login ends there ({row.status} {row.error})"
    if re.search(r"\.\s*(protocol|canRedirect)\b", text.bare):
        told = f"may redirect, after a look at the protocol as it seems: {ends}"
        yield Note("hint", "redirect", text.line(match.start()), told)
    else:
        told = f"may redirect: {ends}; ask for context.protocol before"
        yield Note("warning", "redirect", text.line(match.start()), told)


def _factor(text: ScriptText, _around: Around) -> Iterator[Note]:
    if match := assigned(text, "multifactor"):
        row = MfaRefusal.REQUIRED.row
        told = f"may ask for a second factor: the client is answered {row.status} {row.error}"
        yield Note("hint", "factor", text.line(match.start()), told)


def _hosts(text: ScriptText, around: Around) -> Iterator[Note]:
    for host, port, place in _asked_hosts(text):
        if host == around.domain.partition(":")[0]:
            continue
        if around.allowed_hosts is None:
            told = f"asks {host}, as it seems: list it in allowed_hosts of {SECTION}"
            yield Note("hint", "host", text.line(place), told)
        elif not egress.admits(around.allowed_hosts, host, port):
            told = f"asks {host}, as it seems, which is not in allowed_hosts of {SECTION}"
            yield Note("warning", "host", text.line(place), told)


def _configuration(text: ScriptText, around: Around) -> Iterator[Note]:
    if around.configuration is None or _is_declared(text, "configuration"):
        return
    seen: set[str] = set()
    for match in _CONFIGURATION.finditer(text.bare):
        name = match[1] or re.split(r"['\"`]", text.code[match.end() :], maxsplit=1)[0]
        if name not in around.configuration and name not in seen:
            told = f"reads configuration.{name}, which is not set; rulesConfigs of a file sets it"
            yield Note("warning", "configuration", text.line(match.start()), told)
        seen.add(name)


def _kept(text: ScriptText, _around: Around) -> Iterator[Note]:
    for match in _KEPT_FUNCTION.finditer(text.bare):
        told = f"keeps a function in global.{match[1]}, which lives for one login only"
        yield Note("hint", "global-function", text.line(match.start()), told)


def assigned(text: ScriptText, member: str) -> re.Match[str] | None:
    """Return where a rule sets a member of its context."""
    context = name_of(text, 1, "context")
    return re.search(rf"(?<![\w$.]){re.escape(context)}\s*\.\s*{member}\s*=(?!=)", text.bare)


def _unknown_members(text: ScriptText) -> Iterator[tuple[int, str]]:
    if _is_declared(text, "auth0"):
        return
    seen: set[str] = set()
    for match in _OWN.finditer(text.bare):
        first, second = match[1], match[2]
        member = f"{first}.{second}" if first == "users" and second else first
        if member not in (*OWN_MEMBERS, "users") and member not in seen:
            yield match.start(), member
        seen.add(member)


def _absent_globals(text: ScriptText) -> Iterator[tuple[str, int]]:
    for name in sorted(NO_GLOBALS):
        match = re.search(rf"(?<![\w$.'\"`]){name}\s*[.(\[]", text.bare)
        if match and not _is_declared(text, name):
            yield name, match.start()


def _is_declared(text: ScriptText, name: str) -> bool:
    """Say whether a script makes a name its own, in one of the usual ways."""
    own = re.escape(name)
    return bool(
        re.search(
            rf"\b(?:var|let|const|function|class)\s+{own}\b"
            rf"|\b(?:var|let|const)\s+[{{\[][^}}\]=]*\b{own}\b"
            rf"|,\s*{own}\s*=(?!=)"
            rf"|\bfunction\b[^()]*\([^()]*\b{own}\b[^()]*\)"
            rf"|\([^()]*\b{own}\b[^()]*\)\s*=>"
            rf"|(?<![\w$.]){own}\s*=>",
            text.bare,
        )
    )


def _asked_hosts(text: ScriptText) -> Iterator[tuple[str, int, int]]:
    """Return the hosts in URLs of a script that sends requests."""
    if not _HTTP_MODULES & set(script_modules.wanted([text.code])):
        return
    if slack := _SLACK.search(text.code):
        yield "hooks.slack.com", _PORTS["https"], slack.start()
    seen: set[str] = set()
    for literal in text.literals:
        url = _URL.match(literal.text)
        if url is None or _is_no_request(text, literal.start) or url[2] in seen:
            continue
        seen.add(url[2])
        yield url[2].lower(), int(url[3] or _PORTS[url[1]]), literal.start


def _is_no_request(text: ScriptText, place: int) -> bool:
    before = text.bare[:place].rstrip()
    if before.endswith("[") or _REDIRECT_URL.search(before):
        return True
    named = _ASSIGNED.search(before)
    if named is None:
        return False
    name = re.escape(named[1])
    return bool(re.search(rf"\[\s*`?\s*(?:\$\{{\s*)?{name}\b", text.bare))


def _word(name: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![\w$.]){re.escape(name)}(?![\w$])")


_CALLBACK: Final = 2
"""Place of the callback among a rule's parameters."""

_CHECKS: Final[Sequence[Callable[[ScriptText, Around], Iterator[Note]]]] = (
    _size, _callback, _modules, _own_object, _globals,
    _redirect, _factor, _hosts, _configuration, _kept, rule_traps.texts, rule_traps.claims,
)  # fmt: skip
