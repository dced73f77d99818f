"""What every test can rely on: loopback only, real engines on request, an honest summary."""

import sqlite3
import sys
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Any, Final

import pytest
from hypothesis import settings

from tests.support import ran_against
from tests.support.postgres import PostgresServer
from tests.support.postgres import running as running_postgres
from tests.support.served import logs_of_running
from tests.support.valkey import ValkeyProcess
from tests.support.valkey import program as valkey_program
from tests.support.valkey import running as running_valkey

TESTS: Final = Path(__file__).resolve().parent
LOOPBACK: Final = frozenset({"localhost", "127.0.0.1", "::1", "0.0.0.0", "::", ""})

EXPECTED: Final = {
    "engines": ("SQLite", "PostgreSQL", "Valkey"),
    "served": ("Valkey", "HAProxy"),
    "compat": (
        "auth0-python",
        "npm auth0",
        "npm auth0-deploy-cli",
        "npm @auth0/auth0-auth-js",
        "npm express-oauth2-jwt-bearer",
        "auth0-api-python",
        "auth0-fastapi-api",
        "PyJWT",
    ),
    "browser": ("Chromium",),
}
"""What an area must have run against to count as whole."""

# One test may take seconds on a loaded machine; properties are about answers, not about time.
settings.register_profile("gateword", deadline=None, print_blob=True)
settings.load_profile("gateword")

_passed_areas: Final[set[str]] = set()


def _stay_home(event: str, arguments: tuple[object, ...]) -> None:
    if event != "socket.connect":
        return
    address = arguments[1]
    if isinstance(address, tuple) and str(address[0]) not in LOOPBACK:
        msg = f"A test tried to reach {address[0]}; tests talk to this machine only."
        raise RuntimeError(msg)


sys.addaudithook(_stay_home)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let `scripts/test` say which areas must have been there."""
    parser.addoption(
        "--require-areas",
        default="",
        help="comma-separated folders of tests/ of which at least one test must pass",
    )


def _area_of(item: pytest.Item) -> str:
    return item.path.relative_to(TESTS).parts[0]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Note which areas ran, and show what a served instance said when a test failed."""
    report = yield
    if report.when == "call" and report.passed:
        _passed_areas.add(_area_of(item))
    if report.failed:
        report.sections.extend(logs_of_running())
    # What one process of pytest-xdist tells the other is UTF-8, and a test may print what is not.
    report.sections[:] = [
        (title, text.encode(errors="backslashreplace").decode()) for title, text in report.sections
    ]
    return report


def _missing(config: pytest.Config) -> list[str]:
    required = [area for area in str(config.getoption("--require-areas")).split(",") if area]
    noted = ran_against.everything()
    missing = [f"area {area}" for area in required if area not in _passed_areas]
    missing += [name for area in required for name in EXPECTED.get(area, ()) if name not in noted]
    return missing


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """Fail a run in which something that had to be there was absent."""
    told = getattr(session.config, "workeroutput", None)
    if told is not None:  # one of several processes: the one that started them judges
        told["areas"] = sorted(_passed_areas)
        told["ran_against"] = ran_against.versions()
    elif exitstatus == pytest.ExitCode.OK and _missing(session.config):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any, error: object) -> None:
    """Gather what a process of pytest-xdist has run."""
    del error  # the run has failed by then
    told = getattr(node, "workeroutput", {})
    _passed_areas.update(told.get("areas", ()))
    for name, versions in told.get("ran_against", {}).items():
        for version in versions:
            ran_against.note(name, version)


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    """Say what the tests really ran against."""
    terminalreporter.section("ran against")
    terminalreporter.line(f"areas: {', '.join(sorted(_passed_areas)) or 'none'}")
    for name, version in ran_against.everything().items():
        terminalreporter.line(f"{name} {version}")
    for name in _missing(config):
        terminalreporter.line(f"ABSENT: {name}", red=True)


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """A running PostgreSQL, started on first use."""
    with running_postgres() as server:
        yield server


@pytest.fixture
def postgres_url(postgres: PostgresServer) -> Iterator[str]:
    """URL of an empty PostgreSQL database of one test."""
    with postgres.database() as url:
        yield url


@pytest.fixture(scope="session")
def valkey() -> Iterator[ValkeyProcess]:
    """A running Valkey or Redis; a desk without one skips, and the run is not whole."""
    found = valkey_program()
    if found is None:
        pytest.skip("neither valkey-server nor redis-server is installed")
    with running_valkey(found) as server:
        yield server


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """URL of a SQLite file of one test, which does not exist yet."""
    ran_against.note("SQLite", sqlite3.sqlite_version)
    return f"sqlite:///{tmp_path / 'gateword.db'}"
