"""A bulk import under way, for tests of what it stores."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from gateword.domain.connection import Connection
from gateword.domain.secret import Secret
from gateword.domain.user import User
from gateword.domain.user_import import Arrival, Outcome
from gateword.policy.identifier import login_names
from gateword.policy.user_import import read
from gateword.ports.queues import Job
from gateword.ports.user_import import Step
from tests.engines.house import NOON, House

UNTIL = NOON + timedelta(minutes=1)


def an_arrival(**item: Any) -> Arrival:
    """Return an item as it is read."""
    found = read(item, "Customers")
    assert isinstance(found, Arrival), found
    return found


@dataclass
class Imports:
    """A house with a database and an import under way."""

    house: House
    connection: Connection
    job: Job
    outcomes: Sequence[Outcome] = ()

    async def land(
        self, *arrivals: Arrival, may_replace: Callable[[Secret], bool] | None = None
    ) -> list[str]:
        """Land a chunk and return what became of each."""

        def judge(outcomes: Sequence[Outcome]) -> Step:
            self.outcomes = outcomes
            return Step(replace(self.job, done=self.job.done + len(outcomes)), [{"n": 1}])

        moved = await self.house.stores.user_imports.land(
            self.connection, arrivals, judge, job=self.job, at=NOON, until=UNTIL,
            may_replace=may_replace,
        )  # fmt: skip
        assert moved is not None
        self.job = moved
        return [outcome.name for outcome in self.outcomes]

    async def user(self, name: str) -> User:
        """Return a user by login name."""
        account = await self.house.stores.users.account(self.connection.key, login_names(name))
        assert account is not None
        return account.user

    async def hash_of(self, name: str) -> str | None:
        """Return what is stored as a user's password hash."""
        user = await self.user(name)
        found = await self.house.stores.users.password_hash(user.key, self.connection.key)
        return found and found.reveal()


async def an_import(house: House) -> Imports:
    """Return an import into the database Customers."""
    connection = await house.add_connection("Customers")
    job = Job(id="job_1", type="users_file", status="processing", document={}, created_at=NOON)
    await house.stores.jobs.add(job, None)
    return Imports(house, connection, job)


def always(_: Secret) -> bool:
    """Every stored hash may be replaced."""
    return True
