"""Categories of log events, by which a stream can be narrowed.

Rule 1: pure. Source: Auth0 "Log Event Filters" for log streams; names as typed in auth0-python.
"""

from collections.abc import Mapping
from typing import Final

CATEGORIES: Final = (
    "auth.login.fail", "auth.login.notification", "auth.login.success", "auth.logout.fail",
    "auth.logout.success", "auth.signup.fail", "auth.signup.success", "auth.silent_auth.fail",
    "auth.silent_auth.success", "auth.token_exchange.fail", "auth.token_exchange.success",
    "management.fail", "management.success", "scim.event", "system.notification", "user.fail",
    "user.notification", "user.success", "actions", "other",
)  # fmt: skip

_CODES: Final[Mapping[str, tuple[str, ...]]] = {
    "auth.login.fail": ("f", "fp", "fu"),
    "auth.login.notification": (
        "limit_wc", "limit_mu", "limit_sul", "pwd_leak", "pla", "mfar", "gd_start_auth",
        "gd_otp_rate_limit_exceed", "gd_recovery_rate_limit_exceed",
    ),
    "auth.login.success": ("s",),
    "auth.signup.fail": ("fs",),
    "auth.signup.success": ("ss",),
    "auth.token_exchange.fail": (
        "fepft", "fertft", "feccft", "ferrt", "feotpft", "feoobft", "fercft"
    ),
    "auth.token_exchange.success": (
        "sepft", "sertft", "seccft", "srrt", "seotpft", "seoobft", "sercft"
    ),
    "management.fail": ("fapi",),
    "management.success": ("sapi",),
    "system.notification": ("api_limit", "api_limit_warning", "resource_cleanup", "depnote"),
    "user.fail": ("fcp", "fcpr", "fv", "fvr", "fn"),
    "user.success": ("scp", "scpr", "sv", "svr"),
    "user.notification": ("ublkdu", "signup_pwd_leak", "reset_pwd_leak"),
}  # fmt: skip
_BY_CODE: Final = {code: category for category, codes in _CODES.items() for code in codes}


def category(code: str) -> str:
    """Return the category of an event's type code; `other` when it has none of its own."""
    return _BY_CODE.get(code, "other")
