"""The one gate before every secret of a user: reserve a try, and settle it.

Rule 1: nothing of the secret is looked at before the try is reserved. Rule 2: whatever happens
then, the try is settled, or its lease expires and counts as a failure. Rule 3: known and unknown
names cost the same and are refused alike (promises G1 to G8, T1, T2).
"""

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from gateword.domain.log_event import Also, LogCode
from gateword.domain.login import Attempt
from gateword.domain.protection import Protection
from gateword.domain.refusal import Refusal
from gateword.domain.refused import Refused
from gateword.domain.secret import Secret
from gateword.domain.user import User
from gateword.login import facts, notices
from gateword.policy import subject
from gateword.policy.caller import counted, wider
from gateword.policy.protection import lists
from gateword.ports.attempts import UNSURE, Blocked, Busy, Entry, Lease, Outcome, Tries
from gateword.ports.crypto import HashDropped
from gateword.ports.parts import Parts, Plugs
from gateword.ports.realm import Claimant, Realm, Unreachable, Verdict
from gateword.ports.shield import Knock, Shield

WAIT_S: Final = 2.0
"""How long a try waits for others under way: right ones all get in, and wrong ones end it."""

_LOOK_AGAIN_S: Final = 0.05
"""Tries of other processes end without a word."""

_TOLD_AGAIN_S: Final = 60.0


@dataclass(frozen=True, slots=True)
class Held:
    """A try that was let in."""

    knock: Knock
    claimant: Claimant
    lease: Lease

    @property
    def attempt(self) -> Attempt:
        """Who tries what."""
        return self.knock.attempt


async def reserve(parts: Parts, plugs: Plugs, realm: Realm, attempt: Attempt) -> Held:
    """Let a try in.

    Raises:
        Refused: The row of the shield that says no, TRIES_UNDER_WAY, REALM_UNREACHABLE or BUSY.
    """
    protection = await parts.stores.protection.get()
    name = subject.name_of(attempt.username)
    blocked = _recalled(parts, attempt, protection, name)
    if blocked is not None:
        raise _again(plugs, blocked)
    claimant = await realm.claimant(attempt.connection, attempt.username)
    if isinstance(claimant, Unreachable):
        raise Refused(Refusal.REALM_UNREACHABLE, detail=claimant.reason, facts=facts.of(attempt))
    knock = Knock(
        attempt=attempt,
        subject=_subject(parts, attempt, claimant, name),
        place=counted(attempt.ask.caller.ip),
        protection=protection,
    )
    entry = _entry(plugs.shields, knock, claimant.user)
    came = await _admitted(parts, entry, knock, name)
    if isinstance(came, Blocked):
        if came.is_remembered:
            raise _again(plugs, came)
        raise await _refused(parts, plugs, knock, claimant.user, came)
    if isinstance(came, Busy):
        raise Refused(Refusal.TRIES_UNDER_WAY, retry_after_s=1, facts=facts.of(attempt))
    return Held(knock, claimant, came)


async def judged(parts: Parts, realm: Realm, held: Held, password: Secret) -> Verdict:
    """Return the realm's verdict; a try that comes to none is settled here.

    Raises:
        Refused: BUSY.
    """
    try:
        return await realm.verify(held.attempt.connection, held.claimant, password)
    except (HashDropped, Refused):
        await asyncio.shield(settle(parts, held, Outcome.VOID))
        raise
    except BaseException:  # the password may have been looked at, whatever became of it
        await asyncio.shield(settle(parts, held, Outcome.LOST))
        raise


async def settle(parts: Parts, held: Held, outcome: Outcome, *, remembers: bool = True) -> None:
    """Settle a try of which nothing is to be told.

    Args:
        parts: The tenant's.
        held: The try.
        outcome: How it ended.
        remembers: A success makes the place one of the user's.
    """
    _note(parts, held, outcome)
    now = parts.clock.now()
    await parts.stores.attempts.settle(held.lease, outcome, now, remembers=remembers)


async def right(parts: Parts, held: Held, user: User, *, remembers: bool) -> User | None:
    """Settle a right try and count the login; return the user with it, None when they are gone.

    Args:
        parts: The tenant's.
        held: The try.
        user: Who was found.
        remembers: The place becomes one of the user's.
    """
    _note(parts, held, Outcome.RIGHT)
    ip, now = held.attempt.ask.caller.ip, parts.clock.now()
    recorded = parts.stores.logins.record(held.lease, user.key, ip, now, remembers=remembers)
    # Whoever hangs up meanwhile leaves no failure behind.
    return await asyncio.shield(recorded)


