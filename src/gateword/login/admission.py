"""What it takes to be let in: what the shields claim of a try, the wait for it, and their no.

Rule: under every subject of an account a try is admitted by the same claims.
"""

import asyncio
from collections.abc import Iterable, Sequence
from typing import Final

from gateword.domain.log_event import Also, LogCode
from gateword.domain.login import Attempt
from gateword.domain.protection import Protection
from gateword.domain.refusal import Refusal
from gateword.domain.refused import Refused
from gateword.domain.user import User
from gateword.login import facts, notices
from gateword.policy import subject
from gateword.policy.caller import counted, wider
from gateword.policy.protection import lists
from gateword.ports.attempts import UNSURE, Blocked, Busy, Entry, Lease, Outcome, Tries
from gateword.ports.parts import Parts, Plugs
from gateword.ports.shield import Knock, Shield
from gateword.values import replace

WAIT_S: Final = 2.0
"""How long a try waits for others under way: right ones all get in, and wrong ones end it."""

_LOOK_AGAIN_S: Final = 0.05
"""Tries of other processes end without a word."""

_TOLD_AGAIN_S: Final = 60.0


async def admitted(parts: Parts, plugs: Plugs, knock: Knock, user: User | None) -> Lease:
    """Let a try in, with everything that the shields claim of it.

    Args:
        parts: The tenant's.
        plugs: With the shields.
        knock: Who tries what.
        user: Whose the subject is; None when it is nobody's here.

    Raises:
        Refused: The row of the shield that says no, or TRIES_UNDER_WAY.
    """
    return await _let_in(parts, plugs, knock, user, _entry(plugs.shields, knock, user))


async def admitted_too(parts: Parts, plugs: Plugs, knock: Knock, user: User | None) -> Lease:
    """Let a try in under one more subject of the account that it turned out to be for.

    The address has paid for it already, so the failures in a row are all that is claimed.

    Raises:
        Refused: As of `admitted`.
    """
    entry = _entry(plugs.shields, knock, user)
    entry = replace(entry, buckets=(), crowds=(), wants_levels=False)
    return await _let_in(parts, plugs, knock, user, entry)


async def look(parts: Parts, plugs: Plugs, knock: Knock, user: User | None) -> None:
    """Refuse a try that would not be let in, and count nothing.

    What every try costs, right or wrong, is not asked for: no secret of the shields is tried.

    Raises:
        Refused: As of `admitted`.
    """
    entry = _entry(plugs.shields, knock, user)
    kept = tuple(bucket for bucket in entry.buckets if not bucket.spends_always)
    lease = await _let_in(parts, plugs, knock, user, replace(entry, buckets=kept, crowds=()))
    await parts.stores.attempts.settle(lease, Outcome.VOID, parts.clock.now())


def recalled(parts: Parts, attempt: Attempt, protection: Protection) -> Blocked | None:
    """Return the refusal that is remembered for the name, its place, or the network around it.

    Whoever may be exempt asks the store, since what is remembered was said to others there.
    """
    caller, attempts = attempt.ask.caller, parts.stores.attempts
    allowlists = (protection.brute_force.allowlist, protection.suspicious_ip.allowlist)
    if caller.is_sure and any(lists(allowlist, caller.ip) for allowlist in allowlists):
        return None
    name = subject.name_of(attempt.username)
    mark = "" if caller.is_sure else UNSURE
    network = wider(caller.ip)
    found = attempts.recall(attempt.connection.key, name, f"{counted(caller.ip)}{mark}")
    if found is None and network is not None:
        found = attempts.recall(0, "", f"{network}{mark}")
    return found


def _entry(shields: Sequence[Shield], knock: Knock, user: User | None) -> Entry:
    claims = [shield.claims(knock) for shield in shields]
    return Entry(
        connection_key=knock.attempt.connection.key,
        subject=knock.subject,
        place=knock.place,
        user_key=user.key if user else None,
        buckets=tuple(bucket for one in claims for bucket in one.buckets),
        tries=_counted_once(tries for one in claims for tries in one.tries),
        crowds=tuple(crowd for one in claims for crowd in one.crowds),
        speaks_for_place=knock.attempt.ask.caller.is_sure,
        wants_levels=knock.protection.bots.is_on or knock.is_assessed,
    )


