"""The sections `databases` and `tenant` of a file."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Final

from gateword.domain.connection import Connection
from gateword.domain.tenant import Tenant
from gateword.policy import connection_document, documented
from gateword.policy.members import Members, did_you_mean
from gateword.provision.draft import Draft
from gateword.provision.plan_clients import client_id_of

_ID_CHARS: Final = 16


def plan_databases(draft: Draft, items: Iterable[Members]) -> None:
    """Note what the database connections of the file come to; they are matched by name."""
    seen: set[str] = set()
    for item in items:
        name = item.required_text("name")
        if name in seen:
            item.fault(f"a database named {name} stands in the file twice", "name")
        elif name:
            _plan(draft, item, name)
        seen.add(name)


def _plan(draft: Draft, item: Members, name: str) -> None:
    stored = draft.connections.get(name)
    if stored is None:
        connection_id = f"con_{draft.dice.letters(_ID_CHARS)}"
        connection = connection_document.created(item, name, connection_id)
    else:
        connection = connection_document.changed(item, stored, merges=True)
    if connection.strategy != connection_document.STRATEGY:
        item.fault(f"a database has the strategy {connection_document.STRATEGY}", "strategy")
    elif (text := connection_document.conflict(connection)) is not None:
        item.fault(text, "options")
    connection = _with_clients(draft, item, connection)
    _check_realms(draft, item, connection)
    draft.connections[name] = connection
    draft.note(
        connection,
        "database",
        name,
        connection_document.rendered(stored) if stored else None,
        connection_document.rendered(connection),
    )


def _with_clients(draft: Draft, item: Members, connection: Connection) -> Connection:
    if "enabled_clients" not in item:
        return connection
    ids = set()
    for position, word in enumerate(item.texts("enabled_clients", ())):
        client_id, reason = client_id_of(draft, word)
        if client_id is None:
            item.fault(reason, "enabled_clients", position)
        else:
            ids.add(client_id)
    return replace(connection, enabled_clients=frozenset(ids))


def _check_realms(draft: Draft, item: Members, connection: Connection) -> None:
    """Each realm name, the connection's own included, belongs to one connection (ruling 18)."""
    for other in draft.connections.values():
        if other.name == connection.name:
            continue
        for realm in sorted(_realms(connection) & _realms(other)):
            item.fault(
                f"the realm {realm} belongs to the database {other.name} already",
                "realms" if realm in connection.realms and "realms" in item else "name",
            )


def _realms(connection: Connection) -> set[str]:
    return {connection.name, *connection.realms}


def plan_tenant(draft: Draft, item: Members) -> None:
    """Note what the tenant's own settings come to; flags are merged."""
    stored = draft.tenant
    tenant = replace(
        stored,
        default_directory=item.optional_text("default_directory", stored.default_directory) or None,
        default_audience=item.optional_text("default_audience", stored.default_audience) or None,
        flags=_flags(item.member("flags"), stored.flags),
        document=item.others(stored.document, documented.TENANT),
    )
    _check(draft, item, tenant)
    draft.tenant = tenant
    draft.note(tenant, "tenant", tenant.name, _members(stored), _members(tenant))


def _check(draft: Draft, item: Members, tenant: Tenant) -> None:
    directory, audience = tenant.default_directory, tenant.default_audience
    if directory and directory not in draft.connections and "default_directory" in item:
        hint = did_you_mean(directory, draft.connections)
        item.fault(f"no database is named {directory}{hint}", "default_directory")
    if audience and audience not in draft.apis and "default_audience" in item:
        hint = did_you_mean(audience, draft.apis)
        item.fault(f"no resource server has the identifier {audience}{hint}", "default_audience")


def _flags(given: Members, stored: Mapping[str, bool]) -> Mapping[str, bool]:
    merged = dict(stored)
    for name, value in given.others({}, (*documented.OWN_FLAGS, *documented.FLAGS)).items():
        if isinstance(value, bool):
            merged[name] = value
        else:
            given.fault("must be true or false", name)
    for name in merged.keys() & given.nulls():
        del merged[name]
    return merged


def _members(tenant: Tenant) -> dict[str, object]:
    return {
        "default_directory": tenant.default_directory,
        "default_audience": tenant.default_audience,
        "flags": dict(tenant.flags),
        **tenant.document,
    }
