"""Bodies and answers of `/users`.

Source: Auth0 Management API v2 "Create a user", "Update a user", recorded answers.
"""

from typing import Final

from gateword.management.schema import (
    array,
    flag,
    free,
    nullable,
    obj,
    secret,
    text,
    uri,
    whole,
)
from gateword.policy.identifier import MAX_CHARS
from gateword.policy.user_document import PROFILE

PASSWORD_CHARS: Final = 1024

_PROFILE: Final = {
    **{name: text(least=1, most=most) for name, most in PROFILE.items()},
    "picture": uri("Where a picture of the user is.", most=PROFILE["picture"]),
}
_NAMES: Final = {
    "email": text("Address, unique in the connection.", least=1, most=MAX_CHARS),
    "username": text("Unique in the connection.", least=1, most=MAX_CHARS),
    "phone_number": text(
        "E.164, unique in the connection.", pattern=r"^\+[1-9][0-9]{1,14}$", most=16
    ),
}
_FLAGS: Final = {
    "email_verified": flag("The address is known to be the user's."),
    "phone_verified": flag("The number is known to be the user's."),
    "blocked": flag("The user cannot log in."),
}
_METADATA: Final = {
    "user_metadata": free("What the user may change."),
    "app_metadata": free("What the user may not change."),
}
CREATED: Final = obj(
    {
        "connection": text("Name of a database connection.", least=1, most=128),
        **_NAMES,
        **_FLAGS,
        **_PROFILE,
        **_METADATA,
        "password": secret("Must fit the connection's policy.", most=PASSWORD_CHARS),
        "user_id": text(
            "What stands behind `auth0|` in the id.", pattern=r"^(auth0\|)?[^\s|]{1,200}$", most=206
        ),
        "verify_email": flag("Send a link by which the address is verified."),
    },
    required=("connection",),
)
CHANGED: Final = obj(
    {
        **{name: nullable(one) for name, one in (_NAMES | _FLAGS | _PROFILE | _METADATA).items()},
        "password": secret("Must fit the connection's policy.", most=PASSWORD_CHARS),
        "verify_email": flag("Send a link by which the address is verified."),
        "connection": text("Whose names or password are meant.", least=1, most=128),
        "client_id": text("Application that a letter speaks of.", least=1, most=1024),
    },
    least=1,
)
IDENTITY: Final = obj(
    {
        "connection": text(),
        "provider": text(),
        "user_id": text("The id without the provider."),
        "isSocial": flag(),
        "profileData": free("Profile of a linked account."),
    },
    required=("connection", "provider", "user_id", "isSocial"),
)
USER: Final = obj(
    {
        "user_id": text(),
        "created_at": text(),
        "updated_at": text(),
        "identities": array(IDENTITY),
        **{name: nullable(text()) for name in (*_NAMES, *PROFILE)},
        **_FLAGS,
        **_METADATA,
        "last_login": text(),
        "last_ip": text(),
        "logins_count": whole(),
        "last_password_reset": text(),
        "multifactor": array(text(), "Providers in which the user has a second factor."),
    },
    "A user.",
    others=True,
)
