"""The processes in which scripts run, as the server sees them: started late, watched, replaced.

Rule 1: whoever keeps a process to itself for longer than a turn may take is killed with it; what
else ran there begins anew in another one, since it had done nothing yet that anybody saw. Rule 2: a
frame counts for the run whose turn it is, and what a script wrote is decoded for its run alone.
Rule 3: a tenant has half of the places at most, and none for a while after killing too much.
"""

import asyncio
import json
import sys
from collections import Counter
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Final

from gateword.rules.frames import EXPIRED, LENGTH, TURN_S

GRACE_S: Final = 0.25
"""What a process may take over its own limit of a turn."""

MOST_RUNS: Final = 64
"""Runs of one process at once."""

MOST_KILLS: Final = 5
"""Processes that a tenant may cost before it waits."""

SHUT_S: Final = 10.0
_TRIES: Final = 3
_END_S: Final = 1.0


class Overloaded(Exception):
    """More logins wait for their rules than there are places."""


class _Died(Exception):
    """The process ended, and it was not the fault of this run."""


@dataclass(frozen=True, slots=True)
class _Waiting:
    """Somebody waits for a run.

    Attributes:
        whose: The tenant.
        text: What the run came to, as the script wrote it; None when it was killed.
    """

    whose: str
    text: asyncio.Future[str | None]


@dataclass(slots=True)
class _Process:
    """One process and what runs in it."""

    child: asyncio.subprocess.Process
    runs: dict[int, _Waiting] = field(default_factory=dict)
    turn: int | None = None
    watch: asyncio.TimerHandle | None = None

    def send(self, frame: Mapping[str, Any]) -> None:
        """Write a frame; a process that has died says so by its end."""
        raw = json.dumps(frame).encode()
        if self.child.stdin is not None and not self.child.stdin.is_closing():
            self.child.stdin.write(LENGTH.pack(len(raw)) + raw)

    def heard(self, frame: Mapping[str, Any]) -> None:
        """Note who has the processor, or how a run ended.

        Raises:
            ValueError: No frame of ours.
        """
        if self.watch is not None:
            self.watch.cancel()
            self.watch = None
        if "turn" in frame and self.turn is None:
            self.turn = frame["turn"]
            loop = asyncio.get_running_loop()
            self.watch = loop.call_later(TURN_S + GRACE_S, self.kill)
            return
        if self.turn is None or frame.get("rest") != self.turn:
            raise ValueError("a frame out of turn")
        self.turn = None
        if isinstance(frame["result"], str):
            waiting = self.runs.pop(frame["rest"], None)
            if waiting is not None and not waiting.text.done():
                waiting.text.set_result(frame["result"])

    def kill(self) -> None:
        """End it at once, whatever it does."""
        with suppress(ProcessLookupError):
            self.child.kill()

    def ended(self) -> str | None:
        """Tell those who wait, and let the innocent begin anew; return whose fault it was."""
        if self.watch is not None:
            self.watch.cancel()
        culprit = self.runs.get(self.turn) if self.turn is not None else None
        for waiting in self.runs.values():
            if waiting.text.done():
                continue
            if waiting is culprit:
                waiting.text.set_result(None)
            else:
                waiting.text.set_exception(_Died())
        self.runs.clear()
        return culprit.whose if culprit is not None else None


class Workers:
    """Processes that run scripts; none is there before the first script.

    Args:
        count: How many at most.
    """

    def __init__(self, count: int) -> None:
        self._count = count
        self._processes: list[_Process] = []
        self._readers: set[asyncio.Task[None]] = set()
        self._starting = asyncio.Lock()
        self._last_id = 0
        self._running: Counter[str] = Counter()
        self._kills: Counter[str] = Counter()
        self._shut_until_s: dict[str, float] = {}
        self._is_closed = False

    async def run(self, asked: Mapping[str, Any], within_s: float, whose: str) -> Any:
        """Run scripts; return what they came to, decoded and believed in nothing.

        Args:
            asked: What the process is told.
            within_s: All tries together.
            whose: The tenant.

        Raises:
            Overloaded: Too many run already, or the tenant's have killed too much.
        """
        now_s = asyncio.get_running_loop().time()
        is_full = self._running[whose] >= max(1, self._count * MOST_RUNS // 2)
        if is_full or now_s < self._shut_until_s.get(whose, 0.0):
            raise Overloaded
        self._running[whose] += 1
        try:
            async with asyncio.timeout(within_s):
                return _decoded(await self._ran(asked, whose))
        except TimeoutError:
            return _late()
        finally:
            self._running[whose] -= 1

    async def close(self) -> None:
        """Let every process go; return when all have ended."""
        self._is_closed = True
        async with self._starting:  # one may be on its way
            for process in self._processes:
                process.kill()
        await asyncio.gather(*self._readers, return_exceptions=True)

    async def _ran(self, asked: Mapping[str, Any], whose: str) -> str | None:
        for _ in range(_TRIES):
            process = await self._free()
            self._last_id += 1
            id_ = self._last_id
            waiting = _Waiting(whose, asyncio.get_running_loop().create_future())
            process.runs[id_] = waiting
            process.send({**asked, "id": id_})
            try:
                return await waiting.text
            except _Died:
                continue
            finally:
                if process.runs.pop(id_, None) is not None:
                    process.send({"drop": id_})
        raise Overloaded

    async def _free(self) -> _Process:
        """Return the process with the least to do; start one while there are too few."""
        least = min(self._processes, key=lambda one: len(one.runs), default=None)
        if least is None or (least.runs and len(self._processes) < self._count):
            async with self._starting:
                if len(self._processes) < self._count:
                    await self._start()
            least = min(self._processes, key=lambda one: len(one.runs), default=None)
        if least is None or len(least.runs) >= MOST_RUNS:
            raise Overloaded
        return least

    async def _start(self) -> None:
        if self._is_closed:
            raise Overloaded
        child = await asyncio.create_subprocess_exec(
            sys.executable,
            *("-I", "-m", "gateword.rules.worker"),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            env={},
            start_new_session=True,
        )
        process = _Process(child)
        reader = asyncio.create_task(self._read(process))
        self._readers.add(reader)
        reader.add_done_callback(self._readers.discard)
        self._processes.append(process)

    async def _read(self, process: _Process) -> None:
        output = process.child.stdout
        try:
            while output is not None:
                (length,) = LENGTH.unpack(await output.readexactly(LENGTH.size))
                process.heard(json.loads(await output.readexactly(length)))
        except (asyncio.IncompleteReadError, ConnectionError):
            pass  # it has ended
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
            process.kill()  # it no longer speaks as it should
        finally:
            self._processes.remove(process)
            self._blame(process.ended())
        with suppress(TimeoutError):
            await asyncio.wait_for(process.child.wait(), _END_S)
        if process.child.returncode is None:
            process.kill()
            await process.child.wait()

    def _blame(self, whose: str | None) -> None:
        """Count a process that a tenant's script has cost; after a few it waits."""
        if whose is None or self._is_closed:
            return
        self._kills[whose] += 1
        if self._kills[whose] >= MOST_KILLS:
            del self._kills[whose]
            self._shut_until_s[whose] = asyncio.get_running_loop().time() + SHUT_S


def _decoded(text: str | None) -> Any:
    if text is None:
        return _late()
    try:
        return json.loads(text, parse_constant=_no_number)
    except (ValueError, RecursionError):
        return None


def _no_number(name: str) -> None:
    raise ValueError(f"{name} is no JSON")


def _late() -> dict[str, Any]:
    return {"error": {"kind": "limit", "message": EXPIRED}, "rule": None, "log": []}
