"""A realm strategy: a directory that can say whether a password is right."""

from collections.abc import Mapping
from typing import ClassVar, Protocol, TypeAlias

from gateword.domain.connection import Connection
from gateword.domain.secret import Secret
from gateword.domain.user import Account, User
from gateword.values import dataclass, field


@dataclass(frozen=True, slots=True)
class Claimant:
    """Whom a name means, before any password is looked at.

    Attributes:
        name: Its normal form; what was typed when it has none.
        user: The (primary) user; None when the name is nobody's.
        account: What a database realm found under the name; its own affair.
        typed: As it was typed, for directories with spellings of their own.
    """

    name: str
    user: User | None = None
    account: Account | None = None
    typed: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Told:
    """What every verdict may say besides.

    Attributes:
        notes: For the log: what a script printed, what was left out, who was not asked.
    """

    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Found(_Told):
    """The password is right.

    Attributes:
        user: Whose it is: the primary user of a linked account.
        passing: Members of the profile that hold for this login alone and are stored nowhere.
    """

    user: User
    passing: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class NotFound(_Told):
    """Nobody goes by that name here."""


@dataclass(frozen=True, slots=True)
class Mismatch(_Told):
    """The user exists and the password is wrong."""

    user: User


@dataclass(frozen=True, slots=True)
class NoPassword(_Told):
    """The user exists and cannot log in by password at all."""

    user: User


@dataclass(frozen=True, slots=True)
class StrangerMismatch(_Told):
    """The directory knows somebody by that name, we do not yet, and the password is wrong."""

    user_id: str


@dataclass(frozen=True, slots=True)
class Unreachable(_Told):
    """The directory could not be asked; nothing is known about user or password."""

    reason: str


@dataclass(frozen=True, slots=True)
class Denied(_Told):
    """The directory says no in words of its own, and nothing of the password."""

    message: str


@dataclass(frozen=True, slots=True)
class Failed(_Told):
    """The directory broke down over it; nothing is known about user or password.

    Attributes:
        reason: For the log.
        details: For the log: where it broke.
    """

    reason: str
    details: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Taken(_Told):
    """The password is right, and the id or a name is somebody else's here.

    Attributes:
        reason: For the log.
        user_id: By which the directory knows whose password it is.
    """

    reason: str
    user_id: str


Verdict: TypeAlias = (
    Found
    | NotFound
    | Mismatch
    | StrangerMismatch
    | NoPassword
    | Unreachable
    | Denied
    | Failed
    | Taken
)


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
