"""Where an address is, as far as the operator's geo database knows."""

from gateword.domain.risk import Location
from gateword.ports.parts import Parts


def located(parts: Parts, ip: str | None) -> Location | None:
    """Return where an address is; None without a geo database, or without an address."""
    if parts.geography is None or not ip:
        return None
    return parts.geography.locate(ip)
