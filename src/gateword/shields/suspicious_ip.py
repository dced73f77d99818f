"""Too many failed logins from one address (Auth0: "Suspicious IP Throttling", stage pre-login).

Beyond Auth0: the /48 around an IPv6 address has a budget too.
"""

from typing import ClassVar

from gateword.domain.log_event import LogCode
from gateword.domain.refusal import Refusal
from gateword.policy.address_budget import budgets
from gateword.ports.attempts import Bucket
from gateword.ports.shield import NOTHING, Claims, Knock
from gateword.values import dataclass


@dataclass(frozen=True, slots=True)
class SuspiciousIpShield:
    """Throttles an address."""

    name: ClassVar[str] = "suspicious-ip"
    refusal: ClassVar[Refusal] = Refusal.ADDRESS_THROTTLED
    log: ClassVar[LogCode] = LogCode.LIMIT_MU
    text: ClassVar[str] = "Too many failed logins from one address"

    def claims(self, knock: Knock) -> Claims:
        settings = knock.protection.suspicious_ip
        if not settings.enabled or knock.is_listed(settings.allowlist):
            return NOTHING
        buckets = tuple(
            Bucket(
                shield=self.name,
                key=budget.key,
                size=budget.size,
                refill_ms=budget.refill_ms,
                place=budget.place,
                covers=budget.covers,
                only_tells=not settings.blocks,
            )
            for budget in budgets("login", settings.login, knock.ip)
        )
        return Claims(buckets=buckets)
