"""The one gate before every secret of a user: reserve a try, and settle it.

Rule 1: nothing of the secret is looked at before the try is reserved. Rule 2: whatever happens
then, the try is settled, or its lease expires and counts as a failure. Rule 3: known and unknown
names cost the same and are refused alike (promises G1 to G8, T1, T2).
"""

import asyncio
from collections.abc import Iterator

from gateword.domain.log_event import Also
from gateword.domain.login import Attempt
from gateword.domain.refusal import Refusal
from gateword.domain.refused import Refused
from gateword.domain.secret import Secret
from gateword.domain.user import User
from gateword.login import admission, facts, mfa_policies, notices
from gateword.policy import subject
from gateword.policy.caller import counted
from gateword.ports.attempts import Lease, Outcome, Settled
from gateword.ports.crypto import HashDropped
from gateword.ports.parts import Parts, Plugs
from gateword.ports.realm import (
    Claimant,
    Found,
    Mismatch,
    NoPassword,
    Realm,
    StrangerMismatch,
    Taken,
    Unreachable,
    Verdict,
)
from gateword.ports.shield import Knock
from gateword.values import dataclass, replace


@dataclass(frozen=True, slots=True)
class Held:
    """A try that was let in.

    Attributes:
        others: Under further subjects of the same account, which only the verdict named.
        kin: Under what spellings of the name share; a success says nothing of the others.
    """

    knock: Knock
    claimant: Claimant
    lease: Lease
    others: tuple[Lease, ...] = ()
    kin: Lease | None = None

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
    blocked = admission.recalled(parts, attempt, protection)
    if blocked is not None:
        raise admission.again(plugs, blocked)
    claimant = await realm.claimant(attempt.connection, attempt.username)
    if isinstance(claimant, Unreachable):
        raise Refused(Refusal.REALM_UNREACHABLE, detail=claimant.reason, facts=facts.of(attempt))
    knock = Knock(
        attempt=attempt,
        subject=_subject(parts, attempt, claimant),
        place=counted(attempt.ask.caller.ip),
        protection=protection,
        is_assessed=await mfa_policies.is_adaptive(parts),
    )
    lease = await admission.admitted(parts, plugs, knock, claimant.user)
    return Held(knock, claimant, lease)


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


async def named(parts: Parts, plugs: Plugs, held: Held, verdict: Verdict) -> Held:
    """Let the try in under the account that the verdict names, where that is another subject.

    A directory may know more spellings of a name than we do. Right or wrong, a verdict over a shut
    account is told to nobody, or the answer would be the guess.

    Raises:
        Refused: As when the account's own name had been typed; the try counts as a failure.
    """
    try:
        kin = _kin(parts, held, verdict)
        if kin != held.knock.subject:
            knock = replace(held.knock, subject=kin)
            held = replace(held, kin=await admission.admitted_too(parts, plugs, knock, None))
        for whose, user in _accounts(parts, held, verdict):
            knock = replace(held.knock, subject=whose)
            lease = await admission.admitted_too(parts, plugs, knock, user)
            held = replace(held, others=(*held.others, lease))
    except BaseException:
        await asyncio.shield(settle(parts, held, Outcome.LOST))
        raise
    known = held.claimant.user
    if isinstance(verdict, Found) and known is not None and known.key != verdict.user.key:
        *others, own = held.others  # a success of another user forgives the named one nothing
        own = replace(own, told=held.lease.told)
        held = replace(held, lease=own, others=tuple(others), kin=held.lease)
    return held


def noted(held: Held, notes: tuple[str, ...]) -> Held:
    """Return the try with notes for the log."""
    attempt = replace(held.attempt, notes=(*held.attempt.notes, *notes))
    return replace(held, knock=replace(held.knock, attempt=attempt))


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
    await _settle_others(parts, held, outcome, remembers=remembers)


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

    async def recorded() -> User | None:
        counted = await parts.stores.logins.record(
            held.lease, user.key, ip, now, remembers=remembers
        )
        await _settle_others(parts, held, Outcome.RIGHT, remembers=remembers)
        return counted

    # Whoever hangs up meanwhile leaves no failure behind.
    return await asyncio.shield(recorded())


async def failed(
    parts: Parts, plugs: Plugs, held: Held, outcome: Outcome, user: User | None
) -> tuple[Also, ...]:
    """Count a failure; return what the log is to tell of it besides."""
    _note(parts, held, outcome)
    first = await parts.stores.attempts.settle(held.lease, outcome, parts.clock.now())
    settled = [first, *await _settle_others(parts, held, outcome)]
    reached = dict.fromkeys(name for one in settled for name in one.reached)
    if any(one.mails for one in settled):
        everywhere = any(one.everywhere for one in settled)
        await notices.account_blocked(parts, held.attempt, user, everywhere=everywhere)
    events = (admission.event(admission.shield_of(plugs, name)) for name in reached)
    return (*told(plugs, held), *events)


def told(plugs: Plugs, held: Held) -> tuple[Also, ...]:
    """Return what the log is to tell of shields that only watch."""
    return tuple(admission.event(admission.shield_of(plugs, name)) for name in held.lease.told)


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


async def _settle_others(
    parts: Parts, held: Held, outcome: Outcome, *, remembers: bool = True
) -> list[Settled]:
    attempts, now = parts.stores.attempts, parts.clock.now()
    settled = [
        await attempts.settle(lease, outcome, now, remembers=remembers) for lease in held.others
    ]
    if held.kin is not None:
        # Whose password was right may be another one than whose were wrong.
        ending = Outcome.VOID if outcome is Outcome.RIGHT else outcome
        settled.append(await attempts.settle(held.kin, ending, now))
    return settled


def _subject(parts: Parts, attempt: Attempt, claimant: Claimant) -> str:
    if claimant.user is not None:
        return subject.of_user(claimant.user.key)
    return _named(parts, attempt, subject.name_of(attempt.username))


def _named(parts: Parts, attempt: Attempt, name: str) -> str:
    return subject.of_name(parts.stamp.digest(f"{attempt.connection.id}:{name}", "subject"))


def _kin(parts: Parts, held: Held, verdict: Verdict) -> str:
    """Return what a name that nobody here has shares with those that a script may take for it.

    A failure that names a user of ours needs it not; an id that only a script knows may be what
    was typed.
    """
    is_told = isinstance(verdict, Mismatch | NoPassword | Unreachable)
    is_known = held.claimant.user is not None
    if is_told or is_known or not held.attempt.connection.is_scripted:
        return held.knock.subject
    return _named(parts, held.attempt, subject.kin_of(subject.name_of(held.attempt.username)))


def _accounts(parts: Parts, held: Held, verdict: Verdict) -> Iterator[tuple[str, User | None]]:
    """Yield the subjects that a verdict names besides the one that the try was let in under."""
    connection = held.attempt.connection
    match verdict:
        case StrangerMismatch(user_id) | Taken(_, user_id):
            yield _stranger(parts, held, user_id), None
        case Found(user) | Mismatch(user) | NoPassword(user):
            if connection.is_scripted and user.logins_count == 0:
                # Until the first login is granted, what was tried while nobody here knew the user
                # counts: a right password alone brings a user here.
                for one in user.identities:
                    if one.connection == connection.name:
                        yield _stranger(parts, held, f"{one.provider}|{one.local_id}"), None
            whose = subject.of_user(user.key)
            if whose != held.knock.subject:
                yield whose, user
        case _:  # it names nobody
            pass


def _stranger(parts: Parts, held: Held, user_id: str) -> str:
    text = f"{held.attempt.connection.id}|{user_id}"
    return subject.of_name(parts.stamp.digest(text, "subject"))
