"""The sections `databases` and `tenant` of a file."""

from collections.abc import Iterable
from typing import Final

from gateword.domain.connection import Connection
from gateword.policy import connection_document, tenant_document
from gateword.policy.members import Members
from gateword.provision.draft import Draft
from gateword.provision.naming import by_name
from gateword.provision.plan_clients import client_id_of
from gateword.values import replace

_ID_CHARS: Final = 16


def plan_databases(draft: Draft, items: Iterable[Members]) -> None:
    """Note what the database connections of the file come to; they are matched by name."""
    for name, item in by_name(items, "a database"):
        _plan(draft, item, name)


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
    tenant = tenant_document.changed(item, stored, draft.connections, draft.apis)
    draft.tenant = tenant
    before, after = tenant_document.rendered(stored), tenant_document.rendered(tenant)
    draft.note(tenant, "tenant", tenant.name, before, after)
