"""Load on a server of the side-by-side: callers that keep their connections."""

import asyncio
import json
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final

from scripts.bench_client import BUSY, OK, Answer, Asker, Connection, connect
from scripts.bench_server import Failed

_COME_AGAIN_S: Final = 0.2
_AFTER_ERROR_S: Final = 0.05
_LOGINS_AT_ONCE: Final = 8
_REQUESTS_AT_MOST: Final = 1_000_000


@dataclass(slots=True)
class Tally:
    """What callers saw.

    Attributes:
        seconds: How long they went on asking.
        latencies_s: From the first try to the 200, waits after a 503 included.
        in_time: How many 200 came while they were asking, not after.
        busy: How many answers were 503.
        errors: How many answers were neither, by status; 0 is a broken connection.
    """

    seconds: float
    latencies_s: list[float] = field(default_factory=list)
    in_time: int = 0
    busy: int = 0
    errors: Counter[int] = field(default_factory=Counter)

    @property
    def per_s(self) -> float:
        """Answers 200 a second, as long as all callers were asking."""
        return self.in_time / self.seconds

    def percentile_ms(self, percent: float) -> float:
        """Return the latency that so many percent of the answers stayed under, in ms."""
        ordered = sorted(self.latencies_s)
        if not ordered:
            return float("nan")
        return 1000 * ordered[min(len(ordered) - 1, int(len(ordered) * percent / 100))]


class Caller:
    """A client on a connection of its own.

    Some peers keep refresh tokens in the memory of one of their processes: such a token can be
    exchanged over the connection that brought it, and over no other.
    """

    def __init__(self, port: int, connection: Connection, asker: Asker) -> None:
        """Take an open connection."""
        self._port = port
        self.connection = connection
        self._asker = asker

    async def keep_asking(self, until: float, tally: Tally) -> None:
        """Send the next request as soon as the last one is answered."""
        began = time.perf_counter()
        for _ in range(_REQUESTS_AT_MOST):
            answer = await self.connection.ask(self._asker.next())
            now = time.perf_counter()
            if answer.status == OK:
                tally.latencies_s.append(now - began)
                tally.in_time += now <= until
                self._asker.learn(answer)
            if now >= until:
                return
            if answer.status != OK:
                await self._after(answer, tally)
                if answer.status == BUSY:
                    continue  # the same person goes on waiting
            began = time.perf_counter()

    async def _after(self, answer: Answer, tally: Tally) -> None:
        if answer.status == BUSY:
            tally.busy += 1
            await asyncio.sleep(_COME_AGAIN_S)
            return
        tally.errors[answer.status] += 1
        await asyncio.sleep(_AFTER_ERROR_S)
        if answer.status == 0:
            self.connection = await connect(self._port)


async def flat_out(callers: Sequence[Caller], seconds: float) -> Tally:
    """Let callers ask as fast as they are answered, and wait for their last answers."""
    tally = Tally(seconds)
    until = time.perf_counter() + seconds
    await asyncio.gather(*(caller.keep_asking(until, tally) for caller in callers))
    return tally


async def opened(port: int, askers: Sequence[Asker]) -> list[Caller]:
    """Return a caller for each asker."""
    return [Caller(port, await connect(port), asker) for asker in askers]


async def logged_in(
    port: int, logins: Sequence[bytes], asker: Callable[[str], Asker]
) -> list[Caller]:
    """Log in on a connection each, and return who exchanges the refresh tokens.

    Raises:
        Failed: A login was refused.
    """
    gate = asyncio.Semaphore(_LOGINS_AT_ONCE)

    async def one(login: bytes) -> Caller:
        async with gate:
            connection = await connect(port)
            answer = await connection.ask(login)
            while answer.status == BUSY:
                await asyncio.sleep(_COME_AGAIN_S)
                answer = await connection.ask(login)
        if answer.status != OK:
            raise Failed(f"a login was answered {answer.status}: {answer.body.decode()}")
        return Caller(port, connection, asker(json.loads(answer.body)["refresh_token"]))

    return list(await asyncio.gather(*map(one, logins)))
