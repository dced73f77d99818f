"""What a new user's profile says when nobody said it.

Rule 1: pure. Source: recorded answers of Auth0's `POST /api/v2/users`: name is the e-mail address,
nickname its local part, picture a Gravatar address.
"""

import hashlib

from gateword.domain.user import NewUser
from gateword.policy.identifier import normal
from gateword.values import replace


def completed(new: NewUser) -> NewUser:
    """Return the user with login names in normal form and the default profile members."""
    email = normal(new.email) if new.email else None
    username = normal(new.username) if new.username else None
    name = email or username or new.phone_number or ""
    defaults: dict[str, object] = {"name": name, "nickname": name.partition("@")[0]}
    if email:
        defaults["picture"] = _gravatar(email)
    return replace(new, email=email, username=username, profile=defaults | dict(new.profile))


def _gravatar(email: str) -> str:
    digest = hashlib.md5(email.encode(), usedforsecurity=False).hexdigest()
    return f"https://s.gravatar.com/avatar/{digest}?s=480&r=pg"
