"""A log that a flood of failed logins does not drown: beyond so many a minute, a sample is written.

Every row stands for itself and for as many others of its kind as its `left_out` says, so the sum
of both is how many there were. That holds for each process by itself, while it lives.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Final, TypeAlias

from gateword.domain.log_event import LogCode, LogEvent
from gateword.storage.logs import SqlLogs
from gateword.storage.tenant_database import TenantDatabase
from gateword.values import dataclass, replace

FULL: Final = 1_000
"""Failed logins of a minute that are all written."""

ONE_IN: Final = 100
"""Of those beyond, one in so many is written."""

MINUTE_S: Final = 60.0
LEFT_OUT: Final = "left_out"

_REFUSED: Final = frozenset({LogCode.FP, LogCode.FU, LogCode.FEPFT})
_ROWS: Final = frozenset({LogCode.FP, LogCode.FU, LogCode.FEPFT, LogCode.PLA})
"""What is written of a refused login and says no more than that; nothing else is left out."""


@dataclass(frozen=True, slots=True)
class _LeftOut:
    """Rows of one kind that were not written.

    Attributes:
        last: The last of them.
        since_s: When the first was left out.
    """

    count: int
    last: LogEvent
    since_s: float


_Debt: TypeAlias = Mapping[LogCode, _LeftOut]


class Sampling:
    """Which rows of failed logins are written, and how many are not.

    Args:
        monotonic_s: Clock that never runs backwards.
    """

    def __init__(self, monotonic_s: Callable[[], float]) -> None:
        self._monotonic_s = monotonic_s
        self._minute_began_s = float("-inf")
        self._in_minute = 0
        self._debt: dict[LogCode, _LeftOut] = {}

    def sample(self, events: Sequence[LogEvent]) -> tuple[Sequence[LogEvent], _Debt]:
        """Return those rows of one ask that are written, and which debt they tell of."""
        if not any(event.code in _REFUSED for event in events):
            return events, {}
        if self._is_written():
            paid = {code: self._debt.pop(code) for code in _codes(events) if code in self._debt}
            unsaid = {code: one.count for code, one in paid.items()}
            return [_telling(event, unsaid.pop(event.code, 0)) for event in events], paid
        now_s = self._monotonic_s()
        for event in events:
            if event.code in _ROWS:
                self._owe(event.code, _LeftOut(1, event, now_s))
        return [event for event in events if event.code not in _ROWS], {}

    def overdue(self) -> tuple[Sequence[LogEvent], _Debt]:
        """Return the last row of each kind of which some were left out a minute ago or longer."""
        before_s = self._monotonic_s() - MINUTE_S
        paid = {code: one for code, one in self._debt.items() if one.since_s <= before_s}
        for code in paid:
            del self._debt[code]
        return [_telling(one.last, one.count - 1) for one in paid.values()], paid

    def give_back(self, debt: _Debt) -> None:
        """Owe again what could not be written."""
        for code, one in debt.items():
            self._owe(code, one)

    def _owe(self, code: LogCode, more: _LeftOut) -> None:
        known = self._debt.get(code, more)
        count = more.count if known is more else known.count + more.count
        last = max(more.last, known.last, key=lambda event: event.at)
        self._debt[code] = _LeftOut(count, last, min(known.since_s, more.since_s))

    def _is_written(self) -> bool:
        now_s = self._monotonic_s()
        if now_s - self._minute_began_s >= MINUTE_S:
            self._minute_began_s, self._in_minute = now_s, 0
        self._in_minute += 1
        return self._in_minute <= FULL or (self._in_minute - FULL) % ONE_IN == 0


class SampledLogs(SqlLogs):
    """The log of one tenant, sampled."""

    def __init__(self, database: TenantDatabase, monotonic_s: Callable[[], float]) -> None:
        super().__init__(database)
        self._sampling = Sampling(monotonic_s)

    async def append(self, events: Sequence[LogEvent]) -> None:
        await self._write_or_owe(*self._sampling.sample(events))

    async def flush(self) -> None:
        await self._write_or_owe(*self._sampling.overdue())

    async def _write_or_owe(self, events: Sequence[LogEvent], debt: _Debt) -> None:
        try:
            await super().append(events)
        except BaseException:
            self._sampling.give_back(debt)
            raise


def _codes(events: Sequence[LogEvent]) -> set[LogCode]:
    return {event.code for event in events if event.code in _ROWS}


def _telling(event: LogEvent, left_out: int) -> LogEvent:
    """Return a row that says how many of its kind were left out before it, if any were."""
    if not left_out:
        return event
    return replace(event, details={**event.details, LEFT_OUT: left_out})
