"""`/users`: people, with their profile and metadata.

Source: Auth0 Management API v2 "Users", recorded answers.
"""

from typing import Final

from gateword.accounts import passwords, verification
from gateword.domain.connection import Connection
from gateword.domain.management_refusal import ManagementRefusal
from gateword.domain.refused import Refused
from gateword.domain.secret import Secret
from gateword.domain.user import NewUser, User
from gateword.management import (
    custom_database,
    password_refusal,
    user_changes,
    user_names,
    user_search,
)
from gateword.management.resource import Call, Document, Resource, Verb
from gateword.management.user_schema import CHANGED, CREATED, USER
from gateword.policy.user_document import NAMES, created, rendered
from gateword.values import replace


async def create(call: Call) -> Document:
    """Create a user in a database connection."""
    body = call.body
    connection = await _database(call)
    new = created(body)
    user_names.check(body, connection)
    user_names.demand({name: getattr(new, name) for name in NAMES}, connection)
    password = await _password(call, connection, new)
    if connection.lives_elsewhere:
        user = await custom_database.create(call, connection, new, password)
    else:
        user = await _added(call, connection, new, password)
    if body.get("verify_email") is True and not user.email_verified:
        await verification.send(call.parts, user, connection, None)
    return rendered(user)


async def one(call: Call) -> Document:
    """Answer a user."""
    return rendered(await user_changes.existing(call))


async def remove(call: Call) -> None:
    """Delete a user with all linked accounts; one who is not there is gone already."""
    user = await call.parts.stores.users.by_id(call.path["user_id"])
    if user is not None:
        await custom_database.remove(call, user)
    await call.parts.stores.users.remove(call.path["user_id"])


async def _database(call: Call) -> Connection:
    """Return the connection that the body names.

    Raises:
        Refused: NO_CONNECTION; BODY_CONFLICT when users cannot be created in it.
    """
    connection = await call.parts.stores.connections.named(str(call.body["connection"]))
    if connection is None:
        raise Refused(ManagementRefusal.NO_CONNECTION)
    if connection.strategy != user_names.STRATEGY:
        text = "Users can be created in database connections only"
        raise Refused(ManagementRefusal.BODY_CONFLICT, text=text)
    user_names.refuse_users(connection)
    return connection


async def _added(call: Call, connection: Connection, new: NewUser, password: Secret | None) -> User:
    encoded = None if password is None else await call.parts.hasher.hash(password)
    new = replace(new, password_hash=encoded)
    user = await call.parts.stores.users.add(new, connection, call.at)
    if user is None:
        raise Refused(ManagementRefusal.USER_EXISTS)
    return user


async def _password(call: Call, connection: Connection, new: NewUser) -> Secret | None:
    """Return the password, which must fit the connection's policy."""
    if "password" not in call.body:
        if not connection.passwords_enabled:
            return None
        fault = "Missing required property: password"
        raise Refused(ManagementRefusal.INVALID_BODY, fault=fault)
    password = Secret(str(call.body["password"]))
    complaint = await passwords.judged(call.parts, connection, password, new, None)
    if complaint is not None:
        raise password_refusal.refused(complaint)
    return password


RESOURCE: Final = Resource(
    name="users",
    doc="People, their profiles and metadata.",
    verbs=(
        user_search.LIST,
        user_search.BY_EMAIL,
        Verb(
            method="POST",
            path="/users",
            scopes=("create:users",),
            run=create,
            summary="Create a user",
            body=CREATED,
            status=201,
            answer=USER,
            refusals=(
                ManagementRefusal.NO_CONNECTION,
                ManagementRefusal.USER_EXISTS,
                ManagementRefusal.BODY_CONFLICT,
                ManagementRefusal.PASSWORD_REFUSED,
                ManagementRefusal.SCRIPT_FAILED,
            ),
        ),
        Verb(
            method="GET",
            path="/users/{user_id}",
            scopes=("read:users",),
            run=one,
            summary="Get a user",
            answer=USER,
            fields=True,
            refusals=(ManagementRefusal.NO_USER,),
        ),
        Verb(
            method="PATCH",
            path="/users/{user_id}",
            scopes=("update:users", "update:users_app_metadata"),
            run=user_changes.change,
            summary="Update a user",
            body=CHANGED,
            answer=USER,
            refusals=(
                ManagementRefusal.NO_USER,
                ManagementRefusal.NO_CLIENT,
                ManagementRefusal.USER_EXISTS,
                ManagementRefusal.BODY_CONFLICT,
                ManagementRefusal.NOT_SUPPORTED,
                ManagementRefusal.PASSWORD_REFUSED,
                ManagementRefusal.SCRIPT_FAILED,
            ),
        ),
        Verb(
            method="DELETE",
            path="/users/{user_id}",
            scopes=("delete:users",),
            run=remove,
            summary="Delete a user",
            status=204,
            refusals=(ManagementRefusal.SCRIPT_FAILED,),
        ),
    ),
)
