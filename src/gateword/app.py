"""Settings become a running application; the only file that names concrete engines."""

import asyncio
import gc
import hmac
import logging
import os
import signal
import threading
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from importlib import import_module
from multiprocessing import parent_process

from starlette.routing import Router

from gateword import logging_setup
from gateword.accounts.log_streaming import LogStreaming
from gateword.accounts.post import Post
from gateword.crypto.device_keys_on_demand import DeviceKeysOnDemand
from gateword.crypto.hash_pool import HashPool
from gateword.crypto.jws import KeyringSigner
from gateword.crypto.key_documents import JwkDocuments
from gateword.crypto.key_maker_on_demand import SigningKeysOnDemand
from gateword.crypto.lanes import Lanes
from gateword.crypto.passwords import PooledHasher
from gateword.crypto.stamp import HmacStamp
from gateword.crypto.system import SystemClock, SystemDice
from gateword.crypto.vault import AesVault, key_from_file, key_from_text
from gateword.crypto.verify_on_demand import VerifierOnDemand
from gateword.delivery.outbound import HttpOutbound
from gateword.domain.secret import Secret
from gateword.domain.tenant import NoSuchTenant, Tenant
from gateword.houses import Houses
from gateword.login.story import Story
from gateword.management.resource import Resource
from gateword.ports.chore import Chore
from gateword.ports.opened import Opened
from gateword.ports.parts import Parts, Plugs, Stores
from gateword.ports.stores import Tenants
from gateword.registry import CHORES, FACTORS, GRANTS, REALMS, SHIELDS
from gateword.rounds import go_on
from gateword.rules.engine import QuickJsEngine
from gateword.rules.hashing import ScriptHashes
from gateword.rules.own_server import OwnServer
from gateword.rules.own_token import OwnToken
from gateword.rules.tenant_scripts import TenantScripts
from gateword.settings import Settings, database_url, load
from gateword.storage import migrate
from gateword.storage.breaches import StoredBreaches, corpus_file
from gateword.storage.engine import Database
from gateword.storage.open import (
    open_counters,
    open_database,
    open_geography,
    open_stores,
    open_tenants,
)
from gateword.telemetry.counters import Counters
from gateword.telemetry.house import HouseTelemetry, of_process
from gateword.values import replace
from gateword.web.routes import application
from gateword.web.tenancy import Tenancy

_log = logging.getLogger("gateword")


