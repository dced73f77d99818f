"""Attacks on many accounts at once, each of which fails once or never."""

from dataclasses import replace
from http import HTTPStatus
from typing import Final

from gateword.cli.rehearsal.acts import Act, Outcome, Scenario
from gateword.cli.rehearsal.limits import Shield
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

_ACCOUNTS: Final = 200
_KNOWN_OF_TEN: Final = 10
_LEAST: Final = 60
_LOW_AND_SLOW: Final = (
    "each account and each address failed once, so no limit is reached, and who has this password "
    "was entered. Against it help better passwords (a policy, breached-password detection), a "
    "second factor, and somebody who watches the log"
)


async def _foreign_list(stage: Stage) -> Outcome:
    """Play one connection: names are counted when a try ends, so at once a few more get by."""
    bound = stage.protection.extras.strangers or 0
    count = stage.enough(2 * bound, _LEAST)
    seen = await stage.play([_of_foreign_list(number) for number in range(count)], at_once=1)
    return Outcome(seen, judged(stage.protection, Shield.STRANGERS, seen))


def _of_foreign_list(number: int) -> Try:
    if number % _KNOWN_OF_TEN == _KNOWN_OF_TEN - 1:
        return guess(account(number), number, STRANGER)
    return replace(guess(nobody(number), number, STRANGER), is_nobody=True)


async def _own_list(stage: Stage) -> Outcome:
    count = stage.enough(stage.protection.suspicious_ip.login.size)
    tries = [guess(account(number % _ACCOUNTS), number, STRANGER) for number in range(count)]
    seen = await stage.play(tries)
    return Outcome(seen, judged(stage.protection, Shield.SUSPICIOUS_IP, seen))


async def _one_address(stage: Stage) -> Outcome:
    count = stage.enough(stage.protection.suspicious_ip.login.size) - 1
    names = [*(account(number % _ACCOUNTS) for number in range(count)), WEAK]
    seen = await stage.play([sprayed(name, STRANGER) for name in names])
    found = judged(stage.protection, Shield.SUSPICIOUS_IP, seen)
    if found.verdict is Verdict.HELD and seen.answers[-1].status != HTTPStatus.OK:
        found = replace(found, note="the account with this password came last and was safe")
    return Outcome(seen, found)


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
            attack="A list of this tenant's own accounts with wrong passwords, one address",
            play=_own_list,
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
