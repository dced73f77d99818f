"""How many passwords of an attack the settings promise to look at, at most.

Rule: pure. Each shield counts in groups (an account at an address, an address, a client); what it
promises is the sum over the groups of the smaller of two numbers: its limit, and what was tried.
"""

from collections import Counter
from collections.abc import Callable, Hashable, Iterator, Sequence
from enum import Enum, unique
from typing import Final

from gateword.cli.rehearsal.tries import Try
from gateword.domain.protection import Networks, Protection
from gateword.policy import crowds
from gateword.policy.address_budget import WIDER
from gateword.policy.caller import counted, wider
from gateword.policy.protection import lists
from gateword.values import dataclass, replace

_BACK_OFF_MS: Final = 60_000
_SAME_USER_REFILL_MS: Final = 120_000


@unique
class Shield(Enum):
    """What an attack is about, in the words of the table."""

    BRUTE_FORCE = "brute-force protection"
    ACCOUNT_CAP = "brute-force protection's cap over all addresses (account_cap)"
    SUSPICIOUS_IP = "suspicious-IP throttling"
    NAMES = "the bound of names of an address (distinct_identifiers, names_per_address)"
    SAME_USER = "the rate of one user at one address (same_user_per_minute)"
    CLIENT_CEILING = "suspicious-IP throttling's ceiling of a client (client_ceiling)"
    BOTS = "bot detection"


@unique
class Standing(Enum):
    """How a shield stands to an attack."""

    ON = "on"
    OFF = "off"
    WATCHES = "watches"
    EXEMPT = "exempt"


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """What one shield promises.

    Attributes:
        most: Passwords that are looked at.
        refill_ms: After which each of the groups has more; 0 is never.
        refill: How much more then.
        groups: How many of them reach their limit.
        counts_under_way: False lets by what is under way when a limit is reached: the budgets of
            wide groups are spent when a try has failed, and a name counts when it has, so that
            they hold up nobody else.
        each: Passwords that may be looked at for one that was let by: a name that failed goes on.
    """

    shield: Shield
    most: int
    refill_ms: int = 0
    refill: int = 1
    groups: int = 1
    counts_under_way: bool = True
    each: int = 1

    def allows(self, seconds: float, at_once: int) -> int:
        """Return how many may have been looked at after that time.

        Args:
            seconds: Since the first try.
            at_once: Tries that were under way together.
        """
        more = int(seconds * 1000 / self.refill_ms) * self.refill if self.refill_ms else 0
        if not self.counts_under_way:
            more += (at_once - 1) * self.each
        return self.most + self.groups * more


def limits(protection: Protection, tries: Sequence[Try]) -> list[Limit]:
    """Return what each shield that is on promises; those that stop nothing are left out."""
    every = (
        *_brute_force(protection, tries),
        *_suspicious_ip(protection, tries),
        *_names(protection, tries),
        *_same_user(protection, tries),
        *_client_ceiling(protection, tries),
        *_bots(protection, tries),
    )
    return [limit for limit in every if limit.most < len(tries)]


def standing(protection: Protection, shield: Shield, tries: Sequence[Try]) -> Standing:
    """Return how a shield stands to an attack: an allow-list that names all of it exempts it."""
    is_on, blocks, allowlist = _switches(protection)[shield]
    if not is_on:
        return Standing.OFF
    if not blocks:
        return Standing.WATCHES
    if tries and all(_is_listed(allowlist, one) for one in tries):
        return Standing.EXEMPT
    return Standing.ON


def _switches(protection: Protection) -> dict[Shield, tuple[bool, bool, Networks]]:
    """Return of each shield whether it is on, whether it blocks, and its allow-list."""
    brute, ip, extras = protection.brute_force, protection.suspicious_ip, protection.extras
    bots = protection.bots
    capped = brute.everywhere or extras.account_cap is not None
    counts_names = any(one.enabled and one.blocks for one in (brute, ip))
    return {
        Shield.BRUTE_FORCE: (brute.enabled, brute.blocks, brute.allowlist),
        Shield.ACCOUNT_CAP: (brute.enabled and capped, brute.blocks, brute.allowlist),
        Shield.SUSPICIOUS_IP: (ip.enabled, ip.blocks, ip.allowlist),
        Shield.NAMES: (counts_names and bool(crowds.bounds(protection)), True, ip.allowlist),
        Shield.SAME_USER: (extras.same_user is not None, True, ()),
        Shield.CLIENT_CEILING: (
            ip.enabled and extras.client_ceiling is not None,
            ip.blocks,
            (),
        ),
        Shield.BOTS: (bots.policy != "never", not bots.monitors, bots.allowlist),
    }


