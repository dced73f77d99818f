"""One user logs in from one address too often, rightly or not.

Source: Auth0 "Database Connections Rate Limits": 20 a minute, then 10 a minute.
"""

from typing import ClassVar, Final

from gateword.domain.log_event import LogCode
from gateword.domain.refusal import Refusal
from gateword.ports.attempts import Bucket
from gateword.ports.shield import NOTHING, Claims, Knock
from gateword.values import dataclass

_MINUTE_MS: Final = 60_000


@dataclass(frozen=True, slots=True)
class SameUserShield:
    """Twenty at once and ten more each minute, unless the tenant says another number."""

    name: ClassVar[str] = "same-user"
    refusal: ClassVar[Refusal] = Refusal.SAME_USER_TOO_OFTEN
    log: ClassVar[LogCode] = LogCode.LIMIT_SUL
    text: ClassVar[str] = "The same user logs in from the same address too often"

    def claims(self, knock: Knock) -> Claims:
        per_minute = knock.protection.extras.same_user
        if per_minute is None:
            return NOTHING
        bucket = Bucket(
            shield=self.name,
            key=f"user:{knock.attempt.connection.key}:{knock.subject}:{knock.place}",
            size=per_minute,
            refill_ms=max(1, 2 * _MINUTE_MS // per_minute),
            spends_always=True,
        )
        return Claims(buckets=(bucket,))
