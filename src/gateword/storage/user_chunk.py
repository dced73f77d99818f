"""One chunk of a bulk import inside its transaction."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Final, TypeVar

from gateword.domain.connection import Connection
from gateword.domain.secret import Secret
from gateword.domain.user import User
from gateword.domain.user_import import Arrival, Outcome
from gateword.policy.identifier import normal
from gateword.policy.user_import import created, merged
from gateword.ports.clock import Dice
from gateword.ports.crypto import Vault
from gateword.storage import imported_factors, user_rows, user_writes
from gateword.storage.authenticators import note_kinds
from gateword.storage.columns import ms
from gateword.storage.engine import Value
from gateword.storage.many_rows import MOST, among, inserting, numbered, values
from gateword.storage.statement import Statement
from gateword.storage.tenant_database import TenantTx
from gateword.values import dataclass

T = TypeVar("T")

_PROVIDER: Final = "auth0"
_LOCAL_ID_CHARS: Final = 24
_USER: Final = (
    "user_id", "email", "email_verified", "username", "phone_number", "phone_verified", "blocked",
    "profile", "user_metadata", "app_metadata", "created_at", "updated_at", "logins_count",
    "factors",
)  # fmt: skip
_IDENTITY: Final = (
    "user_key", "connection_key", "position", "provider", "local_id", "email", "username", "phone",
    "password_hash", "profile",
)  # fmt: skip
_NAMES: Final = ("email", "username", "phone")
_WHO: Final = "SELECT user_key, position, connection_key, {} FROM identities WHERE tenant = :tenant"
_BY_NAME: Final = {
    kind: f"{_WHO.format(kind)} AND connection_key = :connection_key AND {kind}" for kind in _NAMES
}
_BY_ID: Final = f"{_WHO.format('local_id')} AND provider = 'auth0' AND local_id"
_BY_KEY: Final = user_rows.select("users.tenant = :tenant AND users.key = :key")
_HOLD: Final = Statement(
    "SELECT password_hash FROM identities"
    " WHERE tenant = :tenant AND user_key = :key AND position = 0",
    locking=True,
)
_UPDATE_IDENTITY: Final = Statement("""
    UPDATE identities SET
        email = :email, username = :username, phone = :phone, password_hash = :password_hash
    WHERE tenant = :tenant AND user_key = :key AND position = 0
""")
_FORGET_FACTORS: Final = Statement(
    "DELETE FROM imported_factors WHERE tenant = :tenant AND user_key = :key"
)


class RacedError(Exception):
    """Somebody else stored one of these people meanwhile; takes the transaction back."""


@dataclass(frozen=True, slots=True)
class _Match:
    """A stored identity that an arrival's name or id belongs to."""

    user_key: int
    position: int
    connection_key: int


