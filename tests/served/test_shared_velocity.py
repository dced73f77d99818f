"""Server processes share velocity through Valkey, and serve without it (promise D3)."""

import asyncio
import itertools
import json
import subprocess
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import httpx
import pytest

from gateword.app import opened
from gateword.policy import attack_protection, protection_extras
from gateword.storage.attempt_memory import REMEMBERED_S
from gateword.storage.valkey_outage import AWAY, BACK
from gateword.storage.valkey_server import AGAIN_S
from tests.served.asks import TOKEN, at_once, login
from tests.served.house import (
    CHEAP_HASHES,
    PASSWORD,
    PEOPLE,
    STEADY,
    serving,
    settings_of,
    two_processes,
)
from tests.support import valkey as servers
from tests.support.protection import protect
from tests.support.served import GATEWORD, Served, initialised
from tests.support.valkey import ValkeyProcess

GUESSES: Final = 40
_NUMBERS: Final = itertools.count(1)
MAY_FAIL: Final = 6
SEEN_AFTER_S: Final = 1.0
THROTTLED: Final = (
    "We have detected suspicious login behavior and further attempts will be blocked. "
    "Please contact the administrator."
)


@pytest.fixture(scope="module")
def own_valkey(valkey: ValkeyProcess) -> Iterator[ValkeyProcess]:
    """A server that no other file uses, because this one stops it."""
    with servers.running(valkey.program) as server:
        yield server


@pytest.fixture(scope="module", params=["postgres"])
def nodes(
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
    own_valkey: ValkeyProcess,
) -> Iterator[Served]:
    """Two nodes that let few logins of one address fail, and count them in Valkey."""
    folder = tmp_path_factory.mktemp("shared")
    settings = {**CHEAP_HASHES, "valkey_url": own_valkey.url}
    with two_processes(request, folder, settings, protected=True) as served:
        asyncio.run(_throttle(served))
        yield served


@pytest.fixture
def throttled(nodes: Served, own_valkey: ValkeyProcess) -> Served:
    """The same, of which nobody has tried anything."""
    forget(own_valkey)
    return nodes


def forget(server: ValkeyProcess) -> None:
    """Make everybody who was refused welcome again, at either node."""
    with server.asked() as client:
        client.flushall()
    time.sleep(REMEMBERED_S)


async def _throttle(served: Served) -> None:
    """Let few logins of an address fail, and one of an account."""
    name = attack_protection.SUSPICIOUS_IP
    stage = attack_protection.DEFAULTS[name]["stage"]
    assert isinstance(stage, dict)
    few = {**stage, "pre-login": {"max_attempts": MAY_FAIL, "rate": 86_400_000}}
    async with opened(settings_of(served)) as house:
        at = house.parts.clock.now()
        await protect(house.parts, name, at, stage=few)
        await protect(house.parts, attack_protection.BRUTE_FORCE, at, max_attempts=1)
        await protect(house.parts, protection_extras.EXTRAS, at, distinct_identifiers=0)
    await asyncio.sleep(SEEN_AFTER_S)


async def _guess(served: Served, times: int) -> list[httpx.Response]:
    """Try a password for one name of nobody after another, all at once, at either node."""
    names = [f"nobody{next(_NUMBERS)}@example.com" for _ in range(times)]
    return await at_once(served, [login(STEADY, name, "wrong") for name in names])


def ask(served: Served, email: str, password: str) -> httpx.Response:
    """Log in over a connection of its own, so that either node may answer."""
    with served.client() as client:
        return client.post(TOKEN, data=login(STEADY, email, password))


async def _warnings(served: Served) -> list[str]:
    async with opened(settings_of(served)) as house:
        rows: list[Any] = [*await house.parts.stores.logs.read(after=0, limit=1000, code="w")]
    return [row.document["description"] for row in rows]


def test_two_nodes_share_the_budget_of_an_address(
    throttled: Served, own_valkey: ValkeyProcess
) -> None:
    """Of 40 parallel wrong logins over both as many are evaluated as the address has tokens."""
    answers = asyncio.run(_guess(throttled, GUESSES))
    refused = [one for one in answers if one.status_code == 429]
    with own_valkey.asked() as client:
        kept = [key.decode() for key in client.keys("gateword:{*}:bucket:login:*")]

    assert {403: MAY_FAIL, 429: GUESSES - MAY_FAIL} == Counter(one.status_code for one in answers)
    assert {THROTTLED} == {one.json()["error_description"] for one in refused}
    assert 1 == len(kept)


def test_logins_go_on_while_valkey_is_away_and_counting_when_it_is_back(
    throttled: Served, own_valkey: ValkeyProcess
) -> None:
    """The address is let in meanwhile, a blocked account is not, and the log tells of both ends."""
    wrong = ask(throttled, PEOPLE[0], "wrong").status_code
    asyncio.run(_guess(throttled, GUESSES))
    shut = ask(throttled, PEOPLE[1], PASSWORD).status_code
    own_valkey.stop()
    time.sleep(REMEMBERED_S)  # each node remembers by itself whom it refused
    open_ = [ask(throttled, PEOPLE[2], PASSWORD).status_code for _ in range(8)]
    blocked = ask(throttled, PEOPLE[0], PASSWORD).status_code
    own_valkey.start()
    time.sleep(AGAIN_S)
    asyncio.run(_guess(throttled, GUESSES))  # the first of each node notices, the others go on
    forget(own_valkey)
    again = Counter(one.status_code for one in asyncio.run(_guess(throttled, GUESSES)))

    assert (403, 429) == (wrong, shut)
    assert [200] * 8 == open_
    assert 429 == blocked
    assert {403: MAY_FAIL, 429: GUESSES - MAY_FAIL} == again
    assert {AWAY: 1, BACK: 1} == Counter(asyncio.run(_warnings(throttled)))


def test_server_starts_without_valkey_and_says_so(
    tmp_path: Path, own_valkey: ValkeyProcess
) -> None:
    """An unreachable server delays the start by nothing worth naming; the process log has it.

    Who would lift the block of an address then is told that it cannot be done now.
    """
    settings = {**CHEAP_HASHES, "valkey_url": f"{own_valkey.url}-nobody"}
    with serving(tmp_path / "data", settings=settings, protected=True) as served:
        status = ask(served, PEOPLE[0], PASSWORD).status_code
        lines = [json.loads(line) for line in served.output().splitlines() if line[:1] == "{"]
        lifted = subprocess.run(
            [str(GATEWORD), "blocks", "lift", "--ip", "192.0.2.1", "--data", str(served.data)],
            capture_output=True,
            text=True,
            timeout=30,
            check=False,
        )

    assert 200 == status
    assert 1 == lifted.returncode
    assert "Valkey" in lifted.stderr
    assert "" == lifted.stdout
    assert "valkey_away" in [line["event"] for line in lines]


def test_server_does_not_start_with_a_url_that_cannot_be_read(tmp_path: Path) -> None:
    """The message says which setting, and holds no piece of the password."""
    served = initialised(tmp_path / "data")
    url = "valkey://gateword:hu/sh@cache.example:6379"
    (served.data / "gateword.toml").write_text(f'valkey_url = "{url}"\n', encoding="utf-8")
    done = subprocess.run(
        [str(GATEWORD), "serve", "--data", str(served.data)],
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )

    assert 2 == done.returncode
    assert "valkey_url is no address such as" in done.stderr
    assert "hu" not in done.stderr
