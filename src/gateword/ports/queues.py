"""What waits to be done: jobs, mail, links that were sent out.

As in `ports/stores.py`, every store is bound to one tenant and a method is a transaction.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from gateword.domain.secret import Secret
from gateword.values import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """A piece of work that was asked for and goes on by itself (Auth0: "Jobs").

    Attributes:
        id: `job_` and 16 characters.
        type: users_import, users_export or verification_email; users_file is an import whose
            input is a file at hand of a command, so no server takes it up.
        status: pending, processing, completed or failed.
        document: What it is about, and its summary, in Auth0's members.
        done: How many items of the input are done: where to go on after a crash.
    """

    id: str
    type: str
    status: str
    document: Mapping[str, object]
    created_at: datetime
    done: int = 0


class Jobs(Protocol):
    """Jobs; one is carried out by one process at a time."""

    async def add(self, job: Job, input_: bytes | None) -> None: ...

    async def admit(self, job: Job, input_: bytes | None, most: int) -> bool:
        """Add a job unless `most` of its type are pending or processing; say whether it was.

        However many ask at once, no more than `most` are let in.
        """
        ...

    async def get(self, id_: str) -> Job | None: ...

    async def claim(self, at: datetime, until: datetime) -> Job | None:
        """Take the oldest job that is pending, or whose claim has run out; it is processing now."""
        ...

    async def take(self, id_: str, at: datetime, until: datetime) -> Job | None:
        """Take that job; None while somebody else holds it, or when it has ended."""
        ...

    async def remove(self, id_: str) -> None: ...

    async def input(self, id_: str) -> bytes | None: ...

    async def save(
        self,
        job: Job,
        at: datetime,
        until: datetime | None,
        errors: Sequence[Mapping[str, object]] = (),
    ) -> None:
        """Store progress and further errors in one transaction, and hold the claim until then.

        A job that is completed or failed lets go of its input and its claim.
        """
        ...

    async def errors(self, id_: str, *, start: int, limit: int) -> Sequence[Mapping[str, object]]:
        """Return the errors of a job in the order in which they were stored."""
        ...

    async def put_output(self, id_: str, output: bytes) -> None:
        """Keep what an export made."""
        ...

    async def output(self, id_: str) -> bytes | None: ...

    async def purge(self, before: datetime) -> int:
        """Delete jobs that ended before that time; return how many."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticket:
    """A link that lets its holder do one thing once (Auth0: "Tickets").

    Attributes:
        purpose: change_password, verify_email, unblock, or what a factor calls it.
        document: What else the link needs to know: address, connection, where to go afterwards.
    """

    purpose: str
    user_key: int
    document: Mapping[str, object]
    created_at: datetime
    expires_at: datetime


class Tickets(Protocol):
    """Tickets by the hash of their handle; used once, by an atomic update (promise O3)."""

    async def add(self, handle: Secret, ticket: Ticket) -> None: ...

    async def find(self, handle: Secret, purpose: str, at: datetime) -> Ticket | None:
        """Return a ticket that is neither used nor expired."""
        ...

    async def use(self, handle: Secret, purpose: str, at: datetime) -> Ticket | None:
        """Use a ticket; of many who try at once exactly one gets it."""
        ...

    async def end(self, user_key: int, purpose: str) -> None:
        """Make all tickets of a user for that purpose worthless."""
        ...

    async def purge(self, before: datetime) -> int:
        """Delete tickets that expired before that time; return how many."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """A message to be delivered; everything in it is kept encrypted.

    Attributes:
        to: E-mail address, or the number of a phone (E.164).
        text: Plain text form.
        html: HTML form; empty for a plain letter.
        kind: Which template it is made of, and of what the log tells.
        sender: Address it comes from; empty is the server's own.
        order: What it must be written of, when that is still to be done; empty else. Whom it is
            for, and whether there is such a person, is found out then, and not at the door where
            the letter was asked for (promise T3).
        channel: email, sms or voice.
        expires_at: When it is worth nothing any more; from then on it is not delivered. Letters
            that have an end go before those that have none.
        facts: What couriers and the log need besides the text: the code that is in it, and of
            whose login it is.
    """

    to: str
    kind: str
    subject: str = ""
    text: str = field(default="", repr=False)
    html: str = field(default="", repr=False)
    sender: str = ""
    user_id: str = ""
    order: Mapping[str, str] = field(default_factory=dict, repr=False)
    channel: str = "email"
    expires_at: datetime | None = None
    facts: Mapping[str, str] = field(default_factory=dict, repr=False)

    @property
    def is_urgent(self) -> bool:
        """Whether it must leave at once: somebody sits there and waits for it."""
        return self.expires_at is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """A letter in the outbox, and how often it has been tried."""

    key: int
    letter: Letter
    tries: int = 0


class Outbox(Protocol):
    """Letters that wait for the courier; delivered at least once."""

    async def add(self, letter: Letter, at: datetime) -> None: ...

    async def claim(self, at: datetime, until: datetime, limit: int) -> Sequence[Waiting]:
        """Take letters that are due; nobody else gets them before `until`."""
        ...

    async def delivered(self, key: int) -> None: ...

    async def failed(self, key: int, again_at: datetime | None) -> None:
        """Count a failed try; None gives up and deletes the letter."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Cursor:
    """How far a stream of log events has been delivered.

    Attributes:
        position: Position of the last event that was delivered.
        failures: Tries that failed since then.
        error: Why the last one did.
    """

    position: int = 0
    failures: int = 0
    error: str = ""
    facts: Mapping[str, object] = field(default_factory=dict)


class Cursors(Protocol):
    """Cursors by name; one process at a time holds one."""

    async def get(self, name: str) -> Cursor | None:
        """Return a cursor without taking it; None when nobody has taken it yet."""
        ...

    async def claim(self, name: str, at: datetime, until: datetime) -> Cursor | None:
        """Take a cursor (a new one stands at 0); None while somebody else holds it.

        Who holds it for more than twice as long from now has a clock that runs ahead, and holds
        nobody up.
        """
        ...

    async def move(self, name: str, cursor: Cursor, until: datetime | None) -> None:
        """Store how far it is; None lets go of it."""
        ...

    async def remove(self, name: str) -> None: ...
