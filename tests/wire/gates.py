"""Where a secret of a user is checked, and where none is (promise G8).

A route or a grant that is new must be put into one of these tables, with a thought.
"""

from collections.abc import Mapping
from typing import Final

from tests.support.factories import (
    CLIENT_CREDENTIALS,
    MFA_GRANTS,
    PASSWORD,
    PASSWORD_REALM,
    REFRESH_TOKEN,
)

GUARDED_ROUTES: Final = frozenset({"/oauth/token"})
"""A secret of a user may be sent there, and is looked at behind the gate."""

GUARDED_GRANTS: Final = frozenset({PASSWORD, PASSWORD_REALM})

SECOND_GRANTS: Final = frozenset(MFA_GRANTS)
"""Behind the gate's door, and a gate of their own: each code is counted before it is looked at."""

OTHER_GRANTS: Final[Mapping[str, str]] = {
    REFRESH_TOKEN: "a handle of 256 bits that was given to a client; it is found by its hash",
    CLIENT_CREDENTIALS: "no user takes part",
}
"""Grants that check no secret of a user, each with the reason."""

COMPARING_ROUTES: Final[Mapping[str, str]] = {
    "/u/reset-password": "the holder of a link that works once is told of former passwords",
    "/api/v2/": "an operator sets a password, which is held against the user's former ones",
}
"""Where passwords are compared without a lease, by how paths begin, each with the reason."""

OTHER_ROUTES: Final[Mapping[str, str]] = {
    "/": "says who answers",
    "/dbconnections/signup": "takes a new password, and compares it with none",
    "/dbconnections/change_password": "orders a letter",
    "/u/email-verification": "a link that works once",
    "/u/unblock": "a link that works once",
    "/u/style.css": "a file",
    "/mfa/enrollment": "a link that works once; codes of what is set up are counted first",
    "/oauth/revoke": "a token of a client",
    "/oauth/introspect": "a token of a client",
    "/userinfo": "an access token",
    "/.well-known/openid-configuration": "public",
    "/.well-known/oauth-authorization-server": "public",
    "/.well-known/jwks.json": "public",
    "/mfa/authenticators": "a token that was given to a client",
    "/mfa/authenticators/{id:whole}": "an access token",
    "/mfa/associate": "a token that was given to a client; a seed or a number is taken",
    "/mfa/device/enroll": "a link that works once, within five minutes; a key is taken",
    "/mfa/device/challenge": "signed by the device's own key",
    "/mfa/device/answer": "signed by the device's own key",
    "/mfa/challenge": "a token that was given to a client; a code is sent, and none is compared",
    "/health": "public",
    "/livez": "public",
    "/readyz": "public",
    "/metrics": "the operator's",
    "/exports/{ticket}": "a link that an operator was given",
    "/api/v2/openapi.json": "public",
    "/oauth/ro": "closed",
    "/tokeninfo": "closed",
    "/delegation": "closed",
}
"""Routes that check no secret of a user, each with the reason."""

ASKS_A_LOGIN_SCRIPT: Final = frozenset({"realms/custom_database.py"})
"""Files that have a custom database check a password; the gate's `judged` asks them alone."""

LOOKS: Final[Mapping[str, str]] = {
    "realms/database.py": "behind the gate: only its `judged` asks a realm",
    "accounts/passwords.py": "former passwords; see COMPARING_ROUTES",
    "provision/plan_users.py": "`apply`: the password of an operator's file may be set already",
    "telemetry/metered.py": "measures the real one",
    "telemetry/tracing.py": "measures the real one",
}
"""Files that hold a password against a hash, each with the reason."""

CODES: Final[Mapping[str, str]] = {
    "grants/mfa_otp.py": "in `look`, which only `tried` calls",
    "grants/mfa_oob.py": "in `look`; what a device has said is no secret of its user",
    "grants/mfa_recovery_code.py": "in `look`",
    "login/by_ticket.py": "in `look`, which only `tried` calls; behind a link that works once",
}
"""Files that use up a proof of a second factor, each with the reason."""

ASKS_A_REALM: Final = frozenset({"login/gate.py"})


def may_compare(path: str) -> bool:
    """Say whether a password may be compared at a path without a lease."""
    return path.startswith(tuple(COMPARING_ROUTES))
