"""The README names a test for each promise, and the test says which promise it shows."""

import re
from pathlib import Path
from typing import Final

import pytest

ROOT: Final = Path(__file__).parents[2]
_NAMED: Final = re.compile(r"`(tests/[\w/]+\.py)` \(([A-Z]\d+(?:, [A-Z]\d+)*)\)")


def _named() -> list[tuple[str, str]]:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    return [(file, id_) for file, ids in _NAMED.findall(text) for id_ in ids.split(", ")]


def test_readme_names_tests() -> None:
    """There are promises, and each row of their table names a test."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    table = text.partition("| promise | shown by |")[2].partition("\n\n")[0].splitlines()[2:]

    assert len(table) >= 8
    assert [] == [row for row in table if not _NAMED.search(row)]


@pytest.mark.parametrize(("file", "id_"), _named())
def test_named_test_carries_the_promise(file: str, id_: str) -> None:
    """A test that is named is there, and speaks of that promise."""
    assert re.search(rf"\b{id_}\b", (ROOT / file).read_text(encoding="utf-8"))
