"""A second factor is asked for, or set up."""

from .browser import Browser
from .factors import FIRST, Authenticator, Kind
from .login_server import Wanted
from .mfa_api import MfaApi
from .problem import Failure, Problem
from .step import Step


class Asker:
    """Begins what a user has to do besides typing the password.

    Args:
        api: The MFA API.
    """

    def __init__(self, api: MfaApi) -> None:
        self._api = api

    async def begun(self, step: Step, wanted: Wanted, browser: Browser) -> Step:
        """Return a step that begins, or begins anew, with what the login server wants.

        Args:
            step: Whose login waits.
            wanted: The server's answer.
            browser: Where the user sits.

        Raises:
            Failure: What the user has set up cannot be read.
        """
        step.back()
        step.token = wanted.mfa_token
        step.can_show = step.can_set_up = ()
        if wanted.enroll:
            step.can_set_up = tuple(kind for kind in FIRST if kind.value.type in wanted.enroll)
            return step
        owned = await self._api.authenticators(step.token, browser, step.record)
        step.can_show = _choices(owned, wanted)
        await self._ask_at_once(step, browser)
        return step

    async def choose(self, step: Step, authenticator_id: str, browser: Browser) -> Kind:
        """Ask for one of the user's factors: send its code, or make the phone ask.

        Raises:
            Failure: It cannot be asked for.
        """
        one = next((one for one in step.can_show if one.id == authenticator_id), None)
        if one is None:
            raise Failure(Problem.NOT_AVAILABLE)
        step.back()
        if one.kind is not Kind.RECOVERY:  # nobody asks for a recovery code: it is just typed
            step.oob_code = await self._api.challenge(step.token, one, browser, step.record)
        step.asked = one
        return one.kind

    async def set_up(self, step: Step, kind: Kind | None, target: str, browser: Browser) -> None:
        """Begin to set a factor up.

        Raises:
            Failure: It cannot be set up.
        """
        if kind is None or kind not in step.can_set_up:
            raise Failure(Problem.NOT_AVAILABLE)
        step.back()
        made = await self._api.enroll(step.token, kind, target.strip(), browser, step.record)
        step.enrollment, step.oob_code = made, made.oob_code

    async def _ask_at_once(self, step: Step, browser: Browser) -> None:
        """Ask when there is nothing to choose, or the browser remembers a choice."""
        usual = [one for one in step.can_show if one.kind is not Kind.RECOVERY]
        chosen = next((one for one in usual if one.kind.value.id == browser.choice), None)
        is_remembered = chosen is not None
        if chosen is None and len(step.can_show) == 1:
            chosen = step.can_show[0]
        if chosen is None:
            return
        try:
            await self.choose(step, chosen.id, browser)
        except Failure as failure:
            step.trouble = failure
        step.is_remembered = is_remembered


def _choices(owned: tuple[Authenticator, ...], wanted: Wanted) -> tuple[Authenticator, ...]:
    """Return what the user may choose, in the usual order.

    A code is taken from any app, and any recovery code stands for all, so each is offered once.
    """
    able = [one for one in owned if one.is_active and one.kind.value.type in wanted.challenge]
    found: list[Authenticator] = []
    for kind in Kind:
        of_kind = [one for one in able if one.kind is kind]
        found += of_kind[:1] if kind in (Kind.APP, Kind.RECOVERY) else of_kind
    return tuple(found)
