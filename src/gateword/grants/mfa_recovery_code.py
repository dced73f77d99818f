"""A recovery code, and the one that replaces it (Auth0: "Verify with recovery code")."""

from typing import ClassVar

from gateword.domain.log_event import LogCode
from gateword.domain.login import TokenAsk
from gateword.domain.mfa import Kind
from gateword.domain.mfa_refusal import MfaRefusal
from gateword.domain.refused import Refused
from gateword.domain.token import TokenSet
from gateword.login import completing, mfa, mfa_bearer, recovery, second_step
from gateword.login.story import Story
from gateword.policy import mfa_demand
from gateword.ports.mfa import Spent
from gateword.values import dataclass, replace


@dataclass(frozen=True, slots=True)
class MfaRecoveryCodeGrant:
    """Complete a login with a recovery code; the answer has the next one."""

    story: Story
    grant_type: ClassVar[str] = "http://auth0.com/oauth/grant-type/mfa-recovery-code"
    success: ClassVar[LogCode] = LogCode.SERCFT
    failure: ClassVar[LogCode] = LogCode.FERCFT
    first_party_only: ClassVar[bool] = True
    is_for_user_at: ClassVar[bool] = True

    async def answer(self, ask: TokenAsk) -> TokenSet:
        """Complete the login."""
        parts = self.story.parts
        token, code = mfa_bearer.secret(ask, "mfa_token"), mfa_bearer.secret(ask, "recovery_code")
        waiting = await second_step.found(parts, token, ask.client.client_id)
        await second_step.look_at_the_door(parts, self.story.plugs, ask, waiting)
        guardian = await mfa.in_force_at(parts)
        owned = await mfa.owned_by(parts, waiting.user, guardian)
        demand = mfa_demand.kept(waiting.half)
        enrolls = mfa_demand.enrolls(waiting.half, owned, guardian)
        usable = [] if enrolls else mfa_demand.usable(owned, guardian, demand)
        one = next((one for one in usable if one.kind is Kind.RECOVERY_CODE), None)
        if one is None:
            raise Refused(MfaRefusal.NO_RECOVERY_CODE, facts=waiting.facts())
        login = await completing.login_of(parts, ask, waiting)
        successor = recovery.new_code(parts)
        why: list[Spent] = []

        async def look() -> bool:
            spent = await parts.stores.proofs.recovery_code(
                token, waiting.user, recovery.normal(code), successor, ask.at
            )
            why.extend([spent] if spent else [])
            return spent is None

        limit = LogCode.GD_RECOVERY_LIMIT
        if not await second_step.tried(parts, ask.caller.ip, waiting, look, limit):
            row = MfaRefusal.RECOVERY_CODE_WRONG
            if why[0] is Spent.SESSION:
                raise second_step.spent(waiting, Spent.SESSION, row)
            raise await second_step.wrong(
                parts, ask, waiting, row, [one], LogCode.GD_RECOVERY_FAILED
            )
        try:
            tokens = await completing.completed(self.story, login, waiting, "mfa", one)
        except Refused as refused:  # the old code is used up, whatever ends the login now
            refused.body = {**refused.body, "recovery_code": successor}
            raise
        return replace(tokens, recovery_code=successor)
