"""Somebody has forgotten a password (Auth0 Authentication API "Change password").

Whether there is such a user shows neither in the answer nor in its time: the same statements run,
and the letter is written and sent later. Nor does it show that a mailbox has had its share of
letters: however many addresses ask, it is not flooded.
"""

from typing import Final

from gateword.accounts import diary, directory, elsewhere
from gateword.domain.account_refusal import AccountRefusal
from gateword.domain.client import Client
from gateword.domain.connection import Connection
from gateword.domain.log_event import LogCode
from gateword.domain.login import Caller
from gateword.domain.refusal import Refusal
from gateword.domain.refused import OWN_FAILURE, Refused
from gateword.domain.user import User
from gateword.policy.identifier import MAX_CHARS, normal
from gateword.policy.protection import lists
from gateword.policy.token_params import Fields
from gateword.ports.attempts import Bucket
from gateword.ports.parts import Parts
from gateword.ports.queues import Letter

LETTER: Final = "reset_email"
LETTERS_AT_ONCE: Final = 10
"""How many letters a mailbox gets, whoever asks for them; one more each six minutes."""

_ONE_MORE_MS: Final = 360_000


async def ask(parts: Parts, fields: Fields, caller: Caller) -> Client | None:
    """Have a link sent to whoever owns an address; return the application, if one was named.

    Raises:
        Refused: PARAMETER_REQUIRED, CONNECTION_UNKNOWN, CHANGE_DISABLED or VERIFICATION_REQUIRED.
    """
    try:
        return await _asked(parts, fields, caller)
    except Refused as refused:
        if OWN_FAILURE in refused.refusal.row.log:
            row = diary.event(
                LogCode.FCPR,
                parts.clock.now(),
                caller,
                description=refused.detail or refused.description,
                client_id=fields.params.get("client_id", ""),
                user_name=fields.params.get("email", ""),
            )
            await parts.stores.logs.append([row])
        raise


async def _asked(parts: Parts, fields: Fields, caller: Caller) -> Client | None:
    kind = "username" if "email" not in fields.params and "username" in fields.params else "email"
    typed, place = _required(fields, kind), _required(fields, "connection")
    client, connection = await directory.chosen(parts, place, fields.params.get("client_id"))
    if not directory.lets_choose(connection):
        raise Refused(AccountRefusal.CHANGE_DISABLED)
    bots = (await parts.stores.protection.get()).bots
    is_challenged = bots.reset_policy == "always" and not lists(bots.allowlist, caller.ip)
    if is_challenged and not bots.monitors:
        raise Refused(Refusal.VERIFICATION_REQUIRED)
    name = normal(typed).replace("\0", "")[:MAX_CHARS]
    account = await parts.stores.users.account(connection.key, [(kind, name)])
    user, failed = account.user if account else None, None
    if user is None and connection.is_scripted:
        user, failed = await _fetched(parts, connection, name)
    at = parts.clock.now()
    # One who logs in by an address of a linked account gets the letter there.
    to = name if kind == "email" else (user and user.email) or ""
    order = {"connection": connection.name, "client_id": client.client_id if client else ""}
    letter = Letter(to=to, kind=LETTER, user_id=user.user_id if user else "", order=order)
    is_full = await parts.stores.attempts.take([_share(parts, to or name)], at) is not None
    if not is_full:
        await parts.stores.outbox.add(letter, at)
    why = failed or _why_none(user, is_full=is_full)
    row = diary.event(
        LogCode.SCPR if why is None else LogCode.FCPR,
        at,
        caller,
        description=why,
        client=client,
        connection=connection,
        user=user,
        user_name=typed,
        details={"requiresVerification": True} if is_challenged else None,
    )
    await parts.stores.logs.append([row])
    return client


async def _fetched(
    parts: Parts, connection: Connection, name: str
) -> tuple[User | None, str | None]:
    """Return whom a custom database knows by a name, or for the log why it could not be asked."""
    try:
        return await elsewhere.fetched(parts, connection, name), None
    except Refused as refused:  # the answer is the same whoever was looked for
        return None, refused.detail or refused.description


def _why_none(user: User | None, *, is_full: bool) -> str | None:
    """Return why no letter leaves, for the log; None when one does."""
    if is_full:
        return "The mailbox has had too many letters already."
    return "The user does not exist." if user is None else None


def _share(parts: Parts, mailbox: str) -> Bucket:
    """Return the letters that a mailbox may get; whose it is can be read nowhere."""
    return Bucket(
        shield=LETTER,
        key=f"reset:{parts.stamp.digest(mailbox, 'mailbox')}",
        size=LETTERS_AT_ONCE,
        refill_ms=_ONE_MORE_MS,
        spends_always=True,
    )


def _required(fields: Fields, name: str) -> str:
    if name not in fields.params:
        raise Refused(AccountRefusal.PARAMETER_REQUIRED, name=name)
    return fields.params[name]
