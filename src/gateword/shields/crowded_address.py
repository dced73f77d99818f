"""One address fails under too many names: it gets no new one (attack-protection §7).

Within minutes that is somebody with a list of names; within a day it bounds what strangers can make
us keep. A name that the address tried before, and a user who
logged in from it, go on; known and unknown names are refused alike.
"""

from typing import ClassVar

from gateword.domain.log_event import LogCode
from gateword.domain.refusal import Refusal
from gateword.policy import crowds
from gateword.ports.attempts import Crowd, Tries
from gateword.ports.shield import NOTHING, Claims, Knock
from gateword.values import dataclass


@dataclass(frozen=True, slots=True)
class CrowdedAddressShield:
    """Bounds the names of an address."""

    name: ClassVar[str] = "crowded-address"
    refusal: ClassVar[Refusal] = Refusal.ADDRESS_THROTTLED
    log: ClassVar[LogCode] = LogCode.LIMIT_MU
    text: ClassVar[str] = "One address failed to log in under too many names"

    def claims(self, knock: Knock) -> Claims:
        protection, bounds = knock.protection, crowds.bounds(knock.protection)
        is_on = any(
            one.enabled and one.blocks for one in (protection.brute_force, protection.suspicious_ip)
        )
        if not bounds or not is_on or knock.is_listed(protection.suspicious_ip.allowlist):
            return NOTHING
        # Names are told apart by their failures, also where nothing else counts them.
        counted = Tries(shield=self.name, place=knock.place, limit=None)
        claimed = (
            Crowd(shield=self.name, most=most, within_ms=within_ms) for most, within_ms in bounds
        )
        return Claims(tries=(counted,), crowds=tuple(claimed))
