"""How a tenant wants second factors to work: one object, `x-gateword-mfa`.

Rule 1: pure. The members are our own (ADR 0019).
"""

from collections.abc import Mapping
from typing import Final

from gateword.domain.mfa_settings import MfaSettings

KIND: Final = "mfa_settings"
ID: Final = "mfa"
ON_REFRESH: Final = ("auth0", "never", "max_age")
FIRST_ENROLLMENT: Final = ("open", "verified_email", "ticket")
DEFAULTS: Final[Mapping[str, object]] = {
    "otp_window": 1,
    "on_refresh": ON_REFRESH[0],
    "max_age_s": 86400,
    "first_enrollment": FIRST_ENROLLMENT[0],
    "writes_amr": False,
}


def effective(stored: Mapping[str, object] | None) -> dict[str, object]:
    """Return the whole object; what was never set shows its default."""
    return {**DEFAULTS, **(stored or {})}


def settings(stored: Mapping[str, object] | None) -> MfaSettings:
    """Return what is kept, as it acts."""
    kept = effective(stored)
    window, age = kept["otp_window"], kept["max_age_s"]
    return MfaSettings(
        otp_window=window if isinstance(window, int) else 1,
        on_refresh=str(kept["on_refresh"]),
        max_age_s=age if isinstance(age, int) else 0,
        first_enrollment=str(kept["first_enrollment"]),
        writes_amr=kept["writes_amr"] is True,
    )
