"""A code of an authenticator app (Auth0: "Verify with one-time password")."""

from typing import ClassVar

from gateword.domain.log_event import LogCode
from gateword.domain.login import TokenAsk
from gateword.domain.mfa import Authenticator, Kind
from gateword.domain.mfa_refusal import MfaRefusal
from gateword.domain.refused import Refused
from gateword.domain.secret import Secret
from gateword.domain.token import TokenSet
from gateword.login import completing, mfa, mfa_bearer, second_step
from gateword.login.second_step import Waiting
from gateword.login.story import Story
from gateword.policy import mfa_demand, totp
from gateword.ports.mfa import Spent
from gateword.values import dataclass


@dataclass(frozen=True, slots=True)
class MfaOtpGrant:
    """Complete a login with a code; the first good one confirms an enrolment."""

    story: Story
    grant_type: ClassVar[str] = "http://auth0.com/oauth/grant-type/mfa-otp"
    success: ClassVar[LogCode] = LogCode.SEOTPFT
    failure: ClassVar[LogCode] = LogCode.FEOTPFT
    first_party_only: ClassVar[bool] = True
    is_for_user_at: ClassVar[bool] = True

    async def answer(self, ask: TokenAsk) -> TokenSet:
        """Complete the login."""
        parts = self.story.parts
        token, code = mfa_bearer.secret(ask, "mfa_token"), mfa_bearer.secret(ask, "otp")
        waiting = await mfa_bearer.waiting(parts, ask, token)
        await second_step.look_at_the_door(parts, self.story.plugs, ask, waiting)
        open_ = await self._seeds(waiting)
        login = await completing.login_of(parts, ask, waiting)
        proved: list[Authenticator] = []
        why: list[Spent] = []

        async def look() -> bool:
            one, spent = await self._used(ask, waiting, open_, code)
            proved.extend([one] if one else [])
            why.extend([spent] if spent else [])
            return one is not None and spent is None

        if not await second_step.tried(parts, ask.caller.ip, waiting, look):
            if Spent.SESSION in why:
                raise second_step.spent(waiting, Spent.SESSION, MfaRefusal.OTP_WRONG)
            raise await second_step.wrong(parts, ask, waiting, MfaRefusal.OTP_WRONG, open_)
        return await completing.completed(self.story, login, waiting, "otp", proved[0])

    async def _seeds(self, waiting: Waiting) -> list[Authenticator]:
        """Return the TOTPs whose codes count: confirmed ones, or that of an enrolment under way.

        Raises:
            Refused: NOT_ENROLLED, NO_SUCH_FACTOR or SUSPENDED.
        """
        parts, half = self.story.parts, waiting.half
        guardian = await mfa.in_force_at(parts)
        owned = await mfa.owned_by(parts, waiting.user, guardian)
        seeds = [one for one in owned if one.kind is Kind.TOTP]
        if mfa_demand.enrolls(half, owned, guardian):
            demand = mfa_demand.kept(half)
            is_on = mfa_demand.is_on(Kind.TOTP, guardian, demand)
            is_wanted = not demand.factors or Kind.TOTP.factor in demand.factors
            found = [one for one in seeds if is_on and is_wanted and not one.is_confirmed]
            row = MfaRefusal.NOT_ENROLLED
        else:
            found = mfa_demand.usable(seeds, guardian, mfa_demand.kept(half))
            row = MfaRefusal.NO_SUCH_FACTOR
        if not found:
            raise Refused(row, facts=waiting.facts(), types="otp")
        open_ = second_step.not_suspended(found)
        if not open_:
            raise second_step.suspended(waiting)
        return open_

    async def _used(
        self, ask: TokenAsk, waiting: Waiting, seeds: list[Authenticator], code: Secret
    ) -> tuple[Authenticator | None, Spent | None]:
        parts = self.story.parts
        settings = await mfa.settings(parts)
        found = totp.accepted(seeds, code, ask.at, settings.otp_window)
        if found is None:
            return None, None
        one, step = found
        spent = await parts.stores.proofs.step(waiting.handle, waiting.user, one.id, step, ask.at)
        return one, spent
