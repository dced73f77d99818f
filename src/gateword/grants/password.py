"""A user's password in the default directory (RFC 6749 §4.3; Auth0: "Resource Owner Password")."""

from typing import ClassVar

from gateword.domain.connection import Connection
from gateword.domain.log_event import LogCode
from gateword.domain.login import TokenAsk
from gateword.domain.token import TokenSet
from gateword.login import attempt, realm
from gateword.login.story import Story
from gateword.policy.token_params import quoted
from gateword.values import dataclass


@dataclass(frozen=True, slots=True)
class PasswordGrant:
    """Log in with a password; `realm` is honoured if it names one that is open to the client."""

    story: Story
    grant_type: ClassVar[str] = "password"
    success: ClassVar[LogCode] = LogCode.SEPFT
    failure: ClassVar[LogCode] = LogCode.FEPFT
    first_party_only: ClassVar[bool] = True
    is_for_user_at: ClassVar[bool] = True

    async def answer(self, ask: TokenAsk) -> TokenSet:
        """Log in."""
        attempt.require(ask)
        connection, notes = await self._connection(ask)
        return await self.story.log_in(
            await attempt.begin(self.story.parts, ask, connection, notes)
        )

    async def _connection(self, ask: TokenAsk) -> tuple[Connection, tuple[str, ...]]:
        parts, plugs = self.story.parts, self.story.plugs
        notes: tuple[str, ...] = ()
        name = ask.params.get("realm")
        if name is not None:
            enabled = await realm.named_if_enabled(parts, ask, name)
            if enabled is not None and enabled.strategy in plugs.realms:
                return enabled, notes
            notes = (f"realm {quoted(name)} is not open to the client: default directory used",)
        return await realm.default(parts, plugs, ask), notes
