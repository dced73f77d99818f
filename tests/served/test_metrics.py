"""Two workers tell of themselves as one (`/metrics`), and the page that says so works."""

import time

import httpx
from prometheus_client.parser import text_string_to_metric_families

from tests.served.asks import TOKEN, login
from tests.served.house import PASSWORD_REALM, STRICT
from tests.support.served import Served

ASKS = 12
SEEN_WITHIN_S = 5.0


def scraped(served: Served) -> dict[str, dict[tuple[str, ...], float]]:
    """Return the series of one scrape, over a connection of its own: either worker answers."""
    with served.client() as client:
        text = client.get("/metrics").text
    found: dict[str, dict[tuple[str, ...], float]] = {}
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            found.setdefault(sample.name, {})[tuple(sample.labels.values())] = sample.value
    return found


def granted(served: Served) -> float:
    """Return how many password grants ended well, as one scrape tells."""
    return scraped(served).get("gateword_grants_total", {}).get((PASSWORD_REALM, "ok"), 0.0)


def ask(served: Served) -> httpx.Response:
    """Log in over a connection of its own."""
    with served.client() as client:
        return client.post(TOKEN, data=login(STRICT))


def test_numbers_of_all_workers_are_one(workers: Served) -> None:
    """Whichever worker answers a scrape, it tells what all of them counted."""
    before = granted(workers)
    statuses = {ask(workers).status_code for _ in range(ASKS)}
    deadline = time.monotonic() + SEEN_WITHIN_S
    seen: set[float] = set()
    while seen != {before + ASKS} and time.monotonic() < deadline:
        seen = {granted(workers) for _ in range(4)}

    assert {200} == statuses
    assert {before + ASKS} == seen


def test_processes_are_told_apart(workers: Served) -> None:
    """Memory is of each worker, by its process id."""
    deadline = time.monotonic() + SEEN_WITHIN_S
    memory: dict[tuple[str, ...], float] = {}
    while len(memory) != 2 and time.monotonic() < deadline:
        memory = scraped(workers)["process_resident_memory_bytes"]

    assert 2 == len(memory)
    assert all(value > 0 for value in memory.values())
