from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.support.house import House, a_house


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    """A house with one empty tenant, on real stores and the cheapest hash."""
    async with a_house(tmp_path) as house:
        yield house
