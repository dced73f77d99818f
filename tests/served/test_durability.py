"""What was answered survives `kill -9` (promise D1)."""

import asyncio
import itertools
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import httpx

from gateword.app import opened
from gateword.settings import DATABASE_FILE
from tests.served.asks import TOKEN, login, machine, many, refresh
from tests.served.house import (
    CHEAP_HASHES,
    LENIENT,
    PEOPLE,
    STEADY,
    STRICT,
    Shop,
    prepared,
    settings_of,
)
from tests.support.served import Served

KILLS: Final = 2
ANSWERS_BEFORE_KILL: Final = 100
CUSTOMERS: Final = 8


@dataclass
class Held:
    """A refresh token somebody was answered.

    Attributes:
        former: The one it replaced, if it did.
        in_doubt: An exchange of it was sent and not answered.
    """

    shop: Shop
    token: str
    former: str | None = None
    in_doubt: bool = False


@dataclass
class Ledger:
    """What the outside knows: every answer it got."""

    held: list[Held] = field(default_factory=list)
    answered: set[str] = field(default_factory=set)
    numbers: Iterator[int] = field(default_factory=itertools.count)

    async def ask(self, client: httpx.AsyncClient, form: dict[str, str]) -> dict[str, str]:
        """Ask once under a name of its own, and note the answer."""
        name = f"ask/{next(self.numbers)}"
        answer = await client.post(TOKEN, data=form, headers={"user-agent": name})
        assert answer.status_code == 200, answer.text
        self.answered.add(name)
        body: dict[str, str] = answer.json()
        return body

    async def customer(self, client: httpx.AsyncClient, email: str) -> None:
        """Log in at each shop and use what comes of it, until the server is gone."""
        for shop in itertools.cycle((STEADY, LENIENT, STRICT)):
            body = await self.ask(client, login(shop, email))
            held = Held(shop, body["refresh_token"])
            self.held.append(held)
            for _ in range(2):
                held.in_doubt = True
                body = await self.ask(client, refresh(shop, held.token))
                held.in_doubt = False
                if "refresh_token" in body:
                    held.former, held.token = held.token, body["refresh_token"]
            await self.ask(client, machine(shop))


async def _trade_until_killed(served: Served, ledger: Ledger) -> None:
    enough = len(ledger.answered) + ANSWERS_BEFORE_KILL
    async with many(served, CUSTOMERS) as client:
        trades = [asyncio.create_task(ledger.customer(client, email)) for email in PEOPLE]
        while len(ledger.answered) < enough and not any(trade.done() for trade in trades):
            await asyncio.wait(trades, timeout=0.005)
        served.kill()
        for ended in await asyncio.gather(*trades, return_exceptions=True):
            assert isinstance(ended, httpx.TransportError), ended


async def _logged_names(served: Served) -> set[str]:
    names: set[str] = set()
    async with opened(settings_of(served)) as house:
        position = 0
        while events := await house.parts.stores.logs.read(after=position, limit=500):
            names |= {str(event.document["user_agent"]) for event in events}
            position = events[-1].position
    return names


def test_answers_when_killed_were_durable(tmp_path: Path, database_url: str) -> None:
    """Refresh tokens that were answered work after kill -9, and each answered ask is logged."""
    served = prepared(tmp_path / "data", database_url, CHEAP_HASHES)
    ledger = Ledger()
    try:
        for _ in range(KILLS):
            served.start()
            asyncio.run(_trade_until_killed(served, ledger))
        served.start()

        asyncio.run(_assert_tokens_work(served, ledger.held))
        assert set() == ledger.answered - asyncio.run(_logged_names(served))
    finally:
        served.stop()
    if not database_url:
        _assert_file_is_whole(served.data / DATABASE_FILE)


async def _assert_tokens_work(served: Served, held: list[Held]) -> None:
    """Present every token, and then the strict shop's used ones, which must be dead."""
    # Nobody can know whether an exchange that was not answered has used a strict token up.
    sure = [one for one in held if not (one.shop is STRICT and one.in_doubt)]
    used = [Held(STRICT, one.former) for one in sure if one.shop is STRICT and one.former]
    assert used
    async with many(served, CUSTOMERS) as client:
        assert [200] * len(sure) == await _presented(client, sure)
        assert [403] * len(used) == await _presented(client, used)


async def _presented(client: httpx.AsyncClient, held: list[Held]) -> list[int]:
    asked = (client.post(TOKEN, data=refresh(one.shop, one.token)) for one in held)
    return [answer.status_code for answer in await asyncio.gather(*asked)]


def _assert_file_is_whole(path: Path) -> None:
    with sqlite3.connect(path) as connection:
        assert [("ok",)] == connection.execute("PRAGMA integrity_check").fetchall()
        assert [] == connection.execute("PRAGMA foreign_key_check").fetchall()
    connection.close()
