"""Users by the hundred: what a bulk import and an export ask of the stores."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Protocol, TypeAlias

from gateword.domain.connection import Connection
from gateword.domain.secret import Secret
from gateword.domain.user_import import Arrival, Credentials, Outcome
from gateword.ports.queues import Job
from gateword.values import dataclass


@dataclass(frozen=True, slots=True)
class Step:
    """How far a job is after a chunk, and what went wrong in it."""

    job: Job
    errors: Sequence[Mapping[str, object]] = ()


Judge: TypeAlias = Callable[[Sequence[Outcome]], Step]
"""Says what the outcomes of a chunk make of its job; pure, it may be asked again."""


class UserImports(Protocol):
    """Adds and changes many users at once."""

    async def land(
        self,
        connection: Connection,
        arrivals: Sequence[Arrival],
        judge: Judge,
        *,
        job: Job,
        at: datetime,
        until: datetime | None,
        may_replace: Callable[[Secret], bool] | None,
    ) -> Job | None:
        """Store a chunk of an import and the progress of its job in one transaction.

        Args:
            connection: Database connection they arrive in.
            arrivals: In their order; of two that are the same person the first is stored.
            judge: Makes the job's next state of what became of them.
            job: The job as it was: when somebody else has moved it meanwhile, nothing is done.
            at: Time of the import.
            until: How long the job stays claimed.
            may_replace: Upsert: says of a stored hash whether an imported one may replace it;
                None: whoever is there already stays as they are.

        Returns:
            The job as it is now; None, and nothing done, when it is not ours any more.
        """
        ...

    async def credentials(
        self, connection_key: int, user_keys: Sequence[int]
    ) -> Mapping[int, Credentials]:
        """Return the password hashes and imported second factors of users, for an export."""
        ...
