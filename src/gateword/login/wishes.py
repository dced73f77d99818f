"""What tenants' scripts want of a login, be they rules or Actions: granted, or refused.

Rule: a right password was settled before any script ran, so no wish makes a guess of it.
"""

from collections.abc import Callable, Mapping
from typing import Final

from gateword.domain.log_event import LogFacts
from gateword.domain.login import Login
from gateword.domain.refusal import Refusal
from gateword.domain.refused import Refused
from gateword.domain.script import ScriptFault
from gateword.login import facts
from gateword.login.scopes import grant, offline_fault
from gateword.policy import json_text
from gateword.policy.scopes import OFFLINE_ACCESS
from gateword.policy.script_answer import MASKED, NO_FACTOR, ROWS
from gateword.ports.parts import Parts
from gateword.values import replace

_LOG_ID_CHARS: Final = 12
_MOST_ID_CHARS: Final = 128


async def refused(
    parts: Parts, login: Login, fault: ScriptFault, *, kind: str, prefix: str
) -> Refused:
    """Return the refusal of a login that a script ended.

    Args:
        parts: The tenant's.
        login: With what the scripts printed.
        fault: How it was ended.
        kind: Under which name the log has the script.
        prefix: What stands before the script's name.
    """
    return await of_fault(
        parts, fault, kind=kind, prefix=prefix, told=lambda details: facts.of_login(login, details)
    )


async def of_fault(
    parts: Parts,
    fault: ScriptFault,
    *,
    kind: str,
    prefix: str,
    told: Callable[[Mapping[str, object]], LogFacts],
) -> Refused:
    """Return the refusal of an ask that a script ended.

    Args:
        parts: The tenant's.
        fault: How it was ended.
        kind: Under which name the log has the script.
        prefix: What stands before the script's name.
        told: Makes of details what the log is told.
    """
    details: dict[str, object] = {}
    if fault.script is not None:
        details[kind] = {"id": fault.script.id, "name": fault.script.name.removeprefix(prefix)}
    if fault.stack:
        details["stack"] = fault.stack
    message = fault.message
    settings = await parts.scripts.settings()
    if fault.kind in MASKED and settings.mask_runtime_errors:
        details["error_id"] = parts.dice.letters(_LOG_ID_CHARS)
        article = "an" if kind[0] in "aeiou" else "a"
        message = (
            f"An error occurred in {article} {kind}. It is in the log as {details['error_id']}."
        )
    return Refused(
        ROWS.get(fault.kind, Refusal.SCRIPT_DENIED),
        detail=f"{fault.message}: {fault.detail}" if fault.detail else fault.message,
        facts=told(details),
        message=message,
    )


async def redirected(parts: Parts, login: Login, why: str) -> Refused:
    """Return the refusal of a login that a script wants to send somewhere."""
    settings = await parts.scripts.settings()
    wants_interaction = settings.redirect_error_is_interaction
    return Refused(
        Refusal.RULE_WANTS_INTERACTION if wants_interaction else Refusal.RULE_REDIRECTS,
        detail=f"interaction_required: {why}, and this flow has no browser",
        facts=facts.of_login(login),
    )


async def with_primary_user(parts: Parts, login: Login, wanted: object, member: str) -> Login:
    """Return the login as one of the user that the authenticated identity is linked to.

    Raises:
        Refused: PRIMARY_USER_WRONG for any other user, and at a refresh, which stays with its own;
            PRIMARY_USER_TWICE.
    """
    if login.has_primary_user:
        raise Refused(Refusal.PRIMARY_USER_TWICE, facts=facts.of_login(login))
    login = replace(login, has_primary_user=True)
    if wanted == login.user.user_id:
        return login
    id_ = wanted if isinstance(wanted, str) and len(wanted) <= _MOST_ID_CHARS else ""
    # No user's id has a NUL, and PostgreSQL takes none.
    found = await parts.stores.users.by_id(id_) if id_ and json_text.is_storable(id_) else None
    provider, _, local_id = login.user.user_id.partition("|")
    is_linked = found is not None and any(
        (one.provider, one.local_id) == (provider, local_id) for one in found.identities
    )
    if found is None or not is_linked or not isinstance(login.gty, str):
        raise Refused(Refusal.PRIMARY_USER_WRONG, facts=facts.of_login(login), member=member)
    # What the user before may do is not what this one may; and what rules made of `user`, above all
    # an address and that it is verified, was said of another account.
    became = replace(login, user=found, described=None, seen_before=None)
    return await grant(parts, replace(became, scopes=(), permissions=None, granted=None))


async def check_user(parts: Parts, login: Login) -> None:
    """Look once more: the user may have been blocked or deleted while scripts ran.

    Raises:
        Refused: USER_BLOCKED.
    """
    now = await parts.stores.users.by_key(login.user.key)
    if now is None or now.blocked:
        raise Refused(Refusal.USER_BLOCKED, facts=facts.of_login(login))


def with_scopes(login: Login, scopes: tuple[str, ...] | None) -> Login:
    """Return the login with other scopes of its access token; None changes none."""
    if scopes is not None and offline_fault(login) is not None:
        scopes = tuple(scope for scope in scopes if scope != OFFLINE_ACCESS)
    if scopes is not None and is_management(login):  # who administers is not for scripts to say
        scopes = tuple(scope for scope in scopes if scope in login.scopes)
    return replace(
        login,
        granted=login.scopes if login.granted is None else login.granted,
        scopes=login.scopes if scopes is None else scopes,
    )


def is_management(login: Login) -> bool:
    """Say whether the access token opens the Management API, which takes no strange claims."""
    api = login.api
    return api is not None and api.identifier == login.ask.tenant.management_audience


def multifactor(wanted: object, before: Mapping[str, object] | None) -> Mapping[str, object] | None:
    """Return the second factor that is wanted; a script that sets none leaves it as it was."""
    if isinstance(wanted, Mapping):
        return wanted if wanted.get("provider") else before
    return {"provider": wanted} if wanted else before


def wants_factor(wanted: object) -> bool:
    """Say whether what a script set asks for a second factor."""
    found = multifactor(wanted, None)
    return found is not None and found.get("provider") != NO_FACTOR
