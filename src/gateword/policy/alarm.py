"""Whether so many logins fail that the tenant is under attack, though no address goes too far.

Rule 1: pure. Rule 2: slots of ten minutes are judged as a whole, against what is usual in the week
before. Usual is what half of the slots stay below, so an attack must last half the week before it
passes for normal. (attack-protection §7; numbers are ours.)
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Final

from gateword.domain.tally import Tally
from gateword.values import dataclass

FAILURES: Final = "failure_ratio"
STRANGERS: Final = "unknown_identifiers"
ADDRESSES: Final = "client_addresses"
"""What an alarm is about: failed logins, names of nobody, an application's new addresses."""

SLOT: Final = timedelta(minutes=10)
WEEK: Final = timedelta(days=7)
FEWEST_TRIES: Final = 50
LEAST_RATIO: Final = 0.3
TIMES: Final = 3
UNKNOWN: Final = 0.1
"""What counts as usual of a tenant that nobody knows yet."""

FEWEST_SLOTS: Final = 36
"""Six hours with logins tell what is usual."""

MOST_ADDRESSES: Final = 60
MOST_FAILED: Final = 0.9

_DIGITS: Final = 9
"""Three times 0.1 is more than 0.3 in binary."""

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_SHARES: Final[Mapping[str, Callable[[Tally], float]]] = {
    FAILURES: lambda tally: tally.failures / tally.tries,
    STRANGERS: lambda tally: tally.strangers / tally.tries,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What one alarm makes of the last minutes.

    Attributes:
        alarm: FAILURES or STRANGERS.
        ratio: Share of the tries, 0 to 1.
        baseline: The usual share.
        tries: In the slot that was judged.
        rings: It is far beyond what is usual.
    """

    alarm: str
    ratio: float
    baseline: float
    tries: int
    rings: bool


def slot_of(at: datetime) -> datetime:
    """Return when the slot of a time began."""
    return at - (at - _EPOCH) % SLOT


def are_enough(tallies: Sequence[Tally]) -> bool:
    """Say whether any of the slots has tries enough to be judged."""
    return any(tally.tries >= FEWEST_TRIES for tally in tallies)


def findings(tallies: Sequence[Tally], at: datetime) -> Sequence[Finding]:
    """Judge the last full slot and the one under way, and tell of the worse; one for each alarm.

    Args:
        tallies: Of a week and the two slots after it, as far as there are any.
        at: Now.
    """
    present = slot_of(at)
    first, last = present - SLOT, present
    judged = [one for one in tallies if first <= one.slot <= last and one.tries]
    before = [one for one in tallies if first - WEEK <= one.slot < first and one.tries]
    return [_worse(alarm, share, judged, before) for alarm, share in _SHARES.items()]


def is_over(finding: Finding, since: datetime, at: datetime) -> bool:
    """Say whether an alarm ends: no slot rings any more, and the one in which it began is full.

    So what goes up and down around the limit rings once in ten minutes, not once a minute.
    """
    return not finding.rings and slot_of(since) < slot_of(at)


def least(baseline: float) -> float:
    """Return the share from which an alarm rings: three times the usual, 0.3 at least.

    Where much is usual, three times as much may be more than everything: there a third of the
    usual successes is as alarming.
    """
    share = max(LEAST_RATIO, min(TIMES * baseline, 1 - (1 - baseline) / TIMES))
    return round(share, _DIGITS)


def is_crowd(addresses: int, tries: int, failures: int) -> bool:
    """Say whether the new addresses that an application told within a minute are an attack's.

    Args:
        addresses: How many are new.
        tries: From these.
        failures: Of these tries.
    """
    return addresses > MOST_ADDRESSES and failures > MOST_FAILED * tries


def _worse(
    alarm: str, share: Callable[[Tally], float], judged: Sequence[Tally], before: Sequence[Tally]
) -> Finding:
    usual = sorted(map(share, before))
    baseline = usual[len(usual) // 2] if len(usual) >= FEWEST_SLOTS else UNKNOWN
    quiet = Finding(alarm=alarm, ratio=0.0, baseline=baseline, tries=0, rings=False)
    found = [_finding(alarm, share(tally), baseline, tally.tries) for tally in judged]
    return max(found, key=lambda one: (one.rings, one.tries), default=quiet)


def _finding(alarm: str, ratio: float, baseline: float, tries: int) -> Finding:
    rings = tries >= FEWEST_TRIES and ratio >= least(baseline)
    return Finding(alarm=alarm, ratio=ratio, baseline=baseline, tries=tries, rings=rings)
