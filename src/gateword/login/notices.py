"""Letters about what attack protection did: ordered here, written and sent later (promise T3).

Who the letter is for, whether there is such a user and whether the tenant wants letters of that
kind is found out when it is written; here the same statements run for names of nobody.
"""

from datetime import datetime
from typing import Final

from gateword.domain.connection import Connection
from gateword.domain.login import Attempt, TokenAsk
from gateword.domain.user import User
from gateword.policy.caller import counted
from gateword.policy.identifier import is_email, login_names, normal
from gateword.policy.notice import (
    ALERT,
    BLOCKED,
    GUESSED,
    HOUR_MS,
    LEAKED,
    PRESSED,
    STOLEN,
    Notice,
    is_told,
)
from gateword.ports.attempts import Bucket
from gateword.ports.parts import Parts
from gateword.ports.queues import Letter

_SHIELD: Final = "letters"

MOST_UNTOLD: Final = 2
"""Wrong codes that anybody may mistype before the user is told."""

GUESS_AGAIN_MS: Final = 360_000
"""Time after which one more is."""


async def account_blocked(
    parts: Parts, attempt: Attempt, user: User | None, *, everywhere: bool
) -> None:
    """Tell a user that wrong passwords shut the account, with a link that opens it.

    How often is decided with the block itself (`Settled.mails`).

    Args:
        parts: The tenant's.
        attempt: The try that was one too many.
        user: Whose account it is; None when the name is nobody's.
        everywhere: It is shut for every address, known ones perhaps excepted.
    """
    settings = (await parts.stores.protection.get()).brute_force
    if settings.blocks and settings.notifies:
        notice = _notice(attempt, everywhere=everywhere)
        await _tell(parts, attempt, user, BLOCKED, notice)


async def password_leaked(parts: Parts, attempt: Attempt, user: User) -> bool:
    """Tell the user and the operator that a right password is known from a breach.

    The user hears of it once an hour at most, and so does the operator for one address.

    Returns:
        Whether the log is to tell of it: once an hour for one address.
    """
    shields = (await parts.stores.protection.get()).breached.login
    if shields.notifies_user and await _is_due(parts, attempt, f"leak:user:{user.key}"):
        await _tell(parts, attempt, user, STOLEN, _notice(attempt))
    is_first = await _is_due(parts, attempt, f"leak:login:{counted(attempt.ask.caller.ip)}")
    if is_first:
        await _alert(parts, attempt, LEAKED)
    return is_first


async def address_throttled(parts: Parts, attempt: Attempt) -> None:
    """Tell the operator that logins from an address failed too often."""
    await _alert(parts, attempt, PRESSED)


async def factor_guessed(
    parts: Parts, ask: TokenAsk, connection: Connection, user: User, *, is_denied: bool = False
) -> None:
    """Tell a user that somebody gave the right password and not the second factor.

    With the third wrong code within some minutes, or when the user denied a login on a device; once
    an hour at most.

    Args:
        parts: The tenant's.
        ask: Who tries.
        connection: The directory whose password was right.
        user: Whose account it is.
        is_denied: The user has said that it was somebody else.
    """
    few = Bucket(
        shield=_SHIELD,
        key=f"mfa-guess:{user.key}",
        size=MOST_UNTOLD,
        refill_ms=GUESS_AGAIN_MS,
        spends_always=True,
    )
    is_one_of_few = await parts.stores.attempts.take([few], ask.at) is None
    if not user.email or (is_one_of_few and not is_denied):
        return
    if await _is_due_at(parts, ask.at, f"mfa-guess-told:{user.key}"):
        notice = Notice(address=ask.caller.ip, at=ask.at)
        order = {
            "connection": connection.name,
            "client_id": ask.client.client_id,
            **notice.order(),
        }
        letter = Letter(to=user.email, kind=GUESSED, user_id=user.user_id, order=order)
        await parts.stores.outbox.add(letter, ask.at)


async def _tell(
    parts: Parts, attempt: Attempt, user: User | None, kind: str, notice: Notice
) -> None:
    order = {
        "connection": attempt.connection.name,
        "client_id": attempt.ask.client.client_id,
        **notice.order(),
    }
    letter = Letter(
        to=_mailbox(attempt, user), kind=kind, user_id=user.user_id if user else "", order=order
    )
    await parts.stores.outbox.add(letter, attempt.ask.at)


async def _alert(parts: Parts, attempt: Attempt, what: str) -> None:
    notice = _notice(attempt, what=what)
    if is_told(await parts.stores.protection.get(), notice):
        letter = Letter(to="", kind=ALERT, order=notice.order())
        await parts.stores.outbox.add(letter, attempt.ask.at)


async def _is_due(parts: Parts, attempt: Attempt, key: str) -> bool:
    """Say whether nobody was told under that key within the hour; whoever asks has told it."""
    return await _is_due_at(parts, attempt.ask.at, key)


async def _is_due_at(parts: Parts, at: datetime, key: str) -> bool:
    hourly = Bucket(shield=_SHIELD, key=key, size=1, refill_ms=HOUR_MS, spends_always=True)
    return await parts.stores.attempts.take([hourly], at) is None


def _notice(attempt: Attempt, *, everywhere: bool = False, what: str = "") -> Notice:
    ask = attempt.ask
    return Notice(address=ask.caller.ip, at=ask.at, everywhere=everywhere, what=what)


def _mailbox(attempt: Attempt, user: User | None) -> str:
    """Return where a letter goes: to the address that was typed, if it is the user's."""
    typed = next((name for _, name in login_names(attempt.username)), "")
    if user is None:
        return typed if is_email(typed) else ""
    linked = (identity.profile.get("email") for identity in user.identities[1:])
    known = {normal(one) for one in (user.email, *linked) if isinstance(one, str)}
    return typed if typed in known else user.email or ""
