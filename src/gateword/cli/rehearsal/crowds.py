"""Attacks on many accounts at once, each of which fails once or never."""

from http import HTTPStatus
from typing import Final

from gateword.cli.rehearsal.acts import Act, Outcome, Scenario
from gateword.cli.rehearsal.limits import Shield, Standing, standing
from gateword.cli.rehearsal.stage import Stage
from gateword.cli.rehearsal.tries import (
    STRANGER,
    WEAK,
    Try,
    account,
    addresses,
    guess,
    nobody,
    sprayed,
)
from gateword.cli.rehearsal.verdicts import Verdict, judged
from gateword.policy.crowds import bounds
from gateword.values import replace

_ACCOUNTS: Final = 200
_KNOWN_OF_TEN: Final = 10
_LEAST: Final = 60
_SPRAYED: Final = 100
_LOW_AND_SLOW: Final = (
    "each account and each address failed once, so no limit is reached, and the one account with "
    "this password was entered. Against it help better passwords (a policy, breached-password "
    "detection), a second factor, and somebody who watches the log"
)


async def _foreign_list(stage: Stage) -> Outcome:
    """Play one connection: names are counted when a try ends, so at once a few more get by."""
    chief, limit = _chief(stage)
    tries = [_of_foreign_list(number) for number in range(stage.enough(limit, _LEAST))]
    seen = await stage.play(tries, at_once=1)
    return Outcome(seen, judged(stage.protection, chief, seen))


def _of_foreign_list(number: int) -> Try:
    if number % _KNOWN_OF_TEN == _KNOWN_OF_TEN - 1:
        return guess(account(number // _KNOWN_OF_TEN % _ACCOUNTS), number, STRANGER)
    return guess(nobody(number), number, STRANGER)


async def _few_accounts(stage: Stage) -> Outcome:
    """Play no more names than the bound of names lets by, so that the budget ends it."""
    count = stage.enough(stage.protection.suspicious_ip.login.size)
    names = min(_names(stage) or _ACCOUNTS, _ACCOUNTS)
    seen = await stage.play(
        [guess(account(number % names), number, STRANGER) for number in range(count)]
    )
    return Outcome(seen, judged(stage.protection, Shield.SUSPICIOUS_IP, seen))


async def _one_address(stage: Stage) -> Outcome:
    chief, limit = _chief(stage)
    count = stage.enough(limit, _SPRAYED) - 1
    names = [*(account(number % _ACCOUNTS) for number in range(count)), WEAK]
    seen = await stage.play([sprayed(name, STRANGER) for name in names])
    found = judged(stage.protection, chief, seen)
    if found.verdict is Verdict.HELD and seen.answers[-1].status != HTTPStatus.OK:
        safe = "the account with this password came last and was safe"
        found = replace(found, note="; ".join(filter(None, (found.note, safe))))
    return Outcome(seen, found)


def _names(stage: Stage) -> int:
    """Return how many names may fail from one address; 0 where nothing bounds them."""
    return min((most for most, _ in bounds(stage.protection)), default=0)


def _chief(stage: Stage) -> tuple[Shield, int]:
    """Return the shield that ends many names from one address first, and its limit."""
    names, size = _names(stage), stage.protection.suspicious_ip.login.size
    is_bounded, is_throttled = (
        standing(stage.protection, shield, ()) is Standing.ON
        for shield in (Shield.NAMES, Shield.SUSPICIOUS_IP)
    )
    is_first = is_bounded and (names < size or not is_throttled)
    return (Shield.NAMES, names) if is_first else (Shield.SUSPICIOUS_IP, size)


async def _many_addresses(stage: Stage) -> Outcome:
    places = addresses(min(stage.most, _ACCOUNTS))
    names = [*map(account, range(len(places) - 1)), WEAK]
    seen = await stage.play(list(map(sprayed, names, places)))
    found = judged(stage.protection, None, seen)
    if found.verdict is Verdict.OPEN:
        found = replace(found, note=_LOW_AND_SLOW)
    return Outcome(seen, found)


STUFFING: Final = Scenario(
    "stuffing",
    (
        Act(
            attack="A list leaked elsewhere, one address: nine of ten names are nobody's",
            play=_foreign_list,
            accounts=_ACCOUNTS,
        ),
        Act(
            attack="A few of this tenant's own accounts, many passwords for each, one address",
            play=_few_accounts,
            accounts=_ACCOUNTS,
        ),
    ),
)
SPRAYING: Final = Scenario(
    "spraying",
    (
        Act(
            attack="One password over many accounts, one address",
            play=_one_address,
            accounts=_ACCOUNTS,
        ),
        Act(
            attack="One password over many accounts, a new address for each",
            play=_many_addresses,
            accounts=_ACCOUNTS,
        ),
    ),
)
