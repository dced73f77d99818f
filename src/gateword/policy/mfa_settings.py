"""How a tenant wants second factors to work: one object, `x-gateword-mfa`.

Rule 1: pure. The members are our own (ADR 0019).
"""

from collections.abc import Mapping
from typing import Final

from gateword.domain.mfa_settings import MfaSettings
from gateword.policy.members import Members

KIND: Final = "mfa_settings"
ID: Final = "mfa"
SECTION: Final = "x-gateword-mfa"
"""Of a file of configuration."""

PATH: Final = "/x-gateword/mfa"
"""Of the Management API."""

MOST_STEPS: Final = 2
MOST_AGE_S: Final = 31_536_000
ON_REFRESH: Final = ("auth0", "never", "max_age")
FIRST_ENROLLMENT: Final = ("open", "verified_email", "ticket")
DEFAULTS: Final[Mapping[str, object]] = {
    "otp_window": 1,
    "on_refresh": ON_REFRESH[0],
    "max_age_s": 86400,
    "first_enrollment": FIRST_ENROLLMENT[0],
    "writes_amr": False,
}

MEANING: Final[Mapping[str, str]] = {
    "otp_window": "Steps of 30 seconds before and after the present one whose codes of an "
    "authenticator app count: 0 to 2.",
    "on_refresh": "Whether exchanging a refresh token may ask for a second factor: `auth0` asks as "
    "a login does, `never` does not, `max_age` asks when the last factor was shown longer ago than "
    "`max_age_s`.",
    "max_age_s": "Seconds, for `on_refresh: max_age`.",
    "first_enrollment": "Who may set up the first factor with the password alone: `open` for "
    "everybody, `verified_email` for users whose address is verified, `ticket` for nobody: an "
    "administrator sends a link.",
    "writes_amr": "Tokens say in `amr` how the user has logged in (RFC 8176). Auth0's do not.",
}


def effective(stored: Mapping[str, object] | None) -> dict[str, object]:
    """Return the whole object; what was never set shows its default."""
    return {**DEFAULTS, **(stored or {})}


def changed(members: Members, stored: Mapping[str, object] | None) -> dict[str, object]:
    """Return the object with what a document says of it; null takes a member to its default."""
    kept, defaults = settings(stored), settings(None)
    made: dict[str, object] = {
        "otp_window": members.whole(
            "otp_window", kept.otp_window, defaults.otp_window, most=MOST_STEPS
        ),
        "on_refresh": members.text(
            "on_refresh", kept.on_refresh, defaults.on_refresh, choices=ON_REFRESH
        ),
        "max_age_s": members.whole(
            "max_age_s", kept.max_age_s, defaults.max_age_s, least=1, most=MOST_AGE_S
        ),
        "first_enrollment": members.text(
            "first_enrollment",
            kept.first_enrollment,
            defaults.first_enrollment,
            choices=FIRST_ENROLLMENT,
        ),
        "writes_amr": members.flag("writes_amr", kept=kept.writes_amr, reset=defaults.writes_amr),
    }
    members.only()
    return made


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