async def failed(
    parts: Parts, plugs: Plugs, held: Held, outcome: Outcome, user: User | None
) -> tuple[Also, ...]:
    """Count a failure; return what the log is to tell of it besides."""
    _note(parts, held, outcome)
    settled = await parts.stores.attempts.settle(held.lease, outcome, parts.clock.now())
    reached = [_shield(plugs, name) for name in dict.fromkeys(settled.reached)]
    if settled.mails:
        await notices.account_blocked(parts, held.attempt, user, everywhere=settled.everywhere)
    return (*told(plugs, held), *(_event(shield) for shield in reached))


def told(plugs: Plugs, held: Held) -> tuple[Also, ...]:
    """Return what the log is to tell of shields that only watch."""
    return tuple(_event(_shield(plugs, name)) for name in held.lease.told)


def _recalled(parts: Parts, attempt: Attempt, protection: Protection, name: str) -> Blocked | None:
    """Return the refusal that is remembered for the name, its place, or the network around it.

    Whoever may be exempt asks the store, since what is remembered was said to others there.
    """
    caller, attempts = attempt.ask.caller, parts.stores.attempts
    allowlists = (protection.brute_force.allowlist, protection.suspicious_ip.allowlist)
    if caller.is_sure and any(lists(allowlist, caller.ip) for allowlist in allowlists):
        return None
    mark = "" if caller.is_sure else UNSURE
    network = wider(caller.ip)
    found = attempts.recall(attempt.connection.key, name, f"{counted(caller.ip)}{mark}")
    if found is None and network is not None:
        found = attempts.recall(0, "", f"{network}{mark}")
    return found


def _note(parts: Parts, held: Held, outcome: Outcome) -> None:
    """Count how a try ended for alarms, in memory."""
    ask = held.attempt.ask
    parts.stores.tallies.note(
        outcome,
        ask.client.client_id,
        held.knock.place,
        told_by_client=ask.caller.proxy_ip is not None,
        at=parts.clock.now(),
    )


def _subject(parts: Parts, attempt: Attempt, claimant: Claimant, name: str) -> str:
    if claimant.user is not None:
        return subject.of_user(claimant.user.key)
    text = f"{attempt.connection.id}:{name}"
    return subject.of_name(parts.stamp.digest(text, "subject"))


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
        wants_levels=knock.protection.bots.is_on,
    )


def _counted_once(claimed: Iterable[Tries]) -> tuple[Tries, ...]:
    """Return one claim for each place: a limit wins over one that only wants it counted."""
    found: dict[str, Tries] = {}
    for tries in claimed:
        if tries.place not in found or found[tries.place].limit is None:
            found[tries.place] = tries
    return tuple(found.values())


async def _admitted(parts: Parts, entry: Entry, knock: Knock, name: str) -> Lease | Blocked | Busy:
    """Wait until a try is admitted or refused; Busy when it waited long enough."""
    attempts, loop = parts.stores.attempts, asyncio.get_running_loop()
    whose, give_up_s = (entry.connection_key, entry.subject), loop.time() + WAIT_S
    came: Lease | Blocked | Busy = Busy()
    if not attempts.is_waited_for(*whose):
        came = await attempts.reserve(entry, parts.clock.now(), name=name)
    if not isinstance(came, Busy):
        return came
    async with attempts.turn(*whose, WAIT_S) as is_turn:
        while is_turn and (left_s := give_up_s - loop.time()) > 0:
            blocked = _recalled(parts, knock.attempt, knock.protection, name)
            if blocked is not None:  # who stood before us was told so
                return blocked
            came = await attempts.reserve(entry, parts.clock.now(), name=name)
            if not isinstance(came, Busy):
                return came
            await attempts.freed(*whose, min(left_s, _LOOK_AGAIN_S))
    return came


def _again(plugs: Plugs, blocked: Blocked) -> Refused:
    """Return the refusal of one of a flood: nobody was asked, and nothing is written."""
    row = _shield(plugs, blocked.shield).refusal
    return Refused(row, retry_after_s=blocked.retry_after_s, is_quiet=True)


async def _refused(
    parts: Parts, plugs: Plugs, knock: Knock, user: User | None, blocked: Blocked
) -> Refused:
    shield = _shield(plugs, blocked.shield)
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
            also=(_event(shield),) if is_told else (),
            details={"refused_since_last_row": blocked.more} if blocked.more else None,
        ),
    )


def _event(shield: Shield) -> Also:
    flow = {"flow": "login"} if shield.log is LogCode.LIMIT_MU else {}
    return Also(code=shield.log, description=shield.text, details={"shield": shield.name, **flow})


def _shield(plugs: Plugs, name: str) -> Shield:
    return next(shield for shield in plugs.shields if shield.name == name)
