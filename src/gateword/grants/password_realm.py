"""A user's password in a named realm (Auth0: "Resource Owner Password", realm extension grant)."""

from typing import ClassVar

from gateword.domain.log_event import LogCode
from gateword.domain.login import TokenAsk
from gateword.domain.refusal import Refusal
from gateword.domain.refused import Refused
from gateword.domain.token import TokenSet
from gateword.login import attempt, realm
from gateword.login.story import Story
from gateword.values import dataclass


@dataclass(frozen=True, slots=True)
class PasswordRealmGrant:
    """Log in with a password in the directory that `realm` names."""

    story: Story
    grant_type: ClassVar[str] = "http://auth0.com/oauth/grant-type/password-realm"
    success: ClassVar[LogCode] = LogCode.SEPFT
    failure: ClassVar[LogCode] = LogCode.FEPFT
    first_party_only: ClassVar[bool] = True
    is_for_user_at: ClassVar[bool] = True

    async def answer(self, ask: TokenAsk) -> TokenSet:
        """Log in; without `realm` the tenant's default directory is asked."""
        attempt.require(ask)
        parts, plugs = self.story.parts, self.story.plugs
        name = ask.params.get("realm")
        if name is not None:
            connection = await realm.named(parts, plugs, ask, name)
        elif ask.tenant.default_directory:
            connection = await realm.default(parts, plugs, ask)
        else:
            raise Refused(Refusal.PARAMETER_MISSING, name="realm")
        return await self.story.log_in(await attempt.begin(parts, ask, connection))
