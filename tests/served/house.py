"""A served installation with a small shop in it, on the engine and settings of a test's choice."""

import asyncio
import itertools
import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import pytest

from gateword.app import opened
from gateword.domain.client import Client, RefreshPolicy
from gateword.domain.connection import Connection
from gateword.domain.resource_server import ClientGrant, ResourceServer
from gateword.domain.secret import Secret
from gateword.domain.user import NewUser
from gateword.ports.opened import Opened
from gateword.settings import Settings, load
from tests.support.fleet import fleet_of
from tests.support.postgres import PostgresServer
from tests.support.protection import unprotected
from tests.support.served import Served, initialised

AUDIENCE: Final = "https://orders.example/"
PASSWORD: Final = "correct horse battery staple"
REALM: Final = "Employees"
PEOPLE: Final = tuple(f"person{number}@example.com" for number in range(8))
PASSWORD_REALM: Final = "http://auth0.com/oauth/grant-type/password-realm"
GRANT_TYPES: Final = ("password", PASSWORD_REALM, "refresh_token", "client_credentials")

CHEAP_HASHES: Final[Mapping[str, object]] = {"argon2_memory_kib": 64, "argon2_passes": 1}
"""For tests of anything but the hashes: logins at the price of cheap requests."""

_NUMBERS: Final = itertools.count(1)


@dataclass(frozen=True, slots=True)
class Shop:
    """A confidential client of the tenant.

    Attributes:
        refresh: How its refresh tokens live.
    """

    client_id: str
    client_secret: str
    refresh: RefreshPolicy

    def proof(self) -> dict[str, str]:
        """Return the parameters with which it proves itself."""
        return {"client_id": self.client_id, "client_secret": self.client_secret}


STEADY: Final = Shop("steady", "steady-secret-0123456789", RefreshPolicy())
"""Its refresh tokens stay the same."""

LENIENT: Final = Shop(
    "lenient", "lenient-secret-0123456789", RefreshPolicy(rotating=True, leeway_s=120)
)
"""Its refresh tokens rotate; the one before is good for two more minutes."""

STRICT: Final = Shop("strict", "strict-secret-0123456789", RefreshPolicy(rotating=True))
"""Its refresh tokens rotate, and no second use is forgiven."""

SHOPS: Final = (STEADY, LENIENT, STRICT)


def prepared(
    data: Path,
    database_url: str = "",
    settings: Mapping[str, object] | None = None,
    *,
    protected: bool = False,
) -> Served:
    """Initialise an installation and furnish it; it is not started yet.

    Args:
        data: An absent or empty folder.
        database_url: Given to `init` and `serve` as `--database-url`; empty is SQLite.
        settings: Lines of `gateword.toml`, which every command of the installation reads.
        protected: As for `furnish`.
    """
    lines = {"token_rate_per_s": 0, **(settings or {})}
    if database_url:
        lines["database_url"] = database_url
    data.mkdir(parents=True, exist_ok=True)
    # JSON's numbers and texts are TOML's too.
    text = "".join(f"{name} = {json.dumps(value)}\n" for name, value in lines.items())
    (data / "gateword.toml").write_text(text, encoding="utf-8")
    options = ("--database-url", database_url) if database_url else ()
    served = initialised(data, *options)
    asyncio.run(_furnish(served, protected=protected))
    return served


@contextmanager
def serving(
    data: Path,
    database_url: str = "",
    *options: str,
    settings: Mapping[str, object] | None = None,
    protected: bool = False,
) -> Iterator[Served]:
    """Serve a furnished installation, and stop it afterwards.

    Args:
        data: An absent or empty folder.
        database_url: As for `prepared`.
        options: Further options of `gateword serve` (`--workers`).
        settings: As for `prepared`.
        protected: As for `furnish`.
    """
    served = prepared(data, database_url, settings, protected=protected)
    served.options = (*served.options, *options)
    served.start()
    try:
        yield served
    finally:
        served.stop()


@contextmanager
def two_processes(
    request: pytest.FixtureRequest,
    folder: Path,
    settings: Mapping[str, object] = CHEAP_HASHES,
    *,
    protected: bool = False,
    furnished_with: Callable[[Served], None] = lambda _: None,
) -> Iterator[Served]:
    """Serve a furnished installation by two processes, and stop them afterwards.

    Args:
        request: Its parameter says where: `sqlite` are two workers on one file, `postgres` two
            nodes on one PostgreSQL, with HAProxy in front of them.
        folder: An empty folder.
        settings: As for `prepared`.
        protected: As for `furnish`.
        furnished_with: Adds what else the installation needs before it is started.
    """
    with ExitStack() as stack:
        url = ""
        if request.param == "postgres":
            server: PostgresServer = request.getfixturevalue("postgres")
            url = stack.enter_context(server.database())
        served = prepared(folder / "data", url, settings, protected=protected)
        furnished_with(served)
        if url:
            served = fleet_of(served)
        else:
            served.options = (*served.options, "--workers", "2")
        stack.callback(served.stop)
        served.start()
        yield served


def settings_of(served: Served) -> Settings:
    """Return the settings that commands of this installation have."""
    return load({}, data_dir=served.data)


async def _furnish(served: Served, *, protected: bool) -> None:
    async with opened(settings_of(served)) as house:
        await furnish(house, protected=protected)


async def furnish(house: Opened, password: str = PASSWORD, *, protected: bool = False) -> None:
    """Give a tenant the shops, an API, a directory and people who share one password.

    Args:
        house: Where the tenant lives.
        password: Of everybody.
        protected: Tries at it are counted, as they are in a new tenant; tests of something else
            log the same few people in again and again.
    """
    stores, at = house.parts.stores, datetime.now(UTC)
    if not protected:
        await unprotected(house.parts, at)
    await stores.resource_servers.put(_api(), at)
    for shop in SHOPS:
        await stores.clients.put(client_of(shop), at)
        grant = ClientGrant(
            id=f"cgr_{shop.client_id:0>16}",
            client_id=shop.client_id,
            audience=AUDIENCE,
            scope=("read:orders",),
        )
        await stores.client_grants.put(grant, at)
    directory = _directory()
    await stores.connections.put(directory, at)
    stored = await stores.connections.named(REALM)
    assert stored is not None
    hashed = await house.parts.hasher.hash(Secret(password))
    for email in PEOPLE:
        new = NewUser(connection=REALM, email=email, email_verified=True, password_hash=hashed)
        assert await stores.users.add(new, stored, at) is not None


def client_of(shop: Shop) -> Client:
    """Return the client as the stores keep it."""
    return Client(
        client_id=shop.client_id,
        name=shop.client_id.title(),
        secret=Secret(shop.client_secret),
        grant_types=GRANT_TYPES,
        refresh=shop.refresh,
    )


def _api() -> ResourceServer:
    return ResourceServer(
        id=f"{next(_NUMBERS):024x}",
        identifier=AUDIENCE,
        name="Orders",
        scopes={"read:orders": "See orders"},
        allow_offline_access=True,
    )


def _directory() -> Connection:
    return Connection(
        key=0,
        id=f"con_{next(_NUMBERS):0>16}",
        name=REALM,
        strategy="auth0",
        realms=(REALM,),
        enabled_clients=frozenset(shop.client_id for shop in SHOPS),
    )