def _brute_force(protection: Protection, tries: Sequence[Try]) -> Iterator[Limit]:
    settings, extras = protection.brute_force, protection.extras
    if not (settings.enabled and settings.blocks):
        return
    refill_ms = _BACK_OFF_MS if extras.backs_off else 0
    everywhere = settings.limit if settings.everywhere else extras.account_cap
    if not settings.everywhere or extras.backs_off:
        yield _limit(
            Shield.BRUTE_FORCE, tries, _account_at_place, settings.limit, refill_ms,
            settings.allowlist,
        )  # fmt: skip
    if everywhere is not None:
        shield = Shield.BRUTE_FORCE if settings.everywhere else Shield.ACCOUNT_CAP
        yield _limit(shield, tries, _account, everywhere, refill_ms, settings.allowlist)


def _suspicious_ip(protection: Protection, tries: Sequence[Try]) -> Iterator[Limit]:
    settings = protection.suspicious_ip
    if not (settings.enabled and settings.blocks):
        return
    size, refill_ms, listed = settings.login.size, settings.login.refill_ms, settings.allowlist
    yield _limit(Shield.SUSPICIOUS_IP, tries, _place, size, refill_ms, listed)
    wide_ms = max(1, refill_ms // WIDER)
    wide = _limit(Shield.SUSPICIOUS_IP, tries, _network, size * WIDER, wide_ms, listed)
    yield replace(wide, counts_under_way=False)


def _names(protection: Protection, tries: Sequence[Try]) -> Iterator[Limit]:
    """Yield the bounds of the names of an address, whether anybody has them or not."""
    if standing(protection, Shield.NAMES, ()) is not Standing.ON:
        return
    listed = protection.suspicious_ip.allowlist
    bounded = [one for one in tries if not _is_listed(listed, one)]
    for most, within_ms in crowds.bounds(protection):
        limit = _crowd(bounded, most, within_ms)
        yield replace(limit, most=limit.most + len(tries) - len(bounded))


def _crowd(tries: Sequence[Try], most: int, within_ms: int) -> Limit:
    """Return what is looked at when one try comes after another.

    A name that failed goes on, and so does a user who got in; neither is new.
    """
    named = Counter((_place(one), one.name) for one in tries)
    failed: dict[Hashable, set[str]] = {}
    inside: set[Hashable] = set()
    full: set[Hashable] = set()
    looked_at = 0
    for one in tries:
        names = failed.setdefault(_place(one), set())
        is_new = one.name not in names and _account_at_place(one) not in inside
        if is_new and len(names) >= most:
            full.add(_place(one))
            continue
        looked_at += 1
        if one.is_right:
            inside.add(_account_at_place(one))
            names.discard(one.name)
        else:
            names.add(one.name)
    each = max(named.values(), default=1)
    return Limit(
        shield=Shield.NAMES,
        most=looked_at,
        refill_ms=within_ms,
        refill=most * each,
        groups=len(full),
        counts_under_way=False,
        each=each,
    )


def _same_user(protection: Protection, tries: Sequence[Try]) -> Iterator[Limit]:
    size = protection.extras.same_user
    if size is not None:
        refill_ms = max(1, _SAME_USER_REFILL_MS // size)
        yield _limit(Shield.SAME_USER, tries, _account_at_place, size, refill_ms, ())


def _client_ceiling(protection: Protection, tries: Sequence[Try]) -> Iterator[Limit]:
    settings, times = protection.suspicious_ip, protection.extras.client_ceiling
    if times is None or not (settings.enabled and settings.blocks):
        return
    refill_ms = max(1, settings.login.refill_ms // times)
    size = settings.login.size * times
    limit = _limit(Shield.CLIENT_CEILING, tries, _telling_client, size, refill_ms, ())
    yield replace(limit, counts_under_way=False)


def _bots(protection: Protection, tries: Sequence[Try]) -> Iterator[Limit]:
    settings = protection.bots
    if settings.policy == "always" and not settings.monitors:
        yield _limit(Shield.BOTS, tries, _account, 0, 0, settings.allowlist)


def _limit(
    shield: Shield,
    tries: Sequence[Try],
    group: Callable[[Try], Hashable],
    size: int,
    refill_ms: int,
    allowlist: Networks,
) -> Limit:
    """Return the sum over the groups; what is listed, or in no group (None), is not bounded."""
    bounded = Counter(
        group(one) for one in tries if group(one) is not None and not _is_listed(allowlist, one)
    )
    free = len(tries) - bounded.total()
    return Limit(
        shield=shield,
        most=free + sum(min(size, count) for count in bounded.values()),
        refill_ms=refill_ms,
        groups=sum(count > size for count in bounded.values()),
    )


def _is_listed(allowlist: Networks, one: Try) -> bool:
    return one.is_sure and lists(allowlist, one.address)


def _account(one: Try) -> Hashable:
    return one.name


def _place(one: Try) -> Hashable:
    return counted(one.address)


def _account_at_place(one: Try) -> Hashable:
    return one.name, counted(one.address)


def _network(one: Try) -> Hashable:
    return wider(one.address)


def _telling_client(one: Try) -> Hashable:
    return one.client if one.is_told else None
