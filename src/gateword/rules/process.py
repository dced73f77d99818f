"""One process in which scripts run, as the server sees it: what runs there, and whose turn it is.

Rule 1: what a script wrote is decoded for its run alone. Rule 2: nobody else waits for a turn that
takes long. Whose turn it is stands in memory that both share, so that no frame tells it.
"""

import asyncio
import json
import os
import signal
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from typing import Any, Final, Protocol, cast

from gateword.ports.scripts import OperationFailed
from gateword.rules.asked import Asked
from gateword.rules.frames import ADDRESS_SPACE_BYTES, ANSWER, DROP, TURN_S, Rest, framed, heard
from gateword.rules.meters import held_bytes, ran_s
from gateword.rules.plain import bytes_of
from gateword.rules.turn import Turn
from gateword.rules.waiting import Died, Waiting

GRACE_S: Final = 0.25
"""What a process may take over its own limit of a turn."""

MERCY_S: Final = 1.0
"""How much later it is killed when others in it must not begin anew."""

_BUSY: Final = 8
"""How much longer that is by the clock of a machine that is busy."""

LOOK_S: Final = 0.1
"""How long a turn goes on before anybody looks, and between two looks."""

SLOW_S: Final = 0.08
"""Processor time of a turn, from the first look on, after which the process is left to it."""

SHORT_TURN_S: Final = 0.15
"""Processor time, from the first look on, of a turn of scripts that have cost many processes."""

_LAST_IN_LINE: Final = 10

MOST_ASKED: Final = 32
"""Operations of one run that may be under way at once."""

_FAILED: Final = "The operation failed"
_UNREAD: Final = "Too many answers wait to be read"

MOST_BYTES: Final = ADDRESS_SPACE_BYTES * 6 // 10
"""Memory from which on nothing new begins in a process."""

MOST_DROPPED: Final = 64
"""Runs that are remembered when nobody waits for them any more: one of them may keep its turn."""

MOST_KNOWN: Final = 64
"""Sets of scripts that a process keeps."""

MOST_UNREAD_BYTES: Final = 8 << 20
"""Answers that wait for a process to read them."""


class Pool(Protocol):
    """Whoever has processes."""

    def is_short(self, whose: str) -> bool: ...

    def suspects(self, set_: bytes) -> None: ...

    def ended(self, process: "Process", whose_fault: str | None) -> None: ...


