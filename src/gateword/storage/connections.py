"""Connections, the realm names each of them owns, and their end."""

from base64 import b64decode, b64encode
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Final

import msgspec

from gateword.domain.connection import Connection, ScriptSetting
from gateword.domain.secret import Secret
from gateword.ports.connections import RealmTaken
from gateword.ports.crypto import Vault
from gateword.storage.cache import ConfigCache
from gateword.storage.columns import json_object, ms, to_json
from gateword.storage.statement import Statement
from gateword.storage.tenant_database import TenantDatabase, TenantTx
from gateword.storage.user_links import FORGET_IN_TOKENS
from gateword.values import dataclass, replace

_ALL: Final = Statement(
    "SELECT key, name, document FROM connections WHERE tenant = :tenant ORDER BY key"
)
_REALMS: Final = Statement(
    "SELECT realm, connection_key FROM connection_realms WHERE tenant = :tenant"
)
_PUT: Final = Statement("""
    INSERT INTO connections (tenant, name, document, created_at, updated_at)
    VALUES (:tenant, :name, :document, :at, :at)
    ON CONFLICT (tenant, name) DO UPDATE SET
        document = excluded.document, updated_at = excluded.updated_at
    RETURNING key
""")
_NAMED: Final = Statement("SELECT 1 FROM connections WHERE tenant = :tenant AND name = :name")
_GIVE_UP_REALMS: Final = Statement(
    "DELETE FROM connection_realms WHERE tenant = :tenant AND connection_key = :key"
)
_OWN_REALM: Final = Statement("""
    INSERT INTO connection_realms (tenant, realm, connection_key)
    VALUES (:tenant, :realm, :key)
    ON CONFLICT DO NOTHING
""")
_REMOVE: Final = Statement("DELETE FROM connections WHERE tenant = :tenant AND key = :key")
_INHABITANTS: Final = Statement("""
    SELECT user_key FROM identities
    WHERE tenant = :tenant AND connection_key = :key AND position = 0
    LIMIT :most
""")
_REMOVE_USER: Final = Statement("DELETE FROM users WHERE tenant = :tenant AND key = :key")
_ALL_USERS: Final = 2**31 - 1
_OWN_STORE: Final = "auth0"
_SEALED: Final = "sealed"
_SETTINGS: Final = "configuration"
_decoder: Final = msgspec.json.Decoder(Connection)


@dataclass(frozen=True, slots=True)
class _View:
    by_name: dict[str, Connection]
    by_id: dict[str, Connection]
    by_realm: dict[str, Connection]


