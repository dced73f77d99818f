"""Links that are sent out: each lets its holder do one thing once."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Final

from gateword.domain.connection import Connection
from gateword.domain.secret import Secret
from gateword.domain.user import User
from gateword.policy.identifier import normal
from gateword.ports.mfa import ENROLLMENT
from gateword.ports.parts import Parts
from gateword.ports.queues import Ticket
from gateword.values import dataclass, field

RESET: Final = "change_password"
VERIFY: Final = "verify_email"
UNBLOCK: Final = "unblock"
ENROLL: Final = ENROLLMENT
PATHS: Final[Mapping[str, str]] = {
    RESET: "u/reset-password",
    VERIFY: "u/email-verification",
    UNBLOCK: "u/unblock",
    ENROLL: "mfa/enrollment",
}
LIFETIME_S: Final = 432_000
"""Five days, as Auth0's links live."""

_HANDLE_CHARS: Final = 32
_DAY_S: Final = 86_400
_HOUR_S: Final = 3600


@dataclass(frozen=True, slots=True, kw_only=True)
class Purpose:
    """What a link is for.

    Attributes:
        name: RESET, VERIFY, UNBLOCK or ENROLL.
        email: Address that the link is about; a verified one is no other than this.
        result_url: Where its holder goes afterwards; empty is nowhere.
        verifies: Choosing a password also proves that the address is the user's.
        names_email: `result_url` is told the address.
        lifetime_s: Seconds until it expires.
        more: What else the link needs to know.
    """

    name: str
    connection: str
    email: str = ""
    result_url: str = ""
    verifies: bool = False
    names_email: bool = False
    client_id: str = ""
    lifetime_s: int = LIFETIME_S
    more: Mapping[str, object] = field(default_factory=dict)

    def document(self) -> dict[str, object]:
        """Return what the ticket must remember."""
        return {
            "connection": self.connection,
            "email": self.email,
            "result_url": self.result_url,
            "verifies": self.verifies,
            "names_email": self.names_email,
            "client_id": self.client_id,
            **self.more,
        }


def in_words(lifetime_s: int) -> str:
    """Return a lifetime as people say it: `5 days`, `1 hour`, `20 minutes`."""
    for unit_s, unit in ((_DAY_S, "day"), (_HOUR_S, "hour"), (60, "minute")):
        if lifetime_s >= unit_s:
            count = lifetime_s // unit_s
            return f"{count} {unit}" if count == 1 else f"{count} {unit}s"
    return "a minute"


async def issue(parts: Parts, user: User, purpose: Purpose) -> str:
    """Return a new link for a user, built from the tenant's own domain (promise I7)."""
    handle = Secret(parts.dice.letters(_HANDLE_CHARS))
    at = parts.clock.now()
    ticket = Ticket(
        purpose=purpose.name,
        user_key=user.key,
        document=purpose.document(),
        created_at=at,
        expires_at=at + timedelta(seconds=purpose.lifetime_s),
    )
    await parts.stores.tickets.add(handle, ticket)
    tenant = await parts.stores.settings.get()
    return f"{tenant.issuer}{PATHS[purpose.name]}?ticket={handle.reveal()}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """Whom a link is for, as things are now.

    Attributes:
        ticket: What the link remembers.
        connection: The directory whose password or address it is about.
    """

    ticket: Ticket
    user: User
    connection: Connection

    @property
    def email(self) -> str:
        """Address that the link is about."""
        return str(self.ticket.document.get("email") or "")

    @property
    def result_url(self) -> str:
        """Where its holder goes afterwards; empty is nowhere."""
        return str(self.ticket.document.get("result_url") or "")

    @property
    def client_id(self) -> str:
        """Application that the link was made for, if it is known."""
        return str(self.ticket.document.get("client_id") or "")

    @property
    def is_theirs(self) -> bool:
        """Whether the address that the link was sent to is (still) one of its holder's."""
        linked = (identity.profile.get("email") for identity in self.user.identities[1:])
        known = {normal(one) for one in (self.user.email, *linked) if isinstance(one, str)}
        return not self.email or self.email in known

    def says(self, switch: str) -> bool:
        """Say whether the ticket has a switch on."""
        return self.ticket.document.get(switch) is True


async def holder(parts: Parts, ticket: Ticket | None) -> Holder | None:
    """Return whom a ticket is for; None when there is no such person or directory any more."""
    if ticket is None:
        return None
    user = await parts.stores.users.by_key(ticket.user_key)
    name = str(ticket.document.get("connection"))
    connection = await parts.stores.connections.named(name)
    if user is None or connection is None:
        return None
    return Holder(ticket=ticket, user=user, connection=connection)
