"""The `auth0` strategy: users and password hashes in our own store."""

from typing import ClassVar

from gateword.domain.connection import Connection
from gateword.domain.refused import Refused
from gateword.domain.secret import Secret
from gateword.domain.user import Account
from gateword.policy.identifier import MAX_CHARS, login_names
from gateword.ports.crypto import Hasher
from gateword.ports.realm import (
    Claimant,
    Found,
    Mismatch,
    NoPassword,
    NotFound,
    Verdict,
)
from gateword.ports.users import Users
from gateword.values import dataclass


@dataclass(frozen=True, slots=True)
class DatabaseRealm:
    """One look-up and one hash, whatever comes of it."""

    users: Users
    hasher: Hasher
    strategy: ClassVar[str] = "auth0"

    async def claimant(self, connection: Connection, username: str) -> Claimant:
        """Look a name up."""
        names = login_names(username, connection.identifiers)
        account = await self.users.account(connection.key, names) if names else None
        self.hasher.check_queue()
        name = names[0][1] if names else username[:MAX_CHARS]
        return Claimant(name, account.user if account else None, account, username)

    async def verify(self, connection: Connection, claimant: Claimant, password: Secret) -> Verdict:
        """Check a password; a right one under an outdated hash is hashed anew."""
        account = claimant.account
        encoded = account.password_hash if account and connection.passwords_enabled else None
        kinds = await self.users.hash_kinds(connection.key)
        # Of the same cost as somebody's: the time of the answer must not tell whether one exists.
        decoy = self.hasher.decoy(f"{connection.id}:{claimant.name}", kinds)
        fits = await self.hasher.verify(password, encoded or decoy, kinds)
        if account is None:
            return NotFound()
        if encoded is None:
            return NoPassword(account.user)
        if not fits:
            return Mismatch(account.user)
        await self._upgrade(account, encoded, password)
        return Found(account.user)

    async def _upgrade(self, account: Account, encoded: Secret, password: Secret) -> None:
        if account.user.blocked or not self.hasher.is_outdated(encoded):
            return
        try:
            renewed = await self.hasher.hash(password)
        except Refused:
            return  # too busy now: the next login upgrades it
        await self.users.replace_hash(account.identity_key, encoded, renewed)
