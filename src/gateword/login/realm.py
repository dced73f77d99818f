"""Which directory: the named realm, or the tenant's default one."""

from collections.abc import Mapping

from gateword.domain.connection import Connection
from gateword.domain.login import TokenAsk
from gateword.domain.refusal import Refusal
from gateword.domain.refused import Refused
from gateword.policy.token_params import quoted
from gateword.ports.parts import Parts, Plugs
from gateword.ports.realm import Realm


async def named(parts: Parts, plugs: Plugs, ask: TokenAsk, realm: str) -> Connection:
    """Return the connection that a realm name means for this client.

    A connection's own name comes first, then the realm lists; both match exactly and by case.

    Raises:
        Refused: REALM_UNKNOWN, REALM_DISABLED or REALM_WITHOUT_PASSWORDS.
    """
    found = await _owner(parts, realm)
    if found is None:
        enabled = [c.name for c in await parts.stores.connections.all() if _admits(c, ask)]
        raise Refused(
            Refusal.REALM_UNKNOWN,
            detail=f"realms enabled for the client: {', '.join(sorted(enabled)) or 'none'}",
            realm=quoted(realm),
        )
    return _checked(found, plugs.realms, ask)


async def named_if_enabled(parts: Parts, ask: TokenAsk, realm: str) -> Connection | None:
    """Return the realm sent along with plain `password`, if it names one open to the client."""
    found = await _owner(parts, realm)
    return found if found is not None and _admits(found, ask) else None


async def default(parts: Parts, plugs: Plugs, ask: TokenAsk) -> Connection:
    """Return the tenant's default directory.

    Raises:
        Refused: DEFAULT_DIRECTORY_UNSET, REALM_DISABLED or REALM_WITHOUT_PASSWORDS.
    """
    name = ask.tenant.default_directory
    found = await parts.stores.connections.named(name) if name else None
    if found is None:
        raise Refused(
            Refusal.DEFAULT_DIRECTORY_UNSET,
            detail="set the tenant's default_directory to the name of a database connection",
        )
    return _checked(found, plugs.realms, ask)


async def _owner(parts: Parts, realm: str) -> Connection | None:
    connections = parts.stores.connections
    return await connections.named(realm) or await connections.owning_realm(realm)


def _admits(connection: Connection, ask: TokenAsk) -> bool:
    return connection.admits(ask.client.client_id)


def _checked(connection: Connection, strategies: Mapping[str, Realm], ask: TokenAsk) -> Connection:
    if not _admits(connection, ask):
        raise Refused(
            Refusal.REALM_DISABLED,
            detail=f"connection {connection.name} is not enabled for client {ask.client.client_id}",
        )
    if connection.strategy not in strategies:
        raise Refused(
            Refusal.REALM_WITHOUT_PASSWORDS,
            detail=f"strategy {connection.strategy} of {connection.name} checks no passwords",
        )
    return connection
