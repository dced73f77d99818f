"""A code that was sent, or a device that was asked (Auth0: "Verify with out-of-band")."""

import hmac
from typing import ClassVar, Final

from gateword.domain.log_event import LogCode
from gateword.domain.login import TokenAsk
from gateword.domain.mfa import Authenticator, Challenge, Kind, Verdict
from gateword.domain.mfa_refusal import MfaRefusal
from gateword.domain.refused import Refused
from gateword.domain.secret import Secret
from gateword.domain.token import TokenSet
from gateword.login import asking, completing, mfa, mfa_bearer, notices, second_step
from gateword.login.second_step import Waiting
from gateword.login.story import Story
from gateword.policy import mfa_demand
from gateword.ports.attempts import Bucket
from gateword.ports.mfa import Spent
from gateword.values import dataclass

METHODS: Final = {Kind.SMS: "sms", Kind.VOICE: "tel", Kind.EMAIL: "otp", Kind.PUSH: "swk"}
"""In the words of RFC 8176; what comes by e-mail is a one-time password there."""

POLLS: Final = 12
POLL_AGAIN_MS: Final = 5000


@dataclass(frozen=True, slots=True)
class MfaOobGrant:
    """Complete a login with a binding code, or with what a device has said."""

    story: Story
    grant_type: ClassVar[str] = "http://auth0.com/oauth/grant-type/mfa-oob"
    success: ClassVar[LogCode] = LogCode.SEOOBFT
    failure: ClassVar[LogCode] = LogCode.FEOOBFT
    first_party_only: ClassVar[bool] = True
    is_for_user_at: ClassVar[bool] = True

    async def answer(self, ask: TokenAsk) -> TokenSet:
        """Complete the login."""
        parts = self.story.parts
        token, handle = mfa_bearer.secret(ask, "mfa_token"), mfa_bearer.secret(ask, "oob_code")
        waiting = await mfa_bearer.waiting(parts, ask, token)
        challenge = await parts.stores.challenges.find(handle, ask.at)
        if challenge is None or not self._is_theirs(challenge, waiting):
            raise Refused(MfaRefusal.OOB_CODE_MALFORMED, facts=waiting.facts())
        one = await self._authenticator(challenge, waiting)
        if not challenge.code and challenge.verdict is Verdict.PENDING:
            raise await self._pending(ask, waiting)
        await second_step.look_at_the_door(parts, self.story.plugs, ask, waiting)
        login = await completing.login_of(parts, ask, waiting)
        if challenge.code:
            await self._compared(ask, waiting, challenge, one, handle)
        else:
            await self._answered(ask, waiting, challenge, handle)
        return await completing.completed(self.story, login, waiting, METHODS[one.kind], one)

    def _is_theirs(self, challenge: Challenge, waiting: Waiting) -> bool:
        is_users = challenge.user_key == waiting.user.key
        return is_users and hmac.compare_digest(challenge.session, asking.session(waiting))

    async def _authenticator(self, challenge: Challenge, waiting: Waiting) -> Authenticator:
        """Return whose challenge it is, if it may still be shown (promise O6)."""
        parts = self.story.parts
        guardian = await mfa.in_force_at(parts)
        owned = await mfa.owned_by(parts, waiting.user, guardian)
        one = next((one for one in owned if one.id == challenge.authenticator_id), None)
        enrolls = mfa_demand.enrolls(waiting.half, owned, guardian)
        if one is None or one.is_confirmed is enrolls:
            raise Refused(MfaRefusal.OOB_CODE_MALFORMED, detail="its authenticator is gone")
        demand = mfa_demand.kept(waiting.half)
        usable = one in mfa_demand.usable(owned, guardian, demand)
        if not (mfa_demand.is_on(one.kind, guardian, demand) if enrolls else usable):
            raise Refused(MfaRefusal.OOB_CODE_MALFORMED, detail="its factor was switched off")
        if not second_step.not_suspended([one]):
            raise second_step.suspended(waiting)
        return one

    async def _compared(
        self,
        ask: TokenAsk,
        waiting: Waiting,
        challenge: Challenge,
        one: Authenticator,
        handle: Secret,
    ) -> None:
        parts = self.story.parts
        code = mfa_bearer.secret(ask, "binding_code")
        why: list[Spent] = []

        async def look() -> bool:
            if not asking.fits(parts, challenge, code):
                return False
            spent = await parts.stores.proofs.challenge(
                waiting.handle, waiting.user, handle, ask.at
            )
            why.extend([spent] if spent else [])
            return spent is None

        if await second_step.tried(parts, ask.caller.ip, waiting, look):
            return
        if why:
            raise second_step.spent(waiting, why[0], MfaRefusal.OOB_CODE_MALFORMED)
        raise await second_step.wrong(parts, ask, waiting, MfaRefusal.BINDING_CODE_WRONG, [one])

    async def _pending(self, ask: TokenAsk, waiting: Waiting) -> Refused:
        bucket = Bucket(
            shield=second_step.SHIELD,
            key=f"mfa-poll:{asking.session(waiting).hex()}",
            size=POLLS,
            refill_ms=POLL_AGAIN_MS,
            spends_always=True,
        )
        blocked = await self.story.parts.stores.attempts.take([bucket], ask.at)
        if blocked is not None:
            return Refused(MfaRefusal.POLLS_TOO_FAST, retry_after_s=blocked.retry_after_s)
        return Refused(MfaRefusal.PENDING)

    async def _answered(
        self, ask: TokenAsk, waiting: Waiting, challenge: Challenge, handle: Secret
    ) -> None:
        stores = self.story.parts.stores
        if challenge.verdict is Verdict.DENIED:  # ends the question, and proves nothing
            row = MfaRefusal.PUSH_DENIED
            is_first = await stores.challenges.end(handle)
            if is_first and waiting.handle is not None:  # somebody else has the password
                whose = (waiting.connection, waiting.user)
                await notices.factor_guessed(self.story.parts, ask, *whose, is_denied=True)
            raise Refused(row if is_first else MfaRefusal.OOB_CODE_MALFORMED, facts=waiting.facts())
        spent = await stores.proofs.challenge(waiting.handle, waiting.user, handle, ask.at)
        if spent is not None:
            raise second_step.spent(waiting, spent, MfaRefusal.OOB_CODE_MALFORMED)
