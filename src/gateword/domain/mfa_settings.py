"""How a tenant wants second factors to work, beyond what Auth0 can be told."""

from gateword.values import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class MfaSettings:
    """Settings of a tenant's second factors.

    Attributes:
        otp_window: Steps of 30 s before and after the present one whose codes count: 0 to 2.
        on_refresh: `auth0` asks at refreshes as at logins, `never` does not, `max_age` asks when
            the last factor was shown longer ago than `max_age_s`.
        max_age_s: Seconds.
        first_enrollment: Who may set up the first factor behind a right password: `open` for
            everybody, `verified_email` for users whose address is verified, `ticket` for nobody
            (an administrator sends a link).
        writes_amr: Tokens carry `amr` (RFC 8176), which Auth0's do not.
    """

    otp_window: int = 1
    on_refresh: str = "auth0"
    max_age_s: int = 86400
    first_enrollment: str = "open"
    writes_amr: bool = False
