"""An application's server tells its user's address in a header, and it does not count: who is told.

It is the commonest mistake on this flow: without the header all users of an application share its
server's address, and ten wrong passwords of one shut out nobody, or everybody.
Source: Auth0 "Avoid common issues with the Resource Owner Password flow and attack protection".
"""

from datetime import timedelta
from typing import Final

from gateword.domain.client import Client
from gateword.domain.log_event import LogCode, LogEvent
from gateword.domain.login import Caller
from gateword.domain.refusal import Refusal
from gateword.domain.refused import Refused
from gateword.policy.caller import NOT_ONE_ADDRESS
from gateword.ports.parts import Parts

_AGAIN: Final = {True: timedelta(hours=1), False: timedelta(minutes=1)}
"""Pause between two warnings about a client that is not trusted, and one that sends nonsense."""


async def check(parts: Parts, caller: Caller, client: Client) -> None:
    """Log a warning about a header that does not count, now and then.

    Raises:
        Refused: FORWARDED_FOR_INVALID, where a tenant would rather know.
    """
    if caller.note is None:
        return
    is_nonsense = caller.note == NOT_ONE_ADDRESS
    pause = _AGAIN[not is_nonsense]
    occasion = f"header {is_nonsense} {client.client_id}"
    if parts.stores.attempts.is_first(occasion, pause.total_seconds()):
        event = LogEvent(
            code=LogCode.W,
            at=parts.clock.now(),
            description=caller.note,
            client_id=client.client_id,
            client_name=client.name,
            ip=caller.ip,
            hostname=caller.hostname,
            user_agent=caller.user_agent,
            details={"setting": "is_token_endpoint_ip_header_trusted"},
        )
        await parts.stores.logs.append([event])
    if is_nonsense and (await parts.stores.protection.get()).extras.strict:
        raise Refused(Refusal.FORWARDED_FOR_INVALID)
