"""Scripts run by QuickJS in processes of their own.

Rule: what comes out of a process is a stranger's text. It is plain data of a known shape, or it is
a fault.
"""

import hashlib
import re
import time
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any, Final

from gateword.domain.refusal import Refusal
from gateword.domain.refused import Refused
from gateword.domain.script import Fault, Script, ScriptFault, ScriptJob, ScriptResult
from gateword.domain.script_limits import BUDGET_S
from gateword.domain.secret import Secret
from gateword.ports.scripts import Operations
from gateword.rules.asked import Asked
from gateword.rules.frames import HOUSE_LINE, IS_COMPILED_ONLY, IS_TRIAL, SET_BYTES
from gateword.rules.plain import bytes_of
from gateword.rules.workers import Overloaded, Workers

MOST_MESSAGE_CHARS: Final = 1024
_MOST_LINES: Final = 100
_MOST_LINE_CHARS: Final = 1000
_MOST_STACK_LINES: Final = 8
_NOTHING: Final = "The script did not return what it should"
_FAULTS: Final = frozenset(fault.value for fault in Fault)
_NATIVE: Final = re.compile(r"^\s*at .*\(native\)$")
_PLACE: Final = re.compile(r"^\s*at .*?<input>:(\d+)(:\d+)?")


class QuickJsEngine:
    """Runs scripts; starts no process before the first one.

    Args:
        count: Processes at most.
    """

    def __init__(self, count: int) -> None:
        self._workers = Workers(count)

    async def run(self, job: ScriptJob, tenant: str, operations: Operations) -> ScriptResult:
        """Run scripts one after another.

        Args:
            job: What is run.
            tenant: Whose it is; each has a share of what there is.
            operations: Carries out what the scripts ask for.

        Raises:
            Refused: SCRIPTS_BUSY.
        """
        asked = Asked(
            set_=_set(tenant, job.kind.value, *((one.id, one.source) for one in job.scripts)),
            kind=job.kind,
            scripts=job.scripts,
            what=(IS_TRIAL if job.is_trial else 0)
            | (IS_COMPILED_ONLY if job.is_compiled_only else 0),
            configuration=bytes_of(_revealed(job.configuration)),
            own=_own(job.scripts),
            given=bytes_of({**job.given, **_revealed(job.secret_given)}),
        )
        began_s = time.monotonic()
        try:
            came = await self._workers.run(asked, min(job.within_s, BUDGET_S), tenant, operations)
        except Overloaded:
            raise Refused(Refusal.SCRIPTS_BUSY, retry_after_s=1) from None
        return _result(came, job.scripts, time.monotonic() - began_s)

    async def close(self) -> None:
        """Let every process go."""
        await self._workers.close()


def _own(scripts: Sequence[Script]) -> bytes:
    """Return what each script alone is given, by its id, as JSON."""
    return bytes_of(
        {
            script.id: {**script.given, "secrets": _revealed(script.secrets)}
            for script in scripts
            if script.given or script.secrets
        }
    )


def _revealed(secrets: Mapping[str, Secret]) -> dict[str, str]:
    return {name: secret.reveal() for name, secret in secrets.items()}


@lru_cache(maxsize=256)
def _set(tenant: str, kind: str, *scripts: tuple[str, str]) -> bytes:
    """Return a name of these scripts of this tenant, another one when any of them changes."""
    digest = hashlib.blake2b(f"{tenant}\0{kind}".encode(), digest_size=SET_BYTES)
    for id_, source in scripts:
        digest.update(f"\0{id_}\0{source}".encode("utf-8", "replace"))
    return digest.digest()


def _result(came: Any, scripts: Sequence[Script], took_s: float) -> ScriptResult:
    if not isinstance(came, dict):
        came = {}
    by_id = {script.id: script for script in scripts}
    console = tuple(_lines(came.get("log"), by_id))
    error, value = came.get("error"), came.get("value")
    if error is None and isinstance(value, dict):
        return ScriptResult(value=value, console=console, took_s=took_s)
    fault = _fault(error, by_id.get(str(came.get("script"))))
    return ScriptResult(fault=fault, console=console, took_s=took_s)


def _fault(error: Any, script: Script | None) -> ScriptFault:
    if not isinstance(error, dict) or error.get("kind") not in _FAULTS:
        return ScriptFault(Fault.LIMIT, _NOTHING, script)
    kind, message = Fault(error["kind"]), _plain(str(error.get("message"))[:MOST_MESSAGE_CHARS])
    if kind is Fault.COMPILE and script is not None:
        name = script.name[:1].upper() + script.name[1:]
        message = f"{name} failed to compile: {message}"
    return ScriptFault(
        kind,
        message[:MOST_MESSAGE_CHARS],
        script,
        detail=_plain(str(error.get("detail") or ""))[:MOST_MESSAGE_CHARS],
        code=_plain(str(error.get("code") or ""))[:MOST_MESSAGE_CHARS],
        stack="\n".join(_own_lines(str(error.get("stack") or ""), script)),
    )


def _lines(log: Any, scripts: Mapping[str, Script]) -> Iterator[str]:
    for line in log[:_MOST_LINES] if isinstance(log, list) else ():
        if isinstance(line, dict):
            script = scripts.get(str(line.get("script")))
            text = " ".join(_own_lines(str(line.get("text")), script))
            yield f"{script.name if script else '?'}: {_plain(text[:_MOST_LINE_CHARS])}"


def _own_lines(text: str, script: Script | None) -> Iterator[str]:
    """Return the lines of a text; those of a trace name the script, and none is of our own code."""
    places = 0
    for line in text.splitlines():
        place = _PLACE.search(line)
        if place is None:
            if not _NATIVE.search(line):
                yield line
            continue
        places += 1
        if int(place[1]) < HOUSE_LINE and places <= _MOST_STACK_LINES:
            name = script.name if script else "script"
            where = f"{name}:{place[1]}{place[2] or ''}"
            yield line.replace(f"<input>:{place[1]}{place[2] or ''}", where, 1).strip()


def _plain(text: str) -> str:
    """Return a text without control characters, and without halves of surrogate pairs."""
    text = text.encode("utf-8", "replace").decode()
    return "".join(char if char.isprintable() else " " for char in text)
