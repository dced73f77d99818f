"""One login's scripts, in a room of their own."""

import json
import re
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Final, NamedTuple

import quickjs  # type: ignore[import-untyped]  # it brings no types

from gateword.domain.script_limits import EXPIRED
from gateword.rules import shelf
from gateword.rules.compiling import compile_into, is_alone
from gateword.rules.frames import HOUSE_LINE
from gateword.rules.room import Room

CPU_S: Final = 4.0
"""Processor time of one run, all its turns together."""

BACKGROUND_S: Final = 5.0
"""How long what scripts left behind may go on once they have had their say."""

MOST_JOBS: Final = 100_000
RESULT_CHARS: Final = 256 << 10
ASKED_CHARS: Final = 1 << 20
_NEVER: Final = float("inf")
_INTERRUPTED: Final = "interrupted"
_TOO_LARGE: Final = "The script returned too much"
_COMPILED: Final = '{"value": {}, "log": []}'
_FORGOTTEN: Final = "it ended without calling back, and nothing was left to wait for"
_TOO_LONG: Final = "it kept the processor for too long"
_LINE: Final = re.compile(r"<input>:(\d+)")

NOTHING: Final = "{}"
"""No data, as JSON."""


class Ask(NamedTuple):
    """What is to be run.

    Attributes:
        id: Number of the run.
        set_: Names the scripts.
        kind: What they are written for.
        scripts: Each `id`, `source` and `form`.
        configuration: What all read as `configuration`, JSON.
        own: What each alone is given, by its id, JSON.
        given: What they are given, JSON.
        is_trial: Nothing is kept of it.
        is_compiled_only: None is run.
    """

    id: int
    set_: bytes
    kind: str
    scripts: Sequence[Mapping[str, str]]
    configuration: str
    own: str
    given: str
    is_trial: bool
    is_compiled_only: bool


class WantsModule(Exception):
    """The scripts want a module that was not made ready; its argument is the name."""


