"""Signing keys of a tenant in memory, a clock that stands still, and tokens written by hand."""

import base64
import json
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any, Final

from cryptography.hazmat.primitives.serialization import load_pem_private_key
from cryptography.x509 import load_pem_x509_certificate

from gateword.crypto.signing_keys import new_signing_key
from gateword.crypto.system import SystemDice
from gateword.domain.secret import Secret
from gateword.ports.token_stores import SigningKey

NOW: Final = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
AT: Final = int(NOW.timestamp())
ISSUER: Final = "https://auth.example.com/"
KID: Final = "kid-one"


@dataclass
class Clock:
    """Time that moves when it is told to."""

    at: datetime = NOW

    def now(self) -> datetime:
        """Return the time that was set."""
        return self.at

    def monotonic_s(self) -> float:
        """Return the same in seconds."""
        return self.at.timestamp()


@dataclass
class Keys:
    """The tenant's key store: what it was given."""

    held: list[SigningKey] = field(default_factory=list)

    async def all(self) -> tuple[SigningKey, ...]:
        """Return every key."""
        return tuple(self.held)


@cache
def a_key(number: int = 0, state: str = "current", kid: str = KID) -> SigningKey:
    """Return a signing key; each number is another pair, made once a run."""
    made = new_signing_key("auth.example.com:8443", state, NOW - timedelta(days=1), SystemDice())
    return replace(made, kid=kid) if number == 0 else replace(made, kid=f"{kid}-{number}")


def private_key(key: SigningKey) -> Any:
    """Return the private half, for an independent library to sign with."""
    return _loaded(key.private_pem)


@cache
def _loaded(pem: Secret) -> Any:
    return load_pem_private_key(pem.reveal().encode(), password=None)


def public_key(key: SigningKey) -> Any:
    """Return the public half, for an independent library to verify with."""
    return load_pem_x509_certificate(key.certificate_pem.encode()).public_key()


def b64(data: bytes) -> str:
    """Return base64url without padding (RFC 7515 §2)."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def from_b64(text: str) -> bytes:
    """Return what base64url without padding stands for."""
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def parts_of(token: Secret) -> tuple[Any, Any, bytes]:
    """Return header, payload and signature of a compact JWS."""
    header, payload, signature = token.reveal().split(".")
    return json.loads(from_b64(header)), json.loads(from_b64(payload)), from_b64(signature)


def good_claims(**more: object) -> dict[str, object]:
    """Return claims of an access token that lives now."""
    return {"iss": ISSUER, "sub": "auth0|1", "aud": "api", "iat": AT, "exp": AT + 60} | more
