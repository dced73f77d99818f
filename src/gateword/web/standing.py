"""How a process stands that was asked to end; the server notes it, whoever answers reads it."""

from collections.abc import Mapping
from typing import Any, Final

from gateword.values import dataclass

NAME: Final = "gateword.standing"
"""Where it lies in the state that the server gives to every request (ASGI, lifespan state)."""


@dataclass(slots=True)
class Standing:
    """What is still to be expected of a process.

    Attributes:
        is_leaving: A load balancer should send nothing more; what it sends is answered all the
            same.
        is_closing: Each answer is the last one of its connection, and says so.
    """

    is_leaving: bool = False
    is_closing: bool = False


def of(state: Mapping[str, Any]) -> Standing:
    """Return the standing that a state holds; a server that notes none stays for ever."""
    found: Standing = state.get(NAME) or _STAYING
    return found


_STAYING: Final = Standing()
