"""Is it really them: the realm's verdict, and what follows from it."""

from dataclasses import replace
from typing import assert_never

from gateword.domain.log_event import LogFacts
from gateword.domain.login import Attempt, Login
from gateword.domain.refusal import Refusal
from gateword.domain.refused import Refused
from gateword.domain.user import User
from gateword.policy.identifier import MAX_CHARS
from gateword.ports.parts import Parts, Plugs
from gateword.ports.realm import Found, Mismatch, NoPassword, NotFound, Unreachable


async def check(parts: Parts, plugs: Plugs, attempt: Attempt) -> Login:
    """Return the proved login, counted as one of the user's logins.

    Raises:
        Refused: UNKNOWN_USER, WRONG_PASSWORD, NO_PASSWORD, BLOCKED_WRONG_PASSWORD (one answer),
            USER_BLOCKED (only after the right password), REALM_UNREACHABLE or BUSY.
    """
    realm = plugs.realms[attempt.connection.strategy]
    verdict = await realm.verify(attempt.connection, attempt.username, attempt.password)
    match verdict:
        case Found(user):
            return await _proved(parts, attempt, user)
        case NotFound(note):
            told = replace(attempt, notes=(*attempt.notes, note)) if note else attempt
            raise _refused(Refusal.UNKNOWN_USER, told)
        case Mismatch(user):
            row = Refusal.BLOCKED_WRONG_PASSWORD if user.blocked else Refusal.WRONG_PASSWORD
            raise _refused(row, attempt, user)
        case NoPassword(user):
            raise _refused(Refusal.NO_PASSWORD, attempt, user)
        case Unreachable(reason):
            raise Refused(Refusal.REALM_UNREACHABLE, detail=reason, facts=_facts(attempt))
        case _:
            assert_never(verdict)


async def _proved(parts: Parts, attempt: Attempt, user: User) -> Login:
    # Counted for blocked users as well (Auth0: "User profile structure").
    counted = await parts.stores.users.record_login(user.key, attempt.ask.caller.ip, attempt.ask.at)
    if counted is None:  # deleted while the password was being checked
        raise _refused(Refusal.UNKNOWN_USER, attempt)
    if counted.last_password_reset != user.last_password_reset:  # changed meanwhile
        raise _refused(Refusal.WRONG_PASSWORD, attempt, counted)
    if counted.blocked:
        raise _refused(Refusal.USER_BLOCKED, attempt, counted)
    return Login(
        ask=replace(attempt.ask, secrets={}),  # the password has done its work (rule R1)
        connection=attempt.connection,
        user=counted,
        audience=attempt.audience,
        api=attempt.api,
        gty="password",
        auth_time=attempt.ask.at,
        notes=attempt.notes,
    )


def _refused(row: Refusal, attempt: Attempt, user: User | None = None) -> Refused:
    return Refused(row, facts=_facts(attempt, user))


def _facts(attempt: Attempt, user: User | None = None) -> LogFacts:
    connection = attempt.connection
    return LogFacts(
        user_id=user.user_id if user else "",
        user_name=attempt.username[:MAX_CHARS],  # longer ones were never looked up
        connection=connection.name,
        connection_id=connection.id,
        strategy=connection.strategy,
        audience=attempt.audience,
        notes=attempt.notes,
    )
