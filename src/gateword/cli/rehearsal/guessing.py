"""Attacks that guess the password of an account."""

from typing import Final

from gateword.cli.rehearsal.acts import Act, Outcome, Scenario
from gateword.cli.rehearsal.limits import Shield
from gateword.cli.rehearsal.stage import Stage
from gateword.cli.rehearsal.tries import (
    APPLICATIONS,
    HOME,
    STRANGER,
    Try,
    account,
    addresses,
    guess,
    of_one_48,
    of_one_64,
    right,
)
from gateword.cli.rehearsal.verdicts import Judged, Verdict, judged, locked_out
from gateword.policy.address_budget import WIDER
from gateword.values import replace

_VICTIM: Final = account(0)
_ONE_BY_ONE: Final = 50
_PARALLEL: Final = 200
_ADDRESSES: Final = 300
_ACCOUNTS: Final = 100


async def _one_by_one(stage: Stage) -> Outcome:
    count = stage.enough(stage.protection.brute_force.limit, _ONE_BY_ONE) - 1
    tries = [guess(_VICTIM, number, STRANGER) for number in range(count)]
    seen = await stage.play([*tries, right(_VICTIM, STRANGER)], at_once=1)
    found = judged(stage.protection, Shield.BRUTE_FORCE, seen)
    *_, wrong, last = seen.answers
    if found.verdict is not Verdict.HELD:
        return Outcome(seen, found)
    if (wrong.status, wrong.body) != (last.status, last.body):
        return Outcome(seen, Judged(Verdict.BROKEN, "the right password was answered differently"))
    return Outcome(
        seen, replace(found, note="the right password, tried last, was refused like a wrong one")
    )


async def _in_parallel(stage: Stage) -> Outcome:
    count = min(stage.most, _PARALLEL)
    tries = [guess(_VICTIM, number, STRANGER) for number in range(count)]
    seen = await stage.play(tries, at_once=count)
    return Outcome(seen, judged(stage.protection, Shield.BRUTE_FORCE, seen))


async def _distributed(stage: Stage) -> Outcome:
    first = await stage.try_once(right(_VICTIM, HOME))
    places = addresses(min(stage.most, _ADDRESSES))
    seen = await stage.play([guess(_VICTIM, 0, place) for place in places])
    last = await stage.try_once(right(_VICTIM, HOME))
    found = judged(stage.protection, Shield.ACCOUNT_CAP, seen)
    note = f"its user, from an address used before: {first.status}, and after it {last.status}"
    if found.verdict is Verdict.HELD and last.status != first.status:
        return Outcome(seen, Judged(locked_out(stage.protection, last), note))
    return Outcome(seen, replace(found, note="; ".join(filter(None, (found.note, note)))))


async def _inside_64(stage: Stage) -> Outcome:
    places = of_one_64(stage.enough(stage.protection.brute_force.limit, _ONE_BY_ONE))
    tries = [guess(_VICTIM, number, place) for number, place in enumerate(places)]
    seen = await stage.play(tries)
    return Outcome(seen, judged(stage.protection, Shield.BRUTE_FORCE, seen))


async def _inside_48(stage: Stage) -> Outcome:
    places = of_one_48(stage.enough(stage.protection.suspicious_ip.login.size * WIDER))
    seen = await stage.play([_spread(number, place) for number, place in enumerate(places)])
    found = judged(stage.protection, Shield.SUSPICIOUS_IP, seen)
    return Outcome(seen, found)


def _spread(number: int, place: str) -> Try:
    """Return a guess: accounts and applications take turns, so that only the network is common."""
    return guess(
        account(number % _ACCOUNTS), number, place, APPLICATIONS[number % len(APPLICATIONS)]
    )


BRUTE_FORCE: Final = Scenario(
    "brute-force",
    (
        Act(
            attack="One account, one address: wrong passwords one by one, then the right one",
            play=_one_by_one,
        ),
        Act(attack="One account, one address: wrong passwords all at once", play=_in_parallel),
    ),
)
DISTRIBUTED: Final = Scenario(
    "distributed",
    (Act(attack="One account, a new address for each wrong password", play=_distributed),),
)
IPV6: Final = Scenario(
    "ipv6",
    (
        Act(attack="One account, a new address of one /64 for each guess", play=_inside_64),
        Act(
            attack="Many accounts, a new /64 of one /48 for each guess",
            play=_inside_48,
            accounts=_ACCOUNTS,
        ),
    ),
)
