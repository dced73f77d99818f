"""The section `x-gateword-users` of a file: people with their passwords.

Auth0's format has no such section; an import at Auth0 must never see it.
"""

import asyncio
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from gateword.accounts import passwords
from gateword.domain.secret import Secret
from gateword.domain.user import Account, NewUser, User
from gateword.policy.members import Members
from gateword.policy.password_policy import told
from gateword.policy.profile import completed
from gateword.ports.crypto import Hasher
from gateword.ports.parts import Parts
from gateword.provision.changes import Action, Change, Difference, compared, hidden
from gateword.provision.draft import Draft
from gateword.provision.user_items import PREFIX, PROFILE, Reader, Wanted
from gateword.values import dataclass, replace

SECTION: Final = "x-gateword-users"
HASHES_AT_ONCE: Final = 4
"""Enough to keep every core of a small machine busy, and too few to fill the hashing queue."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UserWrite:
    """A user to be stored.

    Attributes:
        connection: Name of the connection.
        new: The user to create; None when there is one.
        changed: The user to store over the one there is; None when nothing differs.
        password: To be hashed and stored; None when there is none, or it fits already.
        password_hash: To be stored as it is.
        roles: Names of roles the user lacks.
    """

    connection: str
    new: NewUser | None
    existing: User | None
    changed: User | None
    password: Secret | None
    password_hash: Secret | None
    roles: tuple[str, ...]


NO_PASSWORDS: Final = "no password is kept here: the database's scripts decide every login"


async def plan_users(
    draft: Draft, parts: Parts, items: Iterable[Members], *, checks_passwords: bool = True
) -> list[tuple[UserWrite, Change]]:
    """Return what the users of the file come to; they are matched by connection and login name.

    Args:
        draft: The file's databases and roles.
        parts: The tenant's.
        items: Users of the file.
        checks_passwords: New passwords must keep the policy of their database.
    """
    reader = Reader(draft, parts.hasher)
    wanted = [one for item in items if (one := reader.wanted(item)) is not None]
    at_once = asyncio.Semaphore(HASHES_AT_ONCE)

    async def plan(one: Wanted) -> tuple[UserWrite, Change]:
        async with at_once:
            return await _planned(parts, one, checks_passwords=checks_passwords)

    return await asyncio.gather(*map(plan, wanted))


async def _planned(
    parts: Parts, wanted: Wanted, *, checks_passwords: bool
) -> tuple[UserWrite, Change]:
    account = await _account(parts, wanted)
    await _check_id(parts, wanted, account)
    planned = _new(wanted) if account is None else await _changed(parts, wanted, account)
    if wanted.connection.lives_elsewhere and (wanted.password or wanted.password_hash):
        wanted.item.fault(NO_PASSWORDS, "password")
    if checks_passwords:
        await _check_password(parts, wanted, account, planned[0])
    return planned


async def _check_password(
    parts: Parts, wanted: Wanted, account: Account | None, write: UserWrite
) -> None:
    """Note a fault when a password that is to be stored breaks the database's policy."""
    person = write.new or write.changed or write.existing
    if write.password is None or person is None:
        return
    key = account.identity_key if account else None
    complaint = await passwords.judged(parts, wanted.connection, write.password, person, key)
    if complaint is not None:
        wanted.item.fault(told(complaint), "password")


async def _account(parts: Parts, wanted: Wanted) -> Account | None:
    """Return whose login names these are; a fault when they are of several users."""
    if wanted.connection.key == 0:
        return None
    found: dict[int, Account] = {}
    for name in wanted.names:
        account = await parts.stores.users.account(wanted.connection.key, (name,))
        if account is not None:
            found[account.user.key] = account
    if len(found) > 1:
        kinds = " and ".join(kind for kind, _ in wanted.names)
        wanted.item.fault(f"{kinds} belong to different users")
    return next(iter(found.values()), None)


async def _check_id(parts: Parts, wanted: Wanted, account: Account | None) -> None:
    if wanted.local_id is None:
        return
    user_id = f"{PREFIX}{wanted.local_id}"
    if account is not None and account.user.user_id != user_id:
        wanted.item.fault(
            f"the user there is has the id {account.user.user_id}, which cannot change", "user_id"
        )
    elif account is None and await parts.stores.users.by_id(user_id) is not None:
        wanted.item.fault(f"{user_id} is another user", "user_id")


