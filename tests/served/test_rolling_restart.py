"""Restarts that nobody notices: worker by worker, and node by node behind a load balancer (D8)."""

import os
import signal
import ssl
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Final, Self

import httpx
import pytest

from tests.served.asks import TOKEN, machine, trust, wait_until
from tests.served.house import STEADY, serving, two_processes
from tests.support.fleet import Fleet
from tests.support.served import Served

ASKERS: Final = 4
BETWEEN_ASKS_S: Final = 0.02
WITHIN_S: Final = 30
DRAIN_S: Final = 2.0
"""Twenty looks of the load balancer, which a loaded machine may delay."""


class Load:
    """Machines that ask without a pause: half keep their connection, half open one each time."""

    def __init__(self, served: Served) -> None:
        self.answered = 0
        self.refused: list[str] = []
        self._served = served
        self._trust = trust(served)
        self._done = threading.Event()
        self._threads = [
            threading.Thread(target=self._ask, args=(number % 2 == 0,)) for number in range(ASKERS)
        ]

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        self.go_on()
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()
        for thread in self._threads:
            thread.join()

    def go_on(self) -> None:
        """Wait until more has been answered."""
        enough = self.answered + 5 * ASKERS
        wait_until(lambda: self.answered >= enough or self.refused, WITHIN_S)

    def _ask(self, keep: bool) -> None:  # noqa: FBT001  a thread takes no names
        headers = {} if keep else {"connection": "close"}
        with _client(self._served, self._trust) as client:
            while not self._done.wait(BETWEEN_ASKS_S):
                try:
                    answer = client.post(TOKEN, data=machine(STEADY), headers=headers)
                except httpx.TransportError as error:
                    self.refused.append(repr(error))
                    continue
                if answer.status_code != 200:
                    self.refused.append(answer.text)
                self.answered += 1


def _client(served: Served, trusted: ssl.SSLContext) -> httpx.Client:
    return httpx.Client(base_url=served.base_url, verify=trusted, trust_env=False, timeout=30)


def test_workers_are_replaced_without_a_refused_request(tmp_path: Path) -> None:
    """SIGHUP: a new worker serves before an old one ends; no request is lost. Ctrl-C is instant.

    Neither waits for a load balancer.
    """
    with serving(tmp_path / "data", "", "--workers", "2", settings={"drain_s": 60}) as served:
        wait_until(lambda: "Ready: " in served.output(), WITHIN_S)
        before = _workers_of(served)
        with Load(served) as load:
            os.kill(served.pid, signal.SIGHUP)
            wait_until(lambda: len(_workers_of(served) - before) == 2, WITHIN_S)
            wait_until(lambda: not _workers_of(served) & before, WITHIN_S)
            load.go_on()
        os.killpg(served.pid, signal.SIGINT)
        status = served.wait()

    assert [] == load.refused
    assert 2 == len(before)
    assert 0 == status


def test_server_that_is_alone_goes_on_after_sighup(house: Served) -> None:
    """`systemctl reload` of one process does not end it, and the log says that it did nothing."""
    os.kill(house.pid, signal.SIGHUP)
    wait_until(lambda: '"restart_ignored"' in house.output(), WITHIN_S)

    assert '"restart_ignored"' in house.output()
    assert 200 == node_status(house, "/readyz")


@pytest.fixture(scope="module", params=["postgres"])
def fleet(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Fleet]:
    """Two nodes that say when they leave before they do."""
    folder = tmp_path_factory.mktemp("fleet")
    with two_processes(request, folder, {"drain_s": DRAIN_S}) as served:
        assert isinstance(served, Fleet)
        yield served


def test_nodes_are_restarted_without_a_refused_request(fleet: Fleet) -> None:
    """Each node in turn is stopped and started; the load balancer always finds the other one."""
    with Load(fleet) as load:
        for node in fleet.nodes:
            wait_until(lambda: fleet.up() == 2, WITHIN_S)
            node.stop()
            load.go_on()
            node.start()

    assert [] == load.refused


def test_node_that_leaves_says_so_first_and_answers_meanwhile(fleet: Fleet) -> None:
    """After SIGTERM /readyz is 503 and /livez 200; asks are answered, and end their connection."""
    node = fleet.nodes[0]
    with node.client() as kept, node.client() as probe:
        before = kept.post(TOKEN, data=machine(STEADY))
        stayed = probe.get("/readyz")
        os.kill(node.pid, signal.SIGTERM)
        wait_until(lambda: node_status(node, "/readyz") == 503, DRAIN_S)
        last = kept.post(TOKEN, data=machine(STEADY))
        new = [node_status(node, "/livez"), node_status(node, "/health")]
    status = node.wait()
    node.start()

    assert (200, 200) == (before.status_code, stayed.status_code)
    assert "connection" not in before.headers
    assert (200, "close") == (last.status_code, last.headers["connection"])
    assert [200, 200] == new
    assert 0 == status


def node_status(node: Served, path: str) -> int:
    """Return the status of a GET over a new connection."""
    with node.client() as client:
        return client.get(path).status_code


def _workers_of(served: Served) -> set[int]:
    """Return the worker processes; spawned ones are told from the tracker of resources."""
    found = set()
    for thread in Path(f"/proc/{served.pid}/task").iterdir():
        for pid in (thread / "children").read_text(encoding="utf-8").split():
            if b"spawn_main" in Path(f"/proc/{pid}/cmdline").read_bytes():
                found.add(int(pid))
    return found
