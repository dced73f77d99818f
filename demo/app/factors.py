"""Second factors in the words of a product."""

from dataclasses import dataclass
from enum import Enum, unique
from typing import Final


@dataclass(frozen=True, slots=True)
class Words:
    """How a kind of factor is told.

    Attributes:
        id: Begins the ids of its authenticators.
        type: What `mfa_requirements` calls it.
        title: What people call it.
        offer: What choosing it means, in one sentence; `{name}` is where codes go.
        set_up: What setting it up means; empty for what nobody sets up here.
    """

    id: str
    type: str
    title: str
    offer: str
    set_up: str = ""


@unique
class Kind(Enum):
    """What a user can prove to have."""

    APP = Words(
        "totp",
        "otp",
        "Authenticator app",
        "Type the six digits that your app shows now, or the phone that is asked.",
        "Scan a picture with an app on your phone. It shows six digits each time you log in, and "
        "needs no network.",
    )
    PUSH = Words(
        "push",
        "push-notification",
        "Your phone asks you",
        "Approve this login on your phone.",
        "Scan a picture with the phone that is to ask you. From then on you tap yes or no there.",
    )
    SMS = Words(
        "sms",
        "phone",
        "Text message",
        "We send six digits to {name}.",
        "We send six digits to a phone number of yours.",
    )
    VOICE = Words("voice", "phone", "Phone call", "We call {name} and read six digits out.")
    EMAIL = Words(
        "email",
        "email",
        "E-mail",
        "We send six digits to {name}.",
        "We send six digits to an address of yours.",
    )
    RECOVERY = Words(
        "recovery-code",
        "recovery-code",
        "Recovery code",
        "Type the code that you wrote down. It works once, and you get a new one.",
    )


@dataclass(frozen=True, slots=True)
class Authenticator:
    """Something that a user has set up.

    Attributes:
        id: What the login server calls it.
        name: Where codes go, most of it masked; empty for kinds without an address.
        is_active: It was proved once.
    """

    id: str
    kind: Kind
    name: str
    is_active: bool

    @property
    def offer(self) -> str:
        """What choosing it means."""
        return self.kind.value.offer.format(name=self.name or "you")


def by_id(authenticator_id: str) -> Kind | None:
    """Return what an authenticator is by its id; None for what we have no words for."""
    begins = authenticator_id.partition("|")[0]
    return next((kind for kind in Kind if kind.value.id == begins), None)


def named(name: str) -> Kind | None:
    """Return the kind that our forms and cookies call so."""
    return next((kind for kind in Kind if kind.value.id == name), None)


FIRST: Final = (Kind.APP, Kind.PUSH, Kind.SMS)
"""What a user without any can set up while logging in."""

LATER: Final = (Kind.APP, Kind.PUSH, Kind.SMS, Kind.EMAIL)
"""What a logged-in user can add."""
