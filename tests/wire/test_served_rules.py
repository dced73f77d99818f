"""Every golden of a rule, asked over a socket of the server that operators start."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Final

import pytest
import pytest_asyncio

from gateword.rules.engine import QuickJsEngine
from tests.support.on_a_socket import Socket, a_socket
from tests.wire.play import played

GOLDENS: Final = Path(__file__).parent / "golden"
RULES: Final = {
    path.stem: path.read_text(encoding="utf-8") for path in GOLDENS.glob("rules.*.http")
}
LEAST: Final = 60
"""Rules that were written for the purpose."""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def at() -> AsyncIterator[Socket]:
    """A socket with a server behind it."""
    async with a_socket() as here:
        yield here


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize("name", sorted(RULES))
async def test_rule_runs_on_a_served_instance(
    name: str, world: Path, tmp_path: Path, scripts: QuickJsEngine, at: Socket
) -> None:
    """What a tenant's rule does is the same over a socket, through a real process of scripts."""
    assert RULES[name] == await played(RULES[name], tmp_path, world, scripts=scripts, at=at)


def test_rules_were_written_for_each_kind() -> None:
    """Every section of the specification that says what rules may do has rules, sixty in all."""
    sources = [text.splitlines()[0] for text in RULES.values()]

    assert len(RULES) >= LEAST
    for section in ("§2", "§3", "§4", "§5", "§6", "§7", "§8"):
        assert any(section in source for source in sources), section
