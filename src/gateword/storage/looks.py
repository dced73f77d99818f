"""Looks at the database again for what is known already: nobody waits long for those."""

import asyncio
from collections.abc import Coroutine
from typing import Any, Final, TypeVar

from gateword.domain.refusal import Refusal
from gateword.domain.refused import Refused

T = TypeVar("T")

LOOK_S: Final = 1.0
"""Two of them on the way to a key set; who has waited goes on with what is known."""


async def within_look(look: Coroutine[Any, Any, T]) -> T:
    """Return what a look at the database finds; one that takes too long ends by itself, later.

    Raises:
        Refused: STORE_UNREACHABLE after LOOK_S.
    """
    looking = asyncio.create_task(look)
    done, _ = await asyncio.wait({looking}, timeout=LOOK_S)
    if not done:
        looking.add_done_callback(forget)
        raise Refused(Refusal.STORE_UNREACHABLE, f"no answer in {LOOK_S:g} s", retry_after_s=1)
    return looking.result()


def forget(looked: asyncio.Task[Any]) -> None:
    """Take an error away that nobody waits for."""
    if not looked.cancelled():
        looked.exception()