def _new(wanted: Wanted) -> tuple[UserWrite, Change]:
    item, names = wanted.item, dict(wanted.names)
    new = NewUser(
        connection=wanted.connection.name,
        email=names.get("email"),
        username=names.get("username"),
        phone_number=names.get("phone"),
        email_verified=item.flag("email_verified", kept=False, reset=False),
        blocked=item.flag("blocked", kept=False, reset=False),
        local_id=wanted.local_id,
        profile=_merged(item, {}),
        user_metadata=item.member("user_metadata").present(),
        app_metadata=item.member("app_metadata").present(),
    )
    write = UserWrite(
        connection=wanted.connection.name,
        new=completed(new),
        existing=None,
        changed=None,
        password=wanted.password,
        password_hash=wanted.password_hash,
        roles=wanted.roles,
    )
    return write, Change(kind="user", name=_shown(wanted), action="created")


async def _changed(parts: Parts, wanted: Wanted, account: Account) -> tuple[UserWrite, Change]:
    before = account.user
    item, names = wanted.item, dict(wanted.names)
    after = replace(
        before,
        email=names.get("email", before.email),
        username=names.get("username", before.username),
        phone_number=names.get("phone", before.phone_number),
        email_verified=item.flag("email_verified", kept=before.email_verified, reset=False),
        blocked=item.flag("blocked", kept=before.blocked, reset=False),
        profile=_merged(item, before.profile),
        user_metadata=_metadata(item.member("user_metadata"), before.user_metadata),
        app_metadata=_metadata(item.member("app_metadata"), before.app_metadata),
    )
    held = {role.name for role in await parts.stores.roles.of_user(before.key)}
    lacking = tuple(role for role in wanted.roles if role not in held)
    change = compared("user", _shown(wanted), _members(before), _members(after))
    password = await _new_password(parts.hasher, wanted, account)
    # A stored hash is never replaced by one of the file: a login may have renewed it since.
    password_hash = wanted.password_hash if account.password_hash is None else None
    members = (
        *change.members,
        *(["password"] if password or password_hash else []),
        *(["roles"] if lacking else []),
    )
    write = UserWrite(
        connection=wanted.connection.name,
        new=None,
        existing=before,
        changed=after if change.members else None,
        password=password,
        password_hash=password_hash,
        roles=lacking,
    )
    action: Action = "updated" if members else "unchanged"
    differences = (*change.differences, *_further(members, held, lacking))
    return write, replace(change, action=action, members=members, differences=differences)


def _further(
    members: Sequence[str], held: Iterable[str], lacking: Sequence[str]
) -> Iterator[Difference]:
    if "password" in members:
        yield hidden("password")
    if lacking:
        yield Difference(member="roles", before=sorted(held), after=sorted({*held, *lacking}))


async def _new_password(hasher: Hasher, wanted: Wanted, account: Account) -> Secret | None:
    password = wanted.password
    if password is None or await hasher.verify(password, account.password_hash):
        return None
    return password


def _merged(item: Members, kept: Mapping[str, object]) -> dict[str, object]:
    profile = dict(kept)
    for member in PROFILE:
        text = item.optional_text(member, None)
        if text is not None:
            profile[member] = text
        elif member in item:
            profile.pop(member, None)
    return profile


def _metadata(given: Members, kept: Mapping[str, object]) -> dict[str, object]:
    """Merge at the first level; null takes a member away (Auth0: "Update a user")."""
    merged = {name: value for name, value in kept.items() if name not in given.nulls()}
    return merged | given.present()


def _members(user: User) -> dict[str, object]:
    return {
        "email": user.email,
        "email_verified": user.email_verified,
        "username": user.username,
        "phone_number": user.phone_number,
        "blocked": user.blocked,
        **user.profile,
        "user_metadata": dict(user.user_metadata),
        "app_metadata": dict(user.app_metadata),
    }


def _shown(wanted: Wanted) -> str:
    return f"{wanted.names[0][1]} in {wanted.connection.name}"


def writes_of(planned: Sequence[tuple[UserWrite, Change]]) -> tuple[UserWrite, ...]:
    """Return what must be stored."""
    return tuple(write for write, change in planned if change.action != "unchanged")
