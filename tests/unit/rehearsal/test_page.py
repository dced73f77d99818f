"""The how-to page shows a rehearsal of this build."""

import re
from typing import Final

import pytest

from gateword.cli.rehearsal.scenarios import SCENARIOS
from gateword.cli.rehearsal.verdicts import Verdict
from scripts.attack_page import BEGIN, COLUMNS, END, PAGE, printed, with_printed

TEXT: Final = PAGE.read_text("utf-8")
ROW: Final = re.compile(r"^ *(\d+)   (\S*) +\S.*$", re.MULTILINE)


def rows() -> list[tuple[int, str]]:
    """Return number and scenario of each row of the table."""
    return [(int(number), name) for number, name in ROW.findall(printed(TEXT))]


def test_table_of_the_page_has_the_rows_of_this_build() -> None:
    """Who adds an attack runs `python -m scripts.attack_page`."""
    expected = [
        (one.name if number == 0 else "") for one in SCENARIOS for number in range(len(one.acts))
    ]
    assert list(enumerate(expected, 1)) == rows()


@pytest.mark.parametrize("attack", [act.attack for one in SCENARIOS for act in one.acts])
def test_table_of_the_page_has_the_words_of_this_build(attack: str) -> None:
    """Word by word, for the table wraps them."""
    shown = set(printed(TEXT).split())
    assert [] == [word for word in attack.split() if word not in shown]


@pytest.mark.parametrize("verdict", Verdict)
def test_page_says_what_each_verdict_means(verdict: Verdict) -> None:
    """And what to do about it."""
    assert f"| {verdict.word} | " in TEXT


def test_every_shield_held_where_the_page_was_made() -> None:
    """A page with a broken promise on it is not written."""
    assert "No promise was broken" in printed(TEXT)
    assert Verdict.BROKEN.meaning not in printed(TEXT)
    assert all(len(line) <= COLUMNS for line in printed(TEXT).splitlines())


def test_only_what_was_printed_is_replaced() -> None:
    """The words around it are people's."""
    page = f"before\n{BEGIN}old\n{END}after\n"
    assert f"before\n{BEGIN}```text\nnew\n\\1\n```\n{END}after\n" == with_printed(
        page, "\n\nnew  \n\\1\n"
    )
