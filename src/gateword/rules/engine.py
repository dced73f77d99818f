"""Rules run by QuickJS in processes of their own (port `RuleEngine`).

Rule: what comes out of a process is a stranger's text. It is plain data of a known shape, or it is
a fault.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from gateword.domain.refusal import Refusal
from gateword.domain.refused import Refused
from gateword.domain.rule import Fault, Rule, RuleFault, RuleResult
from gateword.domain.secret import Secret
from gateword.rules.workers import Overloaded, Workers

BUDGET_S: Final = 20.0
"""All rules of a login together (Auth0: "Rules", limits)."""

MOST_MESSAGE_CHARS: Final = 1024
_DEEPEST: Final = 64
_MOST_LINES: Final = 100
_MOST_LINE_CHARS: Final = 1000
_NO_OBJECT: Final = "The rules did not return a user and a context"
_FAULTS: Final = frozenset(fault.value for fault in Fault)


class QuickJsRules:
    """Runs rules; starts no process before the first one.

    Args:
        count: Processes at most.
    """

    def __init__(self, count: int) -> None:
        self._workers = Workers(count)

    async def run(
        self,
        rules: Sequence[Rule],
        *,
        tenant: str,
        configuration: Mapping[str, Secret],
        user: Mapping[str, object],
        context: Mapping[str, object],
    ) -> RuleResult:
        asked = {
            "scripts": [{"id": rule.id, "script": rule.script} for rule in rules],
            "configuration": {key: value.reveal() for key, value in configuration.items()},
            "user": user,
            "context": context,
        }
        try:
            came = await self._workers.run(asked, BUDGET_S, tenant)
        except Overloaded:
            raise Refused(Refusal.RULES_BUSY, retry_after_s=1) from None
        return _result(came, {rule.id: rule for rule in rules})

    async def close(self) -> None:
        await self._workers.close()


def _result(came: Any, rules: Mapping[str, Rule]) -> RuleResult:
    if not isinstance(came, dict) or not _is_flat(came):
        came = {}
    came = _whole(came)
    console = tuple(_lines(came.get("log"), rules))
    error, user, context = came.get("error"), came.get("user"), came.get("context")
    if error is None and isinstance(user, dict) and isinstance(context, dict):
        return RuleResult(user=user, context=context, console=console)
    return RuleResult(fault=_fault(error, rules.get(str(came.get("rule")))), console=console)


def _fault(error: Any, rule: Rule | None) -> RuleFault:
    if not isinstance(error, dict) or error.get("kind") not in _FAULTS:
        return RuleFault(Fault.LIMIT, _NO_OBJECT, rule)
    kind, message = Fault(error["kind"]), _plain(str(error.get("message"))[:MOST_MESSAGE_CHARS])
    if kind is Fault.COMPILE and rule is not None:
        message = f"Rule {rule.name} failed to compile: {message}"
    return RuleFault(kind, message[:MOST_MESSAGE_CHARS], rule)


def _lines(log: Any, rules: Mapping[str, Rule]) -> Iterator[str]:
    for line in log[:_MOST_LINES] if isinstance(log, list) else ():
        if isinstance(line, dict):
            rule = rules.get(str(line.get("rule")))
            text = _plain(str(line.get("text"))[:_MOST_LINE_CHARS])
            yield f"rule {rule.name if rule else '?'}: {text}"


def _is_flat(value: Any) -> bool:
    """Say whether JSON is nested no deeper than anybody after us can bear."""
    level = [value]
    for _ in range(_DEEPEST):
        level = [
            inner
            for one in level
            if isinstance(one, dict | list)
            for inner in (one.values() if isinstance(one, dict) else one)
        ]
        if not level:
            return True
    return False


def _whole(value: Any) -> Any:
    """Return JSON without halves of surrogate pairs, which nobody could write down."""
    text = json.dumps(value, ensure_ascii=False)
    try:
        text.encode()
    except UnicodeEncodeError:
        return json.loads(text.encode("utf-8", "replace"))
    return value


def _plain(text: str) -> str:
    """Return a text without control characters, and without halves of surrogate pairs."""
    text = text.encode("utf-8", "replace").decode()
    return "".join(char if char.isprintable() else " " for char in text)
