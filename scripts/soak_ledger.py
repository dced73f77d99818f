"""What the outside was told, answer by answer: all of it must still be so after a fault.

An ask that was not answered leaves its matter in doubt: it may have been done, or not. Nothing that
is in doubt is ever held against the server, except that it must be one of the two.
"""

import asyncio
import itertools
import random
import time
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Any, Final

import httpx

from scripts.soak_case import Report
from tests.served.asks import TOKEN, login, machine, refresh
from tests.served.house import REALM, SHOPS, Shop
from tests.support.served import Served

OK, CREATED, NO_CONTENT = 200, 201, 204
EXPIRED, REFUSED, TOO_MANY, AWAY = 401, 403, 429, 503
REVOKE: Final = "/oauth/revoke"
USERS: Final = "/api/v2/users"
EXCHANGES: Final = 2
REVOKED_ONE_IN: Final = 4
GUESSES_AT_ONCE: Final = 3
COME_AGAIN_S: Final = 0.05
"""How long somebody waits who was told to come again, which is less than he was told."""

WRONG: Final = "not the password of anybody"


class Busy(Exception):
    """The answer was 503: it may have been done, or not."""


class Unexpected(Exception):
    """An answer that no fault explains; it is in the report."""


class Standing(Enum):
    """What is known of a refresh token."""

    LIVE = auto()
    EXCHANGED = auto()  # an exchange of it was sent and not answered
    ENDING = auto()  # its revocation was sent and not answered
    ENDED = auto()


@dataclass(slots=True)
class Held:
    """A refresh token that somebody was answered.

    Attributes:
        former: The one it replaced, if it did.
    """

    shop: Shop
    token: str
    former: str = ""
    standing: Standing = Standing.LIVE


@dataclass(slots=True)
class Person:
    """A user whom the Management API acknowledged.

    Attributes:
        passwords: What the password may be: one, or two while a change is in doubt.
        former: A password that an acknowledged change took away.
    """

    email: str
    user_id: str
    passwords: list[str]
    former: str = ""


@dataclass(slots=True)
class Ledger:
    """Everything that was answered.

    Attributes:
        answered: Names under which asks were granted; the log must have each.
        evaluated: How many wrong passwords were looked at, by name.
        shut: Names that were blocked.
    """

    report: Report
    held: list[Held] = field(default_factory=list)
    people: list[Person] = field(default_factory=list)
    answered: set[str] = field(default_factory=set)
    evaluated: dict[str, int] = field(default_factory=dict)
    shut: list[str] = field(default_factory=list)
    numbers: Iterator[int] = field(default_factory=itertools.count)

    async def ask(
        self, client: httpx.AsyncClient, form: dict[str, str], *expected: int
    ) -> httpx.Response:
        """Ask the token endpoint under a name of its own.

        Raises:
            Busy: It was told to come again.
            Unexpected: It was answered neither 200 nor a status that is expected.
        """
        name = f"soak/{next(self.numbers)}"
        began_s = time.monotonic()
        answer = await client.post(TOKEN, data=form, headers={"user-agent": name})
        self.report.longest("longest ask, seconds", time.monotonic() - began_s)
        self.judge(answer, OK, *expected)
        if answer.status_code == OK:
            self.answered.add(name)
            self.report.counts[f"{form['grant_type'].rpartition('/')[2]} granted"] += 1
        return answer

    def judge(self, answer: httpx.Response, *expected: int) -> None:
        """Note an answer that is none of those that are expected."""
        if answer.status_code == AWAY:
            self.report.counts["told to come again (503)"] += 1
            self.report.expect(
                f"503 with retry-after {answer.headers.get('retry-after')!r}",
                holds=answer.headers.get("retry-after") in {"1", "2"},
            )
            raise Busy
        if answer.status_code not in expected:
            what = f"{answer.request.url.path}: {answer.status_code} {answer.text[:200]}"
            self.report.faults.append(what)
            raise Unexpected(what)

    async def exchange(self, client: httpx.AsyncClient, held: Held) -> None:
        """Exchange a token, and keep what the answer brings."""
        held.standing = Standing.EXCHANGED
        body = (await self.ask(client, refresh(held.shop, held.token))).json()
        held.standing = Standing.LIVE
        if "refresh_token" in body:
            held.former, held.token = held.token, body["refresh_token"]

    async def revoke(self, client: httpx.AsyncClient, held: Held) -> None:
        """Revoke a token."""
        held.standing = Standing.ENDING
        answer = await client.post(REVOKE, data={"token": held.token, **held.shop.proof()})
        self.judge(answer, OK)
        held.standing = Standing.ENDED
        self.report.counts["revocations acknowledged"] += 1


