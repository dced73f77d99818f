"""What the ID token says of a user once rules have changed the user for this login.

Rule 1: pure. Rule 2: nothing of it is stored, and nobody becomes somebody else by it.
"""

from collections.abc import Mapping
from typing import Final

from gateword.domain.user import User
from gateword.values import replace

_PROFILE: Final = ("name", "nickname", "given_name", "family_name", "middle_name", "picture")


def changed(user: User, left: Mapping[str, object]) -> User:
    """Return the user as tokens of this login describe them.

    Args:
        user: As stored.
        left: `user`, as the last rule left it.
    """
    profile = {
        name: value
        for name, value in {**user.profile, **{name: left.get(name) for name in _PROFILE}}.items()
        if isinstance(value, str) or name not in _PROFILE
    }
    email, verified = left.get("email"), left.get("email_verified")
    return replace(
        user,
        profile=profile,
        email=email if isinstance(email, str) else None,
        email_verified=verified is True,
    )
