"""Whose failures are counted: one text for an account under all its names.

Rule 1: pure. Rule 2: a name that nobody has is known by a digest only, so the counters tell nobody
what was typed (promise G4).
"""


def of_user(user_key: int) -> str:
    """Return the subject of an account."""
    return f"u{user_key}"


def of_name(digest: str) -> str:
    """Return the subject of a name that is nobody's.

    Args:
        digest: Of the directory and the name's normal form (`Stamp.digest`).
    """
    return f"n{digest}"
