"""Gateword in the side-by-side: on SQLite, on PostgreSQL, and with users who came with bcrypt."""

import asyncio
import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

from scripts import bench_tenant as tenant
from scripts.bench_admin import STANDING, protect
from scripts.bench_peers_contestant import WORKERS, Contestant, Dialect, Grant, Hash
from scripts.bench_peers_postgres import Postgres
from scripts.bench_peers_process import Command
from scripts.bench_peers_servers import hash_of_users
from scripts.bench_server import (
    GATEWORD,
    Server,
    command,
    environment,
    free_port,
    initialise,
    version,
)
from scripts.bench_tenant import AUDIENCE, BROUGHT, REALM_GRANT, USERS, email

_DATABASE: Final = "gateword"
_OFFLINE: Final = {"audience": AUDIENCE, "scope": "read:things offline_access"}
_DIALECT: Final = Dialect(
    path="/oauth/token", password=_OFFLINE, machine={"audience": AUDIENCE}, tells_addresses=True
)
_OF_THE_BROUGHT: Final = replace(
    _DIALECT, password={**_OFFLINE, "grant_type": REALM_GRANT, "realm": BROUGHT}
)
_LANES_ON: Final = "bcrypt_lanes_on"
_PROCESSES: Final = f"{WORKERS} workers"
_IN_SQLITE: Final = "SQLite, WAL, synchronous=FULL"


def on_sqlite() -> Contestant:
    """Return Gateword as it is by default, with two workers."""
    return Contestant(
        key="gateword",
        name="Gateword, SQLite",
        version=_version(),
        stores=_IN_SQLITE,
        hashing=Hash.ARGON2,
        processes=_PROCESSES,
        dialect=_DIALECT,
        command=_prepared,
    )


def on_postgres(postgres: Postgres) -> Contestant:
    """Return Gateword on PostgreSQL."""

    def prepared(data: Path) -> Command:
        postgres.make(_DATABASE)
        return _prepared(data, ["--database-url", postgres.url(_DATABASE)])

    return replace(
        on_sqlite(),
        key="gateword-postgresql",
        name="Gateword, PostgreSQL",
        stores=f"PostgreSQL {postgres.version}",
        command=prepared,
        uses_postgresql=True,
    )


def with_bcrypt() -> Contestant:
    """Return Gateword with users whose bcrypt hashes it keeps."""

    def prepared(data: Path) -> Command:
        prepared = _prepared(data)
        users = [
            {"email": email("user", number), "password_hash": hash_of_users()}
            for number in range(USERS)
        ]
        file = data / "brought.json"
        file.write_text(json.dumps(users), encoding="utf-8")
        command("users", "import", str(file), "--connection", BROUGHT, "--data", str(data / "data"))
        kept = {**prepared.environment, "GATEWORD_UPGRADE_HASHES": "false"}
        return replace(prepared, environment=kept)

    return replace(
        on_sqlite(),
        key="gateword-bcrypt",
        name="Gateword, SQLite, bcrypt users",
        hashing=Hash.BCRYPT,
        grants=(Grant.PASSWORD,),
        dialect=_OF_THE_BROUGHT,
        command=prepared,
        remark=lambda log: ", lanes on" if _LANES_ON in log else ", lanes off",
    )


def _prepared(folder: Path, options: Sequence[str] = ()) -> Command:
    """Make an installation with every shield up, and return how it is served."""
    data, port = folder / "data", free_port()
    domain = f"localhost:{port}"
    initialise(data, domain, options)
    tenant.apply(data, tenant.config(domain), options)
    server = Server(data, port, options)
    try:
        asyncio.run(protect(port, domain, STANDING))
    finally:
        server.stop()
    arguments = ["serve", "--data", str(data), "--port", str(port), "--tls", "off"]
    return Command(
        arguments=[str(GATEWORD), *arguments, "--workers", str(WORKERS), *options],
        folder=folder,
        environment=environment(),
        port=port,
        probe=_DIALECT.ask_for_itself(),
    )


def _version() -> str:
    return version().rpartition(" ")[2]
