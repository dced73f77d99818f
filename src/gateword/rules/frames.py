"""What the server and the processes agree on; neither loads the other for it.

A frame is a head and what follows it, bytes as they are: nobody decodes what is for somebody else.
"""

import struct
from typing import Final, NamedTuple

HEAD: Final = struct.Struct("!IBQ")
"""Of a frame to a process: bytes that follow, what they are, number of the run."""

SCRIPTS, RUN, ANSWER, DROP = range(4)
"""What follows. Scripts: `ASKED`, and JSON (`kind`, `scripts`, `forgets`). A run: `ASKED`, and what
the scripts are given as JSON (`configuration`, `own`, `given`). An answer: JSON."""

SET_BYTES: Final = 16
ASKED: Final = struct.Struct(f"!{SET_BYTES}sBII")
"""Name of a set of scripts, what the run is, bytes of `configuration` and of `own`."""

IS_TRIAL, IS_COMPILED_ONLY = 1, 2

TURN_S: Final = 2
"""How long a script may keep the processor at once."""

ADDRESS_SPACE_BYTES: Final = 768 << 20
"""What a process may have at all."""

HOUSE_LINE: Final = 20_000
"""Our own code stands behind this line of the engine, so that a trace tells whose a line is."""

_REST: Final = struct.Struct("!IQBI")
"""Of a frame from a process: bytes that follow, number of the run, what is told, bytes of the
result; behind it stands what is asked for."""

_MOST_TOLD_BYTES: Final = 8 << 20
"""Of one frame from a process; more than what it may say and ask together."""

_HAS_RESULT, _HAS_ASKED, _HAS_MORE = 1, 2, 4


class Rest(NamedTuple):
    """What a process says when a run has had the processor.

    Attributes:
        id: Number of the run.
        result: How it ended, told once; the script's own text, like `asks`.
        asks: What the host is to do.
        more: Something is left to do.
    """

    id: int
    result: str | None
    asks: str | None
    more: bool


def framed(what: int, id_: int, body: bytes = b"") -> bytes:
    """Return a frame to a process."""
    return HEAD.pack(len(body), what, id_) + body


def told(rest: Rest) -> bytes:
    """Return a frame from a process."""
    result = (rest.result or "").encode("utf-8", "replace")
    asks = (rest.asks or "").encode("utf-8", "replace")
    what = _HAS_MORE if rest.more else 0
    what |= 0 if rest.result is None else _HAS_RESULT
    what |= 0 if rest.asks is None else _HAS_ASKED
    return _REST.pack(len(result) + len(asks), rest.id, what, len(result)) + result + asks


def heard(read: bytearray) -> Rest | None:
    """Take a frame of a process from what was read of it; None while it is not whole.

    Raises:
        ValueError: It does not speak as it should.
    """
    if len(read) < _REST.size:
        return None
    length, id_, what, of_result = _REST.unpack_from(read)
    end, asks = _REST.size + length, _REST.size + of_result
    if not of_result <= length <= _MOST_TOLD_BYTES:
        raise ValueError("a frame is longer than it can be")
    if len(read) < end:
        return None
    rest = Rest(
        id_,
        read[_REST.size : asks].decode() if what & _HAS_RESULT else None,
        read[asks:end].decode() if what & _HAS_ASKED else None,
        bool(what & _HAS_MORE),
    )
    del read[:end]
    return rest
