"""A user, and the identities by which one logs in."""

from collections.abc import Mapping
from datetime import datetime

from gateword.domain.secret import Secret
from gateword.values import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """One account of a user in one directory; the first is the primary one.

    Attributes:
        connection: Name of the connection it lives in.
        provider: `auth0` for database connections.
        local_id: The user id without the provider's prefix.
        profile: Profile of a linked, secondary account; empty for the primary.
    """

    connection: str
    provider: str
    local_id: str
    profile: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """A person.

    Attributes:
        key: Number inside the database; never reused.
        user_id: `sub` of the tokens, `auth0|` and 24 hex characters for our own store.
        profile: Root members that are text: name, nickname, given_name, family_name,
            middle_name, picture, address.
        factors: Kinds of second factors that are confirmed (`totp`, `sms`, …).
        logins_count: Logins so far, this one included once it is recorded.
    """

    key: int
    user_id: str
    created_at: datetime
    updated_at: datetime
    email: str | None = None
    email_verified: bool = False
    username: str | None = None
    phone_number: str | None = None
    phone_verified: bool = False
    blocked: bool = False
    profile: Mapping[str, object] = field(default_factory=dict)
    user_metadata: Mapping[str, object] = field(default_factory=dict)
    app_metadata: Mapping[str, object] = field(default_factory=dict)
    identities: tuple[Identity, ...] = ()
    last_login: datetime | None = None
    last_ip: str | None = None
    logins_count: int = 0
    last_password_reset: datetime | None = None
    factors: tuple[str, ...] = ()

    @property
    def label(self) -> str:
        """What apps and devices show of the user: the address, the name, or the id."""
        return self.email or self.username or self.user_id


@dataclass(frozen=True, slots=True, kw_only=True)
class NewUser:
    """What it takes to create a user in our own store.

    Attributes:
        connection: Name of the database connection.
        local_id: Given by importers; made by the store when None.
        password_hash: Encoded hash (PHC or bcrypt form); None for a user without a password.
        factors: Second factors that the user brings along, as JSON; None when there are none.
    """

    connection: str
    email: str | None = None
    username: str | None = None
    phone_number: str | None = None
    email_verified: bool = False
    phone_verified: bool = False
    blocked: bool = False
    local_id: str | None = None
    password_hash: Secret | None = None
    profile: Mapping[str, object] = field(default_factory=dict)
    user_metadata: Mapping[str, object] = field(default_factory=dict)
    app_metadata: Mapping[str, object] = field(default_factory=dict)
    factors: Secret | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """What a database realm finds under a login name: whose it is, and the hash to check.

    Attributes:
        identity_key: Number of the identity row that holds the hash.
        user: The primary user, also when a linked account was found.
        password_hash: Encoded hash; None when the account has no password.
    """

    identity_key: int
    user: User
    password_hash: Secret | None
