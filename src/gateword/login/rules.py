"""The tenant's rules run at each login, fresh or renewed, and may change it or end it."""

from collections.abc import Mapping, Sequence
from typing import Final

from gateword.domain.login import Login
from gateword.domain.script import Kind, Script, ScriptJob, ScriptResult
from gateword.domain.secret import Secret
from gateword.login import wishes
from gateword.login.whereabouts import located
from gateword.policy import rule_claims, rule_objects, rule_trial, rule_user
from gateword.policy.rule_document import CONFIGURATION, KIND, STAGES
from gateword.ports.parts import Parts
from gateword.values import replace

QUICK_S: Final = 0.05
"""Rules that took no longer, and asked for nothing, leave the user as the login found it."""

_ID_CHARS: Final = 32
PREFIX: Final = "rule "
"""Stands before a rule's name where scripts of all kinds are named."""


async def apply(parts: Parts, login: Login) -> Login:
    """Return the login as the rules left it; without rules nothing is run at all.

    Raises:
        Refused: SCRIPT_UNAUTHORIZED, SCRIPT_DENIED, SCRIPT_THREW, SCRIPT_BROKEN, SCRIPT_TOO_LONG,
            RULE_REDIRECTS, RULE_WANTS_INTERACTION, PRIMARY_USER_WRONG or SCRIPTS_BUSY.
    """
    rules = await enabled(parts)
    if not rules:
        return login
    roles = await parts.stores.roles.names_of_user(login.user.key)
    session_id = parts.dice.handle(_ID_CHARS)
    job = ScriptJob(
        kind=Kind.RULES,
        scripts=rules,
        configuration=await configuration(parts),
        given={
            "user": rule_objects.user(login.user),
            "context": rule_objects.context(
                login,
                roles,
                session_id,
                located(parts, login.ask.caller.ip),
            ),
        },
    )
    result = await parts.scripts.run(job)
    login = replace(login, notes=(*login.notes, *result.console), rules_run=_ids(rules))
    fault = rule_trial.fault_of(result)
    if fault is not None:
        raise await wishes.refused(parts, login, fault, kind="rule", prefix=PREFIX)
    user, context = rule_trial.left(result, "user"), rule_trial.left(result, "context")
    login = replace(login, described=rule_user.changed(login.user, user))
    if context.get("redirect"):
        raise await wishes.redirected(
            parts, login, f"{_whose(rules, result, 'redirect')} wants to redirect"
        )
    if wishes.wants_factor(context.get("multifactor")):
        note = f"{_whose(rules, result, 'multifactor')} wants a second factor"
        login = replace(login, notes=(*login.notes, note))
    primary = context.get("primaryUser")
    if primary not in (None, ""):
        login = await wishes.with_primary_user(parts, login, primary, "context.primaryUser")
    if result.has_asked or result.took_s > QUICK_S:
        await wishes.check_user(parts, login)
    return _changed(login, context)


async def enabled(parts: Parts) -> Sequence[Script]:
    """Return the rules that run, in their order."""
    return [
        Script(kept.id, f"{PREFIX}{kept.document['name']}", str(kept.document["script"]))
        for kept in await parts.stores.documents.all(KIND)
        if kept.document["enabled"] is True and kept.document["stage"] == STAGES[0]
    ]


async def configuration(parts: Parts) -> dict[str, Secret]:
    """Return what rules read as `configuration`."""
    kept = await parts.stores.documents.all(CONFIGURATION)
    return {one.id: one.secret for one in kept if one.secret is not None}


def _whose(rules: Sequence[Script], result: ScriptResult, wish: str) -> str:
    """Return the name of the rule that wants something first, as far as the rules still say so."""
    by = rule_trial.left(result, "by")
    return next((rule.name for rule in rules if rule.id == by.get(wish)), "a rule")


def _ids(rules: Sequence[Script]) -> tuple[str, ...]:
    return tuple(rule.id for rule in rules)


def _changed(login: Login, context: Mapping[str, object]) -> Login:
    access, id_token = context.get("accessToken"), context.get("idToken")
    login = wishes.with_scopes(login, rule_claims.scopes(access))
    return replace(
        login,
        access_claims=rule_claims.custom(access, only_namespaced=wishes.is_management(login)),
        id_claims=rule_claims.custom(id_token),
        multifactor=wishes.multifactor(context.get("multifactor"), login.multifactor),
    )
