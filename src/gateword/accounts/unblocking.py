"""Behind the link of a letter: a user ends the block that wrong passwords brought about.

Every letter's link works until it is used or its time is over, also beside newer ones: whoever
keeps guessing brings about a letter an hour, and must not be able to spoil the link that the user
is just about to open. A new password ends them all, and the block with them. What an operator
blocked stays blocked.
"""

from typing import Final

from gateword.accounts import blocks, diary, links
from gateword.accounts.links import Holder
from gateword.domain.log_event import LogCode
from gateword.domain.login import Caller
from gateword.domain.secret import Secret
from gateword.ports.parts import Parts

_HOW: Final = "link"


async def waiting(parts: Parts, handle: Secret) -> Holder | None:
    """Return whom a link is for, and leave it as it is.

    Whoever reads the letters of an address that was the user's once lifts nothing by it.
    """
    at = parts.clock.now()
    held = await links.holder(parts, await parts.stores.tickets.find(handle, links.UNBLOCK, at))
    return held if held is not None and held.is_theirs else None


async def unblocked(parts: Parts, handle: Secret, caller: Caller) -> Holder | None:
    """Use a link: the user's failures are forgotten, in every directory and at every address.

    Returns:
        Whose it was; None when the link is worth nothing (any more).
    """
    if await waiting(parts, handle) is None:
        return None
    at = parts.clock.now()
    held = await links.holder(parts, await parts.stores.tickets.use(handle, links.UNBLOCK, at))
    if held is None:  # somebody else used it meanwhile
        return None
    await parts.stores.attempts.lift_user(held.user.key)
    name = held.user.email or held.user.username or held.user.user_id
    row = diary.event(
        LogCode.UBLKDU,
        at,
        caller,
        description=blocks.lifted(_HOW, [name]),
        client=await parts.stores.clients.get(held.client_id) if held.client_id else None,
        client_id=held.client_id,
        connection=held.connection,
        user=held.user,
        details={"how": _HOW},
    )
    await parts.stores.logs.append([row])
    return held
