"""Every golden is played; every refusal and every outcome of the specification has one."""

from pathlib import Path
from typing import Final

import pytest

from gateword.domain.refusal import Refusal
from tests.support.golden import parse
from tests.wire import outcomes
from tests.wire.play import played

GOLDENS: Final = sorted((Path(__file__).parent / "golden").glob("*.http"))
TEXTS: Final = {path.stem: path.read_text(encoding="utf-8") for path in GOLDENS}
READ: Final = {name: parse(text) for name, text in TEXTS.items()}

WITHOUT_GOLDEN: Final = {
    Refusal.CLIENT_GONE: "nobody is there to answer: only the log has it (test_load.py)",
    Refusal.BODY_TOO_SLOW: "takes a body that stops half-way (test_load.py)",
    Refusal.REALM_UNREACHABLE: "no realm that can be unreachable is built yet (test_load.py)",
}
"""Refusals that a request and its answer in a file cannot show, each with the reason."""


@pytest.mark.parametrize("name", TEXTS)
async def test_answer_is_the_recorded_one(name: str, world: Path, tmp_path: Path) -> None:
    """Status, headers, body, decoded tokens and log rows are those of the golden, byte for byte."""
    assert TEXTS[name] == await played(TEXTS[name], tmp_path, world)


def test_golden_names_its_source() -> None:
    """Each golden says where its wire form comes from."""
    assert [] == [name for name, golden in READ.items() if len(golden.said("source")) != 1]


def test_refusal_has_a_golden_or_a_reason() -> None:
    """Every row of the table of refusals is shown by a golden, or says why none can show it."""
    shown = {name for golden in READ.values() for name in golden.said("refusal")}

    assert {one.name for one in Refusal if one not in WITHOUT_GOLDEN} == shown


@pytest.mark.parametrize("name", TEXTS)
def test_golden_shows_the_refusals_it_names(name: str) -> None:
    """A refusal that a golden names is answered in it with the status and error of its row."""
    answers = [
        f"{step.answer.first} {step.answer.text}" for step in READ[name].steps if step.answer
    ]
    for refusal in READ[name].said("refusal"):
        row = Refusal[refusal].row
        said = [one for one in answers if one.startswith(_status_line(row.status, name))]
        text = row.description.partition("{")[0]

        assert said
        assert any(text in one.replace('\\"', '"') or one.endswith(" ") for one in said)


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
