"""A device that is asked: it has a key of its own, and the user approves or denies on it.

Source: Auth0 "Enroll and Challenge Push Authenticators"; what the device and we say to each other
is our own (docs, "The device protocol").
"""

from datetime import timedelta
from typing import ClassVar, Final
from urllib.parse import quote

from gateword.domain.mfa import Authenticator, Kind
from gateword.domain.secret import Secret
from gateword.policy import device, totp
from gateword.ports.attempts import Bucket
from gateword.ports.factor import Asked, Asking, Enrolled
from gateword.ports.queues import Ticket

QR_LIFETIME: Final = timedelta(minutes=5)
SHIELD: Final = "second-factor-pushes"
_HANDLE_CHARS: Final = 32
_PAIR_CHARS: Final = 16
_SEED_HEX: Final = 2 * totp.SEED_CHARS
_SIZE: Final = 5
_REFILL_MS: Final = 12_000


class PushFactor:
    """A push device, with the codes that it shows when it hears nothing."""

    challenge_type: ClassVar[str] = "oob"

    async def enroll(self, asking: Asking) -> Enrolled:
        dice = asking.dice
        pair = dice.letters(_PAIR_CHARS)
        seed = totp.seed_of(bytes.fromhex(dice.hex(_SEED_HEX)))
        phone = asking.authenticator(Kind.PUSH, pair=pair)
        codes = asking.authenticator(Kind.TOTP, seed=seed, pair=pair)
        handle = Secret(dice.letters(_HANDLE_CHARS))
        ticket = Ticket(
            purpose=device.TICKET,
            user_key=asking.user.key,
            document={"device": phone.id, "codes": codes.id},
            created_at=asking.at,
            expires_at=asking.at + QR_LIFETIME,
        )
        await asking.tickets.add(handle, ticket)
        return Enrolled(
            authenticators=(phone, codes),
            answer={"barcode_uri": _uri(asking, handle)},
            is_asked=True,
        )

    async def ask(self, asking: Asking, authenticator: Authenticator) -> Asked | None:
        details = {
            "ip": asking.ip,
            "user_agent": asking.user_agent,
            "client_id": asking.client_id,
            "is_enrollment": asking.is_enrollment,
        }
        budget = Bucket(
            shield=SHIELD,
            key=f"mfa-push:{authenticator.user_key}",
            size=_SIZE,
            refill_ms=_REFILL_MS,
            spends_always=True,
        )
        return Asked(budget=budget, details=details)


def _uri(asking: Asking, handle: Secret) -> str:
    base = quote(asking.tenant.issuer.rstrip("/"), safe="")
    label = f"{quote(asking.issuer, safe='')}:{quote(asking.label, safe='')}"
    return f"otpauth://totp/{label}?enrollment_tx_id={handle.reveal()}&base_url={base}"
