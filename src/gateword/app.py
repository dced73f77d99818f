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
from dataclasses import replace
from importlib import import_module
from multiprocessing import parent_process
from typing import Final

from starlette.routing import Router

from gateword import logging_setup
from gateword.accounts.log_streaming import LogStreaming
from gateword.accounts.post import Post
from gateword.crypto.hash_pool import HashPool
from gateword.crypto.jws import KeyringSigner
from gateword.crypto.key_documents import JwkDocuments
from gateword.crypto.key_maker_on_demand import SigningKeysOnDemand
from gateword.crypto.passwords import PooledHasher
from gateword.crypto.stamp import HmacStamp
from gateword.crypto.system import SystemClock, SystemDice
from gateword.crypto.vault import AesVault, key_from_file, key_from_text
from gateword.crypto.verify_on_demand import VerifierOnDemand
from gateword.domain.refusal import Refusal
from gateword.domain.refused import Refused
from gateword.domain.secret import Secret
from gateword.domain.tenant import NoSuchTenant, Tenant
from gateword.login.story import Story
from gateword.management.resource import Resource
from gateword.ports.chore import Chore
from gateword.ports.opened import Opened
from gateword.ports.parts import Parts, Plugs
from gateword.ports.stores import Tenants
from gateword.registry import CHORES, GRANTS, REALMS, SHIELDS
from gateword.rounds import go_on
from gateword.rules.engine import QuickJsRules
from gateword.settings import DATABASE_FILE, Settings, load
from gateword.storage import migrate
from gateword.storage.breaches import StoredBreaches, corpus_file
from gateword.storage.engine import Database
from gateword.storage.open import open_counters, open_database, open_stores, open_tenants
from gateword.telemetry.counters import Counters
from gateword.telemetry.house import HouseTelemetry, of_process
from gateword.web.routes import application
from gateword.web.tenancy import Tenancy

_TENANTS_SEEN_S: Final = 0.5
_HTTPS_PORT: Final = ":443"
_log = logging.getLogger("gateword")


def database_url(settings: Settings) -> str:
    """Return the database that the settings mean."""
    return settings.database_url or f"sqlite:///{DATABASE_FILE}"


class Engines:
    """What all tenants of a process share: database, encryption key, hashing threads."""

    def __init__(self, settings: Settings, telemetry: HouseTelemetry | None = None) -> None:
        """Start the engines; the database is opened by `open`, the counters when they are asked."""
        self.settings = settings
        self.telemetry = telemetry or HouseTelemetry(Counters())
        self.clock = SystemClock()
        self.dice = SystemDice()
        threads = settings.hash_threads or _cores()
        self.pool = HashPool(threads, settings.hash_max_wait_s)
        text = settings.encryption_key
        path = settings.data_dir / "encryption.key"
        is_new = bool(settings.database_url) or not (settings.data_dir / DATABASE_FILE).exists()
        key = key_from_text(Secret(text)) if text else key_from_file(path, make=is_new)
        self._key = key
        self._vault = AesVault(key)
        hasher = PooledHasher(
            self.pool,
            hmac.digest(key, b"gateword decoys", "sha256"),
            memory_kib=settings.argon2_memory_kib,
            passes=settings.argon2_passes,
        )
        self._hasher = self.telemetry.hasher(hasher, self.pool.depth, self.pool.expected_wait_s)
        corpus, is_expected = corpus_file(settings), bool(settings.breached_corpus)
        self._breaches = StoredBreaches(corpus, self.clock.monotonic_s, is_expected=is_expected)
        self.rules = QuickJsRules(max(2, _cores()))  # one that hangs leaves room for another
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
        await self.rules.close()
        if self.counters:
            await self.counters.close()
        await self.database.close()

    def parts(self, tenant: Tenant) -> Parts:
        """Return the toolbox of one tenant."""
        shared = (self._vault, self.clock, self.dice)
        stores = open_stores(self.database, tenant.key, *shared, counters=self.counters)
        return Parts(
            stores=stores,
            hasher=self._hasher,
            signer=KeyringSigner(stores.signing_keys),
            verifier=VerifierOnDemand(stores.signing_keys, self.clock),
            stamp=HmacStamp(self._key, tenant.key),
            key_maker=SigningKeysOnDemand(tenant.domain, self.clock, self.dice),
            clock=self.clock,
            dice=self.dice,
            breaches=self._breaches,
            rules=self.rules,
            grant_types=frozenset(make.grant_type for make in GRANTS),
        )

    def tenancy(self, tenant: Tenant) -> Tenancy:
        """Return a tenant ready to be asked, with every plug of the registry."""
        parts = self.parts(tenant)
        realms = {strategy: make(parts) for strategy, make in REALMS.items()}
        story = Story(parts, Plugs(realms=realms, shields=SHIELDS))
        grants = {grant.grant_type: grant for grant in (make(story) for make in GRANTS)}
        return Tenancy(parts=parts, grants=grants, key_documents=JwkDocuments())


