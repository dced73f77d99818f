"""Orders of one-time codes, as a login puts them into the outbox."""

from datetime import timedelta
from typing import Final

from gateword.policy import guardian_document, sealed
from gateword.ports.documents import Kept
from gateword.ports.queues import Letter
from tests.support.house import House
from tests.wire.world import CLIENTS, CUSTOMERS, VALUES

CODE: Final = "482915"
NUMBER: Final = "+447700169167"
ADDRESS: Final = "annabel@mail.example"
LIFETIME_S: Final = 300


async def ordered(
    house: House, channel: str = "sms", *, enrolls: bool = False, code: str = CODE
) -> None:
    """Order a code for Ann of the customers, good for five minutes."""
    now = house.clock.now()
    letter = Letter(
        to=ADDRESS if channel == "email" else NUMBER,
        kind=f"mfa_{channel}",
        channel=channel,
        user_id=VALUES["customer_ann"],
        expires_at=now + timedelta(seconds=LIFETIME_S),
        order={
            "code": code,
            "connection": CUSTOMERS,
            "client_id": CLIENTS["web"].client_id,
            "is_enrollment": "yes" if enrolls else "",
        },
    )
    await house.parts.stores.outbox.add(letter, now)


async def set_guardian(house: House, path: str, *, auth_token: str = "", **members: object) -> None:
    """Set one of the tenant's settings of second factors."""
    secrets = {"auth_token": auth_token} if auth_token else {}
    kept = Kept(id=path, document=members, secret=sealed.closed(secrets))
    await house.parts.stores.documents.put(guardian_document.KIND, kept, house.clock.now())
