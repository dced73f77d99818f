"""The processes in which scripts run: started late, watched, replaced.

Rule 1: whoever keeps a process to itself for longer than a turn may take is killed with it. Long
before, what else runs there begins anew in another one, unless something was done for it already
(promise R2); and scripts that took so long run apart from all others for a while. Rule 2: a tenant
has half of the places at most; one whose scripts have cost five processes has short turns only for
a while.
"""

import asyncio
import os
import sys
from collections import Counter
from collections.abc import Sequence
from typing import Any, Final

from gateword.domain.script_limits import EXPIRED
from gateword.ports.scripts import Operations
from gateword.rules.asked import Asked
from gateword.rules.output import Output
from gateword.rules.plain import decoded, is_flat
from gateword.rules.process import Process
from gateword.rules.turn import Turn, memory
from gateword.rules.waiting import Died, Waiting

MOST_RUNS: Final = 64
"""Runs of one process at once."""

MOST_KILLS: Final = 5
"""Processes that scripts may cost within a minute before their turns are short."""

SHORT_S: Final = 60.0
"""How long they stay so."""

MOST_BLOCKED: Final = 8
"""Processes beside the others that are left to turns that take long."""

MOST_BLOCKED_BY_ONE: Final = 4
"""Of these, by one tenant."""

SUSPECT_S: Final = 60.0
"""How long scripts that took a long turn run apart from others."""

LARGE_CHARS: Final = 64 << 10
"""What is larger is decoded beside the loop."""

_TRIES: Final = 5


_MAY_BE_DEEP: Final = 64
"""Fewer brackets cannot be nested deeper."""


class Overloaded(Exception):
    """More logins wait for their scripts than there are places."""


