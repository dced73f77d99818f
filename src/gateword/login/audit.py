"""One row of the log for each ask, granted or refused (two where Auth0 writes two)."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from gateword.domain.client import Client
from gateword.domain.log_event import LogCode, LogEvent, LogFacts
from gateword.domain.login import Caller
from gateword.domain.refused import OWN_FAILURE, Refused
from gateword.domain.token import TokenSet
from gateword.ports.grant import Grant
from gateword.ports.stores import Logs
from gateword.values import dataclass, replace

_GUESSES: Final = frozenset({LogCode.FP, LogCode.FU, LogCode.F})


@dataclass(frozen=True, slots=True, kw_only=True)
class Trace:
    """What is known of an ask so far; good for the log also when nothing more comes of it.

    Attributes:
        client_id: As it was presented, proved or not.
        client: Once it is proved.
    """

    at: datetime
    grant: Grant
    caller: Caller
    client_id: str
    audience: str | None
    scope: tuple[str, ...] | None
    client: Client | None = None


def rows(trace: Trace, facts: LogFacts, scopes: tuple[str, ...]) -> Sequence[LogEvent]:
    """Return what the log says of an ask that is granted, under the grant's success code."""
    return [*_also(trace, facts), _event(trace, trace.grant.success, None, facts, scope=scopes)]


async def granted(logs: Logs, trace: Trace, tokens: TokenSet) -> None:
    """Log a granted ask, unless its rows were written with its tokens."""
    if not tokens.is_logged:
        await logs.append(rows(trace, tokens.facts, tokens.scopes))


async def refused(logs: Logs, trace: Trace, refused: Refused) -> None:
    """Log a refused ask under each code of its row; rows without a code are not logged."""
    if refused.is_quiet:
        return
    why = refused.detail or refused.description
    events = [
        _event(
            trace,
            trace.grant.failure if code == OWN_FAILURE else code,
            refused.description if code in _GUESSES else why,
            refused.facts,
            scope=trace.scope,
        )
        for code in refused.refusal.row.log
    ]
    events = [*_also(trace, refused.facts), *events]
    if events:
        await logs.append(events)


def _also(trace: Trace, facts: LogFacts) -> list[LogEvent]:
    return [
        _event(
            trace,
            one.code,
            one.description,
            replace(facts, details=one.details, notes=()),
            scope=None,
        )
        for one in facts.also
    ]


def _event(
    trace: Trace,
    code: LogCode,
    description: str | None,
    facts: LogFacts,
    *,
    scope: tuple[str, ...] | None,
) -> LogEvent:
    caller = trace.caller
    return LogEvent(
        code=code,
        at=trace.at,
        description=description,
        client_id=trace.client_id,
        client_name=trace.client.name if trace.client else "",
        ip=caller.ip,
        client_ip=caller.proxy_ip,
        hostname=caller.hostname,
        user_agent=caller.user_agent,
        auth0_client=caller.auth0_client,
        user_id=facts.user_id,
        user_name=facts.user_name,
        connection=facts.connection,
        connection_id=facts.connection_id,
        strategy=facts.strategy,
        strategy_type="database" if facts.strategy == "auth0" else "",
        audience=facts.audience or trace.audience,
        scope=scope,
        details=_details(code, description, caller, facts),
    )


def _details(
    code: LogCode, description: str | None, caller: Caller, facts: LogFacts
) -> Mapping[str, object]:
    details: dict[str, object] = dict(facts.details)
    if code in _GUESSES:
        details["error"] = {"message": description}
    notes = [*facts.notes, *([caller.note] if caller.note else [])]
    if notes:
        details["notes"] = notes
    return details
