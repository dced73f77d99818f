"""A code by e-mail, SMS or voice: six digits that go out, and come back where the user logs in."""

from typing import ClassVar, Final

from gateword.domain.mfa import Authenticator, Kind
from gateword.domain.secret import Secret
from gateword.ports.attempts import Bucket
from gateword.ports.factor import Asked, Asking, Enrolled
from gateword.ports.queues import Letter
from gateword.values import dataclass

CODE_DIGITS: Final = 6
SHIELD: Final = "second-factor-messages"
_PAIR_CHARS: Final = 16
_HOUR_MS: Final = 3_600_000
_MINUTE_MS: Final = 60_000


@dataclass(frozen=True, slots=True)
class MessageFactor:
    """Codes that are sent (Auth0: "Enroll and challenge SMS and voice", "… e-mail").

    Attributes:
        size: Messages that a user may be sent at once.
        refill_ms: Time after which one more is allowed.
    """

    size: int
    refill_ms: int
    challenge_type: ClassVar[str] = "oob"

    async def enroll(self, asking: Asking) -> Enrolled:
        pair = asking.dice.letters(_PAIR_CHARS) if asking.along else ""
        kinds = (asking.kind, *asking.along)
        made = tuple(asking.authenticator(kind, pair=pair) for kind in kinds)
        return Enrolled(authenticators=made, is_asked=True)

    async def ask(self, asking: Asking, authenticator: Authenticator) -> Asked | None:
        code = asking.dice.digits(CODE_DIGITS)
        channel = authenticator.kind.value
        return Asked(
            budget=self._budget(asking, authenticator.kind),
            code=Secret(code),
            letter=Letter(
                to=authenticator.target,
                kind=f"mfa_{channel}",
                channel=channel,
                expires_at=asking.code_ends_at,
                user_id=asking.user.user_id,
                order={
                    "code": code,
                    "connection": asking.connection,
                    "client_id": asking.client_id,
                    "is_enrollment": "yes" if asking.is_enrollment else "",
                },
            ),
        )

    def _budget(self, asking: Asking, kind: Kind) -> Bucket:
        way = "email" if kind is Kind.EMAIL else "phone"
        return Bucket(
            shield=SHIELD,
            key=f"mfa-{way}:{asking.user.key}",
            size=self.size,
            refill_ms=self.refill_ms,
            spends_always=True,
        )


EMAIL: Final = MessageFactor(size=20, refill_ms=_MINUTE_MS)
PHONE: Final = MessageFactor(size=10, refill_ms=_HOUR_MS)
