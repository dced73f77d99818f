"""The flow, top to bottom; each step is one function in one file beside this one."""

from dataclasses import dataclass

from gateword.domain.login import Attempt, Login
from gateword.domain.token import TokenSet
from gateword.login import actions, credentials, rules, scopes, tokens, wishes
from gateword.ports.parts import Parts, Plugs


@dataclass(frozen=True, slots=True)
class Story:
    """One login after another, over the parts of one tenant."""

    parts: Parts
    plugs: Plugs

    async def log_in(self, attempt: Attempt) -> TokenSet:
        """Turn a username and a password into tokens.

        Raises:
            Refused: The row that fits.
        """
        login = await credentials.check(self.parts, self.plugs, attempt)
        login = await scopes.grant(self.parts, login)
        login = await self.ask_scripts(login)
        return await tokens.mint(self.parts, login)

    async def ask_scripts(self, login: Login) -> Login:
        """Return the login as the tenant's scripts leave it.

        Raises:
            Refused: The row that fits.
        """
        login = await rules.apply(self.parts, login)
        login = await actions.apply(self.parts, login)
        wishes.check_factor(login)
        return login
