"""A tenant's buckets of tokens in Valkey; every key says the tenant, and all lie in one slot."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final, TypeAlias

from gateword.policy import lockout, velocity
from gateword.ports.attempts import Blocked, Bucket, Busy
from gateword.storage.columns import ms
from gateword.storage.valkey_scripts import ADMIT, CHANGE, Script, Server
from gateword.values import dataclass, field

_KNOWN: Final = {None: "", False: "0", True: "1"}

Change: TypeAlias = tuple[Bucket, str]
"""A bucket, and the word that valkey_change.lua reads: how many tokens are taken."""


@dataclass(frozen=True, slots=True)
class Unsure:
    """An empty bucket spares known places, and nobody has said whether this is one."""


@dataclass(frozen=True, slots=True)
class Admitted:
    """A try that the buckets let in.

    Attributes:
        levels: Tokens that were left in each, by its key.
        to_tell: Those that are empty, refuse nothing, and were not told of.
    """

    levels: Mapping[str, float] = field(default_factory=dict)
    to_tell: tuple[Bucket, ...] = ()


@dataclass(frozen=True, slots=True)
class Refusing:
    """A bucket that refuses, and how."""

    bucket: Bucket
    how: Blocked | Busy


Verdict: TypeAlias = Admitted | Refusing | Unsure


class ValkeyBuckets:
    """The buckets of one tenant; what is asked is answered None while the server is away.

    Args:
        server: Has them.
        tenant: Key of the tenant.
        noted: Is told after each ask whether the server was away, and when that was.
    """

    def __init__(
        self, server: Server, tenant: int, noted: Callable[[bool, datetime], Awaitable[None]]
    ) -> None:
        self._server = server
        self._noted = noted
        # What stands in braces chooses the slot.
        self._prefix = f"gateword:{{{server.prefix}.{tenant}}}:"

    async def admit(
        self,
        buckets: Sequence[Bucket],
        at: datetime,
        *,
        place: str,
        try_id: str,
        is_known: bool | None,
    ) -> Verdict | None:
        """Take what a try costs before it is made, and count it as under way at its place."""
        ends = ms(at + lockout.LEASE)
        asked = [(bucket, _letters(bucket)) for bucket in buckets]
        args = (ms(at), try_id, ends, _KNOWN[is_known], *_triples(asked))
        answer = await self._run(ADMIT, self._keys(place, asked), args, at)
        return None if answer is None else _verdict(answer, buckets, at)

    async def take(self, buckets: Sequence[Bucket], at: datetime) -> Verdict | None:
        """Take a token out of each; when one is empty, take none."""
        asked = [(bucket, "a") for bucket in buckets]
        args = (ms(at), "", "", "", *_triples(asked))
        answer = await self._run(ADMIT, self._keys("", asked), args, at)
        return None if answer is None else _verdict(answer, buckets, at)

    async def end(
        self, changes: Sequence[Change], at: datetime, *, place: str, try_id: str
    ) -> None:
        """End a try that was admitted."""
        args = (ms(at), try_id, *_triples(changes))
        await self._run(CHANGE, self._keys(place, changes), args, at)

    async def level(self, bucket: Bucket, at: datetime) -> float | None:
        """Return the tokens in a bucket."""
        answer = await self._server.ask("MGET", self._key(bucket.key))
        if answer is None:
            return None
        kept: bytes = answer[0] or b"0"
        return _level(bucket, int(kept.split()[0]), at)

    async def fill(self, keys: Sequence[str]) -> bool:
        """Fill buckets up; return False when the server is away."""
        return not keys or await self._server.ask("DEL", *map(self._key, keys)) is not None

    async def _run(
        self, script: Script, keys: Sequence[str], args: Sequence[str | int], at: datetime
    ) -> Any:
        answer = await self._server.run(script, keys, args)
        await self._noted(answer is None, at)
        return answer

    def _keys(self, place: str, asked: Sequence[Change]) -> list[str]:
        return [f"{self._prefix}tries:{place}", *(self._key(bucket.key) for bucket, _ in asked)]

    def _key(self, name: str) -> str:
        return f"{self._prefix}bucket:{name}"


def _letters(bucket: Bucket) -> str:
    """Return the word that valkey_admit.lua reads of a bucket."""
    letters = {
        "a": bucket.spends_always,
        "p": bucket.place and not bucket.spends_always,
        "s": bucket.spares_known,
        "t": bucket.only_tells,
    }
    return "".join(letter for letter, holds in letters.items() if holds)


def _triples(asked: Sequence[Change]) -> list[str | int]:
    return [part for bucket, word in asked for part in (bucket.size, bucket.refill_ms, word)]


def _verdict(answer: Any, buckets: Sequence[Bucket], at: datetime) -> Verdict:
    how, number, is_first, to_tell, full_at = answer
    levels = {
        bucket.key: _level(bucket, kept, at) for bucket, kept in zip(buckets, full_at, strict=True)
    }
    if how == b"admitted":
        return Admitted(levels, tuple(buckets[told - 1] for told in to_tell))
    if how == b"unsure":
        return Unsure()
    bucket = buckets[number - 1]
    if how == b"busy":
        return Refusing(bucket, Busy())
    wait_s = velocity.retry_after_s(levels[bucket.key], bucket.refill_ms)
    blocked = Blocked(shield=bucket.shield, retry_after_s=wait_s, is_first=is_first == 1)
    return Refusing(bucket, blocked)


def _level(bucket: Bucket, full_at_ms: int, at: datetime) -> float:
    return velocity.tokens(full_at_ms, ms(at), bucket.size, bucket.refill_ms)
