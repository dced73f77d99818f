"""The two tokens of the MFA API: an `mfa_token` from a login that waits, or an access token.

Source: Auth0 "Manage Authenticator Factors Using the MFA API"; mfa-api §3.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final

from gateword.domain.connection import Connection
from gateword.domain.login import TokenAsk
from gateword.domain.mfa import HalfLogin
from gateword.domain.mfa_refusal import MfaRefusal
from gateword.domain.refusal import Refusal
from gateword.domain.refused import Refused
from gateword.domain.secret import Secret
from gateword.domain.tenant import Tenant
from gateword.domain.user import User
from gateword.login import halves, second_step
from gateword.login.second_step import Waiting
from gateword.policy import mfa_api, mfa_demand
from gateword.policy.claims import MFA
from gateword.ports.parts import Parts
from gateword.values import dataclass

_DOTS: Final = 2
_LATE: Final = "a factor was set up after the access token was issued, which shows none"


@dataclass(frozen=True, slots=True)
class Bearer:
    """Whose authenticators a token opens, and how far.

    Attributes:
        waiting: The login behind it; its handle is None for an access token.
        scopes: Of an access token; None for an `mfa_token`.
        is_invited: An administrator's link opens them.
        is_late: Its user has set up a factor that the access token has not seen: whoever got it
            may have had the password alone.
    """

    waiting: Waiting
    scopes: tuple[str, ...] | None
    is_invited: bool = False
    is_late: bool = False

    @property
    def user(self) -> User:
        """Whose they are."""
        return self.waiting.user

    def check(self, scope: str) -> None:
        """Refuse an access token without a scope; an `mfa_token` has none.

        Raises:
            Refused: SCOPE_MISSING; BEARER_INVALID when the token lets its holder look only.
        """
        if self.is_late and scope != mfa_api.READ:
            raise Refused(MfaRefusal.BEARER_INVALID, detail=_LATE)
        if self.scopes is not None and scope not in self.scopes:
            raise Refused(MfaRefusal.SCOPE_MISSING, scope=scope)


def secret(ask: TokenAsk, name: str) -> Secret:
    """Return a secret parameter.

    Raises:
        Refused: PARAMETER_MISSING.
    """
    found = ask.secrets.get(name)
    if found is None:
        raise Refused(Refusal.PARAMETER_MISSING, name=name)
    return found


async def waiting(parts: Parts, ask: TokenAsk, token: Secret) -> Waiting:
    """Return the login that a grant goes on with; an access token that enrols counts as one.

    Raises:
        Refused: TOKEN_MALFORMED, TOKEN_EXPIRED, TOKEN_OF_NOBODY, SCOPE_MISSING.
    """
    if not _is_jwt(token):
        return await second_step.found(parts, token, ask.client.client_id)
    bearer = await _by_access_token(parts, ask.tenant, token)
    if bearer is None or bearer.waiting.half.client_id != ask.client.client_id:
        raise Refused(MfaRefusal.TOKEN_MALFORMED, detail="no access token for the MFA API")
    if bearer.is_late:
        raise Refused(MfaRefusal.TOKEN_MALFORMED, detail=_LATE)
    bearer.check(mfa_api.ENROLL)
    return bearer.waiting


async def presented(
    parts: Parts, tenant: Tenant, token: Secret, client_id: str | None = None
) -> Bearer:
    """Return what a bearer token opens.

    Args:
        parts: The tenant's.
        tenant: The tenant.
        token: As it was presented.
        client_id: Who presents it, where that was said.

    Raises:
        Refused: BEARER_INVALID or TOKEN_EXPIRED.
    """
    if _is_jwt(token):
        bearer = await _by_access_token(parts, tenant, token)
        owner = None if bearer is None else bearer.waiting.half.client_id
        if bearer is None or client_id not in (None, owner):
            raise Refused(MfaRefusal.BEARER_INVALID, detail="no access token for the MFA API")
        return bearer
    try:
        return Bearer(await second_step.found(parts, token, client_id), None)
    except Refused as refused:
        if refused.refusal is MfaRefusal.TOKEN_EXPIRED:
            raise
        raise Refused(MfaRefusal.BEARER_INVALID, detail=refused.detail) from None


def _is_jwt(token: Secret) -> bool:
    return token.reveal().count(".") == _DOTS


async def _by_access_token(parts: Parts, tenant: Tenant, token: Secret) -> Bearer | None:
    claims = await parts.verifier.access_claims(token, tenant.issuer)
    if claims is None or tenant.mfa_audience not in _texts(claims, "aud"):
        return None
    record = await parts.stores.tokens.find_access(token)
    if record is not None and record.revoked:
        return None
    client_id = str(claims.get("azp") or claims.get("client_id"))
    if await parts.stores.clients.get(client_id) is None:
        return None
    user = await parts.stores.users.by_id(str(claims.get("sub")))
    issued = datetime.fromtimestamp(_number(claims.get("iat")), UTC)
    if user is None or user.blocked:
        return None
    if user.last_password_reset is not None and user.last_password_reset > issued:
        return None
    connection = await _connection(parts, user, client_id)
    if connection is None:
        return None
    scopes = tuple(str(claims.get("scope", "")).split())
    at = parts.clock.now()
    half = HalfLogin(
        client_id=client_id,
        user_key=user.key,
        user_id=user.user_id,
        connection=connection.name,
        grant_type="password",
        created_at=at,
        expires_at=at + halves.LIFETIME,
        password_reset=user.last_password_reset,
        is_enrollment=True,
        audience=tenant.mfa_audience,
        gty="password",
        auth_time=issued,
        scopes=scopes,
        methods=("mfa",),  # its holder may set up one more
    )
    is_late = mfa_demand.has_strong(user) and MFA not in _texts(claims, "amr")
    return Bearer(Waiting(None, half, user, connection), scopes, is_late=is_late)


async def _connection(parts: Parts, user: User, client_id: str) -> Connection | None:
    """Return the first of a user's connections that lets them in to a client; None is none."""
    for identity in user.identities:
        found = await parts.stores.connections.named(identity.connection)
        if found is not None and found.admits(client_id):
            return found
    return None


def _texts(claims: Mapping[str, object], name: str) -> tuple[str, ...]:
    found = claims.get(name)
    return tuple(map(str, found)) if isinstance(found, list) else (str(found),)


def _number(value: object) -> float:
    return value if isinstance(value, int | float) else 0
