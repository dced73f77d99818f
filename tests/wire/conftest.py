"""A furnished house for each test, copied from one that is furnished once a session."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio

from gateword.rules.engine import QuickJsEngine
from tests.support.house import FILE, House, a_house
from tests.support.lent_scripts import an_engine
from tests.support.webhook import Catcher, a_catcher
from tests.wire.world import furnish


async def _furnished(folder: Path) -> None:
    async with a_house(folder) as house:
        await furnish(house)


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Database file of a furnished house."""
    folder = tmp_path_factory.mktemp("world")
    asyncio.run(_furnished(folder))
    return folder / FILE


@pytest.fixture
async def house(world: Path, tmp_path: Path) -> AsyncIterator[House]:
    """A house of one's own, furnished like every other."""
    async with a_house(tmp_path, world) as one:
        yield one


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def scripts() -> AsyncIterator[QuickJsEngine]:
    """An engine that the houses of a module share, if they share its loop."""
    async with an_engine() as one:
        yield one


@pytest.fixture
def catcher() -> Iterator[Catcher]:
    """A server that takes events."""
    with a_catcher() as caught:
        yield caught
