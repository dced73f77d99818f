"""One client tells of ever new addresses whose logins fail (attack-protection §7 "header spoof").

Only where the client itself says whose address counts: who can say that can make up addresses. What
succeeds gives back what fails, so an application with many users has a ceiling for its failures
beyond its successes, and users are admitted from where they logged in before.
"""

from typing import ClassVar

from gateword.domain.log_event import LogCode
from gateword.domain.refusal import Refusal
from gateword.ports.attempts import Bucket
from gateword.ports.shield import NOTHING, Claims, Knock
from gateword.values import dataclass


@dataclass(frozen=True, slots=True)
class ClientCeilingShield:
    """Throttles a trusted client's unknown addresses."""

    name: ClassVar[str] = "client-ceiling"
    refusal: ClassVar[Refusal] = Refusal.CLIENT_THROTTLED
    log: ClassVar[LogCode] = LogCode.LIMIT_MU
    text: ClassVar[str] = (
        "Too many failed logins through one client, over all the addresses it told"
    )

    def claims(self, knock: Knock) -> Claims:
        settings, times = knock.protection.suspicious_ip, knock.protection.extras.client_ceiling
        ask = knock.attempt.ask
        if times is None or not settings.enabled or ask.caller.proxy_ip is None:
            return NOTHING
        bucket = Bucket(
            shield=self.name,
            key=f"client:{ask.client.client_id}",
            size=settings.login.size * times,
            refill_ms=max(1, settings.login.refill_ms // times),
            refunds=True,
            spares_known=True,
            only_tells=not settings.blocks,
        )
        return Claims(buckets=(bucket,))
