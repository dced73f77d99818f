"""A factor: how a user sets it up, and how it is asked for."""

from collections.abc import Mapping
from datetime import datetime
from typing import ClassVar, Final, Protocol

from gateword.domain.mfa import Authenticator, Kind
from gateword.domain.secret import Secret
from gateword.domain.tenant import Tenant
from gateword.domain.user import User
from gateword.ports.attempts import Bucket
from gateword.ports.clock import Dice
from gateword.ports.queues import Letter, Tickets
from gateword.values import dataclass, field

ID_CHARS: Final = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """Somebody is to set a factor up, or to show it.

    Attributes:
        target: Phone number or address that codes are to go to; empty where there is none.
        kind: What is set up or shown.
        along: Kinds that are set up along with it, with the same target.
        connection: Name of the connection by which the user logs in.
        client_id: The application.
        is_enrollment: It is set up.
        code_ends_at: When a code that is sent now ends.
        ip: Address of the user, for the device to show.
    """

    dice: Dice
    tickets: Tickets
    tenant: Tenant
    user: User
    kind: Kind
    at: datetime
    expires_at: datetime
    code_ends_at: datetime
    target: str = ""
    along: tuple[Kind, ...] = ()
    connection: str = ""
    client_id: str = ""
    is_enrollment: bool = False
    ip: str = ""
    user_agent: str = ""

    @property
    def label(self) -> str:
        """What an app shows of the user."""
        return self.user.label

    @property
    def issuer(self) -> str:
        """What an app shows of the tenant."""
        return self.tenant.title

    def authenticator(
        self, kind: Kind, *, seed: Secret | None = None, pair: str = ""
    ) -> Authenticator:
        """Return a new authenticator, unconfirmed."""
        return Authenticator(
            id=f"{kind.value}|dev_{self.dice.letters(ID_CHARS)}",
            user_key=self.user.key,
            kind=kind,
            created_at=self.at,
            target=self.target,
            seed=seed,
            group=pair,
            expires_at=self.expires_at,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Enrolled:
    """An enrolment that was begun.

    Attributes:
        authenticators: To be kept, unconfirmed; the first is the one that was asked for.
        answer: Members of the answer that only this factor has.
        is_asked: It is asked for at once, and confirmed by that.
    """

    authenticators: tuple[Authenticator, ...]
    answer: Mapping[str, object] = field(default_factory=dict)
    is_asked: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A challenge that was begun.

    Attributes:
        code: What the user will type; None when a device answers.
        letter: Carries the code.
        budget: What it costs the user.
        details: What a device shows.
    """

    budget: Bucket
    code: Secret | None = None
    letter: Letter | None = None
    details: Mapping[str, object] = field(default_factory=dict)


class Factor(Protocol):
    """What every factor can do.

    Attributes:
        challenge_type: `otp` or `oob`.
    """

    challenge_type: ClassVar[str]

    async def enroll(self, asking: Asking) -> Enrolled:
        """Begin an enrolment."""
        ...

    async def ask(self, asking: Asking, authenticator: Authenticator) -> Asked | None:
        """Ask for the factor; None where nothing is sent and the user reads a code."""
        ...
