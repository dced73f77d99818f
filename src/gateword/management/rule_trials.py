"""`/rules/{id}/try`: runs one rule as a login would, outside any login; our own.

It asks for `update:rules`, since a script may call out and may change users through `auth0`: who
may change rules can have all that done at the next login anyway, and who may only read them cannot.
"""

from typing import Final

from gateword.domain.management_refusal import ManagementRefusal
from gateword.domain.refused import Refused
from gateword.domain.script import Script, ScriptFault, ScriptResult
from gateword.domain.secret import Secret
from gateword.login.rules import PREFIX, configuration
from gateword.management.resource import Call, Document, Resource, Verb
from gateword.management.schema import Schema, array, flag, free, obj, text, whole
from gateword.policy import rule_trial
from gateword.policy.rule_document import KIND
from gateword.policy.rule_trial import left

_MS: Final = 1000
_TRIED: Final[Schema] = obj(
    {
        "user": free("What the rule gets as `user`, in whole; without one, a sample."),
        "context": free("Members laid over those of a sample context of a password login."),
        "configuration": obj(
            others=text(), doc="What the rule reads instead of the tenant's rules configs."
        ),
    }
)
_OUTCOME: Final[Schema] = obj(
    {
        "ok": flag("The rule let the login pass."),
        "user": free("As the rule left it; not there when it did not."),
        "context": free("As the rule left it; not there when it did not."),
        "error": obj(
            {"kind": text(), "message": text(), "stack": text("In the rule's own lines.")},
            required=("kind", "message", "stack"),
        ),
        "logs": array(text(), "What it printed."),
        "ms": whole("How long it took."),
    },
    required=("ok", "logs", "ms"),
)


async def attempt(call: Call) -> Document:
    """Run a rule, whether it is enabled or not; what it changes through `auth0` stays changed."""
    kept = await call.parts.stores.documents.get(KIND, call.path["id"])
    if kept is None:
        raise Refused(ManagementRefusal.NO_RULE)
    rule = Script(kept.id, f"{PREFIX}{kept.name}", str(kept.document["script"]))
    given = _object(call.body, "configuration")
    values = (
        {name: Secret(str(value)) for name, value in given.items()}
        if given is not None
        else await configuration(call.parts)
    )
    job = rule_trial.job(rule, _object(call.body, "user"), _object(call.body, "context"), values)
    try:
        result = await call.parts.scripts.run(job)
    except Refused as busy:
        raise Refused(
            ManagementRefusal.SCRIPTS_BUSY, detail=busy.detail, retry_after_s=busy.retry_after_s
        ) from None
    return _shown(result)


def _shown(result: ScriptResult) -> Document:
    fault = rule_trial.fault_of(result)
    names = ("user", "context")
    came = {"error": _told(fault)} if fault else {name: left(result, name) for name in names}
    logs = list(result.console)
    return {"ok": fault is None, **came, "logs": logs, "ms": round(result.took_s * _MS)}


def _told(fault: ScriptFault) -> Document:
    return {"kind": fault.kind.value, "message": fault.message, "stack": fault.stack}


def _object(body: Document, name: str) -> Document | None:
    value = body.get(name)
    return value if isinstance(value, dict) else None


RESOURCE: Final = Resource(
    name="rule-trials",
    doc="Rules tried outside a login.",
    verbs=(
        Verb(
            method="POST",
            path="/rules/{id}/try",
            scopes=("update:rules",),
            run=attempt,
            summary="Try a rule; what it does outside stays done",
            body=_TRIED,
            optional_body=True,
            answer=_OUTCOME,
            refusals=(ManagementRefusal.NO_RULE, ManagementRefusal.SCRIPTS_BUSY),
            # A rule may print its configuration, or say it in an error.
            hidden=frozenset({"user", "context", "configuration", "error", "logs"}),
        ),
    ),
)
