"""People who arrive in bulk, and what becomes of each."""

from enum import Enum, unique

from gateword.domain.secret import Secret
from gateword.domain.user import NewUser
from gateword.values import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """One item of an import, read and checked.

    Attributes:
        new: Login names in normal form; profile and metadata hold what was given, no defaults.
        given: Members that the item has: an update leaves the others alone.
        is_custom: The hash came as `custom_password_hash`, which may also replace one.
        factors: `mfa_factors` as JSON text; None when there are none.
    """

    new: NewUser
    given: frozenset[str]
    is_custom: bool = False
    factors: Secret | None = None


@unique
class Outcome(Enum):
    """What became of an arrival."""

    INSERTED = "inserted"
    UPDATED = "updated"
    TAKEN = "The user already exists."
    SEVERAL = "The login names and the user id belong to several users."
    ELSEWHERE = "The user lives in another connection, or is linked to another user."
    OTHER_ID = "The user already exists, and its user_id cannot be changed."

    @property
    def is_failure(self) -> bool:
        """Whether nothing was stored."""
        return self not in {Outcome.INSERTED, Outcome.UPDATED}


@dataclass(frozen=True, slots=True)
class Credentials:
    """What an export with secrets tells of a user."""

    password_hash: Secret | None
    factors: Secret | None
