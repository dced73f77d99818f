"""What the log is told of second factors that are set up, asked for and deleted (mfa-api §14).

Rule: never a code, a seed, or a whole number; which authenticator it was is enough.
"""

from collections.abc import Sequence

from gateword.domain.log_event import LogCode, LogEvent
from gateword.domain.login import Caller
from gateword.domain.mfa import Authenticator
from gateword.domain.refused import OWN_FAILURE, Refused
from gateword.login.second_step import Waiting, told
from gateword.ports.parts import Parts
from gateword.values import replace


async def happened(
    parts: Parts,
    waiting: Waiting,
    who: Caller,
    code: LogCode,
    description: str,
    of: Sequence[Authenticator] = (),
) -> None:
    """Log that something was done.

    Args:
        parts: The tenant's.
        waiting: Whose factors they are, and by which login or access token.
        who: The user's side.
        code: Of the event.
        description: In one sentence.
        of: Authenticators that it was done with.
    """
    await parts.stores.logs.append([await _event(parts, waiting, who, code, description, of)])


async def failed(
    parts: Parts, waiting: Waiting, who: Caller, code: LogCode, refused: Refused
) -> None:
    """Log that something was refused, under a code of its kind and those of the refusal's row."""
    row = refused.refusal.row
    description = refused.detail or refused.description
    event = await _event(parts, waiting, who, code, description)
    failure = {"errorCode": row.error, "message": refused.description}
    event = replace(event, details={**event.details, "failure_details": failure})
    more = [one for one in row.log if one != OWN_FAILURE]
    await parts.stores.logs.append([event, *(replace(event, code=one) for one in more)])


async def _event(
    parts: Parts,
    waiting: Waiting,
    who: Caller,
    code: LogCode,
    description: str,
    of: Sequence[Authenticator] = (),
) -> LogEvent:
    half, facts = waiting.half, waiting.facts()
    client = await parts.stores.clients.get(half.client_id)
    by = {"strategy": "mfa_token"} if waiting.handle else {"strategy": "jwt", "scopes": half.scopes}
    request = {"ip": who.ip, "userAgent": who.user_agent, "auth": by}
    return LogEvent(
        code=code,
        at=parts.clock.now(),
        description=description,
        client_id=half.client_id,
        client_name=client.name if client else "",
        ip=who.ip,
        client_ip=who.proxy_ip,
        hostname=who.hostname,
        user_agent=who.user_agent,
        auth0_client=who.auth0_client,
        user_id=facts.user_id,
        user_name=facts.user_name,
        connection=facts.connection,
        connection_id=facts.connection_id,
        strategy=facts.strategy,
        strategy_type="database" if facts.strategy == "auth0" else "",
        details={**told(of), "request": request},
    )
