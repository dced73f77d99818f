"""The rows of the specification's outcome tables, and which of them are listed as not yet built."""

import re
from pathlib import Path
from typing import Final

NOT_YET_BUILT: Final = Path(__file__).parents[2] / "docs" / "reference" / "not-yet-built.md"

PASSWORD_ROWS: Final = 40
"""Rows of §1.5, by number."""

OTHER_ROWS: Final = (
    "client_credentials ok",
    "client_credentials without audience",
    "audience unknown",
    "no client grant",
    "scope beyond the grant",
    "authorization_code bad, used, expired, of another client",
    "PKCE verifier wrong",
    "client-credentials hook or script refusal",
    "code missing",
    "refresh_token missing",
    "refresh ok",
    "refresh unknown",
    "refresh revoked",
    "refresh of another client",
    "refresh reused",
    "user deleted",
    "user blocked",
    "refresh, rule redirect",
    "MFA OOB pending or rejected",
)
"""Rows of §1.6, by their case; the row of five refresh cases is one row for each here."""

MFA_ROWS: Final = (
    "password/refresh",
    "token too old",
    "token garbage, foreign, used",
    "mfa-otp wrong",
    "mfa-oob wrong code",
    "mfa-oob bad oob_code",
    "recovery wrong",
    "push denied",
    "pending",
    "polled too often",
    "challenge or otp, no factor",
    "challenge, no such kind",
    "recovery, none exists",
    "associate while enrolled",
    "associate, factor off",
    "bearer missing or bad",
    "bearer scope missing",
    "delete unknown id",
    "delete ok",
    "bad phone",
    "missing field or wrong JSON",
    "too many wrong codes",
    "too many messages",
    "too many pushes",
    "lacks grant",
)
"""Rows of mfa-api §8, by where it is said no."""

ROWS: Final = (
    *(f"§1.5 row {number}" for number in range(1, PASSWORD_ROWS + 1)),
    *(f"§1.6 {case}" for case in OTHER_ROWS),
    *(f"mfa-api §8 {where}" for where in MFA_ROWS),
)


def is_named(row: str, text: str) -> bool:
    """Say whether a text names a row; row 1 is not named by row 12."""
    return re.search(rf"{re.escape(row)}(?!\d)", text) is not None


def not_yet_built() -> set[str]:
    """Return the rows that the reference page lists as not yet built."""
    listed = re.findall(
        r"^\| (§[^|]+?) \|", NOT_YET_BUILT.read_text(encoding="utf-8"), re.MULTILINE
    )
    unknown = set(listed) - set(ROWS)
    if unknown:
        raise LookupError(f"not-yet-built.md lists rows that do not exist: {sorted(unknown)}")
    return set(listed)
