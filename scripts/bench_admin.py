"""Changes a tenant through the Management API, while the server runs."""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any, Final, TypeAlias

from scripts.bench_client import OK, Connection, connect
from scripts.bench_server import Failed
from scripts.bench_tenant import ADMIN, SECRET, management, post

Settings: TypeAlias = Mapping[str, Mapping[str, Any]]
"""Name of an object of attack protection to what is changed of it."""

OWN: Final = "x-gateword"
_MANY: Final = 100_000
_CREATED: Final = 201
_OBEYED_S: Final = 1.0

STANDING: Final[Settings] = {
    "brute-force-protection": {
        "enabled": True,
        "shields": ["block"],
        "mode": "count_per_identifier_and_ip",
        "max_attempts": 10,
    },
    "suspicious-ip-throttling": {"enabled": True, "shields": ["block"]},
    OWN: {
        "account_cap": 100,
        "same_user_per_minute": _MANY,
        "client_ceiling": 10,
        "distinct_identifiers": 20,
        "names_per_address": 1000,
    },
}
"""Every shield that stands by default, as it stands; only how often one user may log in is out of
reach: a load generator has few users, and each logs in several times a second."""

UP: Final[Settings] = {
    **STANDING,
    "breached-password-detection": {"enabled": True, "shields": ["block"]},
}
"""Those that must be asked for too."""

DOWN: Final[Settings] = {
    "brute-force-protection": {"enabled": False},
    "suspicious-ip-throttling": {"enabled": False},
    "breached-password-detection": {"enabled": False},
    OWN: {
        "account_cap": 0,
        "same_user_per_minute": 0,
        "client_ceiling": 0,
        "distinct_identifiers": 0,
        "names_per_address": 0,
    },
}
"""No shield counts anything."""


class Administrator:
    """Calls the Management API of a tenant, over one connection.

    Args:
        connection: To the server.
        token: Of the API.
    """

    def __init__(self, connection: Connection, token: str) -> None:
        """Take what `administration` opened."""
        self._connection = connection
        self._token = token

    async def call(self, method: str, path: str, members: Mapping[str, Any]) -> Any:
        """Return the answer to a call that succeeded.

        Raises:
            Failed: The server refused.
        """
        body = json.dumps(members).encode()
        head = (
            f"{method} /api/v2/{path} HTTP/1.1\r\nHost: localhost\r\n"
            f"Authorization: Bearer {self._token}\r\nContent-Type: application/json\r\n"
            f"Content-Length: {len(body)}\r\n\r\n"
        )
        answer = await self._connection.ask(head.encode() + body)
        if answer.status not in (OK, _CREATED):
            raise Failed(f"{path} was answered {answer.status}: {answer.body.decode()}")
        return json.loads(answer.body)


@asynccontextmanager
async def administration(port: int, domain: str) -> AsyncIterator[Administrator]:
    """Open the Management API; when it closes, every process of the server obeys.

    Raises:
        Failed: The server gave no token.
    """
    connection = await connect(port)
    try:
        answer = await connection.ask(
            post(
                grant_type="client_credentials",
                client_id=ADMIN,
                client_secret=SECRET,
                audience=management(domain),
            )
        )
        if answer.status != OK:
            raise Failed(f"no token for the Management API: {answer.body.decode()}")
        yield Administrator(connection, json.loads(answer.body)["access_token"])
    finally:
        connection.close()
    await asyncio.sleep(_OBEYED_S)


async def protect(port: int, domain: str, settings: Settings) -> None:
    """Change a tenant's attack protection, and wait until every process of the server obeys.

    Raises:
        Failed: The server refused.
    """
    async with administration(port, domain) as administrator:
        for name, members in settings.items():
            await administrator.call("PATCH", f"attack-protection/{name}", members)
