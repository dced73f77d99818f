"""A house whose hashing threads are held while many wait for them."""

import asyncio
import threading
from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from itertools import count

from gateword.domain.refused import Refused
from gateword.ports.crypto import ASKER, Asker
from tests.support.house import DOMAIN, House

_HELD_S = 30


@asynccontextmanager
async def queue_full_of(house: House, asker: Asker | None) -> AsyncIterator[threading.Event]:
    """Fill the queue until nothing more is taken, and let it run at the end.

    Args:
        house: Its settings bound the queue.
        asker: Who asks for all that waits; None for somebody new each time.

    Yields:
        An event that lets the threads go on.
    """
    pool, free = house.engines.pool, threading.Event()
    jobs = [asyncio.ensure_future(pool.run(lambda: free.wait(_HELD_S)))]
    before = ASKER.set(asker or Asker())
    for number in count():
        await asyncio.sleep(0)
        ASKER.set(asker or Asker(DOMAIN, str(number)))
        try:
            pool.check()
        except Refused:
            break
        jobs.append(asyncio.ensure_future(pool.run(lambda: True)))
    ASKER.reset(before)
    try:
        yield free
    finally:
        free.set()
        await asyncio.gather(*jobs, return_exceptions=True)  # some were pushed out


def meanwhile(house: House, sentences: Sequence[str]) -> AbstractAsyncContextManager[object]:
    """Make true what a golden says of the time in which its request is answered."""
    return queue_full_of(house, None) if "hashing is busy" in sentences else nullcontext()
