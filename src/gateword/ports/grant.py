"""A grant: one way of asking for tokens."""

from typing import ClassVar, Protocol

from gateword.domain.log_event import LogCode
from gateword.domain.login import TokenAsk
from gateword.domain.token import TokenSet


class Grant(Protocol):
    """What every grant type can do.

    Attributes:
        grant_type: Value of the `grant_type` parameter.
        success: Log code of a granted ask.
        failure: Log code of a refused one.
        first_party_only: Third-party clients may never use it, whatever their list says.
        is_for_user_at: A user is at the other end now, whose address a trusted client may tell.
    """

    grant_type: ClassVar[str]
    success: ClassVar[LogCode]
    failure: ClassVar[LogCode]
    first_party_only: ClassVar[bool]
    is_for_user_at: ClassVar[bool]

    async def answer(self, ask: TokenAsk) -> TokenSet:
        """Grant tokens.

        Raises:
            Refused: Any row of the table that fits.
        """
        ...
