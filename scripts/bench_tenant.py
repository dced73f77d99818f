"""The tenant under test, and the clients that ask it."""

import json
from collections.abc import Iterator, Mapping, Sequence
from itertools import cycle
from pathlib import Path
from typing import Final
from urllib.parse import urlencode

from scripts.bench_client import OK, Answer
from scripts.bench_server import command

AUDIENCE: Final = "https://bench.example/"
PASSWORD: Final = "A password of usual length"
WEB, ROTATING, MACHINE = "bench-web", "bench-rotating", "bench-machine"
ADMIN: Final = "bench-admin"
SECRET: Final = "the secret of a client in a bench, good for nothing else"
DIRECTORY, BROUGHT = "Bench", "Brought"
REALM_GRANT: Final = "http://auth0.com/oauth/grant-type/password-realm"
OF_A_KIND: Final = 25
USERS: Final = 16
_MAY: Final = ["update:attack_protection", "create:rules", "update:rules"]
_ADMINISTRATION: Final = {"client_id": ADMIN, "scope": _MAY}
_FORM: Final = "application/x-www-form-urlencoded"


def management(domain: str) -> str:
    """Return the audience of a tenant's Management API."""
    return f"https://{domain}/api/v2/"


def config(domain: str, *, is_trusted: bool = True) -> str:
    """Return the tenant in the Deploy CLI's form; JSON is YAML too.

    Args:
        domain: The tenant's.
        is_trusted: The clients of users tell their users' addresses.
    """
    grants = ["password", REALM_GRANT, "refresh_token"]
    machine = ["client_credentials"]
    return json.dumps(
        {
            "tenant": {"default_directory": DIRECTORY},
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
                _client(WEB, grants) | {"is_token_endpoint_ip_header_trusted": is_trusted},
                _client(ROTATING, grants, rotating=True)
                | {"is_token_endpoint_ip_header_trusted": is_trusted},
                _client(MACHINE, machine),
                _client(ADMIN, machine),
            ],
            "databases": [
                {"name": name, "strategy": "auth0", "enabled_clients": [WEB, ROTATING]}
                for name in (DIRECTORY, BROUGHT)
            ],
            "clientGrants": [
                {"client_id": MACHINE, "audience": AUDIENCE, "scope": ["read:things"]},
                _ADMINISTRATION | {"audience": management(domain)},
            ],
            "x-gateword-users": [
                *(_user("user", number) for number in range(USERS)),
                *(_user("plain", number) for number in range(OF_A_KIND)),
                *(_user("blocked", number) | {"blocked": True} for number in range(OF_A_KIND)),
                *(_user("bare", number, password="") for number in range(OF_A_KIND)),
            ],
        },
        indent=1,
    )


def _client(name: str, grant_types: list[str], *, rotating: bool = False) -> dict[str, object]:
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


def _user(kind: str, number: int, password: str = PASSWORD) -> dict[str, object]:
    user: dict[str, object] = {"connection": DIRECTORY, "email": email(kind, number)}
    return user | {"password": password} if password else user


def email(kind: str, number: int) -> str:
    """Return the name of one of a kind of users; kinds of other names than the tenant's are nobody.

    Args:
        kind: In the tenant are `user`, and OF_A_KIND each of `plain`, `blocked` (by an
            administrator) and `bare` (without a password).
        number: Which of them.
    """
    return f"{kind}{number}@bench.example"


def apply(data: Path, config: str, options: Sequence[str]) -> None:
    """Make the tenant what a configuration says."""
    file = data.parent / f"{data.name}.yaml"
    file.write_text(config, encoding="utf-8")
    command("apply", str(file), "--data", str(data), *options)


def post(address: str = "", **parameters: str) -> bytes:
    """Return a request of the token endpoint.

    Args:
        address: Of the user, as the client tells it; empty when it tells none.
        parameters: Of the request.
    """
    return form(
        "/oauth/token", parameters, f"auth0-forwarded-for: {address}\r\n" if address else ""
    )


def form(path: str, parameters: Mapping[str, str], more: str = "") -> bytes:
    """Return a request that posts a form.

    Args:
        path: Where to.
        parameters: The form.
        more: Lines of the head, each with its end.
    """
    body = urlencode(parameters).encode()
    head = (
        f"POST {path} HTTP/1.1\r\nHost: localhost\r\nUser-Agent: bench\r\n"
        f"{more}Content-Type: {_FORM}\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def login(number: int, client: str, scope: str, address: str = "") -> bytes:
    """Return a password grant of one of the users."""
    return post(
        address,
        grant_type="password",
        client_id=client,
        client_secret=SECRET,
        username=email("user", number % USERS),
        password=PASSWORD,
        audience=AUDIENCE,
        scope=scope,
    )


def guess(username: str, password: str, address: str, realm: str = DIRECTORY) -> bytes:
    """Return a try at somebody's password, in one of the directories."""
    return post(
        address,
        grant_type=REALM_GRANT,
        realm=realm,
        client_id=WEB,
        client_secret=SECRET,
        username=username,
        password=password,
        audience=AUDIENCE,
        scope="read:things",
    )


def exchange(client: str, token: str) -> bytes:
    """Return the exchange of a refresh token of a client."""
    return post(
        grant_type="refresh_token", client_id=client, client_secret=SECRET, refresh_token=token
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
        self._request = exchange(client, token)

    def next(self) -> bytes:
        return self._request

    def learn(self, answer: Answer) -> None:
        if answer.status == OK and b'"refresh_token"' in answer.body:
            self._request = exchange(self._client, json.loads(answer.body)["refresh_token"])


def key_set() -> Repeating:
    """Return a reader of the key set."""
    return Repeating(b"GET /.well-known/jwks.json HTTP/1.1\r\nHost: localhost\r\n\r\n")


def machine() -> Repeating:
    """Return a machine that asks for itself."""
    return Repeating(
        post(
            grant_type="client_credentials",
            client_id=MACHINE,
            client_secret=SECRET,
            audience=AUDIENCE,
        )
    )


def logins(
    count: int, scope: str = "read:things", *, tells_addresses: bool = True
) -> list[Repeating]:
    """Return so many people, each of whom logs in again and again from an address of their own."""
    return [
        Repeating(login(number, WEB, scope, _address(number) if tells_addresses else ""))
        for number in range(count)
    ]


def _address(number: int) -> str:
    return f"192.0.2.{number + 1}"
