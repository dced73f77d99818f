"""A second factor was shown: the login goes on where it began to wait."""

from collections.abc import Mapping
from typing import Final

from gateword.domain.log_event import Also, LogCode
from gateword.domain.login import Login, TokenAsk
from gateword.domain.mfa import Authenticator, Kind
from gateword.domain.mfa_refusal import MfaRefusal
from gateword.domain.refused import Refused
from gateword.domain.token import TokenSet
from gateword.login import halves, mfa, renewal
from gateword.login.second_step import Waiting, told
from gateword.login.story import Story
from gateword.ports.parts import Parts
from gateword.values import replace

_TEXTS: Final[Mapping[LogCode, str]] = {
    LogCode.GD_AUTH_SUCCEED: "Second factor shown",
    LogCode.GD_ENROLLMENT_COMPLETE: "Second factor enrolled",
    LogCode.GD_RECOVERY_SUCCEED: "Recovery code shown",
}


async def login_of(parts: Parts, ask: TokenAsk, waiting: Waiting) -> Login:
    """Return the login that waits; whatever may refuse it does so before a code is used up.

    Raises:
        Refused: The rows of a refresh token that is worth nothing any more; AUDIENCE_UNKNOWN or
            AUDIENCE_FORBIDDEN.
    """
    half, presented = waiting.half, halves.presented(waiting.half)
    renews = None
    if presented is not None:
        renews = await renewal.found(parts, ask, presented)
    return await halves.whole(parts, ask, half, waiting.user, waiting.connection, renews)


async def completed(
    story: Story, login: Login, waiting: Waiting, method: str, proved: Authenticator
) -> TokenSet:
    """Return the answer that the first ask would have had.

    Args:
        story: The tenant's.
        login: As of `login_of`.
        waiting: The login that waited; it is used up.
        method: How the factor was shown, in the words of RFC 8176.
        proved: What was shown.

    Raises:
        Refused: REQUIRED when Actions want one more factor, or another no of theirs.
    """
    is_recovery = proved.kind is Kind.RECOVERY_CODE
    succeeded = LogCode.GD_RECOVERY_SUCCEED if is_recovery else LogCode.GD_AUTH_SUCCEED
    at, events = login.ask.at, [_event(succeeded, proved)]
    if not proved.is_confirmed:
        events.insert(0, _event(LogCode.GD_ENROLLMENT_COMPLETE, proved))
    methods = (*login.methods, method)
    writes_amr = (await mfa.settings(story.parts)).writes_amr
    login = replace(
        login,
        methods=methods,
        amr=tuple(dict.fromkeys(("pwd", *methods, "mfa"))) if writes_amr else (),
        mfa_at=at,
        also=(*login.also, *events),
    )
    presented = halves.presented(waiting.half)
    if presented is None and waiting.handle is not None:
        before = waiting.user
        user = await story.parts.stores.logins.count(before.key, login.ask.caller.ip, at)
        if user is None:
            raise Refused(MfaRefusal.TOKEN_OF_NOBODY, detail="the user is gone")
        login = replace(login, user=user, seen_before=(before.last_login, before.last_ip))
    return await story.go_on(login, presented)


def _event(code: LogCode, proved: Authenticator) -> Also:
    return Also(code=code, description=_TEXTS[code], details=told([proved]))