def _cores() -> int:
    """Return how many cores this process may use; not every system says it by process."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


class Houses:
    """All tenants of the process, found by Host."""

    def __init__(self, engines: Engines) -> None:
        """Take engines that are open, or will be before the first request."""
        self._engines = engines
        self._by_host: dict[str, Tenancy] = {}
        self._read_at_s = float("-inf")

    async def at(self, host: str) -> Tenancy:
        """Return the tenant that answers to a Host; the only one answers to every Host.

        Raises:
            Refused: MISDIRECTED.
        """
        await self._look_again()
        found = self._by_host.get(host.lower().removesuffix(_HTTPS_PORT))
        if found is None and len(self._by_host) == 1:
            found = next(iter(self._by_host.values()))
        if found is None:
            shown = "".join(c for c in host[:100] if c.isalnum() or c in ".-:[]")
            raise Refused(Refusal.MISDIRECTED, host=shown)
        return found

    async def is_ready(self) -> bool:
        """Say whether the database answers."""
        try:
            await self._engines.database.ping()
        except Refused:
            return False
        return True

    async def all(self) -> list[Parts]:
        """Return the toolbox of every tenant."""
        await self._look_again()
        return [tenancy.parts for tenancy in self._by_host.values()]

    async def _look_again(self) -> None:
        now_s = self._engines.clock.monotonic_s()
        if now_s - self._read_at_s < _TENANTS_SEEN_S:
            return
        if self._by_host:
            self._read_at_s = now_s  # one looks; the others go on with those that are known
        try:
            found = await open_tenants(self._engines.database).all()
        except Refused:
            if not self._by_host:
                raise
            found = ()  # away: those that are known answer what they can
            now_s = self._engines.clock.monotonic_s()
        for tenant in found:
            if tenant.domain not in self._by_host:
                self._by_host[tenant.domain] = self._engines.tenancy(tenant)
        self._read_at_s = now_s


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
    houses = Houses(engines)

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
    return engines.telemetry.trace(router)


def resources() -> Sequence[Resource]:
    """Return what the Management API can do; the first call loads it."""
    declared: Sequence[Resource] = import_module("gateword.resources").RESOURCES
    return declared


def _measured(chore: Chore, engines: Engines) -> Chore:
    """Return the chore; the letters and batches of one that delivers any are counted."""
    if isinstance(chore, Post):
        return replace(chore, courier=engines.telemetry.courier(chore.courier))
    if isinstance(chore, LogStreaming):
        return replace(chore, sinks=engines.telemetry.sinks(chore.sinks, engines.clock.now))
    return chore


@asynccontextmanager
async def opened(
    settings: Settings, tenant: str = "default", *, make_with_domain: str | None = None
) -> AsyncIterator[Opened]:
    """Open an installation for a command, beside a running server or without one.

    Args:
        settings: Where it is.
        tenant: Name of the tenant to work on.
        make_with_domain: Make the tenant with this domain when it is missing.

    Raises:
        NoSuchTenant: None has that name, and none may be made (or its domain is taken).
        Refused: STORE_UNREACHABLE.
    """
    engines = Engines(settings)
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
