"""PostgreSQL goes away and comes back: callers are told to come again, keys stay up (D2)."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from gateword.storage.cache import LOOK_AGAIN_S
from tests.served.asks import KEY_SET, TOKEN, login, machine, refresh, wait_until
from tests.served.house import CHEAP_HASHES, STEADY, serving
from tests.support import postgres
from tests.support.postgres import PostgresServer
from tests.support.served import Served

NOTICED_WITHIN_S = 5
BACK_WITHIN_S = 10
PUBLIC = (KEY_SET, "/.well-known/openid-configuration")


@pytest.fixture(scope="module")
def own_postgres() -> Iterator[PostgresServer]:
    """A PostgreSQL that no other test uses, because this file stops it."""
    with postgres.running() as server:
        yield server


@pytest.fixture(scope="module")
def served(
    own_postgres: PostgresServer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Served]:
    """A running instance on that database."""
    folder = tmp_path_factory.mktemp("orphan")
    with (
        own_postgres.database() as url,
        serving(folder, url, settings=CHEAP_HASHES) as instance,
    ):
        yield instance


@pytest.fixture
def orphan(own_postgres: PostgresServer, served: Served) -> Iterator[Served]:
    """The instance without its database, which went while everything worked."""
    assert [200, 200] == [status_of(served, path) for path in PUBLIC]
    own_postgres.stop()
    try:
        yield served
    finally:
        own_postgres.start()
        wait_until(lambda: _logs_in(served), BACK_WITHIN_S)


def status_of(served: Served, path: str) -> int:
    """Return the status of a GET."""
    with served.client() as client:
        return client.get(path).status_code


def test_asks_when_the_database_is_away_are_told_to_come_again(orphan: Served) -> None:
    """Every grant is answered 503 with a short Retry-After, and nothing of the inside shows."""
    forms = (login(STEADY), refresh(STEADY, "v1.unknown"), machine(STEADY))
    with orphan.client() as client, ThreadPoolExecutor() as threads:  # each waits for two seconds
        answers = list(threads.map(lambda form: client.post(TOKEN, data=form), forms))

    assert [503] * len(forms) == [answer.status_code for answer in answers]
    assert {"temporarily_unavailable"} == {answer.json()["error"] for answer in answers}
    assert all(int(answer.headers["retry-after"]) in (1, 2) for answer in answers)
    assert all("postgres" not in answer.text.lower() for answer in answers)


def test_health_when_the_database_is_away_is_503(orphan: Served) -> None:
    """A load balancer sees it; the process itself lives on."""
    wait_until(lambda: status_of(orphan, "/health") == 503, NOTICED_WITHIN_S)

    assert 503 == status_of(orphan, "/health")


def test_keys_when_the_database_is_away_are_still_served(orphan: Served) -> None:
    """APIs go on verifying tokens: what was known of the keys stays published."""
    wait_until(lambda: status_of(orphan, "/health") == 503, NOTICED_WITHIN_S)

    assert {200} == _seen_of_public(orphan)


def test_server_when_the_database_is_back_recovers(
    orphan: Served, own_postgres: PostgresServer
) -> None:
    """No restart is needed."""
    wait_until(lambda: status_of(orphan, "/health") == 503, NOTICED_WITHIN_S)

    own_postgres.start()

    wait_until(lambda: _logs_in(orphan), BACK_WITHIN_S)
    assert 200 == status_of(orphan, "/health")


def test_asks_when_the_database_stands_still_are_told_to_come_again(
    served: Served, own_postgres: PostgresServer
) -> None:
    """Connections that stay open and say nothing are given up, and keys do not wait for that."""
    forms = (login(STEADY), refresh(STEADY, "v1.unknown"), machine(STEADY))
    assert {200} == {status_of(served, path) for path in PUBLIC}
    with served.client() as client, ThreadPoolExecutor() as threads:
        own_postgres.freeze()
        try:
            asked = [threads.submit(client.post, TOKEN, data=form) for form in forms]
            wait_until(lambda: status_of(served, "/health") == 503, NOTICED_WITHIN_S)
            public = _seen_of_public(served)
            answers = [one.result() for one in asked]
        finally:
            own_postgres.thaw()
    wait_until(lambda: _logs_in(served), BACK_WITHIN_S)

    assert {200} == public
    assert [503] * len(forms) == [answer.status_code for answer in answers]
    assert all(int(answer.headers["retry-after"]) in (1, 2) for answer in answers)


def _seen_of_public(served: Served) -> set[int]:
    """Return how the public documents are answered, over some looks at what they are made of."""
    stop_at_s = time.monotonic() + 3 * LOOK_AGAIN_S
    seen = set()
    while time.monotonic() < stop_at_s:
        seen |= {status_of(served, path) for path in PUBLIC}
    return seen


def _logs_in(served: Served) -> bool:
    with served.client() as client:
        answer: httpx.Response = client.post(TOKEN, data=login(STEADY))
    return answer.status_code == 200
