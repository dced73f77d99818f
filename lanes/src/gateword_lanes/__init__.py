"""Checks passwords against several bcrypt hashes at once, in one thread.

The arithmetic of one bcrypt hash is a chain in which each step waits for the one before. A core
has room for several such chains, so up to `WIDTH` hashes of one cost are computed together.

`verify(jobs)` says of each job whether its password fits its hash, while other threads run. A job
is a password of at most 72 bytes, in which NUL is a character like any other, and a hash: $2a$,
$2b$ or $2y$, cost 4 to 31, without bits behind the ends of salt and digest. Whatever else it is
handed is a ValueError, whose text never repeats it.
"""

from gateword_lanes._kernel import WIDTH, verify

__all__ = ["WIDTH", "verify"]
