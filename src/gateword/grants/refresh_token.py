"""A refresh token for a new access token (RFC 6749 §6; Auth0: "Refresh Token Rotation")."""

from typing import ClassVar

from gateword.domain.log_event import LogCode
from gateword.domain.login import TokenAsk
from gateword.domain.refusal import Refusal
from gateword.domain.refused import Refused
from gateword.domain.token import TokenSet
from gateword.login import renewal, scopes
from gateword.login.story import Story
from gateword.values import dataclass


@dataclass(frozen=True, slots=True)
class RefreshTokenGrant:
    """Renew a login: the user is looked at again, the password is not."""

    story: Story
    grant_type: ClassVar[str] = "refresh_token"
    success: ClassVar[LogCode] = LogCode.SERTFT
    failure: ClassVar[LogCode] = LogCode.FERTFT
    first_party_only: ClassVar[bool] = False
    is_for_user_at: ClassVar[bool] = False

    async def answer(self, ask: TokenAsk) -> TokenSet:
        """Exchange the token; whatever may refuse does so before the token is used up."""
        presented = ask.secrets.get("refresh_token")
        if presented is None:
            raise Refused(Refusal.PARAMETER_MISSING, name="refresh_token")
        if ask.scope_is_malformed:
            raise Refused(Refusal.SCOPE_MALFORMED)
        parts = self.story.parts
        stored = await renewal.found(parts, ask, presented)
        login = await renewal.login_of(parts, ask, stored)
        login = await scopes.renew(parts, login, stored.grant.scopes)
        login = await self.story.ask_scripts(login, presented)
        return await renewal.exchanged(parts, login, presented, stored)
