"""Is the password known from a breach: asked only once it has proved to be right.

Asked before, the answer would tell a guesser something.
Source: Auth0 "Breached Password Detection".
"""

from typing import Final

from gateword.domain.log_event import Also, LogCode
from gateword.domain.user import User
from gateword.login import notices
from gateword.login.gate import Held
from gateword.ports.parts import Parts
from gateword.values import dataclass

_TEXT: Final = "The password is known from a data breach"


@dataclass(frozen=True, slots=True)
class Leak:
    """What is to come of it.

    Attributes:
        refuses: The login ends here.
        also: What the log is told, once an hour for an address.
    """

    refuses: bool = False
    also: tuple[Also, ...] = ()


async def look(parts: Parts, held: Held, user: User) -> Leak:
    """Return what comes of a right password; nothing while detection is off."""
    settings = held.knock.protection.breached
    if not settings.enabled or not await parts.breaches.holds(held.attempt.password):
        return Leak()
    is_told = await notices.password_leaked(parts, held.attempt, user)
    event = Also(code=LogCode.PWD_LEAK, description=_TEXT)
    return Leak(settings.login.blocks, (event,) if is_told else ())
