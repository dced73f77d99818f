"""The `auth0` strategy with custom database scripts: a stranger's code says who its users are.

Rule 1: whom our own store may answer for, no script is asked about: with `import_mode` those who
are in it with a password, without scripts everybody. Rule 2: a script never decides over an account
that its own database did not bring, and never over the password of one that has a hash here.
Source: Auth0 "Custom Database Action Scripts", "Automatic migration".
"""

from collections.abc import Iterator, Mapping
from typing import ClassVar, Final

from gateword.domain.connection import Connection
from gateword.domain.refused import Refused
from gateword.domain.script import Fault, ScriptFault, ScriptResult
from gateword.domain.secret import Secret
from gateword.domain.user import NewUser, User
from gateword.policy import custom_profile, database_scripts
from gateword.policy.custom_profile import TakenOver
from gateword.policy.database_scripts import LOGIN
from gateword.policy.identifier import login_names, normal
from gateword.ports.parts import Parts
from gateword.ports.realm import (
    Claimant,
    Denied,
    Failed,
    Found,
    Mismatch,
    NoPassword,
    NotFound,
    Realm,
    StrangerMismatch,
    Taken,
    Unreachable,
    Verdict,
)
from gateword.ports.users import Unchanged
from gateword.values import dataclass, replace

MOST_PASSWORD_BYTES: Final = 1024
"""Over this no hash of ours would fit either, so no script is asked."""

_NO_LOGIN: Final = "the database has no login script"
_PREFIX: Final = "auth0|"


