"""Values of the pure rooms with everything filled in that a rule is not about."""

from datetime import UTC, datetime
from typing import Any, Final

from gateword.domain.login import Caller, Login, TokenAsk
from gateword.domain.secret import Secret
from gateword.domain.tenant import Tenant
from gateword.domain.token import RefreshGrant, RefreshToken
from gateword.domain.user import User
from gateword.policy.token_params import Fields
from tests.support.factories import a_client, a_connection

NOW: Final = datetime(2026, 11, 23, 12, 0, 0, 345678, tzinfo=UTC)
TENANT: Final = Tenant(key=1, name="default", domain="auth.example.com")


def some_fields(
    params: dict[str, str] | None = None, secrets: dict[str, str] | None = None
) -> Fields:
    """Return parameters as the reader would have read them."""
    return Fields(
        params=params or {},
        secrets={name: Secret(value) for name, value in (secrets or {}).items()},
    )


def a_person(**more: Any) -> User:
    """Return a user with every standard member."""
    given: dict[str, Any] = {
        "key": 7,
        "user_id": "auth0|5f7c8ec7c33c6c004bbafe82",
        "created_at": NOW,
        "updated_at": NOW,
        "email": "ada@example.com",
        "email_verified": True,
        "phone_number": "+15551234567",
        "profile": {"name": "Ada", "nickname": "ada", "picture": "https://example.com/a.png"},
    }
    return User(**given | more)


def a_login(**more: Any) -> Login:
    """Return a proved login of that user at the client `shop`; nothing is granted yet."""
    ask = TokenAsk(
        tenant=TENANT,
        grant_type="password",
        client=a_client("shop"),
        caller=Caller(ip="192.0.2.1"),
        params={},
        secrets={},
        scope=None,
        at=NOW,
    )
    given: dict[str, Any] = {
        "ask": ask,
        "connection": a_connection("Employees"),
        "user": a_person(),
        "audience": None,
        "api": None,
        "gty": "password",
        "auth_time": NOW,
    }
    return Login(**given | more)


def a_refresh_token(*, expires_at: datetime | None = None, **more: Any) -> RefreshToken:
    """Return a fresh rotating refresh token of the client `shop`, the first of its family."""
    grant = RefreshGrant(
        user_key=7,
        user_id="auth0|1",
        client_id="shop",
        connection="Employees",
        audience=None,
        scopes=("openid", "offline_access"),
        gty="password",
        auth_time=NOW,
        created_at=NOW,
        expires_at=expires_at,
    )
    given: dict[str, Any] = {
        "key": 1,
        "family_key": 1,
        "grant": grant,
        "counter": 1,
        "latest_counter": 1,
        "rotating": True,
        "idle_expires_at": None,
        "used_at": None,
        "revoked_at": None,
    }
    return RefreshToken(**given | more)
