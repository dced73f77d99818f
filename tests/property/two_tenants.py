"""Two tenants that hold the same, and tries of every kind: for two ways that must not differ."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from hypothesis import strategies as st

from gateword.domain.user import NewUser
from gateword.ports.attempts import EVERYWHERE, Bucket, Crowd, Entry, Tries
from gateword.storage.columns import ms
from gateword.storage.statement import Statement
from gateword.storage.tenant_database import TenantDatabase, TenantTx
from tests.engines.house import NOON, House

HERE, ELSEWHERE = "192.0.2.1", "203.0.113.9"
ME, OTHERS = "somebody", ("another", "a third")
NAMES: Final = ("login", "user", "client")
SECOND_MS: Final = 1000
FEW: Final = st.integers(1, 3)
FLAG: Final = st.booleans()
RARELY: Final = st.sampled_from((False, False, False, True))
AGES_S: Final = st.sampled_from((-1, 0, 1, 5, 20, 100_000, 40 * 86_400))
"""One may be of the future: a clock was set back."""

INSERTS: Final = {
    table: Statement(
        f"INSERT INTO {table} ({', '.join(columns)})"  # noqa: S608  # names of ours
        f" VALUES ({', '.join(f':{column}' for column in columns)})"
    )
    for table, columns in {
        "failures": ("tenant", "connection_key", "subject", "place", "count", "last_at"),
        "leases": ("tenant", "id", "connection_key", "subject", "place", "expires_at"),
        "buckets": ("tenant", "name", "full_at", "told"),
        "known_places": ("tenant", "user_key", "place", "seen_at"),
    }.items()
}
SNAPSHOTS: Final = [
    Statement(text)
    for text in (
        "SELECT subject, place, count, last_at FROM failures WHERE tenant = :tenant ORDER BY 1, 2",
        "SELECT id, subject, place, expires_at FROM leases WHERE tenant = :tenant ORDER BY 1",
        "SELECT name, full_at, told FROM buckets WHERE tenant = :tenant ORDER BY 1",
        "SELECT place, seen_at FROM known_places WHERE tenant = :tenant ORDER BY 1",
        "SELECT logins_count, last_login, last_ip FROM users WHERE tenant = :tenant",
    )
]


@dataclass(frozen=True)
class Twin:
    """One of two tenants that hold the same, and its user's number."""

    rows: TenantDatabase
    user_key: int
    connection_key: int

    async def snapshot(self) -> list[list[Any]]:
        """Return everything that a try may change."""
        return [await self.rows.all(statement) for statement in SNAPSHOTS]


@dataclass(frozen=True)
class Stored:
    """What stands in the tables before a try."""

    failures: Mapping[tuple[str, str], tuple[int, int]]
    leases: Sequence[tuple[str, str, int]]
    buckets: Mapping[str, int]
    known_s: int | None

    async def write(self, twin: Twin) -> None:
        """Store it in a tenant."""

        async def work(tx: TenantTx) -> None:
            of: dict[str, Any] = {"connection_key": twin.connection_key}
            for (subject, place), (count, age_s) in self.failures.items():
                at = ms(NOON - timedelta(seconds=age_s))
                new = {"subject": subject, "place": place, "count": count, "last_at": at}
                await tx.run(INSERTS["failures"], **of, **new)
            for number, (subject, place, left_s) in enumerate(self.leases):
                at = ms(NOON + timedelta(seconds=left_s))
                new = {"subject": subject, "place": place, "expires_at": at}
                await tx.run(INSERTS["leases"], id=f"lease {number}", **of, **new)
            for name, full_in_ms in self.buckets.items():
                full_at = ms(NOON) + full_in_ms
                await tx.run(INSERTS["buckets"], name=name, full_at=full_at, told=0)
            if self.known_s is not None:
                seen_at = ms(NOON - timedelta(seconds=self.known_s))
                known = {"user_key": twin.user_key, "place": HERE, "seen_at": seen_at}
                await tx.run(INSERTS["known_places"], **known)

        await twin.rows.transact(work)


async def twins(house: House, stored: Stored) -> list[Twin]:
    """Make two tenants that hold the same."""
    made = []
    for _ in range(2):
        tenant = await house.neighbour()
        connection = await tenant.add_connection("Employees")
        new = NewUser(connection="Employees", email="ann@example.test")
        user = await tenant.stores.users.add(new, connection, NOON)
        assert user is not None
        rows = TenantDatabase(tenant.database, tenant.tenant.key)
        twin = Twin(rows, user.key, connection.key)
        await stored.write(twin)
        made.append(twin)
    return made


def entry_of(twin: Twin, *, is_somebody: bool, **claims: Any) -> Entry:
    """Return a try at the tenant's user, or at a name that nobody has."""
    return Entry(
        connection_key=twin.connection_key,
        subject=ME,
        place=HERE,
        user_key=twin.user_key if is_somebody else None,
        **claims,
    )


failed = st.dictionaries(
    st.tuples(st.sampled_from((ME, *OTHERS)), st.sampled_from((HERE, "", ELSEWHERE))),
    st.tuples(st.integers(0, 4), AGES_S),
    min_size=1,
    max_size=4,
)
under_way = st.lists(
    st.tuples(
        st.sampled_from((ME, *OTHERS, *OTHERS)),
        st.sampled_from((HERE, HERE, ELSEWHERE)),
        st.sampled_from((30, 30, 0, -1)),
    ),
    min_size=1,
    max_size=3,
)
spent = st.dictionaries(
    st.sampled_from(NAMES),
    st.sampled_from((-5000, 0, 1, 999, 1000, 1001, 2000, 3000, 9000)),
    min_size=1,
)
known = st.one_of(st.none(), st.none(), AGES_S)
stored = st.one_of(
    # One obstacle at a time, so that each is seen to stand in the way; then all together.
    st.builds(Stored, failed, st.just([]), st.just({}), known),
    st.builds(Stored, st.just({}), under_way, st.just({}), known),
    st.builds(Stored, st.just({}), st.just([]), spent, known),
    st.builds(Stored, failed, under_way, spent, known),
)


@st.composite
def buckets(draw: st.DrawFn) -> tuple[Bucket, ...]:
    """Draw the buckets of a try."""
    names = draw(st.lists(st.sampled_from(NAMES), unique=True))
    return tuple(
        Bucket(
            shield=name,
            key=name,
            size=draw(FEW),
            refill_ms=SECOND_MS,
            spends_always=draw(RARELY),
            refunds=name == "client" or draw(RARELY),
            spares_known=draw(RARELY),
            only_tells=draw(RARELY),
            place=HERE if draw(FLAG) else "",
        )
        for name in names
    )


tries = st.lists(
    st.builds(
        Tries,
        shield=st.just("brute-force"),
        place=st.sampled_from((HERE, EVERYWHERE)),
        limit=st.one_of(FEW, FEW, st.none()),
        backs_off=FLAG,
        spares_known=RARELY,
        only_tells=RARELY,
        is_own=FLAG,
    ),
    min_size=1,
    unique_by=lambda one: one.place,
).map(tuple)
crowds = st.lists(
    st.builds(Crowd, shield=st.just("crowd"), most=FEW, within_ms=st.just(10_000)), max_size=2
).map(tuple)
