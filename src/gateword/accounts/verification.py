"""A user proves that an e-mail address is theirs (Auth0: "Verify emails")."""

from collections.abc import Mapping
from typing import Final

from gateword.accounts import diary, elsewhere, links
from gateword.accounts.links import Holder
from gateword.domain.connection import Connection
from gateword.domain.log_event import LogCode
from gateword.domain.login import Caller
from gateword.domain.secret import Secret
from gateword.domain.user import User
from gateword.ports.parts import Parts
from gateword.ports.queues import Letter
from gateword.values import replace

LETTER: Final = "verify_email"


async def send(parts: Parts, user: User, connection: Connection, client_id: str | None) -> None:
    """Have a link sent to a user's address; the letter leaves later, from the outbox.

    Args:
        parts: The tenant's.
        user: One with an e-mail address; others get none.
        connection: The directory.
        client_id: Application that the letter speaks of.
    """
    if user.email is None:
        return
    letter = Letter(
        to=user.email,
        kind=LETTER,
        user_id=user.user_id,
        order={"connection": connection.name, "client_id": client_id or ""},
    )
    await parts.stores.outbox.add(letter, parts.clock.now())


async def waiting(parts: Parts, handle: Secret) -> Holder | None:
    """Return whom a link is for, and leave it as it is; None when it is worth nothing."""
    at = parts.clock.now()
    held = await links.holder(parts, await parts.stores.tickets.find(handle, links.VERIFY, at))
    return held if held is not None and held.user.email == held.email else None


async def verified(parts: Parts, handle: Secret, caller: Caller) -> Holder | None:
    """Use a link: the address is verified, if it is still the user's.

    Returns:
        Whose it was; None when the link is worth nothing (any more).
    """
    at = parts.clock.now()
    ticket = await parts.stores.tickets.use(handle, links.VERIFY, at)
    held = await links.holder(parts, ticket)
    if held is None or not await confirm(parts, held):
        row = diary.event(LogCode.FV, at, caller, description="The link was used or has expired.")
        await parts.stores.logs.append([row])
        return None
    row = diary.event(
        LogCode.SV,
        at,
        caller,
        client_id=held.client_id,
        connection=held.connection,
        user=held.user,
        details=await _told(parts, held),
    )
    await parts.stores.logs.append([row])
    return held


async def _told(parts: Parts, held: Holder) -> Mapping[str, object]:
    """Tell a custom database of it; what went wrong there is for the log alone."""
    failed = await elsewhere.note_verified(parts, held.connection, held.email)
    return {"notes": [failed]} if failed else {}


async def confirm(parts: Parts, held: Holder) -> bool:
    """Note that the address of a link is its holder's; False when it is not theirs any more."""

    def confirmed(user: User) -> User:
        is_theirs = user.email is not None and user.email == held.email
        return replace(user, email_verified=True) if is_theirs else user

    changed = await parts.stores.users.change(held.user.user_id, confirmed, parts.clock.now())
    return isinstance(changed, User) and changed.email_verified and changed.email == held.email
