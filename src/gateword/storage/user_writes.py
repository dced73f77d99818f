"""How a user and the identities are written."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from gateword.domain.user import NewUser, User
from gateword.policy.identifier import normal
from gateword.storage.columns import ms, to_json
from gateword.storage.engine import Value
from gateword.storage.statement import Statement
from gateword.storage.tenant_database import TenantTx

ADD: Final = Statement("""
    INSERT INTO users (
        tenant, user_id, email, email_verified, username, phone_number, phone_verified, blocked,
        profile, user_metadata, app_metadata, created_at, updated_at, logins_count, factors
    ) VALUES (
        :tenant, :user_id, :email, :email_verified, :username, :phone_number, :phone_verified,
        :blocked, :profile, :user_metadata, :app_metadata, :at, :at, 0,
        :factors
    )
    ON CONFLICT DO NOTHING
    RETURNING key
""")
SAVE: Final = Statement("""
    UPDATE users SET
        email = :email, email_verified = :email_verified, username = :username,
        phone_number = :phone_number, phone_verified = :phone_verified, blocked = :blocked,
        profile = :profile, user_metadata = :user_metadata, app_metadata = :app_metadata,
        updated_at = :at
    WHERE tenant = :tenant AND key = :key
""")
_SAVE_IDENTITY: Final = Statement("""
    UPDATE identities SET email = :email, username = :username, phone = :phone, profile = :profile
    WHERE tenant = :tenant AND user_key = :key AND provider = :provider AND local_id = :local_id
""")

COUNT_LOGIN: Final = Statement("""
    UPDATE users SET
        logins_count = logins_count + 1, last_login = :at, last_ip = :ip, updated_at = :at
    WHERE tenant = :tenant AND key = :key
""")


async def save(tx: TenantTx, user: User, at: datetime) -> bool:
    """Store a user with the identities; False when the user is gone.

    Raises:
        TakenError: A login name is somebody else's.
    """
    for position, identity in enumerate(user.identities):
        names = login_names(user) if position == 0 else names_in(identity.profile)
        await tx.run(
            _SAVE_IDENTITY,
            key=user.key,
            provider=identity.provider,
            local_id=identity.local_id,
            profile=to_json(identity.profile),
            **names,
        )
    return await tx.run(SAVE, key=user.key, at=ms(at), **person(user)) == 1


def person(one: NewUser | User) -> dict[str, Value]:
    """Return what stands on the user's row, for a new user and for a changed one."""
    return {
        "email": one.email,
        "email_verified": int(one.email_verified),
        "username": one.username,
        "phone_number": one.phone_number,
        "phone_verified": int(one.phone_verified),
        "blocked": int(one.blocked),
        "profile": to_json(one.profile),
        "user_metadata": to_json(one.user_metadata),
        "app_metadata": to_json(one.app_metadata),
    }


def login_names(one: NewUser | User) -> dict[str, Value]:
    """Return the login names of a user in their normal forms."""
    return _normal(one.email, one.username, one.phone_number)


def names_in(profile: Mapping[str, object]) -> dict[str, Value]:
    """Return the login names that stand in a linked identity's profile, in their normal forms."""
    return _normal(profile.get("email"), profile.get("username"), profile.get("phone_number"))


def _normal(email: object, username: object, phone: object) -> dict[str, Value]:
    names = {"email": email, "username": username, "phone": phone}
    return {
        kind: normal(name) if isinstance(name, str) and name else None
        for kind, name in names.items()
    }