@dataclass(frozen=True, slots=True)
class Chunk:
    """One chunk of an import inside its transaction."""

    tx: TenantTx
    vault: Vault
    dice: Dice
    connection: Connection
    at: datetime
    may_replace: Callable[[Secret], bool] | None

    async def land(self, arrivals: Sequence[Arrival]) -> list[Outcome]:
        """Store arrivals; of those that are the same person a later one meets the stored first."""
        outcomes: dict[int, Outcome] = {}
        waiting = list(enumerate(arrivals))
        while waiting:
            batch, waiting = _apart(waiting)
            matches = await self._matches([arrival for _, arrival in batch])
            fresh = []
            for (number, arrival), found in zip(batch, matches, strict=True):
                if found:
                    outcomes[number] = await self._meet(arrival, found)
                else:
                    fresh.append(arrival)
                    outcomes[number] = Outcome.INSERTED
            for some in batches(fresh):
                await self._insert(some)
        return [outcomes[number] for number in range(len(arrivals))]

    async def _matches(self, arrivals: Sequence[Arrival]) -> list[set[_Match]]:
        known: dict[tuple[str, Value], _Match] = {}
        for kind in (*_NAMES, "local_id"):
            wanted = [name for one in arrivals if (name := _names(one)[kind]) is not None]
            before = _BY_ID if kind == "local_id" else _BY_NAME[kind]
            place = {} if kind == "local_id" else {"connection_key": self.connection.key}
            for some in batches(wanted):
                rows = await self.tx.all(among(before, len(some)), **place, **values(some))
                known |= {(kind, row[3]): _Match(*row[:3]) for row in rows}
        return [
            {known[item] for item in _names(arrival).items() if item in known}
            for arrival in arrivals
        ]

    async def _meet(self, arrival: Arrival, found: set[_Match]) -> Outcome:
        if self.may_replace is None:
            return Outcome.TAKEN
        if len({match.user_key for match in found}) > 1:
            return Outcome.SEVERAL
        if any(one.position or one.connection_key != self.connection.key for one in found):
            return Outcome.ELSEWHERE
        [key] = {match.user_key for match in found}
        held = await self.tx.one(_HOLD, key=key)
        user = user_rows.user(await self.tx.all(_BY_KEY, key=key))
        if held is None or user is None:
            raise RacedError
        local_id = user.identities[0].local_id
        if arrival.new.local_id not in {None, local_id}:
            return Outcome.OTHER_ID
        await self._update(user, arrival, None if held[0] is None else Secret(held[0]))
        return Outcome.UPDATED

    async def _update(self, user: User, arrival: Arrival, stored: Secret | None) -> None:
        changed = merged(user, arrival)
        new_hash = arrival.new.password_hash if arrival.is_custom else None
        is_kept = (
            stored is not None and self.may_replace is not None and not self.may_replace(stored)
        )
        kept = stored if is_kept or new_hash is None else new_hash
        if changed != user:
            await self.tx.run(
                user_writes.SAVE, key=user.key, at=ms(self.at), **user_writes.person(changed)
            )
        if changed != user or kept != stored:
            await self.tx.run(
                _UPDATE_IDENTITY,
                key=user.key,
                email=changed.email and normal(changed.email),
                username=changed.username and normal(changed.username),
                phone=changed.phone_number and normal(changed.phone_number),
                password_hash=None if kept is None else kept.reveal(),
            )
        if arrival.factors is not None:
            await self.tx.run(_FORGET_FACTORS, key=user.key)
            await note_kinds(self.tx, user.key, imported_factors.kinds(arrival.factors).split())
            brought = [(user.key, user.identities[0].local_id, arrival.factors)]
            await imported_factors.put(self.tx, self.vault, brought)

    async def _insert(self, arrivals: Sequence[Arrival]) -> None:
        people = {
            f"{_PROVIDER}|{one.new.local_id or self.dice.hex(_LOCAL_ID_CHARS)}": one
            for one in arrivals
        }
        at = ms(self.at)
        rows = [
            {
                "user_id": user_id,
                **user_writes.person(created(one)),
                "created_at": at,
                "updated_at": at,
                "logins_count": 0,
                "factors": imported_factors.kinds(one.factors),
            }
            for user_id, one in people.items()
        ]
        stored = await self.tx.all(
            inserting("users", _USER, len(rows), "user_id, key"), **numbered(rows)
        )
        keys: dict[str, int] = dict(stored)
        if len(keys) < len(rows):
            raise RacedError
        await self._insert_identities(people, keys)
        brought = [
            (keys[user_id], user_id.removeprefix(f"{_PROVIDER}|"), one.factors)
            for user_id, one in people.items()
            if one.factors is not None
        ]
        await imported_factors.put(self.tx, self.vault, brought)

    async def _insert_identities(
        self, people: Mapping[str, Arrival], keys: Mapping[str, int]
    ) -> None:
        rows = [
            {
                "user_key": keys[user_id],
                "connection_key": self.connection.key,
                "position": 0,
                "provider": _PROVIDER,
                **_names(one),
                "local_id": user_id.removeprefix(f"{_PROVIDER}|"),
                "password_hash": one.new.password_hash and one.new.password_hash.reveal(),
                "profile": "{}",
            }
            for user_id, one in people.items()
        ]
        done = await self.tx.run(inserting("identities", _IDENTITY, len(rows)), **numbered(rows))
        if done < len(rows):
            raise RacedError


def batches(listed: Sequence[T]) -> Iterator[Sequence[T]]:
    """Cut a list into pieces of one statement each."""
    for start in range(0, len(listed), MOST):
        yield listed[start : start + MOST]


def _apart(
    waiting: Sequence[tuple[int, Arrival]],
) -> tuple[list[tuple[int, Arrival]], list[tuple[int, Arrival]]]:
    """Return those who share no name or id with one before them, and the others."""
    seen: set[tuple[str, Value]] = set()
    batch: list[tuple[int, Arrival]] = []
    rest: list[tuple[int, Arrival]] = []
    for number, arrival in waiting:
        names = {item for item in _names(arrival).items() if item[1] is not None}
        (rest if names & seen else batch).append((number, arrival))
        seen |= names
    return batch, rest


def _names(arrival: Arrival) -> dict[str, Value]:
    """Return what makes an arrival the same as somebody else; names in their normal form."""
    new = arrival.new
    return {
        "email": new.email,
        "username": new.username,
        "phone": new.phone_number,
        "local_id": new.local_id,
    }
