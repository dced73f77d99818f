"""The tenant's rules run at each login, fresh or renewed, and may change it or end it."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from gateword.domain.login import Login
from gateword.domain.refusal import Refusal
from gateword.domain.refused import Refused
from gateword.domain.rule import Fault, Rule, RuleFault, RuleResult
from gateword.domain.secret import Secret
from gateword.login import facts
from gateword.login.scopes import offline_fault
from gateword.policy import rule_claims, rule_objects, rule_user
from gateword.policy.rule_document import CONFIGURATION, KIND, STAGES
from gateword.policy.scopes import OFFLINE_ACCESS
from gateword.ports.parts import Parts

_ID_CHARS: Final = 32
_NO_FACTOR: Final = "none"
_ROWS: Final = {
    Fault.UNAUTHORIZED: Refusal.RULE_UNAUTHORIZED,
    Fault.DENIED: Refusal.RULE_DENIED,
    Fault.THREW: Refusal.RULE_THREW,
    Fault.COMPILE: Refusal.RULE_BROKEN,
    Fault.LIMIT: Refusal.RULE_TOO_LONG,
}


async def apply(parts: Parts, login: Login) -> Login:
    """Return the login as the rules left it; without rules nothing is run at all.

    Raises:
        Refused: RULE_UNAUTHORIZED, RULE_DENIED, RULE_THREW, RULE_BROKEN, RULE_TOO_LONG,
            RULE_REDIRECTS, RULE_ASKS_TOO_MUCH or RULES_BUSY.
    """
    rules = await _enabled(parts)
    if not rules:
        return login
    roles = await parts.stores.roles.of_user(login.user.key)
    session_id = parts.dice.handle(_ID_CHARS)
    result = await parts.rules.run(
        rules,
        tenant=login.ask.tenant.name,
        configuration=await _configuration(parts),
        user=rule_objects.user(login.user),
        context=rule_objects.context(login, [role.name for role in roles], session_id),
    )
    login = replace(login, notes=(*login.notes, *result.console))
    if result.fault is not None:
        raise _refused(login, result.fault)
    _check(login, result)
    now = await parts.stores.users.by_key(login.user.key)
    if now is None or now.blocked:  # while the rules ran
        raise Refused(Refusal.USER_BLOCKED, facts=facts.of_login(login))
    return _changed(login, result)


async def _enabled(parts: Parts) -> Sequence[Rule]:
    return [
        Rule(kept.id, str(kept.document["name"]), str(kept.document["script"]))
        for kept in await parts.stores.documents.all(KIND)
        if kept.document["enabled"] is True and kept.document["stage"] == STAGES[0]
    ]


async def _configuration(parts: Parts) -> dict[str, Secret]:
    kept = await parts.stores.documents.all(CONFIGURATION)
    return {one.id: one.secret for one in kept if one.secret is not None}


def _refused(login: Login, fault: RuleFault) -> Refused:
    details: dict[str, object] = {}
    if fault.rule is not None:
        details["rule"] = {"id": fault.rule.id, "name": fault.rule.name}
    return Refused(_ROWS[fault.kind], facts=facts.of_login(login, details), message=fault.message)


def _check(login: Login, result: RuleResult) -> None:
    """Refuse what cannot be done on this flow, or not yet."""
    context = result.context
    if context.get("redirect"):
        detail = "interaction_required: a rule wants to redirect, and this flow has no browser"
        raise Refused(Refusal.RULE_REDIRECTS, detail=detail, facts=facts.of_login(login))
    factor = context.get("multifactor")
    provider = factor.get("provider") if isinstance(factor, dict) else factor
    if provider and provider != _NO_FACTOR:
        raise _too_much(login, "context.multifactor")
    if context.get("primaryUser") not in (None, "", login.user.user_id):
        raise _too_much(login, "context.primaryUser")


def _too_much(login: Login, member: str) -> Refused:
    return Refused(Refusal.RULE_ASKS_TOO_MUCH, facts=facts.of_login(login), member=member)


def _changed(login: Login, result: RuleResult) -> Login:
    context, api = result.context, login.api
    access, id_token = context.get("accessToken"), context.get("idToken")
    is_management = api is not None and api.identifier == login.ask.tenant.management_audience
    scopes = rule_claims.scopes(access)
    if scopes is not None and offline_fault(login) is not None:
        scopes = tuple(scope for scope in scopes if scope != OFFLINE_ACCESS)
    return replace(
        login,
        described=rule_user.changed(login.user, result.user),
        granted=login.scopes,
        scopes=login.scopes if scopes is None else scopes,
        access_claims=rule_claims.custom(access, only_namespaced=is_management),
        id_claims=rule_claims.custom(id_token),
    )
