"""When a second factor is asked for, and which kinds there are: the tenant's switches."""

from dataclasses import dataclass
from typing import Final

from .management import ManagementApi
from .problem import Failure, Problem


@dataclass(frozen=True, slots=True)
class Policy:
    """One of Auth0's policies.

    Attributes:
        name: What the form calls it.
        sent: What the Management API is told.
        title: What people call it.
        means: What it does.
    """

    name: str
    sent: list[str]
    title: str
    means: str


POLICIES: Final = (
    Policy(
        "never",
        [],
        "Never",
        "A password is enough, unless a rule wants more.",
    ),
    Policy(
        "confidence",
        ["confidence-score"],
        "When a login looks unusual",
        "Asked for when confidence is low: a new device or a new address, a journey nobody makes.",
    ),
    Policy(
        "always",
        ["all-applications"],
        "Always",
        "Asked for at each login, and at each renewal of a session, as at Auth0.",
    ),
)


@dataclass(frozen=True, slots=True)
class Switch:
    """A kind of second factor that can be turned on and off.

    Attributes:
        name: What the Management API calls it.
        title: What people call it.
        on: It can be used.
    """

    name: str
    title: str
    on: bool


_TITLES: Final = {
    "otp": "Authenticator app",
    "push-notification": "The phone asks",
    "sms": "Text message",
    "email": "E-mail",
    "recovery-code": "Recovery code",
}


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody whom the page offers to log in as.

    Attributes:
        name: What the form calls them.
        title: Name and realm.
        situation: What the login asks of them.
    """

    name: str
    title: str
    email: str
    realm: str
    situation: str


PEOPLE: Final = (
    Person(
        "ann",
        "Ann Hale, Employees",
        "ann.hale@pine.example",
        "Employees",
        "Her e-mail address is verified, so a code can go there at once.",
    ),
    Person(
        "tove",
        "Tove Lind, Employees",
        "tove.lind@pine.example",
        "Employees",
        "Has nothing, and an address that was never verified: she sets a factor up as she logs in.",
    ),
    Person(
        "nora",
        "Nora Quist, Customers",
        "nora.quist@mail.example",
        "Customers",
        "Has an authenticator app: the one of the demo, whose codes are on the page Inbox.",
    ),
)


class PolicyDesk:
    """The use cases of the page of the policy; HTTP stays in `policy_pages`.

    Args:
        api: The Management API.
    """

    def __init__(self, api: ManagementApi) -> None:
        self._api = api

    async def in_force(self) -> Policy | None:
        """Return the policy; None for one that this page cannot set."""
        named = await self._api.policies()
        return next((one for one in POLICIES if one.sent == named), None)

    async def switches(self) -> list[Switch]:
        """Return the kinds of factors that this application can use."""
        found = await self._api.factors()
        return [Switch(name, title, found.get(name, False)) for name, title in _TITLES.items()]

    async def demand(self, name: str) -> None:
        """Set the policy; `Failure(Problem.NOT_FOUND)` when there is none of this name."""
        policy = next((one for one in POLICIES if one.name == name), None)
        if policy is None:
            raise Failure(Problem.NOT_FOUND)
        await self._api.demand(policy.sent)

    async def switch(self, name: str, *, on: bool) -> None:
        """Turn a kind on or off; `Failure(Problem.NOT_FOUND)` when there is none of this name."""
        if name not in _TITLES:
            raise Failure(Problem.NOT_FOUND)
        await self._api.switch_factor(name, on=on)

    async def start_over(self, name: str) -> None:
        """Take every factor off somebody; `Failure(Problem.NOT_FOUND)` if they are not ours."""
        person = next((one for one in PEOPLE if one.name == name), None)
        if person is None:
            raise Failure(Problem.NOT_FOUND)
        await self._api.forget_factors(person.email, person.realm)
