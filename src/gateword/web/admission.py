"""Lets a request through its rate limit, or turns it away."""

import math

from gateword.domain.log_event import LogCode, LogEvent
from gateword.domain.refusal import Refusal
from gateword.domain.refused import Refused
from gateword.policy.caller import caller
from gateword.web import peer
from gateword.web.endpoint import Visit
from gateword.web.rate_limit import RateLimit


def take(visit: Visit, limit: RateLimit, key: str) -> None:
    """Take a request out of a bucket that is told of when it is empty, and not logged.

    Raises:
        Refused: RATE_LIMITED, with the seconds after which to come again.
    """
    taken = limit.take(key)
    if taken is not None and not taken.admitted:
        visit.taken = taken
        raise Refused(Refusal.RATE_LIMITED, retry_after_s=max(1, math.ceil(taken.reset_s)))


async def admit(visit: Visit, bucket: str, trusted_proxies: tuple[str, ...]) -> None:
    """Refuse a request that found its bucket empty.

    Only the first of a row of refusals is logged: a flood must not become one of writes.

    Args:
        visit: Its `taken` says what the request found.
        bucket: Name of the limit, for the log.
        trusted_proxies: Whose X-Forwarded-For is believed.

    Raises:
        Refused: RATE_LIMITED, with the seconds after which to come again.
    """
    taken = visit.taken
    if taken is None or taken.admitted:
        return
    refused = Refused(Refusal.RATE_LIMITED, retry_after_s=max(1, math.ceil(taken.reset_s)))
    if taken.is_first:
        parts = visit.tenancy.parts
        who = caller(peer.read(visit.request, trusted_proxies), None)
        event = LogEvent(
            code=LogCode.API_LIMIT,
            at=parts.clock.now(),
            description=refused.description,
            ip=who.ip,
            hostname=who.hostname,
            user_agent=who.user_agent,
            auth0_client=who.auth0_client,
            details={"limit": {"bucket": bucket, "size": taken.limit, "global": False}},
        )
        await parts.stores.logs.append([event])
    raise refused
