"""What a tenant needs before its first login: keys, a directory, a machine that may manage it."""

import asyncio
from collections.abc import Callable
from typing import Final

from gateword.domain.client import Client
from gateword.domain.connection import Connection
from gateword.domain.resource_server import ClientGrant, ResourceServer
from gateword.domain.secret import Secret
from gateword.domain.tenant import Tenant
from gateword.policy.connection_options import DEFAULTS
from gateword.ports.clock import Clock, Dice
from gateword.ports.parts import Stores
from gateword.ports.token_stores import SigningKey
from gateword.provision.management_api import SCOPES
from gateword.values import dataclass, replace

DEFAULT_DIRECTORY: Final = "Username-Password-Authentication"
MANAGEMENT_NAME: Final = "Gateword Management"
_MARK: Final = {"gateword": "management"}
_CLIENT_ID_CHARS: Final = 32
_SECRET_CHARS: Final = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Bootstrapped:
    """The tenant's first machine-to-machine client.

    Attributes:
        created: Anything was missing and has been made; False says that nothing changed.
    """

    client_id: str
    client_secret: Secret
    audience: str
    created: bool


async def bootstrap(
    stores: Stores, new_signing_key: Callable[[str], SigningKey], clock: Clock, dice: Dice
) -> Bootstrapped:
    """Make what is missing in a tenant; a second run changes nothing.

    A tenant of an older release is brought up to date as well.

    Args:
        stores: Of the tenant.
        new_signing_key: Makes a key in a state (`current`, `next`).
        clock: For the times of creation.
        dice: For ids and secrets.
    """
    tenant = await stores.settings.get()
    created = [
        await _keys(stores, new_signing_key),
        await _management_api(stores, tenant, clock),
        await _directory(stores, clock, dice),
    ]
    client, is_new = await _management_client(stores, tenant, clock, dice)
    return Bootstrapped(
        client_id=client.client_id,
        client_secret=client.secret or Secret(""),
        audience=tenant.management_audience,
        created=any([*created, is_new]),
    )


async def bring_up_to_date(stores: Stores, clock: Clock) -> bool:
    """Give a tenant of an older release the scopes that the Management API has had since.

    Its first client gets them as well, as long as it has all that there were: whoever was made
    to look like it, or had a scope taken away, gains nothing.

    Returns:
        Whether there were any.
    """
    tenant = await stores.settings.get()
    api = await stores.resource_servers.get(tenant.management_audience)
    return api is not None and await _new_scopes(stores, api, clock)


def is_management_client(client: Client) -> bool:
    """Say whether a client is the one that was made with the tenant."""
    return client.document.get("client_metadata") == _MARK


async def _keys(stores: Stores, new_signing_key: Callable[[str], SigningKey]) -> bool:
    held = {key.state for key in await stores.signing_keys.all()}
    missing = [state for state in ("current", "next") if state not in held]
    # Finding the primes takes most of a new installation's start, and a core each.
    made = [asyncio.to_thread(new_signing_key, state) for state in missing]
    for key in await asyncio.gather(*made):
        await stores.signing_keys.add(key)
    return bool(missing)


async def _management_api(stores: Stores, tenant: Tenant, clock: Clock) -> bool:
    if await stores.resource_servers.get(tenant.management_audience):
        return await bring_up_to_date(stores, clock)
    api = ResourceServer(
        id=f"{tenant.key:024x}",
        identifier=tenant.management_audience,
        name="Management API",
        scopes=SCOPES,
        is_system=True,
    )
    await stores.resource_servers.put(api, clock.now())
    return True


async def _new_scopes(stores: Stores, api: ResourceServer, clock: Clock) -> bool:
    new = tuple(scope for scope in SCOPES if scope not in api.scopes)
    if not new:
        return False
    clients = {one.client_id for one in await stores.clients.all() if is_management_client(one)}
    for grant in await stores.client_grants.all():
        has_all = api.scopes.keys() <= set(grant.scope)
        if grant.client_id in clients and grant.audience == api.identifier and has_all:
            wider = replace(grant, scope=tuple(dict.fromkeys((*grant.scope, *new))))
            await stores.client_grants.put(wider, clock.now())
    # The API last: if this run is cut short, the next one finds the same scopes new.
    await stores.resource_servers.put(replace(api, scopes=SCOPES), clock.now())
    return True


async def _directory(stores: Stores, clock: Clock, dice: Dice) -> bool:
    if await stores.connections.all():
        return False
    connection = Connection(
        key=0,
        id=f"con_{dice.letters(16)}",
        name=DEFAULT_DIRECTORY,
        strategy="auth0",
        realms=(DEFAULT_DIRECTORY,),
        options=DEFAULTS,
    )
    await stores.connections.put(connection, clock.now())
    tenant = await stores.settings.get()
    if tenant.default_directory is None:
        await stores.settings.save(replace(tenant, default_directory=DEFAULT_DIRECTORY))
    return True


async def _management_client(
    stores: Stores, tenant: Tenant, clock: Clock, dice: Dice
) -> tuple[Client, bool]:
    for client in await stores.clients.all():
        if is_management_client(client):
            return client, False
    client = Client(
        client_id=dice.letters(_CLIENT_ID_CHARS),
        name=MANAGEMENT_NAME,
        secret=Secret(dice.handle(_SECRET_CHARS)),
        grant_types=("client_credentials",),
        document={"app_type": "non_interactive", "client_metadata": _MARK},
    )
    await stores.clients.put(client, clock.now())
    grant = ClientGrant(
        id=f"cgr_{dice.letters(16)}",
        client_id=client.client_id,
        audience=tenant.management_audience,
        scope=tuple(SCOPES),
    )
    await stores.client_grants.put(grant, clock.now())
    return client, True
