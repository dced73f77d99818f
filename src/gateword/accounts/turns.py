"""Chores that one process does for all: of many, over any number of nodes, one has the turn."""

from datetime import timedelta

from gateword.ports.parts import Parts


async def is_our_turn(parts: Parts, name: str, every: timedelta) -> bool:
    """Take the turn at a chore, unless somebody has taken it a shorter time ago than `every`.

    Nobody gives a turn back: who dies in it has been followed by another when it is over.
    """
    now = parts.clock.now()
    return await parts.stores.cursors.claim(name, now, now + every) is not None
