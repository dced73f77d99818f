"""What is asked of an installation of any size: one request of each kind, of users drawn anew."""

import json
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final
from urllib.parse import quote, urlencode

from scripts import bench_growth_fill as fill
from scripts import bench_tenant as tenant
from scripts.bench_client import OK, Answer, Connection
from scripts.bench_growth_house import DOMAIN
from scripts.bench_server import Failed

_REFUSED: Final = 403


@dataclass(slots=True)
class Asks:
    """Makes requests to one installation, and checks the answers.

    Attributes:
        count: Copied users of the installation.
        file: Where tokens that have rotated are kept for the next run.
        token: Of the Management API.
        revoked: Families whose token was revoked; they must be revived.
    """

    count: int
    file: Path
    token: str = ""
    revoked: list[int] = field(default_factory=list)
    _successors: dict[str, str] = field(default_factory=dict)
    _random: random.Random = field(default_factory=lambda: random.Random(1))  # noqa: S311  # draws users, guards nothing

    async def begin(self, connection: Connection) -> None:
        """Get a token of the Management API, and remember the run before."""
        if self.file.exists():
            self._successors = json.loads(self.file.read_text(encoding="utf-8"))
        answer = await connection.ask(
            tenant.post(
                grant_type="client_credentials",
                client_id=tenant.ADMIN,
                client_secret=tenant.SECRET,
                audience=tenant.management(DOMAIN),
            )
        )
        self.token = json.loads(answer.body)["access_token"]

    def end(self) -> None:
        """Keep what the next run needs."""
        self.file.write_text(json.dumps(self._successors), encoding="utf-8")

    async def ask(self, kind: str, connection: Connection, number: int) -> None:
        """Ask once.

        Args:
            kind: One of KINDS.
            connection: To the server of the installation.
            number: Of the request; addresses of users are made of it.

        Raises:
            Failed: The answer is not the one that belongs to the kind.
        """
        drawn = self._random.randrange(self.count // 2) * 2
        request = _REQUESTS[kind](self, drawn, number)
        answer = await connection.ask(request)
        if answer.status != _STATUSES.get(kind, OK) or _MUST_HOLD.get(kind, b"") not in answer.body:
            raise Failed(f"{kind} was answered {answer.status}: {answer.body[:400].decode()}")
        self._learn(kind, drawn, answer)

    def _learn(self, kind: str, drawn: int, answer: Answer) -> None:
        if kind == "rotating refresh":
            self._successors[str(drawn + 1)] = json.loads(answer.body)["refresh_token"]
        if kind == "revocation":
            self.revoked.append(drawn)

    def machine(self, _drawn: int, _number: int) -> bytes:
        return tenant.machine().next()

    def refresh(self, drawn: int, _number: int) -> bytes:
        return tenant.exchange(tenant.WEB, fill.refresh_token(drawn))

    def rotating(self, drawn: int, _number: int) -> bytes:
        token = self._successors.get(str(drawn + 1), fill.refresh_token(drawn + 1))
        return tenant.exchange(tenant.ROTATING, token)

    def password(self, drawn: int, number: int) -> bytes:
        return tenant.guess(fill.email(drawn), tenant.PASSWORD, _address(number))

    def unknown(self, drawn: int, number: int) -> bytes:
        name = f"nobody{drawn}.{number}@bench.example"
        return tenant.guess(name, tenant.PASSWORD, _address(number))

    def revocation(self, drawn: int, _number: int) -> bytes:
        members = {
            "client_id": tenant.WEB,
            "client_secret": tenant.SECRET,
            "token": fill.refresh_token(drawn),
        }
        body = urlencode(members).encode()
        head = (
            "POST /oauth/revoke HTTP/1.1\r\nHost: localhost\r\nContent-Type: "
            f"application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        return head.encode() + body

    def user(self, drawn: int, _number: int) -> bytes:
        return self._get(f"users/{quote(fill.user_id(drawn))}")

    def search(self, drawn: int, _number: int) -> bytes:
        query = quote(f'email:"{fill.email(drawn)}"')
        return self._get(f"users?search_engine=v3&q={query}")

    def logs(self, _drawn: int, _number: int) -> bytes:
        return self._get("logs?page=0&per_page=20")

    def _get(self, path: str) -> bytes:
        return (
            f"GET /api/v2/{path} HTTP/1.1\r\nHost: localhost\r\n"
            f"Authorization: Bearer {self.token}\r\n\r\n"
        ).encode()


_REQUESTS: Final[Mapping[str, Callable[[Asks, int, int], bytes]]] = {
    "client_credentials": Asks.machine,
    "refresh": Asks.refresh,
    "rotating refresh": Asks.rotating,
    "password": Asks.password,
    "unknown user": Asks.unknown,
    "revocation": Asks.revocation,
    "get a user": Asks.user,
    "search users by email": Asks.search,
    "a page of logs": Asks.logs,
}
KINDS: Final = tuple(_REQUESTS)
HASHED: Final = ("password", "unknown user")
_STATUSES: Final = {"unknown user": _REFUSED}
_MUST_HOLD: Final = {"search users by email": b"user_id", "a page of logs": b"log_id"}


def _address(number: int) -> str:
    """Return an address from which nobody has asked before."""
    return f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"
