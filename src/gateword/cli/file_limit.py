"""How many files, and so connections, this process may hold open."""

import resource
from contextlib import suppress
from typing import Final

MOST: Final = 16_384
"""Connections that say nothing are closed after ten seconds; with TLS so many take 600 MiB."""


def lift() -> None:
    """Take as many as the system lets us have, within reason.

    Most systems give 1,024 to whoever does not ask: a thousand clients that hold a connection would
    keep everybody else out.
    """
    now, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = MOST if most == resource.RLIM_INFINITY else min(MOST, most)
    if now != resource.RLIM_INFINITY and now < wanted:
        with suppress(ValueError, OSError):  # macOS has one more limit, which it does not tell
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, most))
