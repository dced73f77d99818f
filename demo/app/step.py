"""A second factor that is wanted: what the user can do, and what is under way."""

import asyncio
from dataclasses import dataclass, field
from enum import Enum, unique

from .exchange import Record
from .factors import Authenticator, Kind
from .mfa_api import Enrollment
from .problem import Failure


@unique
class Purpose(Enum):
    """What goes on once the factor was shown."""

    LOGIN = "login"
    RENEWAL = "renewal"
    UNLOCK = "unlock"
    ADD = "add"


@dataclass(slots=True)
class Step:
    """A login that waits, or a factor that a logged-in user adds.

    Attributes:
        purpose: What goes on afterwards.
        email: Who is logging in, as typed.
        realm: Realm that was chosen.
        record: What we and the login server said to each other.
        token: The `mfa_token`, or the key with which a factor is added.
        can_show: Authenticators among which the user may choose.
        can_set_up: Kinds that can be set up instead, when there is nothing to show.
        asked: The authenticator whose code or answer is awaited.
        oob_code: What a sent code, or a phone's answer, is asked for with.
        enrollment: The factor that is being set up.
        trouble: Why the last thing the user tried did not work.
        is_remembered: This browser chose the factor at an earlier login.
        is_scanned: The demo's own phone has seen the picture.
        looks: How often we asked whether a phone has said anything.
        turn: Held while a code is tried: each is good once.
    """

    purpose: Purpose
    email: str
    realm: str
    record: Record
    token: str = field(default="", repr=False)
    can_show: tuple[Authenticator, ...] = ()
    can_set_up: tuple[Kind, ...] = ()
    asked: Authenticator | None = None
    oob_code: str = field(default="", repr=False)
    enrollment: Enrollment | None = None
    trouble: Failure | None = None
    is_remembered: bool = False
    looks: int = 0
    is_scanned: bool = False
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)

    @property
    def kind(self) -> Kind | None:
        """What is awaited; None while the user has to choose."""
        if self.enrollment is not None:
            return self.enrollment.kind
        return self.asked.kind if self.asked is not None else None

    def back(self) -> None:
        """Let the user choose again; what was sent stays good for as long as the server says."""
        self.asked = self.enrollment = self.trouble = None
        self.oob_code, self.looks = "", 0
        self.is_remembered = self.is_scanned = False
