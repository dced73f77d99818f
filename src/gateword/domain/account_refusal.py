"""Every way in which the users' own doors (`/dbconnections/…`) say no.

Source: Auth0 Authentication API "Signup", "Change password"; error codes as Auth0's SDKs test them.
"""

from enum import unique
from typing import Final

from gateword.domain.log_event import LogCode
from gateword.domain.refused import OWN_FAILURE, Logged, RefusalTable, Row

_FS: Final[Logged] = (LogCode.FS,)
_OWN: Final[Logged] = (OWN_FAILURE,)


@unique
class AccountRefusal(RefusalTable):
    """The table of `/dbconnections/…`; a refusal's `body` holds the members beyond these.

    Rows with the code `invalid_request` have the shape of the OAuth endpoints, as Auth0's have.
    """

    # what is asked (authentication-api §5.1, §5.2)
    PARAMETER_REQUIRED = Row(
        400, "invalid_request", "{name} is required", _OWN, "§5.1 missing field, §5.2"
    )
    METADATA_INVALID = Row(400, "invalid_request", "{fault}", (), "§5.1 user_metadata limits")
    CONNECTION_UNKNOWN = Row(
        400,
        "invalid_request",
        "the connection was not found",
        _OWN,
        "§5.1 connection unknown, §5.2",
    )

    # sign-up (§5.1)
    SIGNUP_DISABLED = Row(
        400, "public_signup_disabled", "public signup is disabled", _FS, "§5.1 disable_signup"
    )
    SIGNUP_INVALID = Row(
        400, "invalid_signup", "Invalid sign up", _FS, "§5.1 generic response, malformed e-mail"
    )
    USER_EXISTS = Row(400, "user_exists", "The user already exists.", _FS, "§5.1 exists")
    USERNAME_EXISTS = Row(
        400, "username_exists", "The username already exists.", _FS, "§5.1 username taken"
    )
    PASSWORD_REFUSED = Row(400, "invalid_password", "{message}", _FS, "§5.1, §5.3")

    PASSWORD_LEAKED = Row(
        400,
        "password_leaked",
        "This password was disclosed through a data breach. Choose another one.",
        _FS,
        "§5.1 breached password; the text is our own",
    )

    SCRIPT_REFUSES = Row(
        400,
        "invalid_signup",
        "{message}",
        _FS,
        "realms §5 ValidationError; the body's code is the script's own",
    )

    # a forgotten password (§5.2)
    CHANGE_DISABLED = Row(
        400,
        "change_password_disabled",
        "changing passwords is disabled",
        _OWN,
        "realms §2 disable_self_service_change_password; the text is our own",
    )
