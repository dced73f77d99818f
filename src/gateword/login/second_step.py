"""Somebody comes back with an `mfa_token`: whose login it is, and whether it may still go on.

Rule 1: what may have changed since is looked at again (promise G8, O6). Rule 2: a code is counted
before it is looked at, for its user over all logins that wait (promise G9).
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Final

from gateword.domain.client import Client
from gateword.domain.connection import Connection
from gateword.domain.log_event import Also, LogCode, LogFacts
from gateword.domain.login import Attempt, TokenAsk
from gateword.domain.mfa import Authenticator, HalfLogin, Kind
from gateword.domain.mfa_refusal import MfaRefusal
from gateword.domain.refused import Refused
from gateword.domain.secret import Secret
from gateword.domain.user import User
from gateword.login import admission, notices
from gateword.policy import masked, subject
from gateword.policy.caller import counted
from gateword.ports.attempts import Blocked, Bucket, Busy, Entry, Lease, Outcome
from gateword.ports.mfa import Spent
from gateword.ports.parts import Parts, Plugs
from gateword.ports.shield import Knock
from gateword.values import dataclass

SHIELD: Final = "second-factor"
MOST_CODES: Final = 10
"""Wrong codes of a user, over all logins that wait."""

CODE_AGAIN_MS: Final = 360_000
"""Time after which one more is allowed."""

MOST_IN_SESSION: Final = 5
"""Wrong codes after which an `mfa_token` ends."""

MOST_IN_A_ROW: Final = 100
"""Wrong codes in a row after which an authenticator is suspended."""

SUSPENDED_S: Final = 30 * 86400
"""Only a recovery code or an administrator ends it; clients are told to wait as for a block."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A login that waits, and whose it is, as things are now.

    Attributes:
        handle: Its `mfa_token`; None when an access token for the MFA API enrols a factor.
    """

    handle: Secret | None
    half: HalfLogin
    user: User
    connection: Connection

    def facts(self, *also: Also) -> LogFacts:
        """Return what the log is told of it."""
        return LogFacts(
            user_id=self.user.user_id,
            user_name=self.user.email or self.user.username or "",
            connection=self.connection.name,
            connection_id=self.connection.id,
            strategy=self.connection.strategy,
            audience=self.half.audience,
            also=also,
        )


async def found(parts: Parts, token: Secret, client_id: str | None) -> Waiting:
    """Return the login that waits under an `mfa_token`.

    Args:
        parts: The tenant's.
        token: As it was presented.
        client_id: Who presents it; None where nobody must say so.

    Raises:
        Refused: TOKEN_MALFORMED, TOKEN_EXPIRED or TOKEN_OF_NOBODY.
    """
    half = await parts.stores.half_logins.find(token)
    if half is None:
        raise Refused(MfaRefusal.TOKEN_MALFORMED, detail="no login waits under this mfa_token")
    if client_id is not None and half.client_id != client_id:
        raise Refused(MfaRefusal.TOKEN_MALFORMED, detail="the mfa_token is another client's")
    if parts.clock.now() >= half.expires_at:
        raise Refused(MfaRefusal.TOKEN_EXPIRED)
    user = await parts.stores.users.by_key(half.user_key)
    connection = await parts.stores.connections.named(half.connection)
    client = await parts.stores.clients.get(half.client_id)
    why = _ended(half, user, connection, client)
    if why is not None or user is None or connection is None:
        facts = LogFacts(user_id=half.user_id, connection=half.connection)
        raise Refused(MfaRefusal.TOKEN_OF_NOBODY, detail=why, facts=facts)
    return Waiting(token, half, user, connection)


def _ended(
    half: HalfLogin, user: User | None, connection: Connection | None, client: Client | None
) -> str | None:
    """Return what has happened since the password was right, if it ends the login."""
    if client is None or not client.may_use(half.grant_type):
        return f"client {half.client_id} is gone, or may not use {half.grant_type} any more"
    if user is None:
        return "the user is gone"
    if user.blocked:
        return "user is blocked"
    if user.last_password_reset != half.password_reset:
        return "the password was changed meanwhile"
    if connection is None or not connection.admits(half.client_id):
        return f"connection {half.connection} is gone, off, or not enabled for the client"
    return None


async def look_at_the_door(parts: Parts, plugs: Plugs, ask: TokenAsk, waiting: Waiting) -> None:
    """Refuse whom the shields would not let try the password; nothing is counted.

    Raises:
        Refused: The row of the shield that says no, or TRIES_UNDER_WAY.
    """
    user = waiting.user
    attempt = Attempt(
        ask=ask,
        connection=waiting.connection,
        username=user.email or user.username or user.user_id,
        password=Secret(""),
        audience=waiting.half.audience,
        api=None,
    )
    knock = Knock(
        attempt=attempt,
        subject=subject.of_user(user.key),
        place=counted(ask.caller.ip),
        protection=await parts.stores.protection.get(),
    )
    await admission.look(parts, plugs, knock, user)


async def tried(
    parts: Parts,
    ip: str,
    waiting: Waiting,
    look: Callable[[], Awaitable[bool]],
    limit: LogCode = LogCode.GD_OTP_LIMIT,
) -> bool:
    """Look at a code, counted before and settled after; say whether it was right.

    Args:
        parts: The tenant's.
        ip: Where it came from.
        waiting: The login.
        look: Looks at the code and uses it up.
        limit: What the log is told when there were too many.

    Raises:
        Refused: TOO_MANY_CODES.
    """
    lease = await _reserved(parts, ip, waiting, limit)
    attempts = parts.stores.attempts
    try:
        is_right = await look()
    except BaseException:
        await asyncio.shield(attempts.settle(lease, Outcome.LOST, parts.clock.now()))
        raise
    outcome = Outcome.RIGHT if is_right else Outcome.WRONG
    await attempts.settle(lease, outcome, parts.clock.now(), remembers=False)
    return is_right


async def _reserved(parts: Parts, ip: str, waiting: Waiting, limit: LogCode) -> Lease:
    kind = "recovery" if limit is LogCode.GD_RECOVERY_LIMIT else "code"
    entry = Entry(
        connection_key=waiting.connection.key,
        subject=f"mfa{waiting.user.key}",
        place=counted(ip),
        user_key=None,
        buckets=(
            Bucket(
                shield=SHIELD,
                key=f"mfa-{kind}:{waiting.user.key}",
                size=MOST_CODES,
                refill_ms=CODE_AGAIN_MS,
                spends_always=True,
                refunds=True,
                guards=True,
            ),
        ),
        wants_levels=False,
    )
    came = await parts.stores.attempts.reserve(entry, parts.clock.now())
    if isinstance(came, Lease):
        return came
    retry_after_s = came.retry_after_s if isinstance(came, Blocked) else 1
    is_told = isinstance(came, Busy) or came.is_first
    text = "Too many failed codes of one user"
    also = (Also(code=limit, description=text),) if is_told else ()
    raise Refused(
        MfaRefusal.TOO_MANY_CODES, retry_after_s=retry_after_s, facts=waiting.facts(*also)
    )


async def wrong(
    parts: Parts,
    ask: TokenAsk,
    waiting: Waiting,
    row: MfaRefusal,
    tried: Sequence[Authenticator] = (),
    log: LogCode = LogCode.GD_AUTH_FAILED,
) -> Refused:
    """Count a wrong code against the login and the authenticators; return the refusal."""
    if waiting.handle is not None:
        await parts.stores.half_logins.fail(waiting.handle, MOST_IN_SESSION)
        await notices.factor_guessed(parts, ask, waiting.connection, waiting.user)
    if tried:
        await parts.stores.authenticators.fail([one.id for one in tried])
    also = Also(code=log, description=row.row.description, details=told(tried))
    return Refused(row, facts=waiting.facts(also))


def told(of: Sequence[Authenticator]) -> dict[str, object]:
    """Return what the log is told of authenticators: which, and of what kind."""
    shown: list[dict[str, str]] = []
    for one in of:
        to_phone = one.kind in (Kind.SMS, Kind.VOICE)
        number = {"phone_number": masked.phone(one.target)} if to_phone else {}
        shown.append({"id": one.id, "type": one.kind.value, **number})
    if len(shown) == 1:
        return {"authenticator": shown[0]}
    return {"authenticators": shown} if shown else {}


def not_suspended(parts: Sequence[Authenticator]) -> list[Authenticator]:
    """Return the authenticators that may still be tried."""
    return [one for one in parts if one.failures < MOST_IN_A_ROW]


def suspended(waiting: Waiting) -> Refused:
    """Return the refusal of an authenticator that may be tried no more."""
    return Refused(MfaRefusal.SUSPENDED, retry_after_s=SUSPENDED_S, facts=waiting.facts())


def spent(waiting: Waiting, why: Spent, row: MfaRefusal) -> Refused:
    """Return the refusal of a proof that was right and did not count."""
    if why is Spent.SESSION:
        return Refused(
            MfaRefusal.TOKEN_MALFORMED, detail="the mfa_token has ended", facts=waiting.facts()
        )
    return Refused(row, detail="it was used before", facts=waiting.facts())
