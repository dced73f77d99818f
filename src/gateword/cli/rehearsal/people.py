"""What an attack does to the people whose accounts they are."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Final

from gateword.cli.rehearsal.acts import Act, Outcome, Scenario
from gateword.cli.rehearsal.limits import Limit, Shield, limits
from gateword.cli.rehearsal.stage import Stage
from gateword.cli.rehearsal.tries import ELSEWHERE, HOME, STRANGER, account, guess, right
from gateword.cli.rehearsal.verdicts import Judged, Verdict, judged, locked_out
from gateword.policy.attack_protection import BRUTE_FORCE
from gateword.policy.protection_extras import EXTRAS
from gateword.values import replace

_VICTIM: Final = account(0)
_AT_ONCE: Final = 20
_LOCKOUT: Final[Mapping[str, object]] = {
    "enabled": True,
    "shields": ["block", "user_notification"],
    "mode": "count_per_identifier",
    "allowlist": [],
}


async def _lock_out(stage: Stage) -> Outcome:
    await stage.try_once(right(_VICTIM, HOME))
    count = stage.enough(stage.protection.brute_force.limit)
    seen = await stage.play([guess(_VICTIM, number, STRANGER) for number in range(count)])
    home = await stage.try_once(right(_VICTIM, HOME))
    new = await stage.try_once(right(_VICTIM, ELSEWHERE))
    found = judged(stage.protection, Shield.BRUTE_FORCE, seen)
    note = f"its user: {home.status} from an address used before, {new.status} from a new one"
    if found.verdict is Verdict.HELD and home.status != HTTPStatus.OK:
        found = Judged(locked_out(stage.protection, home))
    return Outcome(seen, replace(found, note="; ".join(filter(None, (found.note, note)))))


async def _right_at_once(stage: Stage) -> Outcome:
    seen = await stage.play([right(_VICTIM, HOME)] * _AT_ONCE, at_once=_AT_ONCE)
    got_in = seen.statuses[HTTPStatus.OK]
    promised = [limit for limit in limits(stage.protection, seen.tries) if _counts_right(limit)]
    expected = min([limit.most for limit in promised], default=_AT_ONCE)
    if got_in < expected:
        note = f"{expected} should have got in, {got_in} did"
        return Outcome(seen, Judged(Verdict.BROKEN, note))
    note = "".join(f"{limit.shield.value} admits {limit.most}" for limit in promised[:1])
    return Outcome(seen, Judged(Verdict.HELD, note))


def _counts_right(limit: Limit) -> bool:
    """Say whether a limit is for right passwords as well."""
    return limit.shield in (Shield.SAME_USER, Shield.BOTS)


LOCK_OUT: Final = Scenario(
    "lock-out",
    (
        Act(attack="A stranger fails on purpose to shut somebody else's account", play=_lock_out),
        Act(
            attack="failures counted over all addresses (count_per_identifier)",
            play=_lock_out,
            changes={BRUTE_FORCE: _LOCKOUT, EXTRAS: {"lockout_style": "auth0"}},
        ),
        Act(
            attack="they did, with waits that grow instead of 30 days (lockout_style: backoff)",
            play=_lock_out,
            changes={BRUTE_FORCE: _LOCKOUT, EXTRAS: {"lockout_style": "backoff"}},
        ),
    ),
)
RIGHT_LOGINS: Final = Scenario(
    "right-logins",
    (Act(attack="No attack: one user logs in twenty times at once", play=_right_at_once),),
)
