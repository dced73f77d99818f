"""What bounds tenants' scripts; it loads nothing, so that the processes they run in may read it."""

from typing import Final

BUDGET_S: Final = 20.0
"""All scripts of a trigger together (Auth0: "Rules", limits)."""

EXPIRED: Final = "Script exceeded allowed execution time"
"""What clients are told of scripts that came to no end."""
