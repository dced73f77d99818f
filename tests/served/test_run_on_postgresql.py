"""The page from nothing to two nodes behind a load balancer, its commands as they stand."""

import re
from pathlib import Path

import pytest

from tests.served.test_documents import ROOT, play
from tests.support import fleet

PAGE = "docs/how-to/run-on-postgresql.md"


def test_postgresql_page_restarts_two_nodes_behind_haproxy(
    tmp_path: Path, postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """From nothing to two nodes in under ten commands; each is restarted, and logins go on."""
    monkeypatch.setenv("DATABASE_URL", postgres_url)
    fleet.program()

    played = play(PAGE, tmp_path, ports=("8443", "8101", "8102"))

    assert 3 == played.text.count("Ready: ")
    [ready] = played.answers()
    assert {"ok"} == {ready.pop("status")}
    assert {"staying", "database", "tables", "keys"} == set(ready)
    lines = played.text.splitlines()
    assert ["200"] * 4 == [line for line in lines if len(line) == 3]
    assert ["node1 ended with 0", "node2 ended with 0"] == [one for one in lines if "ended" in one]
    assert [] == list(tmp_path.glob("*/*.sqlite3"))
    page = (ROOT / PAGE).read_text(encoding="utf-8")
    steps = page.partition("## See it work")[0]
    typed = re.sub(r"(<<END\n).*?^END\n", r"\1", steps, flags=re.DOTALL | re.MULTILINE)
    blocks = re.findall(r"^```(?:sh|console)\n(.*?)^```$", typed, re.DOTALL | re.MULTILINE)
    assert 9 == sum(len(block.splitlines()) for block in blocks)