def _counted_once(claimed: Iterable[Tries]) -> tuple[Tries, ...]:
    """Return one claim for each place: a limit wins over one that only wants it counted."""
    found: dict[str, Tries] = {}
    for tries in claimed:
        if tries.place not in found or found[tries.place].limit is None:
            found[tries.place] = tries
    return tuple(found.values())


async def _let_in(
    parts: Parts, plugs: Plugs, knock: Knock, user: User | None, entry: Entry
) -> Lease:
    came = await _waited(parts, entry, knock)
    if isinstance(came, Blocked):
        if came.is_remembered:
            raise again(plugs, came)
        raise await _refused(parts, plugs, knock, user, came)
    if isinstance(came, Busy):
        raise Refused(Refusal.TRIES_UNDER_WAY, retry_after_s=1, facts=facts.of(knock.attempt))
    return came


async def _waited(parts: Parts, entry: Entry, knock: Knock) -> Lease | Blocked | Busy:
    """Wait until a try is admitted or refused; Busy when it waited long enough."""
    attempts, loop = parts.stores.attempts, asyncio.get_running_loop()
    name = subject.name_of(knock.attempt.username)
    whose, give_up_s = (entry.connection_key, entry.subject), loop.time() + WAIT_S
    came: Lease | Blocked | Busy = Busy()
    if not attempts.is_waited_for(*whose):
        came = await attempts.reserve(entry, parts.clock.now(), name=name)
    if not isinstance(came, Busy):
        return came
    async with attempts.turn(*whose, WAIT_S) as is_turn:
        while is_turn and (left_s := give_up_s - loop.time()) > 0:
            blocked = recalled(parts, knock.attempt, knock.protection)
            if blocked is not None:  # who stood before us was told so
                return blocked
            came = await attempts.reserve(entry, parts.clock.now(), name=name)
            if not isinstance(came, Busy):
                return came
            await attempts.freed(*whose, min(left_s, _LOOK_AGAIN_S))
    return came


def again(plugs: Plugs, blocked: Blocked) -> Refused:
    """Return the refusal of one of a flood: nobody was asked, and nothing is written."""
    row = shield_of(plugs, blocked.shield).refusal
    return Refused(row, retry_after_s=blocked.retry_after_s, is_quiet=True)


async def _refused(
    parts: Parts, plugs: Plugs, knock: Knock, user: User | None, blocked: Blocked
) -> Refused:
    shield = shield_of(plugs, blocked.shield)
    is_told = blocked.is_first
    if shield.log is LogCode.LIMIT_WC and is_told:  # nobody heard of it as it was reached
        await notices.account_blocked(parts, knock.attempt, user, everywhere=blocked.everywhere)
    elif is_told:
        occasion = f"{shield.name} {knock.place}"
        is_told = parts.stores.attempts.is_first(occasion, _TOLD_AGAIN_S)
        if is_told and shield.log is LogCode.LIMIT_MU:
            await notices.address_throttled(parts, knock.attempt)
    return Refused(
        shield.refusal,
        detail=shield.text,
        retry_after_s=blocked.retry_after_s,
        facts=facts.of(
            knock.attempt,
            user,
            also=(event(shield),) if is_told else (),
            details={"refused_since_last_row": blocked.more} if blocked.more else None,
        ),
    )


def event(shield: Shield) -> Also:
    """Return what the log is told of a shield whose limit was reached."""
    flow = {"flow": "login"} if shield.log is LogCode.LIMIT_MU else {}
    return Also(code=shield.log, description=shield.text, details={"shield": shield.name, **flow})


def shield_of(plugs: Plugs, name: str) -> Shield:
    """Return the shield whose claim it was."""
    return next(shield for shield in plugs.shields if shield.name == name)
