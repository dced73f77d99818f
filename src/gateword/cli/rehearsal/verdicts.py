"""What came of an attack, and the word for it.

Rule: pure.
"""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from enum import Enum, unique
from http import HTTPStatus
from typing import Final

from gateword.cli.rehearsal.limits import Limit, Shield, Standing, limits, standing
from gateword.cli.rehearsal.loopback import Answer
from gateword.cli.rehearsal.tries import Try
from gateword.domain.protection import Protection
from gateword.domain.refusal import Refusal
from gateword.values import dataclass

_WRONG: Final = frozenset(
    {
        Refusal.WRONG_PASSWORD.name,
        Refusal.UNKNOWN_USER.name,
        Refusal.NO_PASSWORD.name,
        Refusal.BLOCKED_WRONG_PASSWORD.name,
    }
)
_ADDRESS: Final = "address-throttled"
_BY_ADDRESS: Final = "suspicious-ip"
_BY_NAMES: Final = "crowded-address"
_SHIELDS: Final = {
    Refusal.ACCOUNT_SHUT.name: "brute-force",
    Refusal.CLIENT_THROTTLED.name: "client-ceiling",
    Refusal.SAME_USER_TOO_OFTEN.name: "same-user",
    Refusal.VERIFICATION_REQUIRED.name: "bot-detection",
    Refusal.PASSWORD_LEAKED.name: "breached-password",
}


@unique
class Verdict(Enum):
    """The word at the end of a row, and what it says."""

    HELD = "held", "what is switched on did what it promises"
    OFF = "off", "the shield is switched off in these settings"
    WATCHES = "watches", "the shield only logs: its shields do not name `block`"
    EXEMPT = "exempt", "an allow-list names the address: nothing is counted for it"
    LOCKED_OUT = "locked out", "the account's own user is kept out as well, as the settings say"
    OPEN = "open", "no setting stops this; the log and its alarms show it"
    NOT_REACHED = "not reached", "the limit is higher than what was sent (--max-requests)"
    BROKEN = "BROKEN", "a shield that is on did not do what it promises"

    @property
    def word(self) -> str:
        """The word."""
        return self.value[0]

    @property
    def meaning(self) -> str:
        """What it says, in a line."""
        return self.value[1]


GAPS: Final = (Verdict.OFF, Verdict.WATCHES, Verdict.EXEMPT, Verdict.LOCKED_OUT)
"""What is as the settings say, and no state to deploy."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What was sent, and what came of it.

    Attributes:
        answers: One to each try.
        checked: Passwords that the server looked at, by its own count of hashes.
        refusals: How often it said no, by the name of the row.
        seconds: How long it took.
        at_once: Tries that were under way together.
        told: Shields of addresses and clients that the log names.
    """

    tries: Sequence[Try]
    answers: Sequence[Answer]
    checked: int
    refusals: Mapping[str, int]
    seconds: float
    at_once: int
    told: Collection[str] = ()

    @property
    def statuses(self) -> Counter[int]:
        """How many answers had which status."""
        return Counter(answer.status for answer in self.answers)

    @property
    def is_breached(self) -> bool:
        """Whether somebody got in with a wrong password."""
        pairs = zip(self.tries, self.answers, strict=True)
        return any(answer.status == HTTPStatus.OK and not one.is_right for one, answer in pairs)


