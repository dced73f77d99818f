"""What an operator should know of the rules that run.

Rule: pure over what the stores hold. What rules want and do not find is told with all else that is
stored and does not act (`dormant`).
"""

from collections.abc import Iterator
from typing import Final

from gateword.policy import rule_document, rule_lint, script_settings
from gateword.policy.rule_note import Around
from gateword.provision.draft import RULES_CONFIG, Draft
from gateword.provision.finding import Finding

_TOLD_ELSEWHERE: Final = frozenset({"module", "auth0", "global"})


def findings(draft: Draft) -> Iterator[Finding]:
    """Return what there is to say of each enabled rule, in their order."""
    kept = draft.documents.get(script_settings.KIND, {}).get(script_settings.ID)
    around = Around(
        allowed_hosts=script_settings.settings(kept.document if kept else None).allowed_hosts,
        configuration=draft.documents.get(RULES_CONFIG, {}),
        domain=draft.tenant.domain,
    )
    rules = [one.document for one in draft.documents.get(rule_document.KIND, {}).values()]
    for rule in sorted(rules, key=rule_document.order_of):
        if rule["enabled"] is not True:
            continue
        for note in rule_lint.notes(str(rule["script"]), around):
            if note.code not in _TOLD_ELSEWHERE:
                where = f"line {note.line} " if note.line else ""
                yield Finding(
                    level=note.level, about=f"rule {rule['name']}", text=where + note.text
                )
