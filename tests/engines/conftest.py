"""Every suite of this folder runs on each engine."""

from collections.abc import AsyncIterator, Iterator

import pytest

from tests.engines.house import Furnished, House, a_house
from tests.support.postgres import PostgresServer


@pytest.fixture(scope="session")
def shared_postgres_url(postgres: PostgresServer) -> Iterator[str]:
    """URL of one PostgreSQL database in which each test has a tenant of its own."""
    with postgres.database() as url:
        yield url


@pytest.fixture(params=["sqlite", "postgres"])
def url(request: pytest.FixtureRequest) -> str:
    """URL of an empty database on each engine in turn."""
    found: str = request.getfixturevalue(f"{request.param}_url")
    return found


@pytest.fixture(params=["sqlite_url", "shared_postgres_url"], ids=["sqlite", "postgres"])
async def house(request: pytest.FixtureRequest) -> AsyncIterator[House]:
    """A new tenant on each engine in turn."""
    async with a_house(request.getfixturevalue(request.param)) as house:
        yield house


@pytest.fixture
async def postgres_house(shared_postgres_url: str) -> AsyncIterator[House]:
    """A new tenant on PostgreSQL, where transactions meet each other."""
    async with a_house(shared_postgres_url) as house:
        yield house


@pytest.fixture
async def furnished(house: House) -> Furnished:
    """A client, an API, a connection and a user of that tenant."""
    return await house.furnish()