class Workers:
    """Processes that run scripts; none is there before the first script.

    Args:
        count: How many at most, beside those that are left to one turn.
    """

    def __init__(self, count: int) -> None:
        self._count = count
        self._processes: list[Process] = []
        self._tasks: set[asyncio.Task[None]] = set()
        self._starting = asyncio.Lock()
        self._last_id = 0
        self._running: Counter[str] = Counter()
        self._kills: list[tuple[str, float]] = []
        self._short_until_s: dict[str, float] = {}
        self._suspect_until_s: dict[bytes, float] = {}
        self._is_closed = False

    async def run(self, asked: Asked, within_s: float, whose: str, operations: Operations) -> Any:
        """Run scripts; return what they came to, decoded and believed in nothing.

        Args:
            asked: What is run.
            within_s: All tries together.
            whose: The tenant.
            operations: Carries out what the scripts ask for.

        Raises:
            Overloaded: Too many run already, or the tenant's have killed too much.
        """
        try:
            until_s = asyncio.get_running_loop().time() + within_s
            text = await self._ran(asked, until_s, whose, operations)
        except TimeoutError:
            return _late()
        if text is not None and len(text) > LARGE_CHARS:
            return await asyncio.to_thread(_decoded, text)
        return _decoded(text)

    async def close(self) -> None:
        """Let every process go; return when all have ended."""
        self._is_closed = True
        async with self._starting:  # one may be on its way
            processes = list(self._processes)
        for process in processes:
            process.kill()
        ends = [process.gone for process in processes]
        await asyncio.gather(*ends, *self._tasks, return_exceptions=True)

    async def _ran(
        self, asked: Asked, until_s: float, whose: str, operations: Operations
    ) -> str | None:
        loop = asyncio.get_running_loop()
        for _ in range(_TRIES):
            self._take_share(whose)
            try:
                process = await self._free(asked.set_, whose, until_s)
            except BaseException:
                self._left(whose)
                raise
            self._last_id += 1
            id_ = self._last_id
            text = loop.create_future()
            late = loop.call_at(until_s, _expire, text)
            waiting = Waiting(whose, asked.set_, operations, text, lambda: self._left(whose))
            process.begin(id_, waiting, asked)
            try:
                return await waiting.text
            except Died:
                if waiting.has_asked:  # nothing must be done twice
                    break
            except BaseException:
                process.drop(id_)
                raise
            finally:
                late.cancel()
        raise Overloaded

    def _take_share(self, whose: str) -> None:
        if self._running[whose] >= max(1, self._count * MOST_RUNS // 2):
            raise Overloaded
        self._running[whose] += 1

    def _left(self, whose: str) -> None:
        self._running[whose] -= 1
        if not self._running[whose]:
            del self._running[whose]

    async def _free(self, set_: bytes, whose: str, until_s: float) -> Process:
        """Return the process with the least to do; start one while there are too few."""
        now_s = asyncio.get_running_loop().time()
        is_apart = now_s < self._suspect_until_s.get(set_, 0.0)
        blocked = [one for one in self._processes if one.blocked_by == whose]
        if len(blocked) >= MOST_BLOCKED_BY_ONE:
            raise Overloaded
        there = self._open(is_apart=is_apart)
        least = _least(there)
        if least is None or (least.runs and self._has_room(is_apart=is_apart)):
            async with asyncio.timeout_at(until_s), self._starting:
                if self._has_room(is_apart=is_apart):
                    await self._start(is_apart=is_apart)
            there = self._open(is_apart=is_apart)
            least = _least(there)
        if least is None or len(least.runs) >= MOST_RUNS:
            raise Overloaded
        least.taken = self._last_id
        is_lonely = len(there) == 1 and not is_apart and self._has_room()
        if is_lonely and not self._starting.locked():
            self._keep_task(asyncio.create_task(self._start_another()))
        return least

    def _open(self, *, is_apart: bool = False) -> list[Process]:
        return [one for one in self._processes if one.is_open and one.is_apart is is_apart]

    def _has_room(self, *, is_apart: bool = False) -> bool:
        is_bounded = len(self._processes) < self._count + MOST_BLOCKED
        return is_bounded and len(self._open(is_apart=is_apart)) < self._count

    async def _start_another(self) -> None:
        async with self._starting:
            if self._has_room() and not self._is_closed:
                await self._start()

    def _keep_task(self, task: asyncio.Task[None]) -> None:
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _start(self, *, is_apart: bool = False) -> None:
        if self._is_closed:
            raise Overloaded
        loop = asyncio.get_running_loop()
        given = memory()
        try:
            turn = Turn(os.dup(given))
            output, input_ = os.pipe()
        except BaseException:
            os.close(given)
            raise
        try:
            _, process = await loop.subprocess_exec(
                lambda: Process(turn, self, is_apart=is_apart),
                sys.executable,
                *("-I", "-m", "gateword.rules.worker", str(given)),
                stdin=asyncio.subprocess.PIPE,
                stdout=input_,
                stderr=asyncio.subprocess.DEVNULL,
                env={},
                start_new_session=True,
                pass_fds=(given,),
            )
        except BaseException:
            os.close(output)
            raise
        finally:
            os.close(given)
            os.close(input_)
        try:
            pipe = os.fdopen(output, "rb", 0)
            await loop.connect_read_pipe(lambda: Output(process.read, process.end_one), pipe)
        except BaseException:
            process.kill()
            raise
        if not process.gone.done():  # it may have ended meanwhile
            self._processes.append(process)

    def is_short(self, whose: str) -> bool:
        """Say whether a tenant's scripts have short turns only."""
        return asyncio.get_running_loop().time() < self._short_until_s.get(whose, 0.0)

    def suspects(self, set_: bytes) -> None:
        """Let scripts that take long turns run apart for a while."""
        now_s = asyncio.get_running_loop().time()
        known = self._suspect_until_s.items()
        self._suspect_until_s = {one: until_s for one, until_s in known if until_s > now_s}
        self._suspect_until_s[set_] = now_s + SUSPECT_S

    def ended(self, process: Process, whose_fault: str | None) -> None:
        """Forget a process; count it if a tenant's scripts have cost it."""
        if process in self._processes:
            self._processes.remove(process)
        if whose_fault is None or self._is_closed:
            return
        now_s = asyncio.get_running_loop().time()
        self._kills = [(one, at_s) for one, at_s in self._kills if now_s - at_s < SHORT_S]
        self._kills.append((whose_fault, now_s))
        if [one for one, _ in self._kills].count(whose_fault) >= MOST_KILLS:
            known = self._short_until_s.items()
            self._short_until_s = {one: until_s for one, until_s in known if until_s > now_s}
            self._short_until_s[whose_fault] = now_s + SHORT_S


def _least(there: Sequence[Process]) -> Process | None:
    # In turn: while one runs scripts, the other makes the next room ready.
    return min(there, key=lambda one: (len(one.runs), one.taken), default=None)


def _expire(text: "asyncio.Future[str | None]") -> None:
    if not text.done():
        text.set_exception(TimeoutError())


def _decoded(text: str | None) -> Any:
    if text is None:
        return _late()
    came = decoded(text)
    is_deep = text.count("[") + text.count("{") > _MAY_BE_DEEP and not is_flat(came)
    return None if is_deep else came


def _late() -> dict[str, Any]:
    return {"error": {"kind": "limit", "message": EXPIRED}, "script": None, "log": []}
