"""Users: profile and grants on the user's row, credentials and login names on the identities."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Final

from gateword.domain.connection import Connection
from gateword.domain.query import Query
from gateword.domain.secret import Secret
from gateword.domain.user import Account, Identity, NewUser, User
from gateword.policy.identifier import normal
from gateword.ports.clock import Dice
from gateword.ports.crypto import Vault
from gateword.ports.users import Unchanged
from gateword.storage import imported_factors, user_links, user_rows, user_search, user_writes
from gateword.storage.attempt_sql import FORGET_USER
from gateword.storage.columns import ms
from gateword.storage.engine import TakenError
from gateword.storage.hash_kinds import HashKinds
from gateword.storage.query_sql import condition
from gateword.storage.statement import Statement
from gateword.storage.tenant_database import TenantDatabase, TenantTx

OWN_PROVIDER: Final = "auth0"
"""Provider of every identity in a database connection."""

_LOCAL_ID_CHARS: Final = 24

_BY_IDENTITY: Final = user_rows.select(
    "login.tenant = :tenant AND login.connection_key = :connection_key"
    " AND login.provider = :provider AND login.local_id = :local_id",
    join="JOIN identities AS login ON login.user_key = users.key",
)
_WITH_EMAIL: Final = user_rows.select("users.tenant = :tenant AND users.email = :email")
_PAGE: Final = user_rows.select("""
    users.key IN (
        SELECT key FROM users WHERE tenant = :tenant AND key > :after ORDER BY key LIMIT :limit
    )
""")
_PAGE_OF_CONNECTION: Final = user_rows.select("""
    users.key IN (
        SELECT DISTINCT user_key FROM identities
        WHERE tenant = :tenant AND connection_key = :connection_key AND user_key > :after
        ORDER BY user_key LIMIT :limit
    )
""")
_ADD_IDENTITY: Final = Statement("""
    INSERT INTO identities (
        tenant, user_key, connection_key, position, provider, local_id, email, username, phone,
        password_hash, profile
    ) VALUES (
        :tenant, :user_key, :connection_key, 0, :provider, :local_id, :email, :username, :phone,
        :password_hash, '{}'
    )
    ON CONFLICT DO NOTHING
""")
_REMOVE: Final = Statement(
    "DELETE FROM users WHERE tenant = :tenant AND user_id = :user_id RETURNING key"
)
_FIRST_HASH: Final = Statement("""
    UPDATE identities SET password_hash = :new
    WHERE tenant = :tenant AND key = :key AND password_hash IS NULL
""")
_REPLACE_HASH: Final = Statement("""
    UPDATE identities SET password_hash = :new
    WHERE tenant = :tenant AND key = :key AND password_hash = :old
""")
_HASH: Final = Statement("""
    SELECT password_hash FROM identities
    WHERE tenant = :tenant AND user_key = :key AND connection_key = :connection_key
    ORDER BY position
