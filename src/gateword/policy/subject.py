"""Whose failures are counted: one text for an account under all its names.

Rule 1: pure. Rule 2: a name that nobody has is known by a digest only, so the counters tell nobody
what was typed (promise G4).
"""

from gateword.policy.identifier import MAX_CHARS, login_names


def of_user(user_key: int) -> str:
    """Return the subject of an account."""
    return f"u{user_key}"


def of_name(digest: str) -> str:
    """Return the subject of a name that is nobody's.

    Args:
        digest: `Stamp.digest` of the directory's id, a colon and `name_of` what was typed.
    """
    return f"n{digest}"


def name_of(typed: str) -> str:
    """Return what is counted of a typed name: its normal form, or its beginning where it has none.

    Args:
        typed: As the user typed it, however long.
    """
    names = login_names(typed)
    return names[0][1] if names else typed[:MAX_CHARS]
