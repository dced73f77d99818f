"""What a call asks of the scripts of a custom database, whose users are not in our own store.

Unlike everybody else, an operator is told what a script said: the scripts are the operator's own.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from gateword.accounts import elsewhere
from gateword.domain.connection import Connection
from gateword.domain.management_refusal import ManagementRefusal
from gateword.domain.refusal import Refusal
from gateword.domain.refused import Refused
from gateword.domain.secret import Secret
from gateword.domain.user import NewUser, User
from gateword.management.resource import Call

_TOLD = (Refusal.REALM_FAILED, Refusal.REALM_DENIES, Refusal.REALM_UNREACHABLE, Refusal.USER_TAKEN)


async def create(call: Call, connection: Connection, new: NewUser, password: Secret | None) -> User:
    """Have the scripts make a user.

    Raises:
        Refused: USER_EXISTS, BODY_CONFLICT for what else is wrong with the user, SCRIPT_FAILED.
    """
    client_id = call.actor.client_id
    with _told():
        made = await elsewhere.created(call.parts, connection, new, password, client_id)
    if isinstance(made, User):
        return made
    if made.code == elsewhere.EXISTS.code:
        raise Refused(ManagementRefusal.USER_EXISTS)
    raise Refused(ManagementRefusal.BODY_CONFLICT, text=made.message)


async def change(call: Call, connection: Connection, names: tuple[str, str]) -> None:
    """Have the scripts change the password or the address that a body holds.

    Args:
        call: Its body is checked.
        connection: Where the user lives.
        names: The user's address and login name as they are; empty where there is none.

    Raises:
        Refused: SCRIPT_FAILED.
    """
    if not connection.lives_elsewhere:
        return
    email, name = names
    with _told():
        if "password" in call.body:
            password = Secret(str(call.body["password"]))
            await elsewhere.change_password(call.parts, connection, email or name, password)
        if isinstance(call.body.get("email"), str) and email:
            after, verified = str(call.body["email"]), call.body.get("email_verified") is True
            await elsewhere.change_email(call.parts, connection, email, after, verified=verified)


async def remove(call: Call, user: User) -> None:
    """Have the scripts delete a user.

    Raises:
        Refused: SCRIPT_FAILED; then nobody is deleted here.
    """
    with _told():
        await elsewhere.remove(call.parts, user)


@contextmanager
def _told() -> Iterator[None]:
    try:
        yield
    except Refused as refused:
        if refused.refusal not in _TOLD:
            raise
        text = refused.detail or refused.description
        raise Refused(ManagementRefusal.SCRIPT_FAILED, text=text) from None