class Engines:
    """What all tenants of a process share: database, encryption key, hashing threads."""

    def __init__(
        self,
        settings: Settings,
        telemetry: HouseTelemetry | None = None,
        *,
        makes_key: bool = False,
    ) -> None:
        """Start the engines; the database is opened by `open`, the counters when they are asked."""
        self.settings = settings
        self.telemetry = telemetry or HouseTelemetry(Counters())
        self.clock = SystemClock()
        self.dice = SystemDice()
        threads = settings.hash_threads or _cores()
        self.pool = HashPool(threads, settings.hash_max_wait_s, self.telemetry)
        text, path = settings.encryption_key, settings.data_dir / "encryption.key"
        may_make = (makes_key or not settings.database_url) and migrate.is_new(settings)
        key = key_from_text(Secret(text)) if text else key_from_file(path, make=may_make)
        self._key = key
        self._vault = AesVault(key)
        hasher = PooledHasher(
            self.pool,
            hmac.digest(key, b"gateword decoys", "sha256"),
            memory_kib=settings.argon2_memory_kib,
            passes=settings.argon2_passes,
            upgrades=settings.upgrade_hashes,
            lanes=Lanes(),
        )
        self._hasher = self.telemetry.hasher(hasher, self.pool.depth, self.pool.expected_wait_s)
        corpus, is_expected = corpus_file(settings), bool(settings.breached_corpus)
        self._breaches = StoredBreaches(corpus, self.clock.monotonic_s, is_expected=is_expected)
        self._geography = open_geography(settings.geo_database)
        self.scripts = QuickJsEngine(max(2, _cores()))  # one that hangs leaves room for another
        self._script_hashes = ScriptHashes(max(1, _cores() // 2))
        self.own: OwnServer | None = None
        self._outbounds: list[HttpOutbound] = []
        self.database: Database
        prefix = hmac.digest(key, b"gateword counters", "sha256").hex()[:12]
        self.counters = open_counters(settings.valkey_url, prefix, self.telemetry, self.clock)

    async def open(self) -> None:
        """Open the database, its tables brought up to date.

        Raises:
            Refused: STORE_UNREACHABLE.
        """
        url, folder = database_url(self.settings), self.settings.data_dir
        migrate.upgrade(url, data_dir=folder)
        self.database = self.telemetry.database(await open_database(url, data_dir=folder))

    async def close(self) -> None:
        """Let the database and the threads go."""
        self.pool.stop()
        await self.scripts.close()
        self._script_hashes.close()
        for outbound in self._outbounds:
            await outbound.close()
        if self.counters:
            await self.counters.close()
        await self.database.close()

    def parts(self, tenant: Tenant) -> Parts:
        """Return the toolbox of one tenant."""
        shared = (self._vault, self.clock, self.dice)
        stores = open_stores(self.database, tenant.key, *shared, counters=self.counters)
        signer = KeyringSigner(stores.signing_keys)
        return Parts(
            stores=stores,
            hasher=self._hasher,
            signer=signer,
            verifier=VerifierOnDemand(stores.signing_keys, self.clock),
            device_keys=DeviceKeysOnDemand(),
            stamp=HmacStamp(self._key, tenant.key),
            key_maker=SigningKeysOnDemand(tenant.domain, self.clock, self.dice),
            clock=self.clock,
            dice=self.dice,
            breaches=self._breaches,
            scripts=self._scripts_of(stores, signer),
            grant_types=frozenset(make.grant_type for make in GRANTS),
            geography=self._geography,
        )

    def _scripts_of(self, stores: Stores, signer: KeyringSigner) -> TenantScripts:
        outbound = HttpOutbound()
        self._outbounds.append(outbound)
        return TenantScripts(
            self.scripts,
            outbound,
            lambda: self.own.ask if self.own else None,
            tenant=stores.settings,
            documents=stores.documents,
            hashes=self._script_hashes,
            token=OwnToken(signer, self.clock, self.dice),
        )

    def tenancy(self, tenant: Tenant) -> Tenancy:
        """Return a tenant ready to be asked, with every plug of the registry."""
        parts = self.parts(tenant)
        realms = {strategy: make(parts) for strategy, make in REALMS.items()}
        plugs = Plugs(realms=realms, shields=SHIELDS, factors=FACTORS)
        story = Story(parts, plugs)
        grants = {grant.grant_type: grant for grant in (make(story) for make in GRANTS)}
        documents = JwkDocuments()
        return Tenancy(parts=parts, grants=grants, plugs=plugs, key_documents=documents)


def _cores() -> int:
    """Return how many cores this process may use; not every system says it by process."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def houses_of(engines: Engines) -> Houses:
    """Return the tenants of engines that are open, or will be before the first request."""
    return Houses(
        engines.tenancy,
        lambda: open_tenants(engines.database).all(),
        lambda: engines.database.ping(),  # noqa: PLW0108  # it is opened later
        lambda: migrate.has_current(engines.database),
        engines.clock,
    )


def create() -> Router:
    """Return the application that the environment describes; server workers call this."""
    logging_setup.configure()
    threading.Thread(target=_stop_without_parent, name="parent", daemon=True).start()
    return build(load())


def _stop_without_parent() -> None:
    """Stop this worker when the process that watches it is gone; it would keep the port."""
    parent = parent_process()
    if parent is not None:
        parent.join()
        os.kill(os.getpid(), signal.SIGTERM)


def build(settings: Settings) -> Router:
    """Return the application for these settings; its engines live as long as its lifespan."""
    engines = Engines(settings, of_process(settings.otel))
    houses = houses_of(engines)

    @asynccontextmanager
    async def lifespan(_: Router) -> AsyncIterator[None]:
        await engines.open()
        if engines.counters:
            await engines.counters.greet()
        # What is loaded by now stays; a full collection over it would hold the loop for 25 ms.
        gc.freeze()
        made = [_measured(make(settings), engines) for make in CHORES]
        chores = [asyncio.create_task(go_on(chore, houses.all)) for chore in made]
        chores.append(asyncio.create_task(engines.telemetry.share()))
        try:
            yield
        finally:
            for chore in chores:
                chore.cancel()
            await asyncio.gather(*chores, return_exceptions=True)
            await engines.close()

    router = application(settings, houses, resources, lifespan, telemetry=engines.telemetry)
    engines.own = OwnServer(router)
    return engines.telemetry.trace(router)


def resources() -> Sequence[Resource]:
    """Return what the Management API can do; the first call loads it."""
    declared: Sequence[Resource] = import_module("gateword.resources").RESOURCES
    return declared


def _measured(chore: Chore, engines: Engines) -> Chore:
    """Return the chore; the letters and batches of one that delivers any are counted."""
    if isinstance(chore, Post):
        return replace(chore, meter=engines.telemetry)
    if isinstance(chore, LogStreaming):
        return replace(chore, sinks=engines.telemetry.sinks(chore.sinks, engines.clock.now))
    return chore


@asynccontextmanager
async def opened(
    settings: Settings,
    tenant: str = "default",
    *,
    make_with_domain: str | None = None,
    makes_key: bool = False,
) -> AsyncIterator[Opened]:
    """Open an installation for a command, beside a running server or without one.

    Args:
        settings: Where it is.
        tenant: Name of the tenant to work on.
        make_with_domain: Make the tenant with this domain when it is missing.
        makes_key: Make the encryption key, too, for a `database_url` that holds nothing.

    Raises:
        NoSuchTenant: None has that name, and none may be made (or its domain is taken).
        Refused: STORE_UNREACHABLE.
        ValueError: The encryption key is missing, or none.
    """
    engines = Engines(settings, makes_key=makes_key)
    await engines.open()
    try:
        tenants = open_tenants(engines.database)
        named = {one.name: one for one in await tenants.all()}
        found = named.get(tenant)
        if found is None and make_with_domain is not None:
            found = await tenants.add(tenant, make_with_domain, engines.clock.now())
        if found is None:
            raise NoSuchTenant(tenant, sorted(named))
        yield _opened(engines, tenants, found)
    finally:
        await engines.close()


def _opened(engines: Engines, tenants: Tenants, tenant: Tenant) -> Opened:
    parts = engines.parts(tenant)
    return Opened(
        settings=engines.settings,
        tenant=tenant,
        tenants=tenants,
        parts=parts,
        new_signing_key=parts.key_maker.new,
        counters=engines.counters,
    )
