"""New passwords: held against the connection's policy, then stored."""

from datetime import timedelta

from gateword.accounts import common_passwords
from gateword.domain.connection import Connection
from gateword.domain.secret import Secret
from gateword.domain.user import User
from gateword.policy import password_policy
from gateword.policy.identifier import normal
from gateword.policy.password_options import PasswordPolicy, policy_of
from gateword.policy.password_policy import Complaint, Person
from gateword.ports.parts import Parts


async def judged(
    parts: Parts,
    connection: Connection,
    password: Secret,
    person: Person,
    identity_key: int | None,
) -> Complaint | None:
    """Return why a password may not be taken, or None.

    Args:
        parts: The tenant's.
        connection: Its options are the policy.
        password: What was typed.
        person: Whose it would be, as the profile will stand.
        identity_key: Whose former passwords count; None for a new user. Each of the at most 24
            costs a hash, and only when nothing else is wrong with the password.

    Raises:
        Refused: BUSY.
    """
    policy, text = policy_of(connection.options), password.reveal()
    complaint = (
        password_policy.too_weak(policy, text)
        or password_policy.too_common(policy, text, await common_passwords.words(policy.dictionary))
        or password_policy.too_personal(policy, text, person)
    )
    if complaint is not None or identity_key is None:
        return complaint
    return await _used_before(parts, policy, password, identity_key)


async def changed(parts: Parts, user: User, connection: Connection, password: Secret) -> bool:
    """Hash and store a user's new password, which has been judged.

    All refresh tokens and links of the user end with it.

    Returns:
        False when the user has no identity in that connection (any more).

    Raises:
        Refused: BUSY.
    """
    return await replaced(parts, user, connection, await parts.hasher.hash(password))


async def replaced(
    parts: Parts, user: User, connection: Connection, encoded: Secret | None, email: str = ""
) -> bool:
    """Store the hash of a user's new password, as `changed` does.

    Args:
        parts: The tenant's.
        user: Whose.
        connection: In which directory.
        encoded: The new hash; None where the password is kept elsewhere.
        email: Which of several linked accounts in that directory; the first, if none has it.
    """
    key = await identity_key(parts, user, connection, email)
    if key is None:
        return False
    keep = policy_of(connection.options).former
    at = parts.clock.now()
    return await parts.stores.passwords.change(user.key, encoded, at, identity_key=key, keep=keep)


async def identity_key(
    parts: Parts, user: User, connection: Connection, email: str = ""
) -> int | None:
    """Return the number of a user's identity in a connection, whose former passwords count."""
    normal_form = normal(email) if email else None
    return await parts.stores.passwords.identity_key(user.key, connection.key, normal_form)


async def _used_before(
    parts: Parts, policy: PasswordPolicy, password: Secret, identity_key: int
) -> Complaint | None:
    if policy.history_size == 0:
        return None
    now = parts.clock.now()
    for old in await parts.stores.passwords.known(identity_key, policy.history_size):
        if await parts.hasher.verify(password, old.encoded):
            ago = now - old.replaced_at if old.replaced_at else timedelta()
            return password_policy.used_before(policy, ago)
    return None