class Run:
    """Scripts that have the processor in turns.

    Args:
        room: Nobody has been in it.
        ask: What is to be run.
        kept: What earlier runs of the same scripts left in `global`, JSON.

    Attributes:
        result: How it ended, told once.
        asked: What the host is to do now, told once.
        more: Something is left to do, whether it ended or not.
        wanted: A module that was named when it was too late to begin again with it.
        kept: What it left in `global`, JSON; once it has ended.
        due_s: When it wants the processor again.
        are_alone: Each script is known to be one function and nothing else.
    """

    def __init__(self, room: Room, ask: Ask, kept: str) -> None:
        self.id = ask.id
        self.result: str | None = None
        self.asked: str | None = None
        self.more = True
        self.kept = NOTHING
        self.wanted: str | None = None
        self.due_s = _NEVER
        self.cpu_s = 0.0
        self._ends_s = _NEVER
        self.are_alone = room.is_furnished
        self._ask = ask
        self._kept = kept
        self._room = room

    @property
    def is_over(self) -> bool:
        """It has told how it ended."""
        return self._ends_s != _NEVER

    def start(self) -> None:
        """Compile the scripts and start the first.

        Raises:
            WantsModule: Begin again, with this one made ready.
        """
        room, ask = self._room, self._ask
        room.tell("configure", ask.configuration)
        if not room.is_furnished and not self._compiled():
            return
        if ask.is_compiled_only:
            self.end(_COMPILED)
            return
        try:
            room.tell("begin", ask.given, self._kept, ask.own)
        except quickjs.JSException as error:
            self._see_what_is_wanted()
            self.end(self._broken(error))
            return
        try:
            self._jobs()
            came = room.tell("plainly")
        except quickjs.JSException as error:
            self.end(self._broken(error))
            return
        if isinstance(came, str):
            self.end(_bounded(came))
        else:
            self.turn()

    def answered(self, text: str) -> None:
        """Hand over what the host did, and go on."""
        with suppress(quickjs.JSException):
            self._room.tell("answer", text)
        self.turn()

    def turn(self) -> None:
        """Go on for as long as there is something to do."""
        try:
            came = self._turned()
            if isinstance(came, str):
                self._say(_bounded(came))
                if self._room.tell("leaves") is not True:
                    self.more = False
                    return
                came = self._turned()  # what it left behind may go on for a while
                self.kept = self._kept_now()
            self._collect()
        except quickjs.JSException as error:
            self.end(self._broken(error))
            return
        finally:
            self.wanted = self._room.text("wants")
        if isinstance(came, str) or came < 0:  # nothing is left that could go on
            self.end(self._failed(EXPIRED, self._forgotten()))
            return
        self.due_s = min(time.monotonic() + came / 1000, self._ends_s)
        self.more = time.monotonic() < self._ends_s

    def _compiled(self) -> bool:
        self.are_alone = True
        for script in self._ask.scripts:
            try:
                function = compile_into(self._room, script)
                self.are_alone = self.are_alone and is_alone(self._room, script, function)
            except quickjs.JSException as error:
                self.are_alone = False
                self.end(_uncompiled(script["id"], _message(error)))
                return False
        return True

    def end(self, result: str) -> None:
        """End at once, with this result unless there was one."""
        self.more = False
        if not self.is_over:
            self._say(result)

    def _say(self, result: str) -> None:
        self.result = result
        self._ends_s = time.monotonic() + BACKGROUND_S

    def _collect(self) -> None:
        self.asked = self._room.text("outbox")
        if self.asked is None:
            return
        if len(self.asked) > ASKED_CHARS:
            self.asked = None
            raise quickjs.JSException(_TOO_LARGE)

    def _kept_now(self) -> str:
        with suppress(quickjs.JSException, ValueError):
            text = self._room.text("kept")
            if text is not None and isinstance(json.loads(text), dict):
                return text
        return NOTHING

    def _turned(self) -> str | float:
        came: object = None
        for _ in range(2):
            self._jobs()
            came = self._room.tell("turn")
            if isinstance(came, str):
                return came
            if came is None:
                self._see_what_is_wanted()
        return float(came) if isinstance(came, int | float) else -1.0

    def _see_what_is_wanted(self) -> None:
        wanted = self._room.text("wants")
        if wanted is not None and shelf.has(wanted):
            raise WantsModule(wanted)

    def _jobs(self) -> None:
        for _ in range(MOST_JOBS):
            if not self._room.context.execute_pending_job():
                return
        raise quickjs.JSException(f"InternalError: {_INTERRUPTED}")

    def _broken(self, error: quickjs.JSException) -> str:
        """Return the result of a run that the engine itself has stopped."""
        message = _message(error)
        if _INTERRUPTED in message:
            return self._failed(EXPIRED, _TOO_LONG)
        return self._failed(message)

    def _forgotten(self) -> str:
        """Return what is known of a run that nothing could end any more."""
        failure = self._room.text("failure")
        return f"{_FORGOTTEN} (what failed last: {failure})" if failure else _FORGOTTEN

    def _failed(self, message: str, detail: str = "") -> str:
        """Return the result of a run that came to none, with what it printed."""
        log: object = None
        with suppress(quickjs.JSException, ValueError, RecursionError):
            log = json.loads(self._room.text("log") or "[]")
        return failed("limit", self._at(), message, detail, log)

    def _at(self) -> str | None:
        """Return the id of the script that is under way, as far as the room still says so."""
        with suppress(quickjs.JSException, ValueError):
            return self._room.text("at")
        return None


def failed(
    kind: str, script: str | None, message: str, detail: str = "", log: object = None
) -> str:
    """Return the result of scripts that did not come to one by themselves.

    Args:
        kind: A `Fault`.
        script: Id of the one that was under way, where that is known.
        message: For the client.
        detail: For the log, where more is known.
        log: What was printed.
    """
    error = {"kind": kind, "message": message, "detail": detail}
    return json.dumps({"error": error, "script": script, "log": log or []})


def _uncompiled(script: str, message: str) -> str:
    if _INTERRUPTED in message:
        return failed("limit", script, EXPIRED)
    return failed("compile", script, message)


def _bounded(result: str) -> str:
    return result if len(result) <= RESULT_CHARS else failed("limit", None, _TOO_LARGE)


def _message(error: quickjs.JSException) -> str:
    """Return what an exception of the engine says, with its line where it has one."""
    first, *stack = str(error).splitlines() or [""]
    where = _LINE.search(stack[0]) if stack else None
    is_theirs = where is not None and int(where[1]) < HOUSE_LINE
    return f"{first} (line {where[1]})" if where and is_theirs else first
