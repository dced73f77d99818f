"""What is kept of tokens and keys: hashes of the ones, sealed private halves of the others.

As in `ports/stores.py`, every store is bound to one tenant and a method is a transaction.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol, TypeAlias

from gateword.domain.client import RefreshPolicy
from gateword.domain.log_event import LogEvent
from gateword.domain.secret import Secret
from gateword.domain.token import AccessRecord, RefreshGrant, RefreshToken
from gateword.values import dataclass


@dataclass(frozen=True, slots=True)
class Exchanged:
    """The exchange stands; `rotated` says whether the successor is now the token to use."""

    rotated: bool


@dataclass(frozen=True, slots=True)
class NotExchanged:
    """The token is worth nothing (any more).

    Attributes:
        reason: unknown, other_client, revoked, expired_idle, expired_absolute or reused.
        details: For the log: family, counter, latest counter.
    """

    reason: str
    details: Mapping[str, object]


Exchange: TypeAlias = Exchanged | NotExchanged


@dataclass(frozen=True, slots=True, kw_only=True)
class NewAccess:
    """An access token that must be found again.

    Attributes:
        token: The token; only its hash is kept.
        opaque: It is a handle, so user, client and scopes are kept with it.
    """

    token: Secret
    opaque: bool
    user_id: str
    client_id: str
    scopes: tuple[str, ...]
    issued_at: datetime
    expires_at: datetime


class Tokens(Protocol):
    """Refresh tokens in families, and the access tokens that must be found again; hashes only."""

    async def begin_family(
        self,
        grant: RefreshGrant,
        refresh: Secret,
        policy: RefreshPolicy,
        access: NewAccess,
        rows: Sequence[LogEvent] = (),
    ) -> int:
        """Store a family with its first refresh token and the access token beside it.

        `rows` are written to the log with it.

        Returns:
            How many old families had to go because user and client held more than 200.
        """
        ...

    async def add_access(self, access: NewAccess, rows: Sequence[LogEvent] = ()) -> None:
        """Store an access token that belongs to no family, and write rows to the log with it."""
        ...

    async def find_refresh(self, refresh: Secret) -> RefreshToken | None: ...

    async def exchange(
        self,
        refresh: Secret,
        client_id: str,
        successor: Secret,
        policy: RefreshPolicy,
        access: NewAccess,
        at: datetime,
        *,
        known: RefreshToken | None = None,
        rows: Sequence[LogEvent] = (),
    ) -> Exchange:
        """Use a refresh token: one compare-and-set; reuse retires the whole family.

        Decided by `policy.refresh.decide` on the locked rows. `successor` becomes a token of the
        family when the client's tokens rotate; `access` is stored with it, and `rows` are written
        to the log with it. `known` is what was found of the token before; where it is told, and
        still true, nothing is looked up again.
        """
        ...

    async def revoke_refresh(
        self, refresh: Secret, client_id: str, at: datetime, *, whole_grant: bool
    ) -> RefreshGrant | None:
        """End a refresh token's family (`whole_grant`: all of user, client and audience).

        Returns:
            What was revoked; None when unknown, another client's or revoked already.
        """
        ...

    async def revoke_user(self, user_key: int, at: datetime) -> int:
        """End all refresh tokens of a user; return how many families that were."""
        ...

    async def find_access(self, token: Secret) -> AccessRecord | None: ...

    async def purge(self, before: datetime) -> int:
        """Delete access tokens and assertions that expired before that time; return how many."""
        ...

    async def purge_families(self, before: datetime) -> int:
        """Delete families that ended before that time, with their tokens; return how many families.

        Looks at every family of the tenant, so it is not for every minute.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class SigningKey:
    """One signing key of a tenant.

    Attributes:
        state: next, current, previous or revoked.
        private_pem: PKCS 8, only in memory; encrypted where it is stored.
        certificate_pem: Self-signed certificate, CN = domain.
        current_since: When it began to sign; None for keys that never did, or long ago.
        current_until: When the next one took over.
    """

    kid: str
    state: str
    private_pem: Secret
    certificate_pem: str
    created_at: datetime
    revoked_at: datetime | None = None
    current_since: datetime | None = None
    current_until: datetime | None = None


class SigningKeyMaker(Protocol):
    """Makes signing keys for one tenant, and shows their certificates."""

    def new(self, state: str) -> SigningKey:
        """Return a fresh key in a state; takes up to a second of one core."""
        ...

    def pkcs7(self, certificate_pem: str) -> str:
        """Return a certificate as PKCS #7 in PEM form."""
        ...


class SigningKeys(Protocol):
    """Signing keys; cached like clients."""

    async def all(self) -> Sequence[SigningKey]: ...

    async def add(self, key: SigningKey) -> None: ...

    async def rotate(self, new_next: SigningKey, at: datetime) -> None:
        """Make next current, current previous, and `new_next` next, in one transaction."""
        ...

    async def revoke(self, kid: str, at: datetime) -> bool:
        """Revoke a previous key; False for any other."""
        ...
