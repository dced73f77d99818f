from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

import pytest

from gateword.domain.log_event import LogCode, LogEvent
from gateword.storage.sampled_logs import FULL, ONE_IN, Sampling
from tests.unit.makers import NOW


def _failed(code: LogCode = LogCode.FP, name: str = "") -> list[LogEvent]:
    """Return the two rows of a failed login."""
    return [LogEvent(code=code, at=NOW, user_name=name) for code in (code, LogCode.FEPFT)]


@dataclass
class Log:
    """What was written, and the clock."""

    now_s: float = 0.0
    rows: list[LogEvent] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Sample by this clock."""
        self.sampling = Sampling(lambda: self.now_s)

    def append(self, events: Sequence[LogEvent]) -> None:
        """Write what is not left out."""
        self.rows += self.sampling.sample(events)[0]

    def flush(self) -> None:
        """Write what is overdue."""
        self.rows += self.sampling.overdue()[0]

    def written(self, code: LogCode = LogCode.FP) -> int:
        """Count rows."""
        return Counter(row.code for row in self.rows)[code]

    def stood_for(self, code: LogCode = LogCode.FP) -> int:
        """Count what the rows stand for."""
        return sum(1 + _left_out(row) for row in self.rows if row.code is code)


def _left_out(row: LogEvent) -> int:
    count = row.details.get("left_out", 0)
    assert isinstance(count, int)
    return count


def test_burst_is_written_in_full_and_then_sampled() -> None:
    """Of 5,000 a minute 1,000 and each hundredth of the rest, and every one is accounted for."""
    log = Log()
    for _ in range(5_000):
        log.append(_failed())

    assert [1_040, 1_040] == [log.written(), log.written(LogCode.FEPFT)]
    assert [5_000, 5_000] == [log.stood_for(), log.stood_for(LogCode.FEPFT)]
    assert [0] * 2_000 + [99] * 80 == [_left_out(row) for row in log.rows]


@pytest.mark.parametrize("more", [1, 57, 99])
def test_rest_is_told_by_the_next_row_of_the_kind(more: int) -> None:
    """A new minute begins, and its first row tells of the last one's."""
    log = Log()
    for _ in range(FULL + more):
        log.append(_failed())
    log.now_s += 60
    log.append(_failed())

    assert [more, more] == [_left_out(row) for row in log.rows[-2:]]
    assert FULL + more + 1 == log.stood_for()


def test_rest_of_a_minute_that_ends_quietly_is_written_by_a_flush() -> None:
    """The last one left out is written, for itself and the others."""
    log = Log()
    for number in range(FULL + 7):
        log.append(_failed(name=str(number)))
    log.flush()
    assert FULL == log.written()
    log.now_s += 60
    log.flush()
    log.flush()

    assert [(LogCode.FP, str(FULL + 6), 6), (LogCode.FEPFT, str(FULL + 6), 6)] == [
        (row.code, row.user_name, _left_out(row)) for row in log.rows[2 * FULL :]
    ]
    assert FULL + 7 == log.stood_for()


def test_single_row_left_out_is_written_as_it_was() -> None:
    """It stands for itself alone."""
    log = Log()
    for _ in range(FULL + 1):
        log.append(_failed())
    log.now_s += 60
    log.flush()

    assert _failed() == log.rows[-2:]


def test_kinds_are_counted_apart() -> None:
    """Wrong passwords and unknown names: a row tells of its own kind only."""
    log = Log()
    for number in range(3_000):
        log.append(_failed(LogCode.FU if number % 4 else LogCode.FP))
    log.now_s += 60
    log.flush()

    assert [750, 2_250, 3_000] == [
        log.stood_for(code) for code in (LogCode.FP, LogCode.FU, LogCode.FEPFT)
    ]


def test_kind_that_comes_no_more_is_told_of_during_the_flood_of_another() -> None:
    """Not only when it is over."""
    log = Log()
    for _ in range(FULL):
        log.append(_failed())
    log.append(_failed(LogCode.FU))
    for second in range(1, 61):
        log.now_s = float(second)
        log.append(_failed())
    log.flush()

    assert 1 == log.stood_for(LogCode.FU)


@pytest.mark.parametrize(
    "code", sorted(set(LogCode) - {LogCode.FP, LogCode.FU, LogCode.FEPFT, LogCode.PLA}, key=str)
)
def test_nothing_else_is_ever_left_out(code: LogCode) -> None:
    """However many there are, alone or in the company of what is left out, in their order."""
    log = Log()
    other = LogEvent(code=code, at=NOW)
    for _ in range(FULL + ONE_IN):
        log.append([other, *_failed(), other])
    log.append([other])

    assert 2 * (FULL + ONE_IN) + 1 == log.written(code)
    assert [other, other] == log.rows[-7:-5]
    assert [code, LogCode.FP, LogCode.FEPFT, code, code] == [row.code for row in log.rows[-5:]]


def test_refusals_before_the_password_are_sampled_too() -> None:
    """A flood that varies names is refused each time anew, and drowns no log (§7)."""
    log = Log()
    for _ in range(2 * FULL):
        log.append([LogEvent(code=LogCode.FEPFT, at=NOW)])

    assert FULL + FULL // ONE_IN == log.written(LogCode.FEPFT)


def test_alarm_is_never_left_out() -> None:
    """An event of its own is no part of a refused login, though it has the code of one."""
    log = Log()
    for _ in range(2 * FULL):
        log.append([LogEvent(code=LogCode.PLA, at=NOW)])

    assert 2 * FULL == log.written(LogCode.PLA)


def test_row_that_cannot_be_written_loses_no_number() -> None:
    """The next one tells what this one would have told."""
    log = Log()
    for _ in range(FULL + 40):
        log.append(_failed())
    log.now_s += 60
    _, debt = log.sampling.sample(_failed())
    log.sampling.give_back(debt)
    _, debt = log.sampling.overdue()
    log.sampling.give_back(debt)
    log.append(_failed())

    assert [40, 40] == [_left_out(row) for row in log.rows[-2:]]
