"""The flow, top to bottom; each step is one function in one file beside this one."""

from gateword.domain.login import Attempt, Login
from gateword.domain.secret import Secret
from gateword.domain.token import TokenSet
from gateword.login import actions, assessment, credentials, mfa, renewal, rules, scopes, tokens
from gateword.ports.parts import Parts, Plugs
from gateword.values import dataclass, replace


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
        await assessment.learn(self.parts, login)
        return await tokens.mint(self.parts, login)

    async def ask_scripts(self, login: Login, presented: Secret | None = None) -> Login:
        """Return the login as the tenant's scripts leave it, once it needs no more proof.

        Args:
            login: The login.
            presented: The refresh token that it renews.

        Raises:
            Refused: The row that fits.
        """
        login = await rules.apply(self.parts, await mfa.known(self.parts, login))
        login = await actions.apply(self.parts, login)
        login = await mfa.demand(self.parts, login, presented)
        while login.factors:  # it is spared what an Action wants, but not the Actions behind it
            login = await actions.go_on(self.parts, replace(login, factors=()))
            login = await mfa.demand(self.parts, login, presented)
        return login

    async def go_on(self, login: Login, presented: Secret | None) -> TokenSet:
        """Turn a login into tokens whose second factor was just shown.

        Args:
            login: As it was when it began to wait.
            presented: The refresh token that it renews.

        Raises:
            Refused: The row that fits; REQUIRED when Actions want one more factor.
        """
        login = await actions.go_on(self.parts, login)
        login = await mfa.demand_more(self.parts, login, presented)
        await assessment.learn(self.parts, login)
        if presented is None or login.renews is None:
            return await tokens.mint(self.parts, login)
        return await renewal.exchanged(self.parts, login, presented, login.renews)
