"""Every way in which the Management API and the users' own doors say no is shown by a golden."""

import json
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final

import pytest

from gateword.domain.account_refusal import AccountRefusal
from gateword.domain.management_refusal import ManagementRefusal
from gateword.domain.refused import RefusalTable
from tests.support.golden import parse

GOLDENS: Final = Path(__file__).parent / "golden"

WITHOUT_GOLDEN: Final[Mapping[RefusalTable, str]] = {
    ManagementRefusal.TOO_MANY_REQUESTS: "takes many calls (test_management_limits.py)",
    ManagementRefusal.SEARCH_TOO_SLOW: "takes a second (tests/engines/test_user_search.py)",
    ManagementRefusal.SCRIPTS_BUSY: "takes many scripts (test_rule_trials.py)",
}
"""Rows that a file cannot show, each with the reason and the test that shows them."""

_NAME: Final = re.compile(r"\\\{\w+\\\}")


def _answers() -> list[tuple[int, Mapping[str, object]]]:
    """Return status and body of every refusal in the goldens."""
    found = []
    for path in sorted(GOLDENS.glob("*.http")):
        for step in parse(path.read_text(encoding="utf-8")).steps:
            if step.answer is None or not step.answer.text.startswith("{"):
                continue
            status = int(step.answer.first.split()[1])
            body = json.loads(re.sub(r":(\{\{[^{}]+\}\})", r':"\1"', step.answer.text))
            found.append((status, body))
    return found


ANSWERS: Final = _answers()


def _is_shown(row: RefusalTable, members: tuple[str, str], others: Iterable[RefusalTable]) -> bool:
    """Say whether an answer has the row's status, code and text, and is no other row's."""
    code, text = members
    return any(
        status == row.row.status
        and body.get(code, "") == row.row.error
        and text in body
        and row is _best(str(body[text]), [row, *others])
        for status, body in ANSWERS
    )


def _best(text: str, rows: Iterable[RefusalTable]) -> RefusalTable | None:
    """Return the row with the most words of its own, of those that could have said a text."""
    fitting = [row for row in rows if _pattern(row).fullmatch(text)]
    return max(fitting, key=lambda row: len(_NAME.sub("", _pattern(row).pattern)), default=None)


def _pattern(row: RefusalTable) -> re.Pattern[str]:
    return re.compile(_NAME.sub(".*", re.escape(row.row.description)), re.DOTALL)


def _alike(row: RefusalTable) -> list[RefusalTable]:
    """Return the other rows of a table with the same status and code."""
    return [
        other
        for other in type(row)
        if other is not row
        and (other.row.status, other.row.error) == (row.row.status, row.row.error)
    ]


@pytest.mark.parametrize("row", ManagementRefusal, ids=lambda row: row.name)
def test_refusal_of_the_management_api_has_a_golden_or_a_reason(row: ManagementRefusal) -> None:
    """Each row of the Management API's table is an answer in a golden, or says why it is not."""
    shown = _is_shown(row, ("errorCode", "message"), _alike(row))

    assert shown == (row not in WITHOUT_GOLDEN)


@pytest.mark.parametrize("row", AccountRefusal, ids=lambda row: row.name)
def test_refusal_at_a_users_door_has_a_golden_or_a_reason(row: AccountRefusal) -> None:
    """Each row of the table of `/dbconnections/…` is an answer in a golden, or says why not."""
    shapes = (("code", "description"), ("error", "error_description"))
    shown = any(_is_shown(row, members, _alike(row)) for members in shapes)

    assert shown == (row not in WITHOUT_GOLDEN)
