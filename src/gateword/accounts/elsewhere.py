"""What a custom database's scripts do for its users besides logging them in.

Rule 1: a script that fails ends what was asked, before anything of ours is changed. Rule 2: whom
`get_user` names is the one asked for, or nobody: a letter must reach no other account.
Source: Auth0 "Custom Database Action Scripts".
"""

from collections.abc import Mapping

from gateword.domain.connection import Connection
from gateword.domain.refusal import Refusal
from gateword.domain.refused import Refused
from gateword.domain.script import Fault, ScriptFault, ScriptResult
from gateword.domain.secret import Secret
from gateword.domain.user import NewUser, User
from gateword.policy import custom_profile, database_scripts
from gateword.policy.custom_profile import TakenOver
from gateword.policy.database_scripts import (
    CHANGE_EMAIL,
    CHANGE_PASSWORD,
    CREATE,
    DELETE,
    GET_USER,
    VERIFY,
)
from gateword.policy.identifier import normal
from gateword.ports.parts import Parts

EXISTS = ScriptFault(Fault.INVALID, "The user already exists.", None, code="user_exists")


def takes_users(connection: Connection) -> bool:
    """Say whether users can be made in a directory: in our own store, or by its scripts."""
    return not connection.lives_elsewhere or all(
        database_scripts.source(connection, operation) for operation in (CREATE, GET_USER)
    )


def takes_passwords(connection: Connection) -> bool:
    """Say whether users of a directory can get new passwords."""
    return not connection.lives_elsewhere or bool(
        database_scripts.source(connection, CHANGE_PASSWORD)
    )


async def knows(parts: Parts, connection: Connection, name: str) -> bool:
    """Say whether a database knows somebody by a login name; without `get_user` it does not.

    Raises:
        Refused: REALM_UNREACHABLE, REALM_DENIES or REALM_FAILED.
    """
    return await _profile(parts, connection, name) is not None


async def fetched(parts: Parts, connection: Connection, name: str) -> User | None:
    """Return the user whom a database knows by a login name, kept here from now on.

    Where users move in, this one has done so, and gets a hash at the first login.

    Raises:
        Refused: REALM_UNREACHABLE, REALM_DENIES, REALM_FAILED or USER_TAKEN.
    """
    taken = await _profile(parts, connection, name)
    if taken is None:
        return None
    users = parts.stores.users
    known = await users.by_identity(connection.key, taken.local_id)
    known = known or await users.add(taken.user, connection, parts.clock.now())
    known = known or await users.by_identity(connection.key, taken.local_id)
    if known is None:
        text = f"the id or a name of auth0|{taken.local_id} is another user's"
        raise Refused(Refusal.USER_TAKEN, detail=text)
    return known


async def created(
    parts: Parts,
    connection: Connection,
    new: NewUser,
    password: Secret | None,
    client_id: str | None,
) -> User | ScriptFault:
    """Have a database's scripts make a user; return who it is, or what was wrong with the user.

    Raises:
        Refused: REALM_UNREACHABLE, REALM_DENIES, REALM_FAILED or USER_TAKEN.
    """
    name = new.email or new.username or new.phone_number or ""
    if await knows(parts, connection, name):
        return EXISTS
    tenant = await parts.stores.settings.get()
    asked = {
        **new.profile,
        "tenant": tenant.name,
        "client_id": client_id,
        "connection": connection.name,
        "email": new.email,
        "username": new.username,
        "phone_number": new.phone_number,
        "user_metadata": dict(new.user_metadata),
        "app_metadata": dict(new.app_metadata),
    }
    user = {member: value for member, value in asked.items() if value is not None}
    result = await _run(parts, connection, CREATE, {"user": user}, password)
    if result.fault is not None and result.fault.kind is Fault.INVALID:
        return result.fault
    _value(connection, CREATE, result)
    found = await fetched(parts, connection, name)
    if found is None:
        raise _failed(connection, GET_USER, "does not know the user whom create made")
    return found