@dataclass(frozen=True, slots=True)
class Judged:
    """A verdict and why."""

    verdict: Verdict
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One line of the table.

    Attributes:
        answers: How many had which status.
        checked: Passwords that were looked at.
        stopped_by: Names of shields, the one that stopped most first.
        is_what_if: Played with other settings than the operator's.
    """

    scenario: str
    attack: str
    sent: int
    answers: Mapping[int, int]
    checked: int
    stopped_by: tuple[str, ...]
    judged: Judged
    is_what_if: bool = False


def judged(protection: Protection, chief: Shield | None, seen: Seen) -> Judged:
    """Return what to make of an attack.

    Args:
        protection: The settings.
        chief: The shield that the attack is about; None where no setting is against it.
        seen: What came of it.
    """
    if seen.is_breached:
        return Judged(Verdict.BROKEN, "a wrong password got in")
    promised = limits(protection, seen.tries)
    over = [limit for limit in promised if seen.checked > _allowed(limit, seen)]
    if over:
        return Judged(Verdict.BROKEN, _too_many(over, seen))
    if chief is None:
        is_stopped = seen.checked < len(seen.tries)
        return Judged(Verdict.HELD if is_stopped else Verdict.OPEN)
    stands = standing(protection, chief, seen.tries)
    if stands is not Standing.ON:
        return Judged(_WORDS[stands], f"{chief.value} {_WHY[stands]}")
    if not promised:
        return Judged(Verdict.NOT_REACHED, f"{chief.value} allows more than was sent")
    least = min(promised, key=lambda limit: limit.most)
    more = 0 if least.counts_under_way else seen.checked - least.most
    were = "was" if more == 1 else "were"
    return Judged(Verdict.HELD, f"{more} more {were} under way at the limit" if more > 0 else "")


def locked_out(protection: Protection, answer: Answer) -> Verdict:
    """Return the verdict when an account's own user got this answer after an attack."""
    brute, extras = protection.brute_force, protection.extras
    is_asked = standing(protection, Shield.BOTS, ()) is Standing.ON
    if is_asked and answer.status == HTTPStatus.UNAUTHORIZED:
        return Verdict.HELD  # sent to a page, as everybody
    is_on = standing(protection, Shield.BRUTE_FORCE, ()) is Standing.ON
    is_meant = is_on and brute.everywhere and not extras.backs_off
    return Verdict.LOCKED_OUT if is_meant else Verdict.BROKEN


def counts(rows: Sequence[Row]) -> Counter[Verdict]:
    """Return how many attacks ended how; a what-if counts only where a promise was broken."""
    verdicts = Counter(row.judged.verdict for row in rows if not row.is_what_if)
    broken = [row for row in rows if row.judged.verdict is Verdict.BROKEN]
    verdicts[Verdict.BROKEN] = len(broken)
    return +verdicts


def stopped_by(seen: Seen, protection: Protection) -> tuple[str, ...]:
    """Return who refused, the one that refused most first."""
    names: Counter[str] = Counter()
    for row, count in seen.refusals.items():
        if row not in _WRONG:
            for name in _names(row, seen, protection):
                names[name] += count
    return tuple(name for name, _ in names.most_common())


def _names(row: str, seen: Seen, protection: Protection) -> Sequence[str]:
    """Return whose row it is; two shields have one answer, and the log tells them apart."""
    if row != Refusal.ADDRESS_THROTTLED.name:
        return (_SHIELDS.get(row, row.lower().replace("_", "-")),)
    refuses = {_BY_ADDRESS: protection.suspicious_ip.blocks, _BY_NAMES: True}
    return [name for name, may in refuses.items() if may and name in seen.told] or [_ADDRESS]


def _allowed(limit: Limit, seen: Seen) -> int:
    return limit.allows(seen.seconds, seen.at_once)


def _too_many(over: Sequence[Limit], seen: Seen) -> str:
    allowed = [f"{limit.shield.value} {_allowed(limit, seen)}" for limit in over]
    return f"passwords that were looked at: {seen.checked}; allowed: {', '.join(allowed)}"


_WORDS: Final = {
    Standing.OFF: Verdict.OFF,
    Standing.WATCHES: Verdict.WATCHES,
    Standing.EXEMPT: Verdict.EXEMPT,
}
_WHY: Final = {
    Standing.OFF: "is switched off",
    Standing.WATCHES: "only logs",
    Standing.EXEMPT: "does not count the address: an allow-list names it",
}
