"""What the side-by-side knows of each server: its name, its requests, how it is started."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Final

from scripts.bench_client import OK, Answer, Asker
from scripts.bench_peers_process import Command
from scripts.bench_tenant import MACHINE, PASSWORD, ROTATING, SECRET, USERS, Repeating, email, form

WORKERS: Final = 2
LIFETIME_S: Final = 86_400


class Grant(StrEnum):
    """What is asked for."""

    PASSWORD = "password"
    REFRESH = "refresh_token"
    MACHINE = "client_credentials"


class Hash(StrEnum):
    """How a server keeps passwords; of the same cost on all sides."""

    ARGON2 = "Argon2id, 19 MiB, 2 passes"
    BCRYPT = "bcrypt, cost 10"


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialect:
    """How a server wants to be asked.

    Attributes:
        path: Of the token endpoint.
        password: Parameters that its password grant takes beside name and password.
        machine: Parameters that its client_credentials grant takes beside the client's own.
        tells_addresses: The client of a password grant tells its user's address.
    """

    path: str = "/token"
    password: Mapping[str, str] = field(default_factory=dict)
    machine: Mapping[str, str] = field(default_factory=dict)
    tells_addresses: bool = False

    def login(self, number: int) -> bytes:
        """Return a password grant of one of the users."""
        address = f"auth0-forwarded-for: 192.0.2.{number + 1}\r\n" if self.tells_addresses else ""
        parameters = {
            "grant_type": "password",
            "client_id": ROTATING,
            "client_secret": SECRET,
            "username": email("user", number % USERS),
            "password": PASSWORD,
        }
        return form(self.path, parameters | dict(self.password), address)

    def exchange(self, token: str) -> bytes:
        """Return a refresh grant."""
        parameters = {"grant_type": "refresh_token", "refresh_token": token}
        return form(self.path, parameters | {"client_id": ROTATING, "client_secret": SECRET})

    def ask_for_itself(self) -> bytes:
        """Return a client_credentials grant."""
        parameters = {"grant_type": "client_credentials"}
        return form(
            self.path,
            parameters | {"client_id": MACHINE, "client_secret": SECRET} | dict(self.machine),
        )

    def askers(self, grant: Grant, count: int) -> list[Asker]:
        """Return so many clients of a grant that needs no token to begin with."""
        if grant is Grant.MACHINE:
            return [Repeating(self.ask_for_itself()) for _ in range(count)]
        return [Repeating(self.login(number)) for number in range(count)]


class Exchanging:
    """Exchanges a refresh token, then its successor."""

    def __init__(self, dialect: Dialect, token: str) -> None:
        """Take a live refresh token."""
        self._dialect = dialect
        self._request = dialect.exchange(token)

    def next(self) -> bytes:
        return self._request

    def learn(self, answer: Answer) -> None:
        if answer.status == OK:
            self._request = self._dialect.exchange(json.loads(answer.body)["refresh_token"])


@dataclass(frozen=True, slots=True, kw_only=True)
class Contestant:
    """A server in the side-by-side.

    Attributes:
        key: Short name, for `--only` and files.
        name: As the tables have it.
        version: Of the product.
        stores: Where it keeps tokens, and whether an answered one survives a crash.
        hashing: How it keeps passwords.
        processes: How it is run.
        grants: What is measured of it.
        dialect: How it is asked.
        command: Prepares its data in a new folder and returns how it is started.
        uses_postgresql: The time of PostgreSQL is its own too.
        remark: What its log says of how it runs.
        warm_s: How long it runs unmeasured before the first round.
    """

    key: str
    name: str
    version: str
    stores: str
    hashing: Hash
    processes: str
    grants: tuple[Grant, ...] = tuple(Grant)
    dialect: Dialect = field(default_factory=Dialect)
    command: Callable[[Path], Command]
    uses_postgresql: bool = False
    is_durable: bool = True
    remark: Callable[[str], str] = field(default=lambda _: "")
    warm_s: float = 3.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Missing:
    """A server that cannot take part, and why."""

    key: str
    name: str
    reason: str
