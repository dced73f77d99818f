"""One address holds too many names with failures: it gets no new one (attack-protection §7).

It bounds what strangers can make us keep. A name that the address tried before, and a user who
logged in from it, go on; known and unknown names are refused alike.
"""

from dataclasses import dataclass
from typing import ClassVar

from gateword.domain.log_event import LogCode
from gateword.domain.refusal import Refusal
from gateword.ports.attempts import Crowd
from gateword.ports.shield import NOTHING, Claims, Knock


@dataclass(frozen=True, slots=True)
class CrowdedAddressShield:
    """Bounds the names of an address."""

    name: ClassVar[str] = "crowded-address"
    refusal: ClassVar[Refusal] = Refusal.ADDRESS_THROTTLED
    log: ClassVar[LogCode] = LogCode.LIMIT_MU
    text: ClassVar[str] = "One address failed to log in under too many names"

    def claims(self, knock: Knock) -> Claims:
        protection, most = knock.protection, knock.protection.extras.names
        is_on = any(
            one.enabled and one.blocks for one in (protection.brute_force, protection.suspicious_ip)
        )
        if most is None or not is_on or knock.is_listed(protection.suspicious_ip.allowlist):
            return NOTHING
        return Claims(crowd=Crowd(shield=self.name, most=most))
