"""A machine's token: the hook of the exchange, then its Actions, may change it or refuse it."""

from collections.abc import Mapping, Sequence
from typing import Final

from gateword.domain.log_event import LogFacts
from gateword.domain.login import TokenAsk
from gateword.domain.refusal import Refusal
from gateword.domain.refused import Refused
from gateword.domain.resource_server import ResourceServer
from gateword.domain.script import Fault, Kind, Script, ScriptFault, ScriptJob
from gateword.domain.secret import Secret
from gateword.login import wishes
from gateword.login.action_runs import KIND, PREFIX, Runs, bound
from gateword.login.whereabouts import located
from gateword.policy import action_event, hook_document, rule_claims, sealed
from gateword.policy.action_wishes import DENIALS, message
from gateword.policy.rule_objects import texts
from gateword.ports.parts import Parts
from gateword.values import dataclass, field, replace

_HOOK: Final = "hook"
_HOOK_PREFIX: Final = "hook "
_NO_TOKEN: Final = "The hook did not return an access token"
_ROWS: Final = dict(
    zip(
        DENIALS,
        (
            Refusal.EXCHANGE_INVALID_SCOPE,
            Refusal.EXCHANGE_INVALID_REQUEST,
            Refusal.EXCHANGE_SERVER_ERROR,
        ),
        strict=True,
    )
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """A machine's token before it is signed.

    Attributes:
        scopes: What is granted.
        claims: What scripts have put into it.
        notes: What scripts have printed.
    """

    ask: TokenAsk
    api: ResourceServer
    scopes: tuple[str, ...]
    claims: Mapping[str, object] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    def facts(self, details: Mapping[str, object] | None = None) -> LogFacts:
        """Return what the log is told."""
        return LogFacts(audience=self.api.identifier, notes=self.notes, details=details or {})


async def apply(parts: Parts, exchange: Exchange) -> Exchange:
    """Return the exchange as hook and Actions left it; without any nothing is run at all.

    Raises:
        Refused: SCRIPT_UNAUTHORIZED, SCRIPT_DENIED, SCRIPT_THREW, SCRIPT_BROKEN, SCRIPT_TOO_LONG,
            EXCHANGE_INVALID_SCOPE, EXCHANGE_INVALID_REQUEST, EXCHANGE_SERVER_ERROR, SCRIPTS_BUSY.
    """
    hook = await _enabled(parts)
    if hook is not None:
        exchange = await _hooked(parts, exchange, hook)
    actions = await bound(parts, action_event.CREDENTIALS_EXCHANGE)
    return await _acted(parts, exchange, actions) if actions else exchange


async def _enabled(parts: Parts) -> Script | None:
    for kept in await parts.stores.documents.all(hook_document.KIND):
        if kept.document["enabled"] is True:
            values = sealed.opened(kept.secret, {}, dict[str, str])
            return Script(
                kept.id,
                f"{_HOOK_PREFIX}{kept.document['name']}",
                str(kept.document["script"]),
                secrets={name: Secret(value) for name, value in values.items()},
            )
    return None


async def _hooked(parts: Parts, exchange: Exchange, hook: Script) -> Exchange:
    ask, client = exchange.ask, exchange.ask.client
    job = ScriptJob(
        kind=Kind.HOOK,
        scripts=[hook],
        given={
            "client": {
                "id": client.client_id,
                "metadata": texts(client.document.get("client_metadata")),
                "name": client.name,
                "tenant": ask.tenant.name,
            },
            "scope": list(exchange.scopes),
            "audience": exchange.api.identifier,
            "context": {"request": action_event.request(ask, located(parts, ask.caller.ip))},
        },
    )
    result = await parts.scripts.run(job)
    exchange = replace(exchange, notes=(*exchange.notes, *result.console))
    fault, token = result.fault, result.value.get("accessToken")
    denied = result.value.get("denied")
    if fault is None and isinstance(denied, Mapping) and denied.get("code") in _ROWS:
        code, why = str(denied["code"]), message(str(denied.get("message")))
        raise _denied(exchange, hook, _HOOK, _HOOK_PREFIX, (code, why))
    if fault is None and not isinstance(token, Mapping):
        fault = ScriptFault(Fault.LIMIT, _NO_TOKEN, hook)
    if fault is not None:
        raise await wishes.of_fault(
            parts, fault, kind=_HOOK, prefix=_HOOK_PREFIX, told=exchange.facts
        )
    wanted = rule_claims.custom(token, only_namespaced=True)
    return _with(exchange, rule_claims.scopes(token), wanted)


async def _acted(parts: Parts, exchange: Exchange, actions: Sequence[Script]) -> Exchange:
    runs = Runs(parts, action_event.CREDENTIALS_EXCHANGE)
    before = exchange.notes
    event = action_event.credentials_exchange(
        exchange.ask,
        exchange.api,
        exchange.scopes,
        exchange.claims,
        located(parts, exchange.ask.caller.ip),
    )
    for action in actions:
        fault = await runs.run(action, _now(event, exchange, runs))
        exchange = replace(exchange, notes=(*before, *runs.notes))
        if fault is not None:
            raise await wishes.of_fault(parts, fault, kind=KIND, prefix=PREFIX, told=exchange.facts)
        if runs.wishes.denied is not None:
            raise _denied(exchange, action, KIND, PREFIX, runs.wishes.denied)
    scopes = runs.wishes.rescoped(exchange.scopes)
    wanted = None if scopes is None else rule_claims.scopes({"scope": scopes})
    return _with(exchange, wanted, rule_claims.custom(runs.wishes.access_claims))


def _now(event: Mapping[str, object], exchange: Exchange, runs: Runs) -> dict[str, object]:
    """Return the event as the next Action sees it: with what those before it have set."""
    scopes = runs.wishes.rescoped(exchange.scopes)
    token = {
        "customClaims": {**exchange.claims, **runs.wishes.access_claims},
        "scope": list(exchange.scopes) if scopes is None else scopes,
    }
    return {**event, "accessToken": token}


def _with(
    exchange: Exchange, scopes: tuple[str, ...] | None, claims: Mapping[str, object]
) -> Exchange:
    """Return the exchange with other scopes and more claims.

    What a client may do with the Management API its grant says, and no script widens that.
    """
    api = exchange.api
    if scopes is not None and api.is_system:
        scopes = tuple(scope for scope in scopes if scope in exchange.scopes)
    return replace(
        exchange,
        scopes=exchange.scopes if scopes is None else scopes,
        claims=rule_claims.custom({**exchange.claims, **claims}, only_namespaced=api.is_system),
    )


def _denied(
    exchange: Exchange, script: Script, kind: str, prefix: str, denied: tuple[str, str]
) -> Refused:
    code, why = denied
    details = {kind: {"id": script.id, "name": script.name.removeprefix(prefix)}}
    row = _ROWS.get(code, Refusal.SCRIPT_DENIED)
    return Refused(row, detail=why, facts=exchange.facts(details), message=why)
