"""A realm strategy: a directory that can say whether a password is right."""

from dataclasses import dataclass
from typing import ClassVar, Protocol, TypeAlias

from gateword.domain.connection import Connection
from gateword.domain.secret import Secret
from gateword.domain.user import Account, User


@dataclass(frozen=True, slots=True)
class Claimant:
    """Whom a name means, before any password is looked at.

    Attributes:
        name: Its normal form; what was typed when it has none.
        user: The (primary) user; None when the name is nobody's.
        account: What a database realm found under the name; its own affair.
    """

    name: str
    user: User | None = None
    account: Account | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """The password is right; this is whose it is (the primary user of a linked account)."""

    user: User


@dataclass(frozen=True, slots=True)
class NotFound:
    """Nobody goes by that name here.

    Attributes:
        note: For the log, when nobody was asked who might know more.
    """

    note: str = ""


@dataclass(frozen=True, slots=True)
class Mismatch:
    """The user exists and the password is wrong."""

    user: User


@dataclass(frozen=True, slots=True)
class NoPassword:
    """The user exists and cannot log in by password at all."""

    user: User


@dataclass(frozen=True, slots=True)
class Unreachable:
    """The directory could not be asked; nothing is known about user or password."""

    reason: str


Verdict: TypeAlias = Found | NotFound | Mismatch | NoPassword | Unreachable


class Realm(Protocol):
    """What every strategy can do."""

    strategy: ClassVar[str]

    async def claimant(self, connection: Connection, username: str) -> Claimant | Unreachable:
        """Find out whom a name means, at one look-up's cost whether anybody has it or not.

        Raises:
            Refused: BUSY when no password could be checked now.
        """
        ...

    async def verify(self, connection: Connection, claimant: Claimant, password: Secret) -> Verdict:
        """Check a password, at one hash's cost on every path.

        Raises:
            Refused: BUSY when the hashing queue is full.
            HashDropped: It was cancelled before the password was looked at.
        """
        ...
