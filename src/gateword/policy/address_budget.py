"""What an address may spend: its own budget, and that of the network around it.

Rule 1: pure. Source: Auth0 "Suspicious IP Throttling"; attack-protection §7 "IPv6 rotation".
"""

from typing import Final

from gateword.domain.protection import Rate
from gateword.policy.caller import counted, wider
from gateword.values import dataclass

WIDER: Final = 10
"""How many times the budget of a /64 a /48 has."""


@dataclass(frozen=True, slots=True)
class Budget:
    """One bucket of an address.

    Attributes:
        key: Its name in the tenant.
        place: Address group that it is the budget of; empty for the wider network.
        covers: The group, or the wider network.
    """

    key: str
    size: int
    refill_ms: int
    place: str
    covers: str


def budgets(stage: str, rate: Rate, address: str) -> tuple[Budget, ...]:
    """Return the budgets of an address: one for IPv4, that of the /48 too for IPv6.

    Args:
        stage: `login` or `signup`; their budgets are apart.
        rate: Of one address.
        address: In canonical form.
    """
    place, network = counted(address), wider(address)
    own = Budget(f"{stage}:{place}", rate.size, rate.refill_ms, place, place)
    if network is None:
        return (own,)
    refill_ms = max(1, rate.refill_ms // WIDER)
    return (own, Budget(f"{stage}:{network}", rate.size * WIDER, refill_ms, "", network))
