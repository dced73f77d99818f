"""What the process itself logs: one JSON object a line on stderr, never a secret."""

import json
import logging
import sys
from datetime import UTC, datetime
from typing import Final

import msgspec

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
        line |= {
            name: value for name, value in vars(record).items() if name not in _OF_EVERY_RECORD
        }
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        try:
            return msgspec.json.encode(line, enc_hook=str).decode()
        except (TypeError, ValueError):  # a lone surrogate, or a key that is no text
            return json.dumps(line, default=str, skipkeys=True)


def configure() -> None:
    """Send our own and the libraries' messages to stderr as JSON lines."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines())
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(logging.WARNING)
    logging.getLogger("gateword").setLevel(logging.INFO)