async def change_password(
    parts: Parts, connection: Connection, name: str, password: Secret
) -> None:
    """Have a database's script change a password.

    Raises:
        Refused: REALM_UNREACHABLE, REALM_DENIES or REALM_FAILED; then it is what it was.
    """
    result = await _run(parts, connection, CHANGE_PASSWORD, {"email": name}, password)
    if not _value(connection, CHANGE_PASSWORD, result):
        raise _failed(connection, CHANGE_PASSWORD, "changed nothing")


async def change_email(
    parts: Parts, connection: Connection, before: str, after: str, *, verified: bool
) -> None:
    """Have a database's script change an address, if it has one for that.

    Raises:
        Refused: REALM_UNREACHABLE, REALM_DENIES or REALM_FAILED; then it is what it was.
    """
    if not connection.lives_elsewhere or not database_scripts.source(connection, CHANGE_EMAIL):
        return
    given = {"email": before, "newEmail": after, "isVerified": verified}
    result = await _run(parts, connection, CHANGE_EMAIL, given)
    if not _value(connection, CHANGE_EMAIL, result):
        raise _failed(connection, CHANGE_EMAIL, "changed nothing")


async def note_verified(parts: Parts, connection: Connection, email: str) -> str | None:
    """Tell a database that an address is verified; return for the log what went wrong."""
    if not connection.lives_elsewhere or not database_scripts.source(connection, VERIFY):
        return None
    try:
        result = await _run(parts, connection, VERIFY, {"email": email})
        _value(connection, VERIFY, result)
    except Refused as refused:  # with us it is verified all the same
        return refused.detail or refused.description
    return None


async def remove(parts: Parts, user: User) -> None:
    """Have the scripts of the databases that a user lives in delete the user there.

    Raises:
        Refused: REALM_UNREACHABLE, REALM_DENIES or REALM_FAILED; then nobody is deleted here.
    """
    for identity in user.identities:
        connection = await parts.stores.connections.named(identity.connection)
        if connection is None or not connection.lives_elsewhere:
            continue
        if database_scripts.source(connection, DELETE):
            result = await _run(parts, connection, DELETE, {"id": identity.local_id})
            _value(connection, DELETE, result)


async def _profile(parts: Parts, connection: Connection, name: str) -> TakenOver | None:
    if not name or not database_scripts.source(connection, GET_USER):
        return None
    result = await _run(parts, connection, GET_USER, {"email": name})
    value = _value(connection, GET_USER, result)
    if not value:
        return None
    taken = custom_profile.read(value, connection)
    if isinstance(taken, str):
        raise _failed(connection, GET_USER, taken)
    user = taken.user
    names = {normal(one) for one in (user.email, user.username, user.phone_number) if one}
    return taken if normal(name) in names else None


async def _run(
    parts: Parts,
    connection: Connection,
    operation: str,
    given: Mapping[str, object],
    secret: Secret | None = None,
) -> ScriptResult:
    job = database_scripts.job(connection, operation, given, secret)
    if job is None:
        detail = f"{connection.name} has no {operation} script"
        raise Refused(Refusal.REALM_UNREACHABLE, detail=detail)
    return await parts.scripts.run(job)


def _value(connection: Connection, operation: str, result: ScriptResult) -> object:
    fault = result.fault
    if fault is None:
        return result.value.get("value")
    if fault.kind is Fault.UNAUTHORIZED:
        raise Refused(Refusal.REALM_DENIES, message=fault.message)
    if fault.kind is Fault.WRONG_PASSWORD and operation == GET_USER:
        return None
    raise _failed(connection, operation, fault.message or fault.kind.value)


def _failed(connection: Connection, operation: str, why: str) -> Refused:
    detail = f"{database_scripts.name(connection, operation)}: {why}"
    return Refused(Refusal.REALM_FAILED, detail=detail)
