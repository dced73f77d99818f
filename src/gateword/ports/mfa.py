"""Second factors as they are kept: authenticators, logins that wait, codes under way.

Rule: whatever may be used once is used by one atomic update (promises O3, G9).
"""

from collections.abc import Sequence
from datetime import datetime
from enum import Enum, unique
from typing import Final, Protocol

from gateword.domain.mfa import Authenticator, Challenge, HalfLogin, Verdict
from gateword.domain.secret import Secret
from gateword.domain.user import User

ENROLLMENT: Final = "mfa_enrollment"
"""Purpose of a ticket by which a factor is set up (Auth0: "Create an enrollment ticket")."""


@unique
class Spent(Enum):
    """Why a proof did not count."""

    PROOF = "proof"
    """It was used before, or what it proves is gone."""
    SESSION = "session"
    """The `mfa_token` was used, has ended, or had too many wrong codes."""


class Authenticators(Protocol):
    """What users have enrolled."""

    async def of_user(self, user_key: int, at: datetime) -> Sequence[Authenticator]:
        """Return a user's authenticators, oldest first; unconfirmed ones that expired are none.

        What an import has brought along is among them.
        """
        ...

    async def get(self, id_: str) -> Authenticator | None: ...

    async def add(
        self,
        made: Sequence[Authenticator],
        most: int,
        *,
        recovery_code: Secret | None = None,
        replaces: bool = False,
    ) -> bool:
        """Add authenticators of one user, or none of them when there would be more than `most`.

        Args:
            made: They belong to the same user.
            most: Authenticators of a user, whether confirmed or not.
            recovery_code: Of the one among them that is a recovery code; only its digest is kept.
            replaces: All that the user had is gone.
        """
        ...

    async def describe(self, changed: Sequence[Authenticator]) -> int:
        """Write names and groups anew, nothing else; return how many were there."""
        ...

    async def remove(self, user_key: int, ids: Sequence[str]) -> int:
        """Delete authenticators with those that go together with them; return how many."""
        ...

    async def admit_device(self, id_: str, key: Secret, name: str, at: datetime) -> bool:
        """Give an enrolment its device: its public key, and what it is called.

        It is confirmed by its first approval, not by this. False when the enrolment is over, or
        has a device already.
        """
        ...

    async def advance(self, id_: str, counter: int) -> bool:
        """Note the counter of a device's request; False unless it is higher than all before."""
        ...

    async def fail(self, ids: Sequence[str]) -> None:
        """Count a wrong code against each; they are one user's."""
        ...

    async def purge(self, before: datetime) -> int:
        """Delete enrolments that were not confirmed in time; return how many."""
        ...

    async def replace_recovery_code(self, made: Authenticator, code: Secret) -> None:
        """Give a user a new recovery code in place of any other."""
        ...


class HalfLogins(Protocol):
    """Logins that wait for a second factor, by the digest of their `mfa_token`."""

    async def add(self, handle: Secret, login: HalfLogin) -> None: ...

    async def find(self, handle: Secret) -> HalfLogin | None:
        """Return a login that waits, also one whose time is over; None for used and unknown."""
        ...

    async def fail(self, handle: Secret, most: int) -> None:
        """Count a wrong code; with the last of `most` the login ends."""
        ...

    async def purge(self, before: datetime) -> int:
        """Delete what ended before that time; return how many rows."""
        ...


class Challenges(Protocol):
    """Codes and questions under way, by the digest of their `oob_code`."""

    async def add(self, handle: Secret, challenge: Challenge) -> None:
        """Add a challenge; the authenticator's earlier ones are worthless from now on."""
        ...

    async def find(self, handle: Secret, at: datetime) -> Challenge | None:
        """Return a challenge that is neither used nor expired."""
        ...

    async def waiting(self, authenticator_id: str, at: datetime) -> Challenge | None:
        """Return the question that a device has to answer now."""
        ...

    async def answer(self, id_: str, verdict: Verdict, at: datetime) -> bool:
        """Note what a device said to a challenge; False when that one is not asked (any more)."""
        ...

    async def end(self, handle: Secret) -> bool:
        """End a challenge without proving anything; of many who try exactly one does."""
        ...


class Proofs(Protocol):
    """What is used once, together with the login that it completes: both or neither.

    Each takes the `mfa_token` (None when an access token or a ticket enrols), the user as they were
    when the login was looked at, and the time, and returns None when the proof counts. It counts
    for nobody who was deleted, blocked or given a new password since, and enrols nothing for who
    has set up another factor since. A ticket that enrols is used with the proof.
    """

    async def step(
        self,
        handle: Secret | None,
        user: User,
        authenticator_id: str,
        step: int,
        at: datetime,
        *,
        ticket: Secret | None = None,
    ) -> Spent | None:
        """Use a TOTP's step, later than the last that was accepted; the TOTP is confirmed by it."""
        ...

    async def challenge(
        self,
        handle: Secret | None,
        user: User,
        oob_code: Secret,
        at: datetime,
        *,
        ticket: Secret | None = None,
    ) -> Spent | None:
        """Use a challenge; its authenticator is confirmed by it."""
        ...

    async def recovery_code(
        self, handle: Secret, user: User, code: Secret, successor: Secret, at: datetime
    ) -> Spent | None:
        """Use a recovery code; `successor` is the user's from now on."""
        ...
