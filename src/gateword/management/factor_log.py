"""What the log is told when an administrator handles second factors; the call itself is `sapi`."""

from collections.abc import Sequence

from gateword.domain.log_event import LogCode, LogEvent
from gateword.domain.mfa import Authenticator
from gateword.domain.user import User
from gateword.login.second_step import told
from gateword.management.resource import Call


async def of_user(
    call: Call, code: LogCode, text: str, user: User, what: Sequence[Authenticator] = ()
) -> None:
    """Log that somebody's second factors are others now."""
    await _log(call, code, text, user, what)


async def of_tenant(call: Call, text: str) -> None:
    """Log that second factors work in another way now."""
    await _log(call, LogCode.GD_TENANT_UPDATE, text, None, ())


async def _log(
    call: Call, code: LogCode, text: str, user: User | None, what: Sequence[Authenticator]
) -> None:
    event = LogEvent(
        code=code,
        at=call.at,
        description=text,
        client_id=call.actor.client_id,
        ip=call.actor.ip,
        user_agent=call.actor.user_agent,
        hostname=call.tenant.domain,
        user_id=user.user_id if user else "",
        user_name=(user and (user.email or user.username)) or "",
        details=told(what),
    )
    await call.parts.stores.logs.append([event])