class Process(asyncio.SubprocessProtocol):
    """One process and what runs in it.

    Args:
        turn: Tells whose turn it is.
        pool: Is told what becomes of it.
        is_apart: Scripts run here that took long turns before.

    Attributes:
        taken: Number of the run that was begun here last.
        blocked_by: The tenant whose turn takes long; nothing new begins here from then on.
        is_full: It holds too much memory; it ends when the last run has left.
    """

    def __init__(self, turn: Turn, pool: Pool, *, is_apart: bool) -> None:
        self.runs: dict[int, Waiting] = {}
        self._dropped: dict[int, Waiting] = {}
        self._known: set[bytes] = set()
        self.taken = 0
        self.blocked_by: str | None = None
        self.gone = asyncio.get_running_loop().create_future()
        self.is_full = False
        self.is_apart = is_apart
        self._turn = turn
        self._pool = pool
        self._read = bytearray()
        self._open_ends = 2
        self._child: asyncio.SubprocessTransport
        self._input: asyncio.WriteTransport
        self._watch: asyncio.TimerHandle | None = None
        self._seen = 0
        self._seen_s = 0.0
        self._ran_s = 0.0
        self._mercy_s = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._child = cast("asyncio.SubprocessTransport", transport)
        self._input = cast("asyncio.WriteTransport", self._child.get_pipe_transport(0))

    def read(self, data: bytes) -> None:
        """Take what it has written."""
        self._read += data
        try:
            while (rest := heard(self._read)) is not None:
                self._rested(rest)
        except ValueError:
            self.kill()  # it no longer speaks as it should

    def connection_lost(self, exc: Exception | None) -> None:
        del exc
        self.end_one()

    def end_one(self) -> None:
        """Note that it has ended, or that all it wrote is read; then the other makes it gone."""
        self._open_ends -= 1
        if not self._open_ends:
            self._gone()

    def _gone(self) -> None:
        """Tell those who wait, and let the innocent begin anew."""
        if self._watch is not None:
            self._watch.cancel()
        culprit = self._whose_turn()
        for waiting in self.runs.values():
            waiting.leave()
            if waiting.text.done():
                continue
            if waiting is culprit:
                waiting.text.set_result(None)
            else:
                waiting.text.set_exception(Died())
        self.runs.clear()
        self._turn.close()
        self._child.close()
        self._pool.ended(self, culprit.whose if culprit is not None else None)
        self.gone.set_result(None)

    @property
    def is_open(self) -> bool:
        """New runs may begin here."""
        return self.blocked_by is None and not self.is_full

    def begin(self, id_: int, waiting: Waiting, asked: Asked) -> None:
        """Begin a run; scripts are told once."""
        told = b""
        if asked.set_ not in self._known:
            forgets = len(self._known) >= MOST_KNOWN
            if forgets:
                self._known.clear()
            self._known.add(asked.set_)
            told = asked.introduction(forgets=forgets)
        self.runs[id_] = waiting
        self._send(told + asked.frame(id_))

    def _send(self, raw: bytes) -> None:
        """Write frames; a process that has died says so by its end."""
        if not self._input.is_closing():
            self._input.write(raw)
        if self._watch is None:
            self._look_later()

    def drop(self, id_: int) -> None:
        """Forget a run."""
        waiting = self.runs.pop(id_, None)
        if waiting is not None:
            waiting.leave()
            self._dropped[id_] = waiting
            while len(self._dropped) > MOST_DROPPED:
                self._dropped.pop(next(iter(self._dropped)))
            self._send(framed(DROP, id_))

    def kill(self) -> None:
        """End it at once, whatever it does."""
        if self._child.get_returncode() is None:
            with suppress(ProcessLookupError):
                os.kill(self._child.get_pid(), signal.SIGKILL)

    def _rested(self, rest: Rest) -> None:
        """Note what is asked for, or how a run ended."""
        waiting = self.runs.get(rest.id)
        if waiting is None:  # dropped meanwhile; it may have had answers to read before it knows
            if not rest.more:
                self._dropped.pop(rest.id, None)
            return
        if rest.asks is not None:
            self._carry_out(rest.id, waiting, rest.asks)
        if rest.result is not None and not waiting.text.done():
            waiting.text.set_result(rest.result)
        if not rest.more:
            self.runs.pop(rest.id).leave()
        if not self.is_open and not self.runs:
            self.kill()  # it stands last in line for the processor, or does not give memory back

    def _look_later(self) -> None:
        self._watch = asyncio.get_running_loop().call_later(LOOK_S, self._look)

    def _look(self) -> None:
        """See whether a turn takes long because of what it does, and not of what others do."""
        self._watch = None
        turn = self._turn.now()
        if not (self.runs or self._dropped or turn):  # what nobody waits for may still begin
            return
        self._look_later()
        self.is_full = self.is_full or held_bytes(self._child.get_pid()) > MOST_BYTES
        now_s, used = asyncio.get_running_loop().time(), ran_s(self._child.get_pid())
        if turn != self._seen or not turn:
            self._seen, self._seen_s, self._ran_s = turn, now_s, used
            return
        used_s, whose = used - self._ran_s, self._whose_turn()
        if used_s >= SLOW_S and self.blocked_by is None:
            self._leave_to(whose)
        # Not because the machine is busy: by its own time, or when even that does not pass.
        is_over = used_s >= TURN_S + GRACE_S + self._mercy_s - LOOK_S
        is_over = is_over or now_s - self._seen_s >= 2 * TURN_S + _BUSY * self._mercy_s
        is_short = whose is not None and self._pool.is_short(whose.whose)
        is_for_nobody = self.blocked_by is not None and not self.runs  # who waited has gone
        if is_over or is_for_nobody or (used_s >= SHORT_TURN_S and is_short):
            self.kill()

    def _whose_turn(self) -> Waiting | None:
        """Return the run whose turn it is, also when nobody waits for it any more."""
        id_ = self._turn.whose()
        return self.runs.get(id_) or self._dropped.get(id_)

    def _leave_to(self, whose: Waiting | None) -> None:
        """Leave this process to whose turn it is; who can begin anew does so elsewhere."""
        self.blocked_by = whose.whose if whose is not None else ""
        if whose is not None:
            self._pool.suspects(whose.set_)
        for id_, waiting in list(self.runs.items()):
            if waiting is not whose and not (waiting.has_asked or waiting.text.done()):
                self.drop(id_)
                waiting.text.set_exception(Died())
        if any(one is not whose and not one.text.done() for one in self.runs.values()):
            self._mercy_s = MERCY_S  # for the polite end of the turn: these must not begin anew
            return
        with suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, self._child.get_pid(), _LAST_IN_LINE)

    def _carry_out(self, id_: int, waiting: Waiting, text: str) -> None:
        for asked in _asked(text):
            if len(waiting.errands) >= MOST_ASKED:
                return
            waiting.has_asked = True
            errand = asyncio.create_task(self._errand(id_, waiting.operations.carry_out, asked))
            waiting.errands.add(errand)
            errand.add_done_callback(waiting.errands.discard)

    async def _errand(
        self,
        id_: int,
        carry_out: Callable[[str, Mapping[str, object]], Awaitable[object]],
        asked: Mapping[str, Any],
    ) -> None:
        answer: dict[str, object] = {"op": asked["op"]}
        try:
            answer["value"] = await carry_out(str(asked.get("kind")), asked["args"])
        except OperationFailed as failed:
            answer["error"] = {"message": str(failed), "code": failed.code}
        except Exception:  # noqa: BLE001  # whatever a stranger's arguments do, the run must go on
            answer["error"] = {"message": _FAILED, "code": "EINVAL"}
        if self._input.get_write_buffer_size() > MOST_UNREAD_BYTES:
            answer = {"op": asked["op"], "error": {"message": _UNREAD, "code": "EAGAIN"}}
        if id_ in self.runs:
            self._send(framed(ANSWER, id_, bytes_of(answer)))


def _asked(text: str) -> list[Mapping[str, Any]]:
    try:
        asked = json.loads(text)
    except (ValueError, RecursionError):
        return []
    return [
        one
        for one in (asked if isinstance(asked, list) else ())
        if isinstance(one, dict)
        and isinstance(one.get("op"), int)
        and isinstance(one.get("args"), dict)
    ]
