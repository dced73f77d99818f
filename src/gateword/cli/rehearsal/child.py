"""The rehearsal's server, which ends when whoever started it is gone."""

import os
import signal
import sys
import threading

from gateword.cli.main import run


def serve() -> None:
    """Serve with the arguments of the process until standard input is closed."""
    threading.Thread(target=_stop_when_left, name="left", daemon=True).start()
    run()


def _stop_when_left() -> None:
    sys.stdin.buffer.read()
    os.kill(os.getpid(), signal.SIGTERM)
