"""Every way in which the users' own doors (`/dbconnections/…`) say no.

Source: Auth0 Authentication API "Signup", "Change password"; error codes as Auth0's SDKs test them.
"""

from enum import unique

from gateword.domain.log_event import LogCode
from gateword.domain.refused import RefusalTable, Row


@unique
class AccountRefusal(RefusalTable):
    """The table of `/dbconnections/…`; a refusal's `body` holds the members beyond these."""

    SIGNUP_DISABLED = Row(
        400, "public_signup_disabled", "public signup is disabled", (LogCode.FS,), "§5.1"
    )
    SIGNUP_INVALID = Row(400, "invalid_signup", "Invalid sign up", (LogCode.FS,), "§5.1")
