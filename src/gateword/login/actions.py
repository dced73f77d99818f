"""The tenant's post-login Actions run after its rules, and may change a login or end it.

Rule: what Actions asked to store of a user is stored once, also when a later one ends the login or
its client hangs up.
"""

import asyncio
from collections.abc import Mapping
from typing import Final

from gateword.domain.login import Login
from gateword.domain.refusal import Refusal
from gateword.domain.refused import Refused
from gateword.domain.script import Fault, Script, ScriptFault
from gateword.domain.user import User
from gateword.login import facts, wishes
from gateword.login.action_runs import KIND, PREFIX, Runs, bound
from gateword.login.whereabouts import located
from gateword.policy import action_event, rule_claims
from gateword.policy.action_wishes import Wishes, merged
from gateword.policy.user_document import Change
from gateword.ports.parts import Parts
from gateword.values import replace

_METADATA: Final = ("app_metadata", "user_metadata")
_MEMBER: Final = "api.authentication.setPrimaryUser"


async def apply(parts: Parts, login: Login) -> Login:
    """Return the login as the bound Actions left it; without any nothing is run at all.

    Raises:
        Refused: The rows of rules but SCRIPT_UNAUTHORIZED, PRIMARY_USER_TWICE, ACTION_INVALID.
    """
    return await _applied(parts, login)


async def go_on(parts: Parts, login: Login) -> Login:
    """Return the login as those Actions left it that had to wait for a second factor.

    Raises:
        Refused: As of `apply`.
    """
    if not login.actions_run or login.factors:  # else another factor is to be shown first
        return login
    return await _applied(parts, login)


async def _applied(parts: Parts, login: Login) -> Login:
    # By their ids: one that was bound meanwhile runs as well, and none is skipped.
    there = await bound(parts, action_event.POST_LOGIN)
    actions = [action for action in there if action.id not in login.actions_run]
    if not actions:
        return login
    runs = Runs(parts, action_event.POST_LOGIN, login.told)
    roles = await parts.stores.roles.names_of_user(login.user.key)
    where = located(parts, login.ask.caller.ip)
    event = action_event.post_login(login, roles, where)
    try:
        for position, action in enumerate(actions):
            login = await _ran(parts, login, runs, action, _now(event, login.user, runs.wishes))
            if runs.wishes.factors:  # the others run when the user has shown them
                ran = (*login.actions_run, *(one.id for one in actions[: position + 1]))
                wanted = runs.wishes.factors
                login = replace(login, factors=wanted, actions_run=ran, told=runs.wishes.told)
                break
        if runs.wishes.primary_user is not None:
            login = await wishes.with_primary_user(parts, login, runs.wishes.primary_user, _MEMBER)
    except Refused as refused:
        ended = replace(login, notes=refused.facts.notes)
        stored = await asyncio.shield(_store(parts, ended, runs.wishes))
        refused.facts = replace(refused.facts, notes=stored.notes)
        raise
    except asyncio.CancelledError:  # who hangs up takes nothing back that was asked for
        await asyncio.shield(_store(parts, login, runs.wishes))
        raise
    login = await asyncio.shield(_store(parts, login, runs.wishes))
    await wishes.check_user(parts, login)
    return await _ending(parts, _changed(login, runs.wishes), runs.wishes)


async def _ran(
    parts: Parts, login: Login, runs: Runs, action: Script, event: Mapping[str, object]
) -> Login:
    before = login.notes
    fault = await runs.run(
        action, event, rulesRun=list(login.rules_run), domain=login.ask.tenant.domain
    )
    login = replace(login, notes=(*before, *(note for note in runs.notes if note not in before)))
    if fault is None:
        fault = await _said_no(parts, login, runs.wishes, action)
    if fault is not None:
        raise await wishes.refused(parts, login, fault, kind=KIND, prefix=PREFIX)
    if runs.wishes.redirect is not None:
        what = f"an Action wants to {runs.wishes.redirect}"
        raise await wishes.redirected(parts, login, what)
    return login


async def _said_no(
    parts: Parts, login: Login, wanted: Wishes, action: Script
) -> ScriptFault | None:
    """Return the no of an Action that has just run.

    Raises:
        Refused: ACTION_INVALID.
    """
    revoked = wanted.revoked if login.renews is not None else None
    if login.renews is not None and revoked is not None:  # whatever else ends the login
        ended = parts.stores.families.end_one(login.renews.family_key, login.ask.at)
        await asyncio.shield(ended)
    if wanted.denied is not None:
        return ScriptFault(Fault.DENIED, wanted.denied[1], action)
    if revoked is not None:
        return ScriptFault(Fault.DENIED, revoked, action)
    if wanted.invalid is not None:
        details = {KIND: {"id": action.id, "name": action.name.removeprefix(PREFIX)}}
        told = facts.of_login(login, details)
        raise Refused(Refusal.ACTION_INVALID, facts=told, message=wanted.invalid)
    return None


def _now(event: Mapping[str, object], user: User, wanted: Wishes) -> dict[str, object]:
    """Return the event as the next Action sees it: with what those before it have set."""
    shown, transaction = event["user"], event["transaction"]
    if not isinstance(shown, Mapping) or not isinstance(transaction, Mapping):
        raise TypeError(event)
    metadata = {
        "app_metadata": merged(user.app_metadata, wanted.app_metadata),
        "user_metadata": merged(user.user_metadata, wanted.user_metadata),
    }
    told = {**transaction, "metadata": dict(wanted.told)}
    return {**event, "user": {**shown, **metadata}, "transaction": told}


async def _store(parts: Parts, login: Login, wanted: Wishes) -> Login:
    """Store the metadata that was asked for, as a PATCH of the Management API would."""
    body = {
        name: dict(metadata)
        for name, metadata in zip(
            _METADATA, (wanted.app_metadata, wanted.user_metadata), strict=True
        )
        if metadata
    }
    left_out = (f"{name} cannot be stored and was left out" for name in wanted.left_out)
    login = replace(login, notes=(*login.notes, *left_out))
    if not body:
        return login
    changed = await parts.stores.users.change(login.user.user_id, Change(body).of, login.ask.at)
    if not isinstance(changed, User):  # deleted meanwhile, as `check_user` will find
        return login
    names = [f"{part}.{name}" for part, metadata in body.items() for name in metadata]
    note = f"Actions stored {', '.join(sorted(names))}"
    return replace(login, user=changed, notes=(*login.notes, note))


def _changed(login: Login, wanted: Wishes) -> Login:
    """Return the login with the claims, scopes and factors that are wanted."""
    scopes = wanted.rescoped(login.scopes)
    if scopes is not None:
        login = wishes.with_scopes(login, rule_claims.scopes({"scope": scopes}))
    notes = [f"{name} has no effect here" for name in wanted.unheeded]
    return replace(
        login,
        access_claims=rule_claims.custom(
            {**login.access_claims, **wanted.access_claims},
            only_namespaced=wishes.is_management(login),
        ),
        id_claims=rule_claims.custom({**login.id_claims, **wanted.id_claims}),
        multifactor=wishes.multifactor(wanted.multifactor, login.multifactor),
        notes=(*login.notes, *notes),
        refresh_expires_at=wanted.refresh_expires_at,
        refresh_idle_expires_at=wanted.refresh_idle_expires_at,
    )


async def _ending(parts: Parts, login: Login, wanted: Wishes) -> Login:
    """Bring the end of the refresh token forward that the login comes from, if that is wanted."""
    if login.renews is not None and wanted.refresh_expires_at is not None:
        key, until = login.renews.family_key, wanted.refresh_expires_at
        await parts.stores.families.end_by(key, until)
    return login
