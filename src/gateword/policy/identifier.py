"""Under which names a user is looked up: one normal form for every spelling.

Rule 1: pure. Source: Auth0 "Require username", "Flexible identifiers"; normal form: NFKC, lower
case, outer ASCII white space removed.
"""

import re
import unicodedata
from typing import Final

MAX_CHARS: Final = 320
_LOCAL_CHARS: Final = 64
_EMAIL_CHARS: Final = 254
_PHONE: Final = re.compile(r"\+[1-9]\d{1,14}")
_WHITE: Final = " \t\r\n\f\v"


def normal(text: str) -> str:
    """Return the form under which a login name is stored and compared; its own normal form."""
    # Lower case can undo NFKC, and NFKC makes plain spaces of other ones.
    lower = unicodedata.normalize("NFKC", text).lower()
    return unicodedata.normalize("NFKC", lower).strip(_WHITE)


def login_names(typed: str, identifiers: tuple[str, ...] = ()) -> tuple[tuple[str, str], ...]:
    """Return (kind, normal form) in the order in which they are tried; none when unusable.

    The likeliest kind comes first: a phone number by its shape, an e-mail address by its `@`,
    else a username; then the others, because a username may look like anything.

    Args:
        typed: What the user typed.
        identifiers: The only kinds to try, in this order, where a directory says so.
    """
    name = normal(typed) if len(typed) <= MAX_CHARS else ""
    if not name or len(name) > MAX_CHARS or "\0" in name:
        return ()
    if identifiers:
        return tuple((kind, name) for kind in identifiers)
    kinds = ["email", "username", "phone"]
    if _PHONE.fullmatch(name):
        kinds = ["phone", "username", "email"]
    elif "@" not in name:
        kinds = ["username", "email", "phone"]
    return tuple((kind, name) for kind in kinds)


def is_email(text: str) -> bool:
    """Say whether a text can be an e-mail address here: one `@`, bounded parts, no white space."""
    local, at, domain = text.rpartition("@")
    return (
        bool(at and local and domain)
        and len(local) <= _LOCAL_CHARS
        and len(text) <= _EMAIL_CHARS
        and not any(c.isspace() or c == "\0" for c in text)
        and "@" not in local
    )
