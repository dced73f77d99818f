"""Whose failures are counted: one text for an account under all its names.

Rule 1: pure. Rule 2: a name that nobody has is known by a digest only, so the counters tell nobody
what was typed (promise G4).
"""

import unicodedata
from typing import Final

from gateword.policy.identifier import MAX_CHARS, login_names

_SILENT: Final = ("M", "C", "Z")
"""Categories that directories may overlook: accents, what is invisible, spaces."""

_STRUCK: Final = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ħ": "h", "æ": "ae", "œ": "oe"})
"""Letters that collations take for others, though Unicode does not take them apart."""


def of_user(user_key: int) -> str:
    """Return the subject of an account."""
    return f"u{user_key}"


def of_name(digest: str) -> str:
    """Return the subject of a name that is nobody's.

    Args:
        digest: `Stamp.digest` of the directory's id, a colon and `name_of` what was typed; or of
            the directory's id, a bar and the id that only the directory knows the user by.
    """
    return f"n{digest}"


def name_of(typed: str) -> str:
    """Return what is counted of a typed name: its normal form, or its beginning where it has none.

    Args:
        typed: As the user typed it, however long.
    """
    names = login_names(typed)
    return names[0][1] if names else typed[:MAX_CHARS]


def kin_of(name: str) -> str:
    """Return one text for names that a directory may take for one: accents, case, width, spaces.

    Collations differ, so this tells no two accounts to be one: it only lets such names share
    failures.

    Args:
        name: As of `name_of`.
    """
    apart = unicodedata.normalize("NFKD", name.casefold().translate(_STRUCK))
    kept = "".join(char for char in apart if unicodedata.category(char)[0] not in _SILENT)
    return kept.casefold()
