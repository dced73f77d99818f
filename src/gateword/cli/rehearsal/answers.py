"""What a guesser could read from the answers."""

from collections.abc import Sequence
from http import HTTPStatus
from typing import Final

from gateword.cli.rehearsal.acts import Act, Outcome, Scenario
from gateword.cli.rehearsal.limits import Shield
from gateword.cli.rehearsal.loopback import Answer
from gateword.cli.rehearsal.stage import Stage
from gateword.cli.rehearsal.tenants import BLOCKED, LEAKED, LEAKED_PASSWORD, WITHOUT_PASSWORD
from gateword.cli.rehearsal.tries import HOME, STRANGER, Try, account, addresses, guess, nobody
from gateword.cli.rehearsal.verdicts import Judged, Seen, Verdict, judged
from gateword.policy.attack_protection import BREACHED_PASSWORD

_VARIES: Final = ("date",)
_WAIT: Final = "retry-after"
_APART_S: Final = 60
"""How far two waits may be apart that were asked for one after another: they are rounded."""


async def _before_a_block(stage: Stage) -> Outcome:
    people = (nobody(0), account(0), BLOCKED, WITHOUT_PASSWORD)
    tries = [guess(name, 0, place) for name, place in zip(people, addresses(4), strict=True)]
    seen = await stage.play(tries, at_once=1)
    return Outcome(seen, compared(seen.answers))


async def _behind_a_block(stage: Stage) -> Outcome:
    count = stage.enough(stage.protection.brute_force.limit)
    unknown = guess(nobody(0), 0, STRANGER)
    known = guess(account(0), 0, HOME)
    seen = await stage.play([*[unknown] * count, *[known] * count], at_once=1)
    pairs = zip(seen.answers[:count], seen.answers[count:], strict=True)
    differing = [found for found in map(compared, pairs) if found.verdict is Verdict.BROKEN]
    return Outcome(seen, [*differing, judged(stage.protection, Shield.BRUTE_FORCE, seen)][0])


def compared(answers: Sequence[Answer]) -> Judged:
    """Return whether answers are alike: status, bytes, headers, and about the same wait."""
    first, *others = answers
    for number, other in enumerate(others, 2):
        if _shape(first) != _shape(other) or abs(_wait_s(first) - _wait_s(other)) > _APART_S:
            return Judged(Verdict.BROKEN, f"answer {number} differs from the first")
    return Judged(Verdict.HELD, "the answers are alike to the byte")


def _shape(answer: Answer) -> tuple[object, ...]:
    shown = [
        (name.lower(), "" if name.lower() == _WAIT else value)
        for name, value in answer.headers
        if name.lower() not in _VARIES
    ]
    return answer.status, answer.body, sorted(shown)


def _wait_s(answer: Answer) -> int:
    return int(dict(answer.headers).get(_WAIT, "0"))


async def _leaked(stage: Stage) -> Outcome:
    tries = [
        Try(name=LEAKED, password=LEAKED_PASSWORD, address=HOME, told=HOME, is_right=True),
        guess(LEAKED, 0, HOME),
    ]
    seen = await stage.play(tries, at_once=1)
    return Outcome(seen, _of_leaked(stage, seen))


def _of_leaked(stage: Stage, seen: Seen) -> Judged:
    settings = stage.protection.breached
    got_in = ": it gets in" if seen.answers[0].status == HTTPStatus.OK else ""
    if seen.is_breached:
        return Judged(Verdict.BROKEN, "a wrong password got in")
    if not settings.enabled:
        return Judged(Verdict.OFF, f"breached-password detection is switched off{got_in}")
    if not settings.login.blocks:
        return Judged(Verdict.WATCHES, f"breached-password detection only tells of it{got_in}")
    if got_in:
        return Judged(Verdict.BROKEN, "a password known from a breach was not refused")
    return Judged(Verdict.HELD, "only who knows the password learns that it is leaked")


ENUMERATION: Final = Scenario(
    "enumeration",
    (
        Act(
            attack="A name of nobody, a wrong password, a blocked user, one without a password",
            play=_before_a_block,
        ),
        Act(
            attack="A name of nobody and an account, each until it is blocked and beyond",
            play=_behind_a_block,
        ),
    ),
)
LEAKED_PASSWORDS: Final = Scenario(
    "leaked-password",
    (
        Act(attack="A password known from a breach (AUTH0-TEST-…), and a wrong one", play=_leaked),
        Act(
            attack="breached-password detection were switched on",
            play=_leaked,
            changes={BREACHED_PASSWORD: {"enabled": True, "shields": ["block"]}},
        ),
    ),
)