""")


@cache
def by_names(kinds: frozenset[str]) -> Statement:
    """Return what finds the first of several names, one of each kind, whatever their order is."""
    named = " UNION ALL ".join(
        f"SELECT key, :{kind}_turn AS turn FROM identities"  # noqa: S608  # columns of ours
        f" WHERE tenant = :tenant AND connection_key = :connection_key AND {kind} = :{kind}"
        for kind in sorted(kinds)
    )
    return user_rows.select(
        f"login.key = (SELECT key FROM ({named}) AS named ORDER BY turn LIMIT 1)"  # noqa: S608
        " AND login.tenant = :tenant",
        also=", login.key, login.password_hash",
        join="JOIN identities AS login ON login.user_key = users.key",
    )


class _NameTakenError(Exception):
    """A login name belongs to somebody else; takes the transaction back."""


class SqlUsers:
    """The users of one tenant (port `Users`)."""

    def __init__(
        self, database: TenantDatabase, dice: Dice, kinds: HashKinds, vault: Vault
    ) -> None:
        self._database = database
        self._vault = vault
        self._dice = dice
        self._kinds = kinds

    async def account(
        self, connection_key: int, names: Sequence[tuple[str, str]]
    ) -> Account | None:
        if not names:
            return None
        asked: dict[str, str | int] = {}
        for turn, (kind, name) in enumerate(names):
            asked |= {f"{kind}_turn": turn, kind: name}
        statement = by_names(frozenset(kind for kind, _ in names))
        rows = await self._database.all(statement, connection_key=connection_key, **asked)
        found = user_rows.user(rows)
        if found is None:
            return None
        identity_key, hash_ = rows[0][-2:]
        return Account(
            identity_key=identity_key,
            user=found,
            password_hash=None if hash_ is None else Secret(hash_),
        )

    async def hash_kinds(self, connection_key: int) -> Mapping[str, int]:
        return await self._kinds.of(connection_key)

    async def by_id(self, user_id: str) -> User | None:
        return user_rows.user(await self._database.all(user_links.BY_ID, user_id=user_id))

    async def by_identity(self, connection_key: int, local_id: str) -> User | None:
        rows = await self._database.all(
            _BY_IDENTITY, connection_key=connection_key, provider=OWN_PROVIDER, local_id=local_id
        )
        return user_rows.user(rows)

    async def by_key(self, user_key: int) -> User | None:
        return user_rows.user(await self._database.all(user_rows.BY_KEY, key=user_key))

    async def page(self, *, connection_key: int | None, after: int, limit: int) -> Sequence[User]:
        if connection_key is None:
            return user_rows.users(await self._database.all(_PAGE, after=after, limit=limit))
        return user_rows.users(
            await self._database.all(
                _PAGE_OF_CONNECTION, connection_key=connection_key, after=after, limit=limit
            )
        )

    async def add(self, new: NewUser, connection: Connection, at: datetime) -> User | None:
        local_id = new.local_id or self._dice.hex(_LOCAL_ID_CHARS)
        hash_ = None if new.password_hash is None else new.password_hash.reveal()

        async def work(tx: TenantTx) -> User | None:
            row = await tx.one(
                user_writes.ADD,
                user_id=f"{OWN_PROVIDER}|{local_id}",
                at=ms(at),
                factors=imported_factors.kinds(new.factors),
                **user_writes.person(new),
            )
            if row is None:
                return None
            added = await tx.run(
                _ADD_IDENTITY,
                user_key=row[0],
                connection_key=connection.key,
                provider=OWN_PROVIDER,
                local_id=local_id,
                password_hash=hash_,
                **user_writes.login_names(new),
            )
            if added == 0:
                raise _NameTakenError
            if new.factors is not None:
                await imported_factors.put(tx, self._vault, [(row[0], local_id, new.factors)])
            return user_rows.user(await tx.all(user_rows.BY_KEY, key=row[0]))

        try:
            return await self._database.transact(work)
        except _NameTakenError:
            return None

    async def save(self, user: User, at: datetime) -> bool:
        async def work(tx: TenantTx) -> bool:
            return await user_writes.save(tx, user, at)

        try:
            return await self._database.transact(work)
        except TakenError:
            return False

    async def change(
        self, user_id: str, changed: Callable[[User], User], at: datetime
    ) -> User | Unchanged:
        async def work(tx: TenantTx) -> User | Unchanged:
            user = await user_links.locked(tx, user_id)
            if user is None:
                return Unchanged.GONE
            await user_writes.save(tx, changed(user), at)
            return user_rows.user(await tx.all(user_links.BY_ID, user_id=user_id)) or user

        try:
            return await self._database.transact(work)
        except TakenError:
            return Unchanged.TAKEN

    async def link(
        self,
        user_id: str,
        other_id: str,
        profile: Callable[[User], Mapping[str, object]],
        at: datetime,
    ) -> User | None:
        async def work(tx: TenantTx) -> User | None:
            return await user_links.link(tx, user_id, other_id, profile, at)

        return await self._database.transact(work)

    async def unlink(
        self,
        user_id: str,
        provider: str,
        local_id: str,
        alone: Callable[[Identity], NewUser],
        at: datetime,
    ) -> User | None:
        async def work(tx: TenantTx) -> User | None:
            return await user_links.unlink(tx, user_id, (provider, local_id), alone, at)

        return await self._database.transact(work)

    async def search(self, query: Query, *, order: str, start: int, limit: int) -> Sequence[User]:
        dialect = self._database.dialect
        asked = condition(query, user_search.SEARCHABLE, dialect)
        statement = user_search.found(query, asked, order, dialect)
        rows = await self._database.search(statement, start=start, limit=limit, **asked.params)
        return user_rows.users(rows)

    async def count(self, query: Query) -> int:
        asked = condition(query, user_search.SEARCHABLE, self._database.dialect)
        rows = await self._database.search(user_search.counted(asked), **asked.params)
        total: int = rows[0][0]
        return total

    async def with_email(self, email: str) -> Sequence[User]:
        return user_rows.users(await self._database.all(_WITH_EMAIL, email=normal(email)))

    async def remove(self, user_id: str) -> bool:
        async def work(tx: TenantTx) -> bool:
            row = await tx.one(_REMOVE, user_id=user_id)
            if row is None:
                return False
            for statement in user_links.FORGET_IN_TOKENS:
                await tx.run(statement, key=row[0])
            for statement in FORGET_USER:
                await tx.run(statement, user_key=row[0])
            return True

        return await self._database.transact(work)

    async def replace_hash(self, identity_key: int, old: Secret, new: Secret) -> None:
        async def work(tx: TenantTx) -> None:
            await tx.run(_REPLACE_HASH, key=identity_key, old=old.reveal(), new=new.reveal())

        await self._database.transact(work)

    async def first_hash(self, identity_key: int, new: Secret) -> None:
        async def work(tx: TenantTx) -> None:
            await tx.run(_FIRST_HASH, key=identity_key, new=new.reveal())

        await self._database.transact(work)

    async def password_hash(self, user_key: int, connection_key: int) -> Secret | None:
        row = await self._database.one(_HASH, key=user_key, connection_key=connection_key)
        return Secret(row[0]) if row and row[0] is not None else None
