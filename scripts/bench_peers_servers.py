"""The peers: how each is prepared and started. Keycloak has a file of its own."""

import json
import os
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import bcrypt
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from scripts.bench_client import HOST
from scripts.bench_peers_contestant import LIFETIME_S, WORKERS, Contestant, Dialect, Hash
from scripts.bench_peers_process import Command
from scripts.bench_peers_scratch import NODE_PACKAGES, PYTHON_PACKAGES
from scripts.bench_server import Failed, free_port
from scripts.bench_tenant import AUDIENCE, MACHINE, PASSWORD, ROTATING, SECRET, USERS, email

_THREADS: Final = 4
_IN_MEMORY: Final = "memory of each process, gone when it ends"
_IN_SQLITE: Final = "SQLite, WAL, synchronous=FULL"
_GUNICORN: Final = f"{WORKERS} processes of {_THREADS} threads (gunicorn)"
_SCOPE: Final = {"scope": "read:things"}
_DIALECT: Final = Dialect(password=_SCOPE, machine=_SCOPE)


@dataclass(frozen=True, slots=True)
class _Adapter:
    """One of our adapters in the scratch folder."""

    folder: Path
    program: Sequence[str]
    prepare: Sequence[str] = ()

    def command(self, data: Path) -> Command:
        """Prepare data in a folder, and return how the peer is started.

        Raises:
            Failed: The peer could not prepare its data.
        """
        port = free_port()
        wanted = data / "wanted.json"
        wanted.write_text(json.dumps(_wanted(data, port)), encoding="utf-8")
        environment = {**os.environ, "PEER_CONFIG": str(wanted), "NODE_ENV": "production"}
        if self.prepare:
            done = subprocess.run(
                self.prepare,
                cwd=self.folder,
                env=environment,
                capture_output=True,
                text=True,
                check=False,
            )
            if done.returncode:
                raise Failed(f"{' '.join(self.prepare)}: {done.stderr[-1000:]}")
        return Command(
            arguments=[part.replace("PORT", str(port)) for part in self.program],
            folder=self.folder,
            environment=environment,
            port=port,
            probe=_DIALECT.ask_for_itself(),
        )


def node_peers(folder: Path) -> list[Contestant]:
    """Return the peers that run on Node."""
    common: dict[str, Any] = {
        "hashing": Hash.BCRYPT,
        "stores": _IN_MEMORY,
        "is_durable": False,
        "processes": f"{WORKERS} processes (node:cluster), Node {_node_version()}",
        "dialect": _DIALECT,
    }
    names = {"oidc_provider": "oidc-provider", "oauth2_server": "@node-oauth/oauth2-server"}
    return [
        Contestant(
            key=package.rpartition("/")[2],
            name=package,
            version=NODE_PACKAGES[package],
            command=_Adapter(folder, ["node", f"{adapter}.mjs"]).command,
            **common,
        )
        for adapter, package in names.items()
    ]


def python_peers(folder: Path) -> list[Contestant]:
    """Return the peers that run on Python."""
    programs = folder / "venv/bin"
    gunicorn = [
        *(str(programs / "gunicorn"), "--workers", str(WORKERS), "--worker-class", "gthread"),
        *("--threads", str(_THREADS), "--keep-alive", "3600", "--timeout", "0"),
        *("--log-level", "error", "--bind", f"{HOST}:PORT"),
    ]
    peers = (
        ("django-oauth-toolkit", "django-oauth-toolkit", "django_app", "application"),
        ("authlib", "Authlib + Flask", "authlib_app", "app"),
    )
    return [
        Contestant(
            key=package,
            name=name,
            version=PYTHON_PACKAGES[package],
            stores=_IN_SQLITE,
            hashing=Hash.BCRYPT,
            processes=_GUNICORN,
            dialect=_DIALECT,
            command=_Adapter(
                folder,
                [*gunicorn, f"{module}:{variable}"],
                [str(programs / "python"), f"{module}.py"],
            ).command,
        )
        for package, name, module, variable in peers
    ]


def _node_version() -> str:
    return subprocess.check_output(["node", "--version"], text=True).strip()  # noqa: S607


def _wanted(data: Path, port: int) -> dict[str, Any]:
    """Return what an adapter is told."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return {
        "port": port,
        "workers": WORKERS,
        "folder": str(data),
        "key_pem": pem.decode(),
        "audience": AUDIENCE,
        "lifetime_s": LIFETIME_S,
        "users": [email("user", number) for number in range(USERS)],
        "hash": hash_of_users(),
        "clients": [
            {"id": ROTATING, "secret": SECRET, "grants": ["password", "refresh_token"]},
            {"id": MACHINE, "secret": SECRET, "grants": ["client_credentials"]},
        ],
    }


def hash_of_users() -> str:
    """Return a bcrypt hash of the users' password."""
    return bcrypt.hashpw(PASSWORD.encode(), bcrypt.gensalt(10)).decode()
