"""What a logged-in user can do with their second factors: see, add and delete them."""

from collections.abc import Callable

from .asker import Asker
from .browser import Browser
from .factors import LATER, Authenticator, Kind
from .login_server import Key, LoginServer, Wanted
from .mfa_api import MfaApi
from .problem import Failure, Problem
from .sessions import Session
from .step import Purpose, Step


class FactorDesk:
    """The use cases of the page of one's factors.

    A login token opens none of this. What does is a key: an access token for the MFA API, which the
    password and a second factor, if there is one, are asked for once more.

    Args:
        api: The MFA API.
        server: Turns a password into a key.
        asker: Asks for the second factor, and sets one up.
        now: Unix time in seconds.
    """

    def __init__(
        self, api: MfaApi, server: LoginServer, asker: Asker, now: Callable[[], float]
    ) -> None:
        self._api = api
        self._server = server
        self._asker = asker
        self._now = now

    def key_of(self, session: Session) -> Key | None:
        """Return the session's key while it lives."""
        if session.key is not None and session.key.expires_at <= self._now():
            session.key = None
        return session.key

    async def unlock(self, session: Session, password: str, browser: Browser) -> None:
        """Get a key for a password; the session has a step when more is wanted.

        Raises:
            Failure: The password is not right.
        """
        session.begin()
        email, realm, record = session.email, session.realm, session.record
        if not password:
            raise Failure(Problem.WRONG_PASSWORD)
        got = await self._server.unlock(email, password, realm, browser, record)
        if not isinstance(got, Wanted):
            session.key = got
            return
        step = Step(Purpose.UNLOCK, email, realm, record)
        session.step = await self._asker.begun(step, got, browser)

    async def listed(self, session: Session, browser: Browser) -> tuple[Authenticator, ...]:
        """Return what was set up and proved.

        Raises:
            Failure: `Problem.KEY_EXPIRED` without a key.
        """
        key = self._key(session)
        owned = await self._api.authenticators(key.token, browser, session.record)
        return tuple(one for one in owned if one.is_active)

    async def add(self, session: Session, kind: Kind | None, target: str, browser: Browser) -> None:
        """Begin to set one more factor up.

        Raises:
            Failure: It cannot be set up.
        """
        session.begin()
        step = Step(Purpose.ADD, session.email, session.realm, session.record)
        step.token, step.can_set_up = self._key(session).token, LATER
        await self._asker.set_up(step, kind, target, browser)
        session.step = step

    async def delete(self, session: Session, authenticator_id: str, browser: Browser) -> None:
        """Delete one.

        Raises:
            Failure: There is none of this id, or it cannot be deleted.
        """
        session.begin()
        key = self._key(session)
        await self._api.delete(key.token, authenticator_id, browser, session.record)
        session.note(self._now(), "A second factor was deleted.", "bad")

    def _key(self, session: Session) -> Key:
        key = self.key_of(session)
        if key is None:
            raise Failure(Problem.KEY_EXPIRED)
        return key
