"""Behind the link of a letter: a user chooses a new password."""

from datetime import datetime
from typing import TypeAlias

from gateword.accounts import diary, elsewhere, leaked, links, passwords, verification
from gateword.accounts.links import Holder
from gateword.domain.log_event import LogCode, LogEvent
from gateword.domain.login import Caller
from gateword.domain.secret import Secret
from gateword.policy.notice import CHANGE
from gateword.policy.password_policy import Complaint
from gateword.ports.parts import Parts
from gateword.values import dataclass


@dataclass(frozen=True, slots=True)
class Chosen:
    """The password is changed."""

    holder: Holder


@dataclass(frozen=True, slots=True)
class NotChosen:
    """The password breaks the policy, or others know it; the link can still be used."""

    holder: Holder
    complaint: Complaint


Choice: TypeAlias = Chosen | NotChosen | None
"""None when the link is worth nothing (any more)."""


async def waiting(parts: Parts, handle: Secret) -> Holder | None:
    """Return whom a link is for, and leave it as it is.

    Whoever reads the letters of an address that was the user's once does not get in by it.
    """
    at = parts.clock.now()
    held = await links.holder(parts, await parts.stores.tickets.find(handle, links.RESET, at))
    if held is None or not held.is_theirs or not elsewhere.takes_passwords(held.connection):
        return None
    return held


async def choose(parts: Parts, handle: Secret, password: Secret, caller: Caller) -> Choice:
    """Use a link to set a password; of many who try at once exactly one succeeds (promise O3).

    All refresh tokens and all other links of the user end.

    Raises:
        Refused: BUSY; the link can still be used. REALM_UNREACHABLE, REALM_DENIES or REALM_FAILED
            where a script did not change it; the link is used up.
    """
    held = await waiting(parts, handle)
    if held is None:
        return None
    identity = await passwords.identity_key(parts, held.user, held.connection, held.email)
    complaint = await passwords.judged(parts, held.connection, password, held.user, identity)
    at = parts.clock.now()
    if complaint is None:
        event = _row(LogCode.RESET_PWD_LEAK, at, caller, held, leaked.COMPLAINT.message)
        if await leaked.is_refused(parts, password, CHANGE, event):
            complaint = leaked.COMPLAINT
    if complaint is not None:
        row = _row(LogCode.FCP, at, caller, held, complaint.message)
        await parts.stores.logs.append([row])
        return NotChosen(held, complaint)
    if not await _set(parts, handle, held, password, at):
        return None
    if held.says("verifies"):
        await verification.confirm(parts, held)
    await parts.stores.logs.append([_row(LogCode.SCP, at, caller, held, None)])
    return Chosen(held)


async def _set(parts: Parts, handle: Secret, held: Holder, password: Secret, at: datetime) -> bool:
    """Use the link up and set the password; False when somebody else has used it."""
    is_elsewhere = held.connection.lives_elsewhere
    encoded = None if is_elsewhere else await parts.hasher.hash(password)
    if await parts.stores.tickets.use(handle, links.RESET, at) is None:
        return False
    if is_elsewhere:
        name = held.email or held.user.email or held.user.username or ""
        await elsewhere.change_password(parts, held.connection, name, password)
    # When the account went elsewhere meanwhile, nothing is set.
    return await passwords.replaced(parts, held.user, held.connection, encoded, held.email)


def _row(code: LogCode, at: datetime, caller: Caller, held: Holder, why: str | None) -> LogEvent:
    return diary.event(
        code,
        at,
        caller,
        description=why,
        client_id=held.client_id,
        connection=held.connection,
        user=held.user,
    )
