"""The processes in which scripts run, as the server sees them: started late, watched, replaced.

Rule: whoever keeps a process to itself for longer than a turn may take is killed with it; what
else ran there begins anew in another one, since it had done nothing yet that anybody saw.
"""

import asyncio
import json
import sys
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Final

from gateword.rules.worker import EXPIRED, LENGTH, TURN_S

GRACE_S: Final = 0.25
"""What a process may take over its own limit of a turn."""

MOST_RUNS: Final = 64
"""Runs of one process at once; more wait for another login to end."""

_TRIES: Final = 3


class Overloaded(Exception):
    """More logins wait for their rules than the processes can take."""


class _Died(Exception):
    """The process ended, and it was not the fault of this run."""


@dataclass(slots=True)
class _Process:
    """One process and what runs in it."""

    child: asyncio.subprocess.Process
    runs: dict[int, asyncio.Future[dict[str, Any]]] = field(default_factory=dict)
    turn: int | None = None
    watch: asyncio.TimerHandle | None = None

    def send(self, frame: Mapping[str, Any]) -> None:
        """Write a frame; a process that has died says so by its end."""
        raw = json.dumps(frame).encode()
        if self.child.stdin is not None and not self.child.stdin.is_closing():
            self.child.stdin.write(LENGTH.pack(len(raw)) + raw)

    def heard(self, frame: Mapping[str, Any]) -> None:
        """Note who has the processor, or how a run ended."""
        if self.watch is not None:
            self.watch.cancel()
            self.watch = None
        if "turn" in frame:
            self.turn = frame["turn"]
            loop = asyncio.get_running_loop()
            self.watch = loop.call_later(TURN_S + GRACE_S, self.kill)
            return
        self.turn = None
        if frame["result"] is not None:
            waits = self.runs.pop(frame["id"], None)
            if waits is not None and not waits.done():
                waits.set_result(frame["result"])

    def kill(self) -> None:
        """End it at once, whatever it does."""
        with suppress(ProcessLookupError):
            self.child.kill()

    def ended(self) -> None:
        """Tell whose fault it was, and let the others begin anew."""
        if self.watch is not None:
            self.watch.cancel()
        late: dict[str, Any] = {
            "error": {"kind": "limit", "message": EXPIRED},
            "rule": None,
            "log": [],
        }
        for id_, waits in self.runs.items():
            if waits.done():
                continue
            if id_ == self.turn:
                waits.set_result(late)
            else:
                waits.set_exception(_Died())
        self.runs.clear()


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

    async def run(self, asked: Mapping[str, Any], within_s: float) -> dict[str, Any]:
        """Run scripts; return their result, or that they took too long.

        Raises:
            Overloaded: Too many wait already.
        """
        for _ in range(_TRIES):
            process = await self._free()
            self._last_id += 1
            id_ = self._last_id
            waits: asyncio.Future[dict[str, Any]] = asyncio.get_running_loop().create_future()
            process.runs[id_] = waits
            process.send({**asked, "id": id_})
            try:
                async with asyncio.timeout(within_s):
                    return await waits
            except _Died:
                continue
            except TimeoutError:
                return {"error": {"kind": "limit", "message": EXPIRED}, "rule": None, "log": []}
            finally:
                if process.runs.pop(id_, None) is not None:
                    process.send({"drop": id_})
        raise Overloaded

    async def close(self) -> None:
        """Let every process go; return when all have ended."""
        for process in self._processes:
            process.kill()
        await asyncio.gather(*self._readers, return_exceptions=True)

    async def _free(self) -> _Process:
        """Return the process with the least to do; start one while there are too few."""
        least = min(self._processes, key=lambda one: len(one.runs), default=None)
        if least is None or (least.runs and len(self._processes) < self._count):
            async with self._starting:
                if len(self._processes) < self._count:
                    await self._start()
            least = min(self._processes, key=lambda one: len(one.runs))
        if len(least.runs) >= MOST_RUNS:
            raise Overloaded
        return least

    async def _start(self) -> None:
        child = await asyncio.create_subprocess_exec(
            sys.executable,
            *("-I", "-m", "gateword.rules.worker"),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
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
        with suppress(asyncio.IncompleteReadError, ConnectionError):
            while output is not None:
                (length,) = LENGTH.unpack(await output.readexactly(LENGTH.size))
                process.heard(json.loads(await output.readexactly(length)))
        self._processes.remove(process)
        process.ended()
        process.kill()
        await process.child.wait()
