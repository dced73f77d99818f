"""Who lifts a block by the Management API, as the log tells of it."""

from gateword.accounts.blocks import Lifter
from gateword.domain.login import Caller
from gateword.management.resource import Call


def lifter(call: Call) -> Lifter:
    """Return who calls."""
    actor = call.actor
    return Lifter(
        how="api",
        who=actor.subject,
        client_id=actor.client_id,
        caller=Caller(ip=actor.ip, user_agent=actor.user_agent, hostname=call.tenant.domain),
    )
