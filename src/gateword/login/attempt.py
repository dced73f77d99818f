"""From an ask to an attempt: what both password grants have in common before the password."""

from gateword.domain.connection import Connection
from gateword.domain.login import Attempt, TokenAsk
from gateword.domain.refusal import Refusal
from gateword.domain.refused import Refused
from gateword.login import audience
from gateword.ports.parts import Parts


def require(ask: TokenAsk) -> None:
    """Check that user and password are there at all.

    Raises:
        Refused: PARAMETER_MISSING or ORGANIZATION_UNSUPPORTED.
    """
    if "username" not in ask.params:
        raise Refused(Refusal.PARAMETER_MISSING, name="username")
    if "password" not in ask.secrets:
        raise Refused(Refusal.PARAMETER_MISSING, name="password")
    if "organization" in ask.params:
        raise Refused(Refusal.ORGANIZATION_UNSUPPORTED)


async def begin(
    parts: Parts, ask: TokenAsk, connection: Connection, notes: tuple[str, ...] = ()
) -> Attempt:
    """Return the attempt on a connection, its target known before the password is looked at.

    Raises:
        Refused: AUDIENCE_UNKNOWN, AUDIENCE_FORBIDDEN or SCOPE_MALFORMED.
    """
    target = await audience.of_user(parts, ask)
    if ask.scope_is_malformed:
        raise Refused(Refusal.SCOPE_MALFORMED)
    return Attempt(
        ask=ask,
        connection=connection,
        username=ask.params["username"],
        password=ask.secrets["password"],
        audience=target.audience,
        api=target.api,
        notes=(*notes, *target.notes),
    )
