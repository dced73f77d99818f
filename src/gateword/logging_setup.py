"""What the process itself logs: one JSON object a line on stderr, never a secret."""

import json
import logging
import re
import sys
from collections.abc import Iterable, Mapping
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Final

import msgspec

HEADERS: Final[ContextVar[Iterable[tuple[bytes, bytes]]]] = ContextVar("headers", default=())
"""Headers of the request that is being answered; read only when something is logged."""

TRACE: Final[ContextVar[str]] = ContextVar("trace", default="")
"""Id of the trace that the request belongs to, where traces are switched on."""

_REQUEST_ID: Final = re.compile(rb"[A-Za-z0-9._:=+/-]{1,128}")
_OF_EVERY_RECORD: Final = frozenset(vars(logging.makeLogRecord({}))) | {"message", "taskName"}


class JsonLines(logging.Formatter):
    """Renders a record: when, how grave, who says it, what happened, and its `extra` members."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the record as one line."""
        line: dict[str, object] = {
            "timestamp": datetime.fromtimestamp(record.created, UTC).isoformat(),
            "level": record.levelname.lower(),
            "logger": record.name,
            "event": record.getMessage(),
        }
        line |= _request()
        line |= {
            name: value for name, value in vars(record).items() if name not in _OF_EVERY_RECORD
        }
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        try:
            return msgspec.json.encode(line, enc_hook=str).decode()
        except (TypeError, ValueError):  # a lone surrogate, or a key that is no text
            return json.dumps(line, default=str, skipkeys=True)


def _request() -> Mapping[str, str]:
    """Return by which names others know the request that is being answered."""
    known = {}
    for name, value in HEADERS.get():
        if name == b"x-request-id" and _REQUEST_ID.fullmatch(value):
            known["request_id"] = value.decode("ascii")
    if trace_id := TRACE.get():
        known["trace_id"] = trace_id
    return known


def configure() -> None:
    """Send our own and the libraries' messages to stderr as JSON lines."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines())
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(logging.WARNING)
    logging.getLogger("gateword").setLevel(logging.INFO)
