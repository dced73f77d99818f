"""Linked accounts: identities move from one user to another, with their credentials.

Source: Auth0 "User Account Linking": the other user's metadata is dropped, the profile stays with
the identity.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Final

from gateword.domain.user import Identity, NewUser, User
from gateword.storage import user_rows, user_writes
from gateword.storage.attempt_sql import FORGET_USER
from gateword.storage.columns import ms, to_json
from gateword.storage.statement import Statement
from gateword.storage.tenant_database import TenantTx

LOCK: Final = Statement(
    "SELECT key FROM users WHERE tenant = :tenant AND user_id = :user_id", locking=True
)
BY_ID: Final = user_rows.select("users.tenant = :tenant AND users.user_id = :user_id")
FORGET_IN_TOKENS: Final = (
    Statement(
        "UPDATE refresh_families SET user_id = '' WHERE tenant = :tenant AND user_key = :key"
    ),
    Statement("UPDATE access_tokens SET user_id = '' WHERE tenant = :tenant AND user_key = :key"),
)
_KEEP_PROFILE: Final = Statement("""
    UPDATE identities SET profile = :profile
    WHERE tenant = :tenant AND user_key = :key AND position = 0
""")
_LAST: Final = Statement("""
    SELECT MAX(position) FROM identities WHERE tenant = :tenant AND user_key = :key
""")
_MOVE: Final = Statement("""
    UPDATE identities SET user_key = :key, position = position + :behind
    WHERE tenant = :tenant AND user_key = :other_key
""")
_MOVE_ONE: Final = Statement("""
    UPDATE identities SET user_key = :key, position = 0, profile = '{}'
    WHERE tenant = :tenant AND provider = :provider AND local_id = :local_id
""")
_REMOVE: Final = Statement("DELETE FROM users WHERE tenant = :tenant AND key = :key")
_TOUCH: Final = Statement("UPDATE users SET updated_at = :at WHERE tenant = :tenant AND key = :key")


async def locked(tx: TenantTx, user_id: str) -> User | None:
    """Return a user whom nobody else changes until the transaction ends."""
    await tx.one(LOCK, user_id=user_id)
    return user_rows.user(await tx.all(BY_ID, user_id=user_id))


async def link(
    tx: TenantTx,
    user_id: str,
    other_id: str,
    profile: Callable[[User], Mapping[str, object]],
    at: datetime,
) -> User | None:
    """Move the other user's identities to the user; None when one of both does not exist."""
    # Always in one order: two links of the same people must not wait for each other.
    people = {one: await locked(tx, one) for one in sorted({user_id, other_id})}
    user, other = people[user_id], people[other_id]
    if user is None or other is None or user.key == other.key:
        return None
    await tx.run(_KEEP_PROFILE, key=other.key, profile=to_json(profile(other)))
    row = await tx.one(_LAST, key=user.key)
    await tx.run(_MOVE, key=user.key, other_key=other.key, behind=row[0] + 1 if row else 1)
    for statement in FORGET_IN_TOKENS:
        await tx.run(statement, key=other.key)
    for statement in FORGET_USER:
        await tx.run(statement, user_key=other.key)
    await tx.run(_REMOVE, key=other.key)
    await tx.run(_TOUCH, key=user.key, at=ms(at))
    return user_rows.user(await tx.all(BY_ID, user_id=user_id))


async def unlink(
    tx: TenantTx,
    user_id: str,
    name: tuple[str, str],
    alone: Callable[[Identity], NewUser],
    at: datetime,
) -> User | None:
    """Make a linked identity a user; None when there is none of that (provider, local id)."""
    user = await locked(tx, user_id)
    linked = user.identities[1:] if user is not None else ()
    found = next((one for one in linked if (one.provider, one.local_id) == name), None)
    if user is None or found is None:
        return None
    provider, local_id = name
    new_id = f"{provider}|{local_id}"
    row = await tx.one(
        user_writes.ADD,
        user_id=new_id,
        at=ms(at),
        factors="",
        **user_writes.person(alone(found)),
    )
    if row is None:
        raise LookupError(f"{new_id} is a user already")
    await tx.run(_MOVE_ONE, key=row[0], provider=provider, local_id=local_id)
    await tx.run(_TOUCH, key=user.key, at=ms(at))
    return user_rows.user(await tx.all(BY_ID, user_id=user_id))
