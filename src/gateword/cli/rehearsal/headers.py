"""Attacks that lie about the address they come from (`auth0-forwarded-for`)."""

from collections.abc import Mapping
from functools import partial
from itertools import cycle
from typing import Final

from gateword.cli.rehearsal.acts import Act, Outcome, Scenario
from gateword.cli.rehearsal.limits import Shield
from gateword.cli.rehearsal.stage import Stage
from gateword.cli.rehearsal.tries import (
    APPLICATIONS,
    PEER,
    PUBLIC,
    UNTRUSTED,
    Try,
    account,
    addresses,
    guess,
    of_many_48,
)
from gateword.cli.rehearsal.verdicts import Judged, Verdict, judged
from gateword.domain.log_event import LogCode
from gateword.policy.attack_protection import BRUTE_FORCE, SUSPICIOUS_IP
from gateword.policy.protection_extras import EXTRAS
from gateword.values import replace

_VICTIM: Final = account(0)
_ACCOUNTS: Final = 100
_LEAST: Final = 30
_GARBAGE: Final = (
    "203.0.113.9, 198.51.100.7",
    "203.0.113.9:443",
    "[2001:db8::9]",
    "2001:db8::9%eth0",
    "203.0.113.009",
    "0.0.0.0",
    "224.0.0.1",
    "localhost",
    "unknown",
)
"""What is not one address of a host."""

_LISTED: Final[Mapping[str, object]] = {"allowlist": [PEER]}


async def _made_up(stage: Stage, *, client: str) -> Outcome:
    """Send a new address with each guess through a client that may not tell any."""
    places = addresses(stage.enough(stage.protection.brute_force.limit, _LEAST))
    return await _as_the_peer(
        stage,
        [
            Try(name=_VICTIM, password=f"guess number {number}", told=place, client=client)
            for number, place in enumerate(places)
        ],
    )


async def _garbage(stage: Stage) -> Outcome:
    count = stage.enough(stage.protection.brute_force.limit, _LEAST)
    tries = [
        Try(name=_VICTIM, password=f"guess number {number}", told=told, is_sure=False)
        for number, told in zip(range(count), cycle(_GARBAGE), strict=False)
    ]
    if stage.protection.extras.strict:
        seen = await stage.play(tries, at_once=1)
        verdict = Verdict.BROKEN if seen.checked else Verdict.HELD
        return Outcome(seen, Judged(verdict, "strict_forwarded_for refuses such a header"))
    return await _as_the_peer(stage, tries)


async def _as_the_peer(stage: Stage, tries: list[Try]) -> Outcome:
    seen = await stage.play(tries, at_once=1)
    found = judged(stage.protection, Shield.BRUTE_FORCE, seen)
    logged = await stage.logged_addresses(LogCode.FP.value)
    if seen.checked and logged != {PEER}:
        counted = ", ".join(sorted(logged))
        return Outcome(seen, Judged(Verdict.BROKEN, f"counted for {counted} instead of {PEER}"))
    note = f"the log names {PEER}, from where the rehearsal asks, and no address that was told"
    return Outcome(seen, replace(found, note=found.note or note))


async def _trusted_liar(stage: Stage) -> Outcome:
    ip, times = stage.protection.suspicious_ip, stage.protection.extras.client_ceiling or 0
    places = of_many_48(stage.enough(ip.login.size * times, _LEAST))
    tries = [
        guess(account(number % _ACCOUNTS), number, place, APPLICATIONS[0])
        for number, place in enumerate(places)
    ]
    seen = await stage.play(tries)
    return Outcome(seen, judged(stage.protection, Shield.CLIENT_CEILING, seen))


SPOOFING: Final = Scenario(
    "spoofing",
    (
        Act(
            attack="A public client tells a new address with each guess",
            play=partial(_made_up, client=PUBLIC),
        ),
        Act(
            attack="A confidential client that is not trusted tells a new address each time",
            play=partial(_made_up, client=UNTRUSTED),
        ),
        Act(
            attack="a trusted client on the allow-lists sent what is no address",
            play=_garbage,
            changes={BRUTE_FORCE: _LISTED, SUSPICIOUS_IP: _LISTED},
        ),
        Act(
            attack="A trusted client makes up addresses, over many accounts",
            play=_trusted_liar,
            accounts=_ACCOUNTS,
        ),
        Act(
            attack="a client that makes up addresses had the budget of two (client_ceiling: 2)",
            play=_trusted_liar,
            accounts=_ACCOUNTS,
            changes={EXTRAS: {"client_ceiling": 2}},
        ),
    ),
)
