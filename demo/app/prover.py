"""A second factor is shown: a code is typed, or the phone was asked."""

from collections.abc import Callable
from dataclasses import dataclass

from .asker import Asker
from .browser import Browser
from .desk import Desk
from .factors import Kind
from .login_server import LoginServer, wanted
from .mfa_api import MfaApi
from .problem import Failure, Problem
from .server_line import Reply
from .sessions import Session
from .step import Purpose, Step

_NOTES = {
    Purpose.LOGIN: "A second factor was wanted, and it was right.",
    Purpose.RENEWAL: "A second factor was shown for the renewal.",
    Purpose.UNLOCK: "Your second factors can be changed for ten minutes.",
    Purpose.ADD: "A second factor was added.",
}


@dataclass(frozen=True, slots=True)
class Outcome:
    """Where a try has led.

    Attributes:
        session: The session that goes on; None while more is wanted.
        handle: Its cookie value, if it was opened just now.
    """

    session: Session | None = None
    handle: str = ""


class Prover:
    """Tries what a user shows, and lets go on what waited for it.

    Args:
        api: The MFA API.
        server: Reads the answers that complete a login.
        asker: Asks for one factor more.
        desk: Opens sessions.
        now: Unix time in seconds.
    """

    def __init__(
        self,
        api: MfaApi,
        server: LoginServer,
        asker: Asker,
        desk: Desk,
        now: Callable[[], float],
    ) -> None:
        self._api = api
        self._server = server
        self._asker = asker
        self._desk = desk
        self._now = now

    async def try_code(
        self, step: Step, session: Session | None, code: str, browser: Browser
    ) -> Outcome:
        """Try a code that the user typed.

        Args:
            step: What it is for.
            session: The user's, if they are logged in.
            code: As typed.
            browser: Where the user sits.

        Raises:
            Failure: It is not right, or no code counts now.
        """
        async with step.turn:
            step.trouble = None
            token, record = step.token, step.record
            if step.kind is Kind.APP:
                reply = await self._api.by_app(token, code, browser, record)
            elif step.kind is Kind.RECOVERY:
                reply = await self._api.by_recovery_code(token, code, browser, record)
            elif step.kind in (Kind.SMS, Kind.VOICE, Kind.EMAIL):
                reply = await self._api.by_message(token, step.oob_code, code, browser, record)
            else:
                raise Failure(Problem.NOT_AVAILABLE)
            return await self._gone_on(step, session, reply, browser)

    async def look(self, step: Step, session: Session | None, browser: Browser) -> Outcome:
        """Ask whether the phone has said anything.

        Raises:
            Failure: It said no, or we ask too often.
        """
        async with step.turn:
            step.trouble = None
            if step.kind is not Kind.PUSH:
                raise Failure(Problem.NOT_AVAILABLE)
            step.looks += 1
            reply = await self._api.by_phone(step.token, step.oob_code, browser, step.record)
            if reply is None:
                return Outcome()
            return await self._gone_on(step, session, reply, browser)

    async def _gone_on(
        self, step: Step, session: Session | None, reply: Reply, browser: Browser
    ) -> Outcome:
        more = wanted(reply)
        if more is not None:
            await self._asker.begun(step, more, browser)
            return Outcome()
        handle = ""
        if session is None:
            tokens = self._server.tokens(reply)
            handle, session = await self._desk.opened(step.email, step.realm, tokens, step.record)
        elif step.purpose is Purpose.RENEWAL:
            session.renewed(self._server.tokens(reply), self._now())
        else:
            session.key = self._server.key(reply)
        shown = f" Shown was: {step.kind.value.title}." if step.kind else ""
        session.note(self._now(), _NOTES[step.purpose] + shown, "good")
        session.step = None
        session.recovery_code = _recovery_code(step, reply)
        return Outcome(session, handle)


def _recovery_code(step: Step, reply: Reply) -> str:
    """Return the recovery code that the user must write down now; empty when there is none."""
    if step.enrollment is not None and step.enrollment.recovery_code:
        return step.enrollment.recovery_code
    return str(reply.members.get("recovery_code", ""))
