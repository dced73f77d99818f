"""Commits that take longer than anybody waits: no time-out of PostgreSQL bounds them.

A disk that stalls, or a standby that is missed, holds commits up while statements go on. Who closes
such a connection leaves its session behind at the server, and the next one is held up as well,
until the server takes no more. So it stays one of the pool's, and is used again when the commit is
through. Some are given up all the same: their session may be gone, and nobody has said so.
"""

import asyncio
from contextlib import AsyncExitStack, suppress
from typing import Any, Final

import psycopg

from gateword.storage.patience import cut

GIVEN_UP_WITHIN_S: Final = 3600.0
"""So long what was given up may still be there, unless a late commit has come through since."""


class LateCommits:
    """The connections of one pool whose commits nobody waits for any more.

    Args:
        most: How many are given up within GIVEN_UP_WITHIN_S.
        commit_s: How long each is kept before.
    """

    def __init__(self, most: int, commit_s: float) -> None:
        self._most = most
        self._commit_s = commit_s
        self._given_up_s: list[float] = []
        self._kept: dict[asyncio.Task[None], psycopg.AsyncConnection[Any]] = {}

    def keep(
        self,
        commit: asyncio.Task[Any],
        connection: psycopg.AsyncConnection[Any],
        held: AsyncExitStack,
    ) -> None:
        """Give a connection back when its commit has ended.

        Args:
            commit: Ends when the server has answered.
            connection: Where it was asked.
            held: Gives the connection back when it is left.
        """
        kept = asyncio.create_task(self._ended(commit, connection, held))
        self._kept[kept] = connection
        kept.add_done_callback(self._kept.pop)

    async def close(self) -> None:
        """Give up all of them."""
        for connection in self._kept.values():
            cut(connection)
        if self._kept:
            await asyncio.wait(set(self._kept))

    async def _ended(
        self,
        commit: asyncio.Task[Any],
        connection: psycopg.AsyncConnection[Any],
        held: AsyncExitStack,
    ) -> None:
        with suppress(psycopg.Error):  # whoever asked was told that nobody knows
            async with held:
                while not (await asyncio.wait({commit}, timeout=self._commit_s))[0]:
                    if self._may_give_up():
                        cut(connection)
                await commit
                self._given_up_s.clear()

    def _may_give_up(self) -> bool:
        now_s = asyncio.get_running_loop().time()
        recent = [at_s for at_s in self._given_up_s if at_s > now_s - GIVEN_UP_WITHIN_S]
        may = len(recent) < self._most
        self._given_up_s = [*recent, now_s] if may else recent
        return may
