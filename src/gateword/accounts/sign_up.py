"""Somebody makes an account (Auth0 Authentication API "Signup").

A name that is taken costs the same hash as one that is free, and its refusal is the one for
whatever else cannot be signed up, unless the tenant's flag says otherwise.
"""

from collections.abc import Mapping
from typing import Final

from gateword.accounts import diary, directory, elsewhere, leaked, passwords, verification
from gateword.domain.account_refusal import AccountRefusal
from gateword.domain.client import Client
from gateword.domain.connection import Connection
from gateword.domain.log_event import LogCode, LogEvent
from gateword.domain.login import Caller
from gateword.domain.refused import Refused
from gateword.domain.secret import Secret
from gateword.domain.user import NewUser, User
from gateword.policy import signup
from gateword.policy.notice import SIGNUP
from gateword.policy.profile import completed
from gateword.policy.signup import SignUp
from gateword.ports.parts import Parts
from gateword.values import replace

EXISTS_FLAG: Final = "enable_public_signup_user_exists_error"
"""Tenant flag: say openly that a name is taken."""

_PREFIX: Final = "auth0|"


async def sign_up(
    parts: Parts, asked: SignUp, caller: Caller
) -> tuple[Client | None, Mapping[str, object]]:
    """Create a user and send a link to verify the address.

    Returns:
        The application, if one was named, and the body of the answer.

    Raises:
        Refused: A row of `AccountRefusal`, logged; or BUSY.
    """
    client: Client | None = None
    connection: Connection | None = None
    try:
        client, connection = await directory.chosen(parts, asked.connection, asked.client_id)
        user = await _created(parts, asked, connection, caller, client)
    except Refused as refused:
        if refused.refusal.row.log:
            await _log(parts, caller, client, connection, asked, refused=refused)
        raise
    await _log(parts, caller, client, connection, asked, user=user)
    if user.email is not None:
        await verification.send(parts, user, connection, client.client_id if client else None)
    return client, _answer(user, asked)


async def _created(
    parts: Parts, asked: SignUp, connection: Connection, caller: Caller, client: Client | None
) -> User:
    if (
        connection.options.get("disable_signup") is True
        or not connection.passwords_enabled
        or not elsewhere.takes_users(connection)
    ):
        raise Refused(AccountRefusal.SIGNUP_DISABLED)
    asked = signup.check_names(asked, connection)
    if asked.password is None and signup.needs_password(connection):
        raise Refused(AccountRefusal.PARAMETER_REQUIRED, name="password")
    person = NewUser(
        connection=connection.name,
        email=asked.email,
        username=asked.username,
        phone_number=asked.phone_number,
        profile=asked.profile,
        user_metadata=asked.user_metadata,
    )
    if asked.password is not None:
        event = _event(
            parts,
            LogCode.SIGNUP_PWD_LEAK,
            caller,
            client,
            connection,
            asked,
            description=leaked.COMPLAINT.message,
        )
        await _judge(parts, connection, asked.password, person, event)
    if connection.lives_elsewhere:
        return await _made_elsewhere(parts, asked, connection, person, client)
    return await _added(parts, asked, connection, person)


async def _added(parts: Parts, asked: SignUp, connection: Connection, person: NewUser) -> User:
    encoded = None if asked.password is None else await parts.hasher.hash(asked.password)
    new = replace(completed(person), password_hash=encoded)
    name = new.email or new.username or ""
    if connection.imports_users and await elsewhere.knows(parts, connection, name):
        raise await _taken(parts, new, connection)  # whoever it is moves in by logging in
    added = await parts.stores.users.add(new, connection, parts.clock.now())
    if added is None:
        raise await _taken(parts, new, connection)
    return added


async def _made_elsewhere(
    parts: Parts, asked: SignUp, connection: Connection, new: NewUser, client: Client | None
) -> User:
    client_id = client.client_id if client else None
    made = await elsewhere.created(parts, connection, new, asked.password, client_id)
    if isinstance(made, User):
        return made
    if made.code == AccountRefusal.USER_EXISTS.row.error:
        raise await _taken(parts, new, connection)
    body = {"code": made.code or AccountRefusal.SCRIPT_REFUSES.row.error, "error": made.message}
    raise Refused(AccountRefusal.SCRIPT_REFUSES, body=body, message=made.message)


async def _judge(
    parts: Parts, connection: Connection, password: Secret, person: NewUser, leak: LogEvent
) -> None:
    complaint = await passwords.judged(parts, connection, password, person, None)
    if complaint is not None:
        raise Refused(
            AccountRefusal.PASSWORD_REFUSED,
            body={"name": complaint.name, "message": complaint.message, **complaint.members()},
            message=complaint.message,
        )
    if await leaked.is_refused(parts, password, SIGNUP, leak):
        raise Refused(AccountRefusal.PASSWORD_LEAKED)


async def _taken(parts: Parts, new: NewUser, connection: Connection) -> Refused:
    tenant = await parts.stores.settings.get()
    names = [("username", new.username)] if new.username else []
    by_username = bool(names) and await parts.stores.users.account(connection.key, names)
    row = AccountRefusal.USERNAME_EXISTS if by_username else AccountRefusal.USER_EXISTS
    if tenant.flag(EXISTS_FLAG):
        return Refused(row)
    return Refused(AccountRefusal.SIGNUP_INVALID, detail=row.row.description)


async def _log(
    parts: Parts,
    caller: Caller,
    client: Client | None,
    connection: Connection | None,
    asked: SignUp,
    *,
    user: User | None = None,
    refused: Refused | None = None,
) -> None:
    why = None if refused is None else refused.detail or refused.description
    code = LogCode.SS if refused is None else LogCode.FS
    row = _event(parts, code, caller, client, connection, asked, description=why, user=user)
    await parts.stores.logs.append([row])


def _event(
    parts: Parts,
    code: LogCode,
    caller: Caller,
    client: Client | None,
    connection: Connection | None,
    asked: SignUp,
    *,
    description: str | None = None,
    user: User | None = None,
) -> LogEvent:
    return diary.event(
        code,
        parts.clock.now(),
        caller,
        description=description,
        client=client,
        client_id=asked.client_id or "",
        connection=connection,
        user=user,
        user_name=asked.email or asked.username or asked.phone_number or "",
    )


def _answer(user: User, asked: SignUp) -> Mapping[str, object]:
    """Return the members of recorded answers; the id has no prefix."""
    answer: dict[str, object] = {"_id": user.user_id.removeprefix(_PREFIX)}
    if user.email is not None:
        answer |= {"email_verified": user.email_verified, "email": user.email}
    if user.username is not None:
        answer["username"] = user.username
    if user.phone_number is not None:
        answer |= {"phone_number": user.phone_number, "phone_verified": user.phone_verified}
    answer |= asked.profile
    return answer | {"user_metadata": asked.user_metadata} if asked.user_metadata else answer
