"""Events of the log survive `kill -9` on their way to a webhook: they come again."""

import json
import sqlite3
import threading
import time
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path
from typing import Final

import httpx

from gateword.settings import DATABASE_FILE
from tests.served.house import prepared
from tests.support.served import Served
from tests.support.webhook import Catcher, a_catcher

PATIENCE_S: Final = 30


def wait_until(holds: Callable[[], bool]) -> None:
    """Wait until something holds; a server that never gets there fails the test."""
    end_s = time.monotonic() + PATIENCE_S
    while not holds():
        assert time.monotonic() < end_s, "it never came"
        time.sleep(0.02)


def arrived(catcher: Catcher) -> list[list[str]]:
    """Return the log ids of each request."""
    return [[json.loads(line)["log_id"] for line in body.splitlines()] for body in catcher.bodies]


def logged(served: Served) -> list[str]:
    """Return the ids of the refused asks in the log, the oldest first."""
    lines = served.gateword("logs", "--type", "feccft", "--json", "-n", "100").splitlines()
    return [json.loads(line)["log_id"] for line in lines]


def a_stream(served: Served, url: str) -> None:
    """Stream refused asks to a webhook."""
    m2m = served.management
    with served.client() as client:
        token = client.post(
            "/oauth/token",
            data={
                "grant_type": "client_credentials",
                "client_id": m2m.client_id,
                "client_secret": m2m.client_secret,
                "audience": m2m.audience,
            },
        ).json()["access_token"]
        client.post(
            "/api/v2/log-streams",
            json={
                "name": "hook",
                "type": "http",
                "sink": {"httpEndpoint": url},
                "filters": [{"type": "category", "name": "auth.token_exchange.fail"}],
            },
            headers={"authorization": f"Bearer {token}"},
        ).raise_for_status()


def refused_asks(served: Served, number: int) -> None:
    """Ask for tokens that nobody gets; the server may die meanwhile."""
    with served.client() as client, suppress(httpx.TransportError):
        for _ in range(number):
            form = {"grant_type": "client_credentials", "client_id": "x", "client_secret": "y"}
            client.post("/oauth/token", data=form)


def claims_run_out(served: Served) -> None:
    """Let the time pass for which a dead process holds its streams."""
    with closing(sqlite3.connect(served.data / DATABASE_FILE)) as database, database:
        database.execute("UPDATE cursors SET claimed_until = NULL")


def kill_in_flight(served: Served, catcher: Catcher) -> list[str]:
    """Kill the server when a request has arrived and is not answered; return what it held."""
    killed = threading.Event()

    def kill() -> None:
        served.kill()
        killed.set()

    catcher.on_arrival = kill
    refused_asks(served, 5)
    assert killed.wait(PATIENCE_S), "nothing was sent"
    catcher.on_arrival = lambda: None
    return arrived(catcher)[-1]


def test_events_in_flight_at_a_kill_come_again(tmp_path: Path) -> None:
    """Killed between the send and the cursor, twice: every event arrives, none is lost."""
    served = prepared(tmp_path / "data", settings={"log_stream_private_hosts": True})
    with a_catcher() as catcher:
        served.start()
        try:
            a_stream(served, catcher.url)
            for _ in range(2):
                in_flight = kill_in_flight(served, catcher)
                before = len(catcher.bodies)
                claims_run_out(served)
                served.start()
                wait_until(lambda: len(catcher.bodies) > before)  # noqa: B023  ends in this round
                assert in_flight == arrived(catcher)[before][: len(in_flight)]
            refused_asks(served, 1)
            wait_until(lambda: logged(served)[-1] in arrived(catcher)[-1])
        finally:
            served.stop()
        every = [id_ for ids in arrived(catcher) for id_ in ids]

    assert logged(served) == sorted(set(every))
