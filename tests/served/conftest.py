"""Instances that several tests share; each test leaves them usable."""

from collections.abc import Iterator

import pytest

from tests.served.house import CHEAP_HASHES, serving, two_processes
from tests.support.served import Served


@pytest.fixture(params=["sqlite", "postgres"])
def database_url(request: pytest.FixtureRequest) -> str:
    """What `--database-url` is on each engine in turn; empty for the SQLite file of the folder."""
    if request.param == "sqlite":
        return ""
    url: str = request.getfixturevalue("postgres_url")
    return url


@pytest.fixture(scope="session")
def workers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """Two workers on one SQLite file."""
    folder = tmp_path_factory.mktemp("workers")
    with serving(folder, "", "--workers", "2", settings=CHEAP_HASHES) as served:
        yield served


@pytest.fixture(scope="session", params=["sqlite", "postgres"])
def pair(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Served]:
    """Two workers on one SQLite file, then two nodes on one PostgreSQL."""
    if request.param == "sqlite":
        yield request.getfixturevalue("workers")
        return
    with two_processes(request, tmp_path_factory.mktemp("pair")) as served:
        yield served


@pytest.fixture(scope="session")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """One worker on SQLite that gives up on slow bodies quickly."""
    settings = {**CHEAP_HASHES, "body_timeout_s": 0.5}
    with serving(tmp_path_factory.mktemp("house"), settings=settings) as served:
        yield served
