"""Is it really them: the gate, the realm's verdict, and what follows from it."""

from typing import assert_never

from gateword.domain.log_event import Also
from gateword.domain.login import Attempt, Login
from gateword.domain.refusal import Refusal
from gateword.domain.refused import Refused
from gateword.domain.user import User
from gateword.login import assessment, facts, gate, leaks, robots
from gateword.login.gate import Held
from gateword.ports.attempts import Outcome
from gateword.ports.parts import Parts, Plugs
from gateword.ports.realm import (
    Denied,
    Failed,
    Found,
    Mismatch,
    NoPassword,
    NotFound,
    StrangerMismatch,
    Taken,
    Unreachable,
)
from gateword.values import replace


async def check(parts: Parts, plugs: Plugs, attempt: Attempt) -> Login:
    """Return the proved login, counted as one of the user's logins.

    Raises:
        Refused: What the gate refuses; UNKNOWN_USER, WRONG_PASSWORD, NO_PASSWORD,
            BLOCKED_WRONG_PASSWORD (one answer); VERIFICATION_REQUIRED; after the right password
            PASSWORD_LEAKED or USER_BLOCKED; REALM_UNREACHABLE, REALM_DENIES, REALM_FAILED,
            USER_TAKEN or BUSY.
    """
    await robots.refuse_always(parts, attempt)
    realm = plugs.realms[attempt.connection.strategy]
    held = await gate.reserve(parts, plugs, realm, attempt)
    seen = await robots.look(parts, held)
    verdict = await gate.judged(parts, realm, held, attempt.password)
    held = await gate.named(parts, plugs, gate.noted(held, verdict.notes), verdict)
    if isinstance(verdict, Found):
        return await _proved(parts, held, verdict, (*gate.told(plugs, held), *seen))
    if isinstance(verdict, NotFound | Mismatch | StrangerMismatch | NoPassword):
        raise await _wrong(parts, plugs, held, verdict, seen)
    await gate.settle(parts, held, Outcome.VOID)  # whatever it was, it was no guess
    raise _unanswered(held.attempt, verdict)


async def _wrong(
    parts: Parts,
    plugs: Plugs,
    held: Held,
    verdict: NotFound | Mismatch | StrangerMismatch | NoPassword,
    seen: tuple[Also, ...],
) -> Refused:
    attempt = held.attempt
    match verdict:
        case NotFound():
            also = await gate.failed(parts, plugs, held, Outcome.UNKNOWN, None)
            return _refused(Refusal.UNKNOWN_USER, attempt, also=(*also, *seen))
        case StrangerMismatch(user_id):
            also = await gate.failed(parts, plugs, held, Outcome.WRONG, None)
            told = facts.of(attempt, also=(*also, *seen))
            return Refused(Refusal.WRONG_PASSWORD, facts=replace(told, user_id=user_id))
        case Mismatch(user):
            row = Refusal.BLOCKED_WRONG_PASSWORD if user.blocked else Refusal.WRONG_PASSWORD
            also = await gate.failed(parts, plugs, held, Outcome.WRONG, user)
            return _refused(row, attempt, user, also=(*also, *seen))
        case NoPassword(user):
            also = await gate.failed(parts, plugs, held, Outcome.WRONG, user)
            return _refused(Refusal.NO_PASSWORD, attempt, user, also=(*also, *seen))
        case _:
            assert_never(verdict)


def _unanswered(attempt: Attempt, verdict: Unreachable | Denied | Failed | Taken) -> Refused:
    about = facts.of(attempt)
    match verdict:
        case Unreachable(reason):
            return Refused(Refusal.REALM_UNREACHABLE, detail=reason, facts=about)
        case Denied(message):
            return Refused(Refusal.REALM_DENIES, facts=about, message=message)
        case Failed(reason, details):
            about = replace(about, details=details)
            return Refused(Refusal.REALM_FAILED, detail=reason, facts=about)
        case Taken(reason, _):
            return Refused(Refusal.USER_TAKEN, detail=reason, facts=about)
        case _:
            assert_never(verdict)


async def _proved(parts: Parts, held: Held, found: Found, also: tuple[Also, ...]) -> Login:
    attempt, user = held.attempt, found.user
    leak = await leaks.look(parts, held, user)
    also = (*also, *leak.also)
    if leak.refuses:
        await gate.settle(parts, held, Outcome.RIGHT, remembers=False)
        raise _refused(Refusal.PASSWORD_LEAKED, attempt, user, also=also)
    # Counted for blocked users as well (Auth0: "User profile structure").
    teaches = not user.blocked and not held.knock.is_assessed  # else when the login is complete
    counted = await gate.right(parts, held, user, remembers=teaches)
    if counted is None:  # deleted while the password was being checked
        raise _refused(Refusal.UNKNOWN_USER, attempt, also=also)
    if counted.last_password_reset != user.last_password_reset:  # changed meanwhile
        raise _refused(Refusal.WRONG_PASSWORD, attempt, counted, also=also)
    if counted.blocked:
        raise _refused(Refusal.USER_BLOCKED, attempt, counted, also=also)
    return Login(
        ask=replace(attempt.ask, secrets={}),  # the password has done its work (rule R1)
        connection=attempt.connection,
        user=replace(counted, profile={**counted.profile, **found.passing}),
        audience=attempt.audience,
        api=attempt.api,
        gty="password",
        auth_time=attempt.ask.at,
        notes=attempt.notes,
        also=also,
        seen_before=(user.last_login, user.last_ip),
        risk=await assessment.of_try(parts, held, user),
    )


def _refused(
    row: Refusal, attempt: Attempt, user: User | None = None, *, also: tuple[Also, ...] = ()
) -> Refused:
    return Refused(row, facts=facts.of(attempt, user, also=also))
