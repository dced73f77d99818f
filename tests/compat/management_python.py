"""auth0-python's management client against a served tenant, and how its answers are read."""

import secrets
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import islice
from typing import Any, Final, TypeVar

import auth0
import httpx
import pytest
from auth0.management import ManagementClient
from auth0.management.core.api_error import ApiError
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from tests.support import ran_against
from tests.support.served import Served

T = TypeVar("T")

QUIET: Final = "ignore:invalid escape sequence:DeprecationWarning"
"""Texts of the package's own modules, which are loaded when they are first used."""

MOST: Final = 200
"""A pager that has brought so many items does not end."""


@contextmanager
def client(served: Served, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Yield the SDK with the client that `gateword init` made, trusting the development CA."""
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"):
        monkeypatch.delenv(name, raising=False)
    for name, value in served.env.items():
        monkeypatch.setenv(name, value)
    ran_against.note("auth0-python", auth0.__version__)
    with httpx.Client(timeout=30) as http:
        yield ManagementClient(
            domain=served.domain,
            client_id=served.management.client_id,
            client_secret=served.management.client_secret,
            httpx_client=http,
        )


def everything(pager: Iterable[T]) -> list[T]:
    """Return all items of a pager, which must end."""
    items = list(islice(pager, MOST))
    assert len(items) < MOST
    return items


def gone(call: Any, *arguments: Any, status: int = 404) -> None:
    """Check that the SDK raises its own error with this status."""
    with pytest.raises(ApiError) as raised:
        call(*arguments)
    assert status == raised.value.status_code


def a_name(kind: str) -> str:
    """Return a name that nothing else has."""
    return f"{kind}-{secrets.token_hex(4)}"


def a_pem() -> str:
    """Return a public key."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048).public_key()
    return key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
