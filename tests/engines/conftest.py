"""Every suite of this folder runs on each engine."""

from collections.abc import AsyncIterator

import pytest

from tests.engines.house import Furnished, House, a_house


@pytest.fixture(params=["sqlite", "postgres"])
def url(request: pytest.FixtureRequest) -> str:
    """URL of an empty database on each engine in turn."""
    found: str = request.getfixturevalue(f"{request.param}_url")
    return found


@pytest.fixture
async def house(url: str) -> AsyncIterator[House]:
    """A tenant on each engine in turn."""
    async with a_house(url) as house:
        yield house


@pytest.fixture
async def furnished(house: House) -> Furnished:
    """A client, an API, a connection and a user of that tenant."""
    return await house.furnish()
