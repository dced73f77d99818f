"""Tokens: what is answered, and what is kept of it."""

from datetime import datetime

from gateword.domain.log_event import LogFacts
from gateword.domain.secret import Secret
from gateword.values import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenSet:
    """A granted answer of the token endpoint.

    Attributes:
        expires_in_s: Lifetime of the access token.
        scopes: What was granted, in the order of the answer.
        recovery_code: The one that replaces the one that was just used.
        facts: What the log says of it.
        is_logged: The log has its rows already, written together with what was stored for it.
    """

    access_token: Secret
    expires_in_s: int
    scopes: tuple[str, ...] = ()
    id_token: Secret | None = None
    refresh_token: Secret | None = None
    token_type: str = "Bearer"
    recovery_code: Secret | None = None
    facts: LogFacts
    is_logged: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class RefreshGrant:
    """What a family of refresh tokens stands for: one login of one user at one client.

    Attributes:
        user_key: The user's row.
        connection: Name of the connection that proved the login.
        audience: API of the tokens; None for opaque access tokens.
        scopes: The original grant; an exchange may narrow, never widen it.
        gty: Grant that began the family (`password`).
        expires_at: Absolute end, fixed at the first issue; None is endless.
        mfa_at: When a second factor was last shown; None is never.
    """

    user_key: int
    user_id: str
    client_id: str
    connection: str
    audience: str | None
    scopes: tuple[str, ...]
    gty: str
    auth_time: datetime
    created_at: datetime
    expires_at: datetime | None
    mfa_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RefreshToken:
    """One refresh token as it is stored, without the token itself.

    Attributes:
        counter: Generation within the family, from 1.
        latest_counter: Newest generation of the family.
        rotating: How the token was issued.
        idle_expires_at: End without use; None is endless.
        used_at: When a rotating token was first exchanged.
    """

    key: int
    family_key: int
    grant: RefreshGrant
    counter: int
    latest_counter: int
    rotating: bool
    idle_expires_at: datetime | None
    used_at: datetime | None
    revoked_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessRecord:
    """What is kept of an access token that must be found again: opaque, or born with a family.

    Attributes:
        opaque: The token is a handle; a JWT carries its own claims.
        revoked: Its family has been revoked.
    """

    opaque: bool
    user_id: str
    client_id: str
    scopes: tuple[str, ...]
    issued_at: datetime
    expires_at: datetime
    revoked: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class UserGrant:
    """What a user's live logins at one client for one API come to.

    Attributes:
        key: Of the oldest of these families.
        audience: None for those without an API.
        scopes: Of any of them.
    """

    key: int
    user_id: str
    client_id: str
    audience: str | None
    scopes: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RefreshFamily:
    """A live family of refresh tokens.

    Attributes:
        rotating: How its newest token was issued.
        idle_expires_at: End of that token without use; None is endless.
    """

    key: int
    grant: RefreshGrant
    rotating: bool
    idle_expires_at: datetime | None
