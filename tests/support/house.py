"""A whole server inside a test: the real application, stores, signer and hasher, and no socket.

Time stands still until a test moves it and chance repeats itself, so what the house answers is the
same each time. Argon2 is as cheap as it gets.
"""

import base64
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import httpx
from starlette.routing import Router

from gateword.app import Engines, houses_of, resources
from gateword.crypto.signing_keys import new_signing_key, pkcs7
from gateword.domain.log_event import StoredLogEvent
from gateword.domain.tenant import Tenant
from gateword.houses import Houses
from gateword.ports.parts import Parts
from gateword.ports.token_stores import SigningKey
from gateword.rules.engine import QuickJsEngine
from gateword.rules.own_server import OwnServer
from gateword.settings import Settings
from gateword.storage.open import open_tenants
from gateword.web.routes import application
from tests.support import empty_tables
from tests.support.lease_watch import LeaseWatch, Watch
from tests.support.lent_scripts import LentScripts
from tests.support.stand_ins import (
    START,
    CountedHasher,
    HouseClock,
    HouseDice,
    WatchedDatabase,
)

DOMAIN: Final = "tenant.example"
PEER: Final = "198.51.100.7"
FILE: Final = "house.sqlite3"


class KnownKeys:
    """Makes the signing key whose id goldens know, once (port `SigningKeyMaker`)."""

    def __init__(self, domain: str) -> None:
        """Make keys for a domain."""
        self._domain = domain

    def new(self, state: str) -> SigningKey:
        """Return the key known as `later`, in that state."""
        return replace(signing_key(self._domain, "later"), state=state)

    def pkcs7(self, certificate_pem: str) -> str:
        """Return the certificate as the real maker does."""
        return pkcs7(certificate_pem)


class HouseEngines(Engines):
    """The engines of the real application over a clock, dice and hasher that tests can see."""

    def __init__(self, settings: Settings, seed: str) -> None:
        """Start the engines; the database is opened by `open`."""
        super().__init__(settings)
        self.clock: HouseClock = HouseClock()
        self.dice: HouseDice = HouseDice(seed)
        self.hasher = CountedHasher(self._hasher)
        self.watch = Watch()
        self.watched: WatchedDatabase

    async def open(self) -> None:
        """Open the database behind a watch."""
        await super().open()
        self.watched = WatchedDatabase(self.database)
        self.database = self.watched

    def parts(self, tenant: Tenant) -> Parts:
        """Return the toolbox with the counting hasher in it, under watch."""
        maker = KnownKeys(tenant.domain)
        hasher = LeaseWatch(self.hasher, lambda: self.watched.real, tenant.key, self.watch)
        return replace(super().parts(tenant), hasher=hasher, key_maker=maker)


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """A running server with its tenants.

    Attributes:
        app: The ASGI application.
        http: Speaks to the default tenant, from address PEER.
        parts: Toolbox of the default tenant.
    """

    engines: HouseEngines
    houses: Houses
    app: Router
    http: httpx.AsyncClient
    parts: Parts

    @property
    def clock(self) -> HouseClock:
        """The clock of the house."""
        return self.engines.clock

    async def parts_of(self, domain: str) -> Parts:
        """Return the toolbox of the tenant at a domain, as the running server holds it."""
        return (await self.houses.at(domain)).parts

    async def add_tenant(self, name: str, domain: str) -> Parts:
        """Make a tenant with signing keys of its own; the server sees it at once."""
        tenants = open_tenants(self.engines.database)
        tenant = await tenants.add(name, domain, self.clock.now())
        if tenant is None:
            raise LookupError(f"tenant {name} is there already")
        self.clock.passed_s += 1  # the list of tenants is looked at twice a second
        parts = await self.parts_of(domain)
        for state in ("current", "next"):
            await parts.stores.signing_keys.add(signing_key(domain, state))
        return parts

    async def token(self, **params: object) -> httpx.Response:
        """POST a form to /oauth/token; `None` leaves a parameter out."""
        form = {name: str(value) for name, value in params.items() if value is not None}
        return await self.http.post("/oauth/token", data=form)

    async def log(self, after: int = 0) -> list[StoredLogEvent]:
        """Return the default tenant's log rows behind a position."""
        return list(await self.parts.stores.logs.read(after=after, limit=1000))


def cheap_settings(folder: Path, **changed: Any) -> Settings:
    """Return settings with the cheapest hash and one hashing thread."""
    given: dict[str, Any] = {
        "data_dir": folder,
        "database_url": f"sqlite:///{FILE}",
        "encryption_key": base64.b64encode(bytes(32)).decode(),
        "hash_threads": 1,
        "argon2_memory_kib": 8,
        "argon2_passes": 1,
    }
    return Settings(**given | changed)


@asynccontextmanager
async def a_house(
    folder: Path,
    like: Path | None = None,
    scripts: QuickJsEngine | None = None,
    **settings: Any,
) -> AsyncIterator[House]:
    """Open a house, and close it again.

    Args:
        folder: Empty folder for its database.
        like: Database file of a house to begin as a copy of; None begins with one empty tenant.
        scripts: Runs its scripts, and those of other houses; None lets it have an engine alone.
        **settings: Changed settings.
    """
    if like is not None:
        shutil.copy(like, folder / FILE)
    elif "database_url" not in settings:
        empty_tables.put(folder / FILE)
    engines = HouseEngines(cheap_settings(folder, **settings), str(like and like.name))
    if scripts is not None:
        engines.scripts = LentScripts(scripts)
    await engines.open()
    try:
        tenants = open_tenants(engines.database)
        if not await tenants.all():
            await tenants.add("default", DOMAIN, START)
        houses = houses_of(engines)
        app = application(
            engines.settings,
            houses,
            resources,
            monotonic_s=engines.clock.monotonic_s,
            telemetry=engines.telemetry,
        )
        engines.own = OwnServer(app)
        transport = httpx.ASGITransport(app, client=(PEER, 41000))
        async with httpx.AsyncClient(
            transport=transport, base_url=f"https://{DOMAIN}", headers={"user-agent": "golden"}
        ) as http:
            parts = (await houses.at(DOMAIN)).parts
            yield House(engines=engines, houses=houses, app=app, http=http, parts=parts)
    finally:
        await engines.close()


@lru_cache
def signing_key(domain: str, state: str) -> SigningKey:
    """Return a signing key that is made once a session; its kid is always the same."""
    return new_signing_key(domain, state, START, HouseDice(f"{domain}/{state}"))
