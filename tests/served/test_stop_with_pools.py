"""SIGTERM while a client keeps connections in a pool, as every SDK and proxy does."""

import os
import signal
from pathlib import Path

from tests.served.house import serving


def test_stop_when_a_pooled_connection_is_not_read_ends_soon(tmp_path: Path) -> None:
    """TLS's goodbye is not waited for on a connection that nobody reads."""
    with serving(tmp_path / "data") as served, served.client() as pool:
        assert pool.get("/health").is_success

        os.kill(served.pid, signal.SIGTERM)

        assert 0 == served.wait()
