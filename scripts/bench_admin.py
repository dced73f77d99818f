"""Sets a tenant's attack protection through the Management API, while the server runs."""

import asyncio
import json
from collections.abc import Mapping
from typing import Any, Final, TypeAlias

from scripts.bench_client import OK, connect
from scripts.bench_server import Failed
from scripts.bench_tenant import ADMIN, SECRET, management, post

Settings: TypeAlias = Mapping[str, Mapping[str, Any]]
"""Name of an object of attack protection to what is changed of it."""

OWN: Final = "x-gateword"
_MANY: Final = 100_000
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


async def protect(port: int, domain: str, settings: Settings) -> None:
    """Change a tenant's attack protection, and wait until every process of the server obeys.

    Raises:
        Failed: The server refused.
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
        token = json.loads(answer.body)["access_token"]
        for name, members in settings.items():
            answer = await connection.ask(_patch(name, members, token))
            if answer.status != OK:
                raise Failed(f"{name} was answered {answer.status}: {answer.body.decode()}")
    finally:
        connection.close()
    await asyncio.sleep(_OBEYED_S)


def _patch(name: str, members: Mapping[str, Any], token: str) -> bytes:
    body = json.dumps(members).encode()
    head = (
        f"PATCH /api/v2/attack-protection/{name} HTTP/1.1\r\nHost: localhost\r\n"
        f"Authorization: Bearer {token}\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body