class SqlConnections:
    """The connections of one tenant (port `Connections`)."""

    def __init__(self, database: TenantDatabase, cache: ConfigCache, vault: Vault) -> None:
        self._database = database
        self._cache = cache
        self._vault = vault

    async def named(self, name: str) -> Connection | None:
        return await self._find(lambda view: view.by_name.get(name))

    async def by_id(self, connection_id: str) -> Connection | None:
        return await self._find(lambda view: view.by_id.get(connection_id))

    async def owning_realm(self, realm: str) -> Connection | None:
        return await self._find(lambda view: view.by_realm.get(realm))

    async def all(self) -> Sequence[Connection]:
        return tuple((await self._view()).by_name.values())

    async def put(self, connection: Connection, at: datetime) -> bool:
        async def work(tx: TenantTx) -> Connection:
            return await self._store(tx, connection, at)

        try:
            await self._cache.change(work)
        except RealmTaken:
            return False
        return True

    async def add(self, connection: Connection, at: datetime) -> Connection | None:
        async def work(tx: TenantTx) -> Connection | None:
            if await tx.one(_NAMED, name=connection.name) is not None:
                return None
            return await self._store(tx, connection, at)

        return await self._cache.change(work)

    async def change(
        self, connection_id: str, how: Callable[[Connection], Connection], at: datetime
    ) -> Connection | None:
        async def work(tx: TenantTx) -> Connection | None:
            stored = await self._stored(tx, connection_id)
            return None if stored is None else await self._store(tx, how(stored), at)

        return await self._cache.change(work)

    async def remove_users(self, connection_id: str, most: int) -> int:
        async def work(tx: TenantTx) -> int:
            stored = await self._stored(tx, connection_id)
            return 0 if stored is None else await _end_users(tx, stored.key, most)

        return await self._database.transact(work)

    async def remove(self, connection_id: str) -> bool:
        async def work(tx: TenantTx) -> bool:
            stored = await self._stored(tx, connection_id)
            if stored is None:
                return False
            await _end_users(tx, stored.key, _ALL_USERS)
            return await tx.run(_REMOVE, key=stored.key) == 1

        return await self._cache.change(work)

    async def _store(self, tx: TenantTx, connection: Connection, at: datetime) -> Connection:
        sealed = self._sealed(connection)
        row = await tx.one(_PUT, name=connection.name, document=self._document(sealed), at=ms(at))
        key = row[0] if row else 0
        await tx.run(_GIVE_UP_REALMS, key=key)
        for realm in sorted({connection.name, *connection.realms}):
            if await tx.run(_OWN_REALM, realm=realm, key=key) == 0:
                raise RealmTaken(realm)
        return replace(sealed, key=key)

    async def _stored(self, tx: TenantTx, connection_id: str) -> Connection | None:
        found = await self._all(tx)
        return next((one for one in found.values() if one.id == connection_id), None)

    async def _find(self, pick: Callable[[_View], Connection | None]) -> Connection | None:
        return await self._cache.find("connections", self._load, pick)

    async def _view(self) -> _View:
        return await self._cache.view("connections", self._load)

    async def _load(self, database: TenantDatabase) -> _View:
        by_key = await self._all(database)
        rows = await database.all(_REALMS)
        return _View(
            by_name={found.name: found for found in by_key.values()},
            by_id={found.id: found for found in by_key.values()},
            by_realm={realm: by_key[key] for realm, key in rows if key in by_key},
        )

    async def _all(self, rows: TenantDatabase | TenantTx) -> dict[int, Connection]:
        return {
            key: replace(self._opened(name, document), key=key, name=name)
            for key, name, document in await rows.all(_ALL)
        }

    def _sealed(self, connection: Connection) -> Connection:
        """Return a connection whose script settings all have a ciphertext."""
        settings = {
            name: setting
            if setting.shown
            else replace(setting, shown=self._seal(connection.name, name, setting.value))
            for name, setting in connection.configuration.items()
        }
        return replace(connection, configuration=settings)

    def _document(self, connection: Connection) -> str:
        """Return a connection as its row holds it, with nothing secret in clear.

        A database's secrets are its script settings. Options of other strategies may hold
        anybody's client secret under any name, so they are sealed as a whole.
        """
        options: Mapping[str, object] = connection.options
        if connection.strategy != _OWN_STORE:
            options = {_SEALED: self._seal(connection.name, "", Secret(to_json(options)))}
        elif connection.configuration:
            shown = {key: setting.shown for key, setting in connection.configuration.items()}
            options = {**options, _SETTINGS: shown}
        return to_json(replace(connection, key=0, options=options, configuration={}))

    def _opened(self, name: str, document: str) -> Connection:
        connection = _decoder.decode(document)
        options = dict(connection.options)
        if connection.strategy != _OWN_STORE and _SEALED in options:
            options = dict(json_object(self._open(name, "", str(options[_SEALED])).reveal()))
            return replace(connection, options=options)
        shown = options.pop(_SETTINGS, None)
        settings = {
            key: ScriptSetting(value=self._open(name, key, text), shown=text)
            for key, text in (shown.items() if isinstance(shown, Mapping) else ())
        }
        return replace(connection, options=options, configuration=settings)

    def _seal(self, connection: str, name: str, value: Secret) -> str:
        return b64encode(self._vault.seal(value, _context(connection, name))).decode()

    def _open(self, connection: str, name: str, sealed: str) -> Secret:
        return self._vault.open(b64decode(sealed), _context(connection, name))


async def _end_users(tx: TenantTx, key: int, most: int) -> int:
    """Delete users as `SqlUsers.remove` does; return how many."""
    found = await tx.all(_INHABITANTS, key=key, most=most)
    for (user_key,) in found:
        for statement in (*FORGET_IN_TOKENS, _REMOVE_USER):
            await tx.run(statement, key=user_key)
    return len(found)


def _context(connection: str, name: str) -> str:
    return f"connections/{connection}/options/{name}"
