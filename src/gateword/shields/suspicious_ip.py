"""Too many failed logins from one address (Auth0: "Suspicious IP Throttling", stage pre-login).

Beyond Auth0: whoever tries many names that nobody has is out of tokens at once, and the /48 around
an IPv6 address has a budget too.
"""

from dataclasses import dataclass
from typing import ClassVar, Final

from gateword.domain.log_event import LogCode
from gateword.domain.refusal import Refusal
from gateword.policy.address_budget import budgets
from gateword.ports.attempts import Bucket, Strangers, Tries
from gateword.ports.shield import NOTHING, Claims, Knock

STRANGERS_WITHIN_MS: Final = 600_000


@dataclass(frozen=True, slots=True)
class SuspiciousIpShield:
    """Throttles an address."""

    name: ClassVar[str] = "suspicious-ip"
    refusal: ClassVar[Refusal] = Refusal.ADDRESS_THROTTLED
    log: ClassVar[LogCode] = LogCode.LIMIT_MU
    text: ClassVar[str] = "Too many failed logins from one address"

    def claims(self, knock: Knock) -> Claims:
        settings, extras = knock.protection.suspicious_ip, knock.protection.extras
        if not settings.enabled or knock.is_listed(settings.allowlist):
            return NOTHING
        buckets = tuple(
            Bucket(
                shield=self.name,
                key=budget.key,
                size=budget.size,
                refill_ms=budget.refill_ms,
                place=budget.place,
                only_tells=not settings.blocks,
            )
            for budget in budgets("login", settings.login, knock.ip)
        )
        if extras.strangers is None or not settings.blocks:
            return Claims(buckets=buckets)
        strangers = Strangers(
            shield=self.name,
            most=extras.strangers,
            within_ms=STRANGERS_WITHIN_MS,
            bucket=buckets[0].key,
        )
        # Names are told apart by their failures, also where nothing else counts them.
        counted = Tries(shield=self.name, place=knock.place, limit=None)
        return Claims(buckets=buckets, tries=(counted,), strangers=strangers)
