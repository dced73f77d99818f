"""After a fault: everything that was acknowledged is looked for."""

import asyncio
import random
import sqlite3
from collections.abc import Awaitable, Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from typing import Final

import httpx

from gateword.app import opened
from gateword.settings import DATABASE_FILE
from scripts.soak_ledger import (
    OK,
    REFUSED,
    TOO_MANY,
    WRONG,
    Held,
    Ledger,
    Person,
    Standing,
)
from tests.served.asks import TOKEN, login, many, refresh
from tests.served.house import STEADY, STRICT, settings_of
from tests.support.served import Served

AT_ONCE: Final = 8
MAX_ATTEMPTS: Final = 10
"""Wrong passwords of a name that are looked at, as a new tenant has it."""

STILL_SHUT: Final = 5
"""Blocked names that are looked at again after each fault."""

USED_ONES: Final = 4
"""Used tokens that are presented after each fault; each ends its family."""

ROWS: Final = 1000


@dataclass(slots=True)
class Audit:
    """Looks for what a ledger promises, first what is new, in the end for all."""

    served: Served
    ledger: Ledger
    held_seen: int = 0
    people_seen: int = 0
    log_position: int = 0
    logged: set[str] = field(default_factory=set)

    async def of_what_is_new(self) -> None:
        """Look for everything that was acknowledged since the last audit."""
        held = [one for one in self.ledger.held[self.held_seen :] if one.token]
        people = self.ledger.people[self.people_seen :]
        self.held_seen, self.people_seen = len(self.ledger.held), len(self.ledger.people)
        await self._look(held, people)

    async def of_all(self) -> None:
        """Look for everything that was ever acknowledged."""
        await self._look(self.ledger.held, self.ledger.people)
        for evaluated in self.ledger.evaluated.values():
            self.ledger.report.expect(
                f"{evaluated} wrong passwords of one name were looked at",
                holds=evaluated <= MAX_ATTEMPTS,
            )
            self.ledger.report.counts["guesses evaluated"] += evaluated

    async def _look(self, held: Sequence[Held], people: Sequence[Person]) -> None:
        async with many(self.served, AT_ONCE) as client:
            await _in_turns(self._token(client, one) for one in held)
            await _in_turns(self._person(client, one) for one in people)
            shut = self.ledger.shut
            again = random.sample(shut, min(STILL_SHUT, len(shut)))
            await _in_turns(self._is_shut(client, name) for name in again)
            used = [one for one in held if one.shop is STRICT and one.former]
            live = [one for one in used if one.standing is Standing.LIVE]
            some = random.sample(live, min(USED_ONES, len(live)))
            await _in_turns(self._used(client, one) for one in some)
        await self._logs()
        self._file()

    async def _token(self, client: httpx.AsyncClient, held: Held) -> None:
        counts, expect = self.ledger.report.counts, self.ledger.report.expect
        if held.standing is Standing.LIVE or (
            held.standing is Standing.EXCHANGED and held.shop is not STRICT
        ):
            was = held.standing.name.lower()
            answer = await client.post(TOKEN, data=refresh(held.shop, held.token))
            self._learn(held, answer)
            counts["looks: an acknowledged refresh token works"] += 1
            expect(
                f"a token of {held.shop.client_id} ({was}): {answer.status_code} {answer.text}",
                holds=answer.status_code == OK,
            )
            return
        answer = await client.post(TOKEN, data=refresh(held.shop, held.token))
        self._learn(held, answer)
        if held.standing is Standing.ENDED:
            counts["looks: what was revoked stays revoked"] += 1
            expect(f"a revoked token: {answer.status_code}", holds=answer.status_code == REFUSED)
        else:
            counts["looks: a matter in doubt is one or the other"] += 1
            expect(
                f"in doubt: {answer.status_code} {answer.text}",
                holds=answer.status_code in {OK, REFUSED},
            )
            if answer.status_code == REFUSED:
                held.standing = Standing.ENDED

    def _learn(self, held: Held, answer: httpx.Response) -> None:
        if answer.status_code != OK:
            return
        held.standing = Standing.LIVE if held.standing is not Standing.ENDED else held.standing
        if "refresh_token" in answer.json():
            held.former, held.token = held.token, answer.json()["refresh_token"]

    async def _used(self, client: httpx.AsyncClient, held: Held) -> None:
        answer = await client.post(TOKEN, data=refresh(held.shop, held.former))
        self.ledger.report.counts["looks: a used token ends its family"] += 1
        self.ledger.report.expect(
            f"a used token: {answer.status_code}", holds=answer.status_code == REFUSED
        )
        held.standing = Standing.ENDED

    async def _person(self, client: httpx.AsyncClient, person: Person) -> None:
        counts, expect = self.ledger.report.counts, self.ledger.report.expect
        fits = [
            password
            for password in person.passwords
            if (await _logged_in(client, person.email, password)) == OK
        ]
        counts["looks: a created user has the acknowledged password"] += 1
        expect(
            f"{len(fits)} of {len(person.passwords)} passwords fit {person.email}",
            holds=len(fits) == 1,
        )
        person.passwords = fits or person.passwords
        if person.former:
            counts["looks: a former password is refused"] += 1
            status = await _logged_in(client, person.email, person.former)
            expect(f"a former password: {status}", holds=status == REFUSED)

    async def _is_shut(self, client: httpx.AsyncClient, name: str) -> None:
        status = await _logged_in(client, name, WRONG)
        self.ledger.report.counts["looks: a shut name stays shut"] += 1
        self.ledger.report.expect(f"a shut name: {status}", holds=status == TOO_MANY)

    async def _logs(self) -> None:
        async with opened(settings_of(self.served)) as house:
            read = house.parts.stores.logs.read
            while events := await read(after=self.log_position, limit=ROWS):
                self.logged |= {str(event.document["user_agent"]) for event in events}
                self.log_position = events[-1].position
        lost = self.ledger.answered - self.logged
        self.ledger.report.counts["looks: a granted ask is in the log"] += len(self.ledger.answered)
        self.ledger.report.expect(f"{len(lost)} granted asks are not logged", holds=not lost)
        self.ledger.answered.clear()
        self.logged.clear()

    def _file(self) -> None:
        file = self.served.data / DATABASE_FILE
        if not file.exists():
            return
        with closing(sqlite3.connect(file)) as connection:
            whole = connection.execute("PRAGMA integrity_check").fetchall()
            orphans = connection.execute("PRAGMA foreign_key_check").fetchall()
        self.ledger.report.counts["looks: the file is whole (integrity_check)"] += 1
        self.ledger.report.expect(f"the file: {whole}", holds=whole == [("ok",)])
        self.ledger.report.expect(f"rows without their parent: {orphans}", holds=not orphans)


async def _logged_in(client: httpx.AsyncClient, email: str, password: str) -> int:
    return (await client.post(TOKEN, data=login(STEADY, email, password))).status_code


async def _in_turns(looks: Iterable[Awaitable[None]]) -> None:
    """Look at all, some at once: a client with hundreds of asks under way is slow."""
    left = iter(looks)

    async def go_on() -> None:
        for look in left:
            await look

    await asyncio.gather(*(go_on() for _ in range(AT_ONCE)))
