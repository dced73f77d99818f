"""What must come of tries, told from a plain list of them: no counter is kept, each is counted."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Final, Literal

from gateword.ports.attempts import EVERYWHERE, Blocked, Busy, Entry, Lease
from gateword.shields.brute_force import BruteForceShield
from tests.support.knocks import a_knock, a_protection, an_entry

PLACES: Final = ("192.0.2.1", "2001:db8::/64")
KNOWN: Final = ("ann",)
NAMES: Final = (*KNOWN, "nobody")
MONTH: Final = timedelta(days=30)
REMEMBERED: Final = timedelta(days=90)
DAY: Final = timedelta(days=1)
LEASE: Final = timedelta(seconds=30)

Answer = Literal["lease", "blocked", "busy"]


@dataclass(frozen=True)
class Rules:
    """Settings that are in force."""

    limit: int = 3
    cap: int = 5
    everywhere: bool = False
    backs_off: bool = False

    def entry(self, connection_key: int, name: str, place: str, user_key: int | None) -> Entry:
        """Return what the shield wants counted of a try."""
        mode = "count_per_identifier" if self.everywhere else "count_per_identifier_and_ip"
        style = "backoff" if self.backs_off else "auth0"
        protection = a_protection(
            brute_force={"max_attempts": self.limit, "mode": mode},
            extras={"account_cap": self.cap, "lockout_style": style},
        )
        knock = a_knock(protection, subject=name, ip=place.replace("::/64", "::1"))
        assert place == knock.place
        entry = an_entry(knock, BruteForceShield().claims(knock), user_key=user_key)
        return Entry(
            connection_key=connection_key,
            subject=name,
            place=place,
            user_key=user_key,
            tries=entry.tries,
        )

    @property
    def is_locked_by_account(self) -> bool:
        """One success opens, and one count shuts, the account at every place."""
        return self.everywhere and not self.backs_off


@dataclass(eq=False)
class Try:
    """One try that was let in, and what became of it.

    Attributes:
        counts_here: It failed, and still counts against the name at its place.
        counts_over: It failed, and still counts against the name over all places.
    """

    name: str
    place: str
    rules: Rules
    lease: Lease
    expires: datetime
    is_under_way: bool = True
    counts_here: bool = False
    counts_over: bool = False


@dataclass
class Record:
    """What happened.

    Attributes:
        latest: By name and place: when the last failure was.
        seen: By name and place: when it last logged in, to the day.
    """

    tries: list[Try] = field(default_factory=list)
    latest: dict[tuple[str, str], datetime] = field(default_factory=dict)
    seen: dict[tuple[str, str], datetime] = field(default_factory=dict)

    def kept(self, name: str, place: str) -> list[Try]:
        """Return the failures at a place, or everywhere, that were not forgiven."""
        if place == EVERYWHERE:
            return [one for one in self.tries if one.name == name and one.counts_over]
        return [
            one for one in self.tries if (one.name, one.place) == (name, place) if one.counts_here
        ]

    def live(self, name: str, place: str, at: datetime) -> list[Try]:
        """Return those of them that count: none, a month after the last."""
        kept = self.kept(name, place)
        return [] if kept and at - self.latest[name, place] >= MONTH else kept

    def under_way(self, name: str, place: str = EVERYWHERE) -> list[Try]:
        """Return the tries of a name at a place, or everywhere, that are under way."""
        return [
            one
            for one in self.tries
            if one.name == name and one.is_under_way and place in {EVERYWHERE, one.place}
        ]

    def fail(self, one: Try, at: datetime) -> None:
        """Note a failure; when the last was a month ago, those before it are forgotten."""
        one.is_under_way = False
        for place in (one.place, EVERYWHERE):
            if self.kept(one.name, place) and not self.live(one.name, place, at):
                self.forget(one.name, place)
            key = one.name, place
            self.latest[key] = max(self.latest.get(key, at), at)
        one.counts_here = one.counts_over = True

    def forget(self, name: str, place: str) -> None:
        """Forget the failures at a place, or the count of all places."""
        self.latest.pop((name, place), None)
        for one in self.kept(name, place):
            if place == EVERYWHERE:
                one.counts_over = False
            else:
                one.counts_here = False

    def expire(self, name: str, at: datetime) -> None:
        """Count whoever did not come back in time."""
        for one in self.under_way(name):
            if one.expires <= at:
                self.fail(one, one.expires)

    def succeed(self, one: Try, at: datetime) -> None:
        """Note a success, and what it forgives: its own key, unless that has shut meanwhile."""
        one.is_under_way = False
        name, place, rules = one.name, one.place, one.rules
        if rules.is_locked_by_account:
            if len(self.kept(name, EVERYWHERE)) < rules.limit:
                for where in (*PLACES, EVERYWHERE):
                    self.forget(name, where)
            self.forget(name, place)
        elif rules.backs_off or len(self.kept(name, place)) < rules.limit:
            for forgiven in self.live(name, place, at):
                forgiven.counts_over = False
            self.forget(name, place)
        if name in KNOWN and at - self.seen.get((name, place), NEVER) > DAY:
            self.seen[name, place] = at

    def lift(self, name: str) -> None:
        """Forget every failure of a name."""
        for place in (*PLACES, EVERYWHERE):
            self.forget(name, place)

    def purge(self, at: datetime) -> None:
        """Let late ones fail, and forget what counts no more."""
        for name in NAMES:
            self.expire(name, at)
            for place in (*PLACES, EVERYWHERE):
                if at - self.latest.get((name, place), at) >= MONTH:
                    self.forget(name, place)
        self.seen = {key: seen for key, seen in self.seen.items() if at - seen < REMEMBERED}

    def answer(self, name: str, place: str, rules: Rules, at: datetime) -> Answer:
        """Return how a try must be answered."""
        return next(
            (one for one in self._bounds(name, place, rules, at) if one != "lease"), "lease"
        )

    def _bounds(self, name: str, place: str, rules: Rules, at: datetime) -> list[Answer]:
        if rules.is_locked_by_account:
            return [self._bound(name, EVERYWHERE, rules, rules.limit, at)]
        cap = rules.limit if rules.everywhere else rules.cap
        seen = self.seen.get((name, place), NEVER)
        is_spared = at - seen < REMEMBERED and len(self.live(name, EVERYWHERE, at)) >= cap
        over = [] if is_spared else [self._bound(name, EVERYWHERE, rules, cap, at)]
        here = [self._bound(name, place, rules, rules.limit, at)]
        return over + here if rules.everywhere else here + over

    def _bound(self, name: str, place: str, rules: Rules, limit: int, at: datetime) -> Answer:
        failed, under_way = len(self.live(name, place, at)), len(self.under_way(name, place))
        if failed < limit:
            return "lease" if failed + under_way < limit else "busy"
        wait = timedelta(minutes=min(60, 2 ** (failed - limit))) if rules.backs_off else MONTH
        if at < self.latest[name, place] + wait:
            return "blocked"
        return "busy" if under_way else "lease"

    def reached(self, one: Try) -> int:
        """Return how many bounds a failure that was just noted has reached."""
        rules = one.rules
        if rules.is_locked_by_account:
            limits = {EVERYWHERE: rules.limit}
        else:
            limits = {
                one.place: rules.limit,
                EVERYWHERE: rules.limit if rules.everywhere else rules.cap,
            }
        counts = {place: len(self.kept(one.name, place)) for place in limits}
        if rules.backs_off:
            return sum(counts[place] >= limit for place, limit in limits.items())
        return sum(counts[place] == limit for place, limit in limits.items())


NEVER: Final = datetime.min.replace(tzinfo=UTC)


def kind(answer: Lease | Blocked | Busy) -> Answer:
    """Return the kind of an answer."""
    match answer:
        case Lease():
            return "lease"
        case Blocked():
            assert answer.retry_after_s >= 1
            return "blocked"
        case Busy():
            return "busy"
