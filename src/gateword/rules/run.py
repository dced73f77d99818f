"""One login's scripts, in a room of their own."""

import json
import os
import re
import time
from collections.abc import Mapping
from contextlib import suppress
from typing import Any, Final

import quickjs  # type: ignore[import-untyped]  # it brings no types

from gateword.domain.script_limits import EXPIRED
from gateword.rules import shelf
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
_SEED_BYTES: Final = 32
_INTERRUPTED: Final = "interrupted"
_TOO_LARGE: Final = "The script returned too much"
_COMPILED: Final = '{"value": {}, "log": []}'
_FORGOTTEN: Final = "it ended without calling back, and nothing was left to wait for"
_TOO_LONG: Final = "it kept the processor for too long"
_LINE: Final = re.compile(r"<input>:(\d+)")

NOTHING: Final = "{}"
"""No data, as JSON."""


class WantsModule(Exception):
    """The scripts want a module that was not made ready; its argument is the name."""


class Run:
    """Scripts that have the processor in turns.

    Args:
        room: Nobody has been in it.
        asked: `id`, `scripts` (each `id`, `source` and `form`), what they read as JSON
            (`configuration`, `given`, and `own` by the script's id), `is_compiled_only`.
        kept: What earlier runs of the same scripts left in `global`, JSON.

    Attributes:
        result: How it ended, told once.
        asked: What the host is to do now, told once.
        more: Something is left to do, whether it ended or not.
        wanted: A module that was named when it was too late to begin again with it.
        kept: What it left in `global`, JSON; once it has ended.
        due_s: When it wants the processor again.
    """

    def __init__(self, room: Room, asked: Mapping[str, Any], kept: str) -> None:
        self.id: int = asked["id"]
        self.result: str | None = None
        self.asked: str | None = None
        self.more = True
        self.kept = NOTHING
        self.wanted: str | None = None
        self.due_s = _NEVER
        self.cpu_s = 0.0
        self._ends_s = _NEVER
        self._given = asked
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
        room, given = self._room, self._given
        room.tell("configure", given["configuration"])
        for script in given["scripts"]:
            try:
                room.tell("compile", script["id"], room.context.eval(_framed(script)))
            except quickjs.JSException as error:
                self.end(_uncompiled(script["id"], _message(error)))
                return
        if given["is_compiled_only"]:
            self.end(_COMPILED)
            return
        try:
            seed = os.urandom(_SEED_BYTES).hex()
            room.tell("begin", given["given"], seed, self._kept, given["own"])
        except quickjs.JSException as error:
            self._see_what_is_wanted()
            self.end(self._broken(error))
            return
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
                self._say(came if len(came) <= RESULT_CHARS else failed("limit", None, _TOO_LARGE))
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


def _framed(script: Mapping[str, Any]) -> str:
    """Return what makes a function of a script; its first line stays the first."""
    if script["form"] == "module":
        return f"(function (exports, require, module) {{{script['source']}\n}})"
    return f"({_without_end(script['source'])}\n)"


def _without_end(source: str) -> str:
    """Return a script without what formatters leave behind it, and an expression cannot have."""
    while (shorter := source.rstrip().rstrip(";")) != source:
        source = shorter
    return source


def _message(error: quickjs.JSException) -> str:
    """Return what an exception of the engine says, with its line where it has one."""
    first, *stack = str(error).splitlines() or [""]
    where = _LINE.search(stack[0]) if stack else None
    is_theirs = where is not None and int(where[1]) < HOUSE_LINE
    return f"{first} (line {where[1]})" if where and is_theirs else first