@dataclass(slots=True)
class Load:
    """Clients that go on until they are told to stop, whatever happens to the server.

    Attributes:
        bearer: Authorizes calls of the Management API.
    """

    ledger: Ledger
    served: Served
    client: httpx.AsyncClient
    bearer: str
    stopping: asyncio.Event = field(default_factory=asyncio.Event)

    async def trade(self, email: str) -> None:
        """Log in at each shop, use what comes of it, and revoke some."""
        ledger = self.ledger
        for shop in SHOPS:
            body = (await ledger.ask(self.client, login(shop, email))).json()
            held = Held(shop, body["refresh_token"])
            ledger.held.append(held)
            for _ in range(EXCHANGES):
                await ledger.exchange(self.client, held)
            if random.randrange(REVOKED_ONE_IN) == 0:  # noqa: S311  # chance, no secret
                await ledger.revoke(self.client, held)
            await ledger.ask(self.client, machine(shop))

    async def administer(self) -> None:
        """Create a user, and change the password of one."""
        number = next(self.ledger.numbers)
        person = Person(f"made{number}@example.com", "", [f"a first password {number}"])
        body = {"connection": REALM, "email": person.email, "password": person.passwords[0]}
        made = await self._managed("POST", USERS, body, CREATED)
        person.user_id = made["user_id"]
        self.ledger.people.append(person)
        self.ledger.report.counts["users created"] += 1
        one = random.choice(self.ledger.people)  # noqa: S311  # chance, no secret
        if len(one.passwords) > 1:
            return
        former, new = one.passwords[0], f"another password {number}"
        one.passwords.append(new)
        await self._managed("PATCH", f"{USERS}/{one.user_id}", {"password": new}, OK)
        one.passwords, one.former = [new], former
        self.ledger.report.counts["passwords changed"] += 1

    async def guess(self) -> None:
        """Guess at a name until it is shut."""
        name = f"guessed{next(self.ledger.numbers)}@example.com"
        while name not in self.ledger.shut and not self.stopping.is_set():
            tries = (self._guess(name) for _ in range(GUESSES_AT_ONCE))
            await asyncio.gather(*tries)

    async def _guess(self, name: str) -> None:
        form = login(SHOPS[0], name, WRONG)
        answer = await self.ledger.ask(self.client, form, REFUSED, TOO_MANY)
        if answer.status_code == REFUSED:
            self.ledger.evaluated[name] = self.ledger.evaluated.get(name, 0) + 1
        elif "blocked" in answer.text and name not in self.ledger.shut:
            self.ledger.shut.append(name)
            self.ledger.report.counts["names shut"] += 1

    async def _managed(self, method: str, path: str, body: object, expected: int) -> Any:
        answer = await self._send(method, path, body)
        if answer.status_code == EXPIRED:  # the clock was set meanwhile
            self.ledger.report.counts["tokens of the Management API that ran out"] += 1
            self.bearer = await asyncio.to_thread(bearer_of, self.served)
            answer = await self._send(method, path, body)
        self.ledger.judge(answer, expected)
        return answer.json()

    async def _send(self, method: str, path: str, body: object) -> httpx.Response:
        bearer = {"authorization": f"Bearer {self.bearer}"}
        return await self.client.request(method, path, json=body, headers=bearer)

    async def keep(self, act: Callable[[], Awaitable[None]]) -> None:
        """Do something over and over, also while the server is away."""
        while not self.stopping.is_set():
            try:
                await act()
            except Busy:
                await asyncio.sleep(COME_AGAIN_S)
            except httpx.TransportError:
                self.ledger.report.counts["asks that were not answered"] += 1
                await asyncio.sleep(COME_AGAIN_S)
            except Unexpected:
                await asyncio.sleep(COME_AGAIN_S)


def bearer_of(served: Served) -> str:
    """Return a token of the Management API; it lasts longer than a soak."""
    machine_ = served.management
    form = {
        "grant_type": "client_credentials",
        "audience": machine_.audience,
        "client_id": machine_.client_id,
        "client_secret": machine_.client_secret,
    }
    with served.client() as client:
        answer = client.post(TOKEN, data=form)
    token: str = answer.json()["access_token"]
    return token
