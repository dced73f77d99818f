"""Lines of a rule that run and do nothing: a text read as an object, claims that stay out.

Rule 1: pure. Rule 2: where it is not sure, nothing is said.
"""

import re
from collections.abc import Iterator
from typing import Final

from gateword.policy import rule_claims
from gateword.policy.rule_note import Around, Note, name_of
from gateword.policy.script_text import ScriptText

_MODULE: Final = "request"
_NAMED: Final = re.compile(rf"([\w$]+)\s*=\s*require\(\s*['\"`]{_MODULE}(?:@[^'\"`]*)?['\"`]\s*\)")
_JSON: Final = re.compile(r"(?<![\w$])json(?![\w$])")
_JSON_QUOTED: Final = re.compile(r"(['\"`])json\1\s*[:\]]")
_VERB: Final = r"(?:\s*\.\s*(?:get|post|put|patch|del|delete))?\s*\("
_CALLBACK: Final = re.compile(
    r"(?:\bfunction\b\s*[\w$]*\s*)?\(\s*[\w$]+\s*,\s*[\w$]+\s*,\s*([\w$]+)\s*\)\s*(?:=>|\{)"
)
_OF_TEXT: Final = frozenset(
    {
        *("length", "toString", "trim", "slice", "substring", "substr", "indexOf", "lastIndexOf"),
        *("split", "replace", "replaceAll", "includes", "match", "matchAll", "search", "charAt"),
        *("charCodeAt", "startsWith", "endsWith", "toLowerCase", "toUpperCase", "concat", "at"),
    }
)
"""What texts have, too."""


def texts(text: ScriptText, _around: Around) -> Iterator[Note]:
    """Tell where the body of an answer is read as an object and nobody has parsed it."""
    if _JSON.search(text.bare) or _JSON_QUOTED.search(text.code):
        return
    names = {_MODULE, *_NAMED.findall(text.code)}
    called = "|".join(map(re.escape, sorted(names)))
    for call in re.finditer(rf"(?<![\w$.])(?:{called}){_VERB}", text.bare):
        inside = text.bare[call.end() : _closed(text.bare, call.end())]
        if callback := _CALLBACK.search(inside):
            yield from _read(text, callback[1], inside, callback.end(), call.end())


def _read(text: ScriptText, body: str, inside: str, start: int, offset: int) -> Iterator[Note]:
    name = rf"(?<![\w$.]){re.escape(body)}"
    if re.search(rf"JSON\s*\.\s*parse\s*\(\s*{name}\b|{name}\s*=(?!=)", inside):
        return
    for match in re.finditer(rf"{name}\s*\??\.\s*([\w$]+)", inside[start:]):
        if match[1] not in _OF_TEXT:
            told = (
                f"reads {body}.{match[1]}, and {body} is a text, as it seems: "
                f"ask with json: true, or read JSON.parse({body})"
            )
            yield Note("hint", "text", text.line(offset + start + match.start()), told)
            return


def claims(text: ScriptText, _around: Around) -> Iterator[Note]:
    """Tell of claims that are set and that no token takes over."""
    context = re.escape(name_of(text, 1, "context"))
    for match in re.finditer(
        rf"(?<![\w$.]){context}\s*\.\s*(accessToken|idToken)\s*"
        r"(?:\.\s*([\w$]+)|\[\s*(['\"`])( *)\3\s*\])\s*=(?![=>])",
        text.bare,
    ):
        token, claim = match[1], match[2] or text.code[match.start(4) : match.end(4)]
        is_grant = (token, claim) == ("accessToken", "scope")
        if not is_grant and claim not in rule_claims.custom({claim: True}):
            told = f"sets {claim} of {match[1]}, which is left out: no token takes it from a rule"
            yield Note("hint", "claim", text.line(match.start()), told)


def _closed(text: str, start: int) -> int:
    """Return where the parenthesis is closed that was opened before; the end when nowhere."""
    depth = 1
    for match in re.finditer(r"[()]", text[start:]):
        depth += 1 if match[0] == "(" else -1
        if depth == 0:
            return start + match.start()
    return len(text)
