"""Keycloak in the side-by-side: its production mode on PostgreSQL, the same Argon2 as ours."""

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from scripts.bench_client import HOST
from scripts.bench_limits import MEMORY_KIB, PASSES
from scripts.bench_peers_contestant import LIFETIME_S, Contestant, Dialect, Hash
from scripts.bench_peers_postgres import Postgres
from scripts.bench_peers_process import Command, Running
from scripts.bench_peers_scratch import KEYCLOAK
from scripts.bench_server import free_port
from scripts.bench_tenant import MACHINE, PASSWORD, ROTATING, SECRET, USERS, email

_REALM: Final = "bench"
_DATABASE: Final = "keycloak"
_PREPARED: Final = "keycloak_prepared"
_FIRST_START_S: Final = 600.0
_START_S: Final = 180.0
_WARM_S: Final = 15.0
"""The JVM compiles what it runs often; a server that just started would be measured instead."""

_DIALECT: Final = Dialect(path=f"/realms/{_REALM}/protocol/openid-connect/token")


def contestant(home: Path, postgres: Postgres, say: Callable[[str], None]) -> Contestant:
    """Return Keycloak; its tables and the realm are made once, which takes long."""
    if not postgres.has(_PREPARED):
        say("Keycloak: making its tables and the realm, about a minute")
        _prepare(home, postgres)
    return Contestant(
        key="keycloak",
        name="Keycloak",
        version=KEYCLOAK,
        stores=f"PostgreSQL {postgres.version}",
        hashing=Hash.ARGON2,
        processes="1 process (JVM)",
        dialect=_DIALECT,
        command=lambda _: _command(home, postgres),
        uses_postgresql=True,
        warm_s=_WARM_S,
    )


def _prepare(home: Path, postgres: Postgres) -> None:
    realm = home / "data/import/bench.json"
    realm.parent.mkdir(parents=True, exist_ok=True)
    realm.write_text(json.dumps(_realm()), encoding="utf-8")
    making = f"{_DATABASE}_making"
    postgres.make(making)
    command = _started(home, postgres, making, _FIRST_START_S, "--import-realm")
    Running(command, home / "prepare.log").stop()
    postgres.rename(making, _PREPARED)


def _command(home: Path, postgres: Postgres) -> Command:
    """Return a start on a fresh copy of the prepared database."""
    postgres.make(_DATABASE, like=_PREPARED)
    return _started(home, postgres, _DATABASE, _START_S)


def _started(
    home: Path, postgres: Postgres, database: str, give_up_s: float, *options: str
) -> Command:
    port = free_port()
    return Command(
        arguments=[
            *(str(home / "bin/kc.sh"), "start", "--optimized", *options),
            *("--http-enabled=true", f"--http-host={HOST}", f"--http-port={port}"),
            *("--hostname-strict=false", "--cache=local", "--log-level=WARN"),
            *(f"--db-url=jdbc:{postgres.url(database).replace('postgres@', '')}",),
            *("--db-username=postgres", "--db-password=trusted"),
            f"--spi-password-hashing--argon2--memory={MEMORY_KIB}",
            f"--spi-password-hashing--argon2--iterations={PASSES}",
        ],
        folder=home,
        environment=os.environ,
        port=port,
        probe=_DIALECT.ask_for_itself(),
        give_up_s=give_up_s,
    )


def _realm() -> dict[str, Any]:
    return {
        "realm": _REALM,
        "enabled": True,
        "sslRequired": "none",
        "passwordPolicy": f"hashAlgorithm(argon2) and hashIterations({PASSES})",
        "accessTokenLifespan": LIFETIME_S,
        "ssoSessionIdleTimeout": LIFETIME_S,
        "ssoSessionMaxLifespan": LIFETIME_S,
        "revokeRefreshToken": True,  # rotation, as every side has it
        "refreshTokenMaxReuse": 0,
        "clients": [
            _client(ROTATING, directAccessGrantsEnabled=True),
            _client(MACHINE, serviceAccountsEnabled=True),
        ],
        "users": [_user(email("user", number)) for number in range(USERS)],
    }


def _client(name: str, **grants: bool) -> dict[str, Any]:
    return {
        "clientId": name,
        "secret": SECRET,
        "enabled": True,
        "publicClient": False,
        "standardFlowEnabled": False,
        "directAccessGrantsEnabled": False,
        "serviceAccountsEnabled": False,
    } | grants


def _user(name: str) -> dict[str, Any]:
    return {
        "username": name,
        "email": name,
        "emailVerified": True,
        "firstName": "Any",
        "lastName": "Body",
        "enabled": True,
        "credentials": [{"type": "password", "value": PASSWORD}],
    }
