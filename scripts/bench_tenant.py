"""The tenant under test, and the clients that ask it."""

import json
from collections.abc import Iterator
from itertools import cycle
from pathlib import Path
from typing import Final
from urllib.parse import urlencode

from scripts.bench_client import OK, Answer
from scripts.bench_server import command

AUDIENCE: Final = "https://bench.example/"
PASSWORD: Final = "A password of usual length"
WEB, ROTATING, MACHINE = "bench-web", "bench-rotating", "bench-machine"
SECRET: Final = "the secret of a client in a bench, good for nothing else"
_USERS: Final = 16
_FORM: Final = "application/x-www-form-urlencoded"


def config() -> str:
    """Return the tenant in the Deploy CLI's form; JSON is YAML too."""
    grants = ["password", "refresh_token"]
    return json.dumps(
        {
            "tenant": {"default_directory": "Bench"},
            "resourceServers": [
                {
                    "name": "Bench API",
                    "identifier": AUDIENCE,
                    "signing_alg": "RS256",
                    "allow_offline_access": True,
                    "scopes": [{"value": "read:things"}, {"value": "write:things"}],
                }
            ],
            "clients": [
                _client(WEB, grants, rotating=False),
                _client(ROTATING, grants, rotating=True),
                _client(MACHINE, ["client_credentials"], rotating=False),
            ],
            "databases": [
                {"name": "Bench", "strategy": "auth0", "enabled_clients": [WEB, ROTATING]}
            ],
            "clientGrants": [
                {"client_id": MACHINE, "audience": AUDIENCE, "scope": ["read:things"]}
            ],
            "x-gateword-users": [
                {"connection": "Bench", "email": _email(number), "password": PASSWORD}
                for number in range(_USERS)
            ],
        },
        indent=1,
    )


def _client(name: str, grant_types: list[str], *, rotating: bool) -> dict[str, object]:
    return {
        "name": name,
        "client_id": name,
        "client_secret": SECRET,
        "app_type": "non_interactive" if grant_types == ["client_credentials"] else "regular_web",
        "is_first_party": True,
        "token_endpoint_auth_method": "client_secret_post",
        "grant_types": grant_types,
        "refresh_token": {
            "rotation_type": "rotating" if rotating else "non-rotating",
            "expiration_type": "expiring" if rotating else "non-expiring",
            "leeway": 0,
        },
    }


def apply(data: Path, options: list[str]) -> None:
    """Make the tenant what the bench needs."""
    file = data.parent / "bench.yaml"
    file.write_text(config(), encoding="utf-8")
    command("apply", str(file), "--data", str(data), *options)


def _email(number: int) -> str:
    return f"user{number}@bench.example"


def _post(**parameters: str) -> bytes:
    body = urlencode(parameters).encode()
    head = (
        "POST /oauth/token HTTP/1.1\r\nHost: localhost\r\nUser-Agent: bench\r\n"
        f"Content-Type: {_FORM}\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def login(number: int, client: str, scope: str) -> bytes:
    """Return a password grant of one of the users."""
    return _post(
        grant_type="password",
        client_id=client,
        client_secret=SECRET,
        username=_email(number % _USERS),
        password=PASSWORD,
        audience=AUDIENCE,
        scope=scope,
    )


class Repeating:
    """Sends the same few requests over and over."""

    def __init__(self, *requests: bytes) -> None:
        """Take the requests."""
        self._requests: Iterator[bytes] = cycle(requests)

    def next(self) -> bytes:
        return next(self._requests)

    def learn(self, answer: Answer) -> None:
        del answer


class Refreshing:
    """Exchanges a refresh token, and its successor when the answer brings one."""

    def __init__(self, client: str, token: str) -> None:
        """Take a live refresh token of a client."""
        self._client = client
        self._request = self._exchange(token)

    def next(self) -> bytes:
        return self._request

    def learn(self, answer: Answer) -> None:
        if answer.status == OK and b'"refresh_token"' in answer.body:
            self._request = self._exchange(json.loads(answer.body)["refresh_token"])

    def _exchange(self, token: str) -> bytes:
        return _post(
            grant_type="refresh_token",
            client_id=self._client,
            client_secret=SECRET,
            refresh_token=token,
        )


def key_set() -> Repeating:
    """Return a reader of the key set."""
    return Repeating(b"GET /.well-known/jwks.json HTTP/1.1\r\nHost: localhost\r\n\r\n")


def machine() -> Repeating:
    """Return a machine that asks for itself."""
    return Repeating(
        _post(
            grant_type="client_credentials",
            client_id=MACHINE,
            client_secret=SECRET,
            audience=AUDIENCE,
        )
    )


def logins(count: int, scope: str = "read:things") -> list[Repeating]:
    """Return so many people, each of whom logs in again and again."""
    return [Repeating(login(number, WEB, scope)) for number in range(count)]
