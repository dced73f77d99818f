"""Every golden is played; every refusal and every outcome of the specification has one."""

from pathlib import Path
from typing import Final

import pytest

from gateword.domain.account_refusal import AccountRefusal
from gateword.domain.management_refusal import ManagementRefusal
from gateword.domain.mfa_refusal import MfaRefusal
from gateword.domain.refusal import Refusal
from gateword.domain.refused import RefusalTable, Row
from gateword.rules.engine import QuickJsEngine
from tests.support.golden import parse
from tests.wire import outcomes
from tests.wire.play import played

GOLDENS: Final = sorted((Path(__file__).parent / "golden").glob("*.http"))
TEXTS: Final = {path.stem: path.read_text(encoding="utf-8") for path in GOLDENS}
READ: Final = {name: parse(text) for name, text in TEXTS.items()}

TABLES: Final[dict[type[RefusalTable], tuple[str, ...]]] = {
    Refusal: (),
    MfaRefusal: ("mfa.",),
    ManagementRefusal: ("management.",),
    AccountRefusal: ("doors.", "signup.", "change_password.", "dbconnections."),
}
"""Tables of refusals, and how the goldens of each face begin; test_management_refusals.py
sees to it that each row of the last two has one."""

WITHOUT_GOLDEN: Final = {
    Refusal.CLIENT_GONE: "nobody is there to answer: only the log has it (test_load.py)",
    Refusal.SCRIPTS_BUSY: "takes more logins than processes can take (test_rules.py)",
    Refusal.TRIES_UNDER_WAY: "takes tries that do not end (test_gate.py)",
    Refusal.BODY_TOO_SLOW: "takes a body that stops half-way (test_load.py)",
}
"""Refusals that a request and its answer in a file cannot show, each with the reason."""


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize("name", TEXTS)
async def test_answer_is_the_recorded_one(
    name: str, world: Path, tmp_path: Path, scripts: QuickJsEngine
) -> None:
    """Status, headers, body, decoded tokens and log rows are those of the golden, byte for byte."""
    assert TEXTS[name] == await played(TEXTS[name], tmp_path, world, scripts=scripts)


def test_golden_names_its_source() -> None:
    """Each golden says where its wire form comes from."""
    assert [] == [name for name, golden in READ.items() if len(golden.said("source")) != 1]


def test_refusal_has_a_golden_or_a_reason() -> None:
    """Every row of the tables of refusals is shown by a golden, or says why none can show it."""
    shown = {name for golden in READ.values() for name in golden.said("refusal")}
    rows = {one for table in (Refusal, MfaRefusal) for one in table}

    assert set() == {one.name for one in rows if one not in WITHOUT_GOLDEN} - shown
    assert shown <= {one.name for table in TABLES for one in table}


@pytest.mark.parametrize("name", TEXTS)
def test_golden_shows_the_refusals_it_names(name: str) -> None:
    """A refusal that a golden names is answered in it with the status and error of its row."""
    answers = [
        f"{step.answer.first} {step.answer.text}" for step in READ[name].steps if step.answer
    ]
    for refusal in READ[name].said("refusal"):
        row = _row(refusal, name)
        said = [one for one in answers if one.startswith(_status_line(row.status, name))]
        text = row.description.partition("{")[0]

        assert said
        assert any(text in one.replace('\\"', '"') or one.endswith(" ") for one in said)


def test_answer_that_says_later_says_when() -> None:
    """G5: each 429 and 503 carries `Retry-After` in whole seconds, one at least."""
    later = [
        (name, dict(step.answer.headers).get("retry-after", ""))
        for name, golden in READ.items()
        for step in golden.steps
        if step.answer and step.answer.first.split()[1] in {"429", "503"}
    ]

    assert len(later) > 30
    assert [] == [name for name, value in later if not value.isdecimal() or int(value) < 1]


def _row(refusal: str, golden: str) -> Row:
    """Return the row that a golden names: of its own face first, of the OAuth endpoints else."""
    tables = sorted(TABLES, key=lambda table: not golden.startswith(TABLES[table]))
    return next(table[refusal].row for table in tables if refusal in table.__members__)


def _status_line(status: int, golden: str) -> str:
    strict = "flag oauth_strict_status is on" in READ[golden].said("given")
    return f"HTTP/1.1 {400 if strict else status}"


def test_outcome_is_covered_or_not_yet_built() -> None:
    """Each row of the outcome tables has a golden or is listed as not built: never both."""
    sources = " ; ".join(text for golden in READ.values() for text in golden.said("source"))
    covered = {row for row in outcomes.ROWS if outcomes.is_named(row, sources)}
    missing = outcomes.not_yet_built()

    assert set(outcomes.ROWS) == covered | missing
    assert set() == covered & missing
