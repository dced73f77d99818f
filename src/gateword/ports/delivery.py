"""How letters leave the house."""

from collections.abc import Mapping
from datetime import datetime
from typing import Protocol

from gateword.domain.secret import Secret
from gateword.ports.queues import Letter
from gateword.values import dataclass, field


class Undeliverable(Exception):
    """A letter did not go out; the message says why and holds no secret.

    Attributes:
        is_final: Trying again will not help.
    """

    def __init__(self, reason: str, *, is_final: bool = False) -> None:
        super().__init__(reason)
        self.is_final = is_final


class Courier(Protocol):
    """Delivers letters."""

    async def deliver(self, letter: Letter) -> None:
        """Hand a letter over.

        Raises:
            Undeliverable: It was not taken.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class PhoneSender:
    """Who sends a message to a phone.

    Attributes:
        tenant: Name of the tenant.
        provider: Which courier takes it, by the name that the tenant's settings have for it.
        account: What the tenant has at the provider, in Auth0's members (`sid`, `from`,
            `messaging_service_sid`).
        auth_token: What the provider knows the tenant by.
        at: Time of the try.
    """

    tenant: str
    provider: str
    at: datetime
    account: Mapping[str, str] = field(default_factory=dict)
    auth_token: Secret | None = None


class PhoneCourier(Protocol):
    """Delivers messages to phones, to be read (`sms`) or to be heard (`voice`)."""

    async def deliver(self, letter: Letter, sender: PhoneSender) -> None:
        """Hand a message over.

        Raises:
            Undeliverable: It was not taken.
        """
        ...