@dataclass(frozen=True, slots=True)
class CustomDatabaseRealm:
    """Our own store, and scripts where a connection has them.

    Attributes:
        native: Our own store.
        parts: The tenant's.
    """

    native: Realm
    parts: Parts
    strategy: ClassVar[str] = "auth0"

    async def claimant(self, connection: Connection, username: str) -> Claimant | Unreachable:
        """Look a name up: who logged in before is known here, wherever the password is."""
        if connection.lives_elsewhere and not database_scripts.source(connection, LOGIN):
            return Unreachable(_NO_LOGIN)
        return await self.native.claimant(connection, username)

    async def verify(self, connection: Connection, claimant: Claimant, password: Secret) -> Verdict:
        """Ask our own store, the database's script, or the one and then the other."""
        own: Verdict = NotFound()
        if not connection.lives_elsewhere:
            own = await self.native.verify(connection, claimant, password)
            if not connection.imports_users or not isinstance(own, NotFound | NoPassword):
                return own
        if not connection.passwords_enabled or not _can_be_asked(claimant.typed, password):
            return own
        job = database_scripts.job(connection, LOGIN, {"name": claimant.typed}, password)
        if job is None:
            return replace(own, notes=(_NO_LOGIN,))
        try:
            result = await self.parts.scripts.run(job)
        except Refused as refused:
            return Unreachable(refused.detail or refused.description)
        verdict = await self._judged(connection, password, result)
        notes = (*result.console, *verdict.notes)
        return replace(own if isinstance(verdict, NotFound) else verdict, notes=notes)

    async def _judged(
        self, connection: Connection, password: Secret, result: ScriptResult
    ) -> Verdict:
        if result.fault is not None:
            return await self._faulted(connection, result.fault)
        profile = result.value.get("value")
        if not profile:
            return NotFound()
        taken = custom_profile.read(profile, connection)
        if isinstance(taken, str):
            return Failed(taken)
        verdict = await (
            self._imported(connection, taken, password)
            if connection.imports_users
            else self._cached(connection, taken)
        )
        return replace(verdict, notes=taken.notes)

    async def _faulted(self, connection: Connection, fault: ScriptFault) -> Verdict:
        if fault.kind is Fault.UNAUTHORIZED:
            return Denied(fault.message)
        if fault.kind is not Fault.WRONG_PASSWORD:
            return Failed(fault.message or fault.kind.value, _place(fault))
        # Its message is for the log alone.
        notes = (fault.message,) if fault.message else ()
        local_id = custom_profile.user_id(fault.code)
        if local_id is None:
            return NotFound(notes=notes)
        user = await self.parts.stores.users.by_identity(connection.key, local_id)
        if user is None:
            return StrangerMismatch(f"{_PREFIX}{local_id}", notes=notes)
        return Mismatch(user, notes=notes)

    async def _cached(self, connection: Connection, taken: TakenOver) -> Verdict:
        """Keep the profile of a user whose password is elsewhere."""
        users, now = self.parts.stores.users, self.parts.clock.now()
        known = await users.by_identity(connection.key, taken.local_id)
        if known is None:
            added = await users.add(taken.user, connection, now)
            known = added or await users.by_identity(connection.key, taken.local_id)
        if known is None:
            return await self._someone_elses(connection, taken)
        if custom_profile.synced(known, taken, connection) == known:
            return Found(known, taken.passing)
        changed = await users.change(
            known.user_id, lambda user: custom_profile.synced(user, taken, connection), now
        )
        match changed:
            case Unchanged.TAKEN:
                return await self._someone_elses(connection, taken)
            case Unchanged.GONE:
                return NotFound()
            case _:
                return Found(changed, taken.passing)

    async def _imported(
        self, connection: Connection, taken: TakenOver, password: Secret
    ) -> Verdict:
        """Move a user in, with the hash of the password that has just been right."""
        if not any(_names(taken.user)):
            return Failed("the profile needs an email, a username or a phone_number to log in by")
        users = self.parts.stores.users
        known = await users.by_identity(connection.key, taken.local_id)
        if known is None:
            encoded = await self.parts.hasher.hash(password)
            arriving = replace(taken.user, password_hash=encoded)
            added = await users.add(arriving, connection, self.parts.clock.now())
            if added is not None:
                return Found(added, taken.passing)
            known = await users.by_identity(connection.key, taken.local_id)
        return await self._own(connection, taken, known, password)

    async def _own(
        self, connection: Connection, taken: TakenOver, known: User | None, password: Secret
    ) -> Verdict:
        """Hold a password against the hash here: the script has no say any more.

        Another login has moved the user in, this name is one that only the script knows, or the
        user came without a password, who gets this one.
        """
        found = await self._account(connection, taken, known)
        if found is not None and found.account is not None and not found.account.password_hash:
            encoded = await self.parts.hasher.hash(password)
            await self.parts.stores.users.first_hash(found.account.identity_key, encoded)
            found = await self._account(connection, taken, known)
        if found is None:
            return await self._someone_elses(connection, taken)
        return await self.native.verify(connection, found, password)

    async def _account(
        self, connection: Connection, taken: TakenOver, known: User | None
    ) -> Claimant | None:
        people = (taken.user,) if known is None else (known, taken.user)
        for name in (name for one in people for name in _names(one)):
            claimant = await self.native.claimant(connection, name)
            if isinstance(claimant, Claimant) and _is(claimant.user, connection, taken):
                return claimant
        return None

    async def _someone_elses(self, connection: Connection, taken: TakenOver) -> Taken:
        who, new = f"{_PREFIX}{taken.local_id}", taken.user
        named = (("email", new.email), ("username", new.username), ("phone", new.phone_number))
        for kind, name in named:
            names = [(kind, normal(name))] if name else []
            account = await self.parts.stores.users.account(connection.key, names)
            if account is not None and not _is(account.user, connection, taken):
                return Taken(f"the {kind} of {who} is that of {account.user.user_id} already", who)
        return Taken(f"{who} is a user of another database already", who)


def _can_be_asked(typed: str, password: Secret) -> bool:
    return bool(login_names(typed)) and len(password.reveal().encode()) <= MOST_PASSWORD_BYTES


def _names(one: User | NewUser) -> Iterator[str]:
    return (name for name in (one.email, one.username, one.phone_number) if name)


def _is(user: User | None, connection: Connection, taken: TakenOver) -> bool:
    return user is not None and any(
        custom_profile.is_of(one, connection, taken.local_id) for one in user.identities
    )


def _place(fault: ScriptFault) -> Mapping[str, object]:
    details: dict[str, object] = {}
    if fault.script is not None:
        details["script"] = {"id": fault.script.id, "name": fault.script.name}
    if fault.stack:
        details["stack"] = fault.stack
    return details
