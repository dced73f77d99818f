import sqlite3
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from importlib import resources
from pathlib import Path

import psycopg
import pytest

from gateword.storage.migrate import HEAD, downgrade, is_current, upgrade
from gateword.storage.migrations.run import latest, recorded_text

NOWHERE = Path("/nonexistent")


def tables(url: str) -> set[str]:
    """Return the tables and indexes of a database, with the text that tells them apart."""
    if url.startswith("sqlite"):
        with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as connection:
            query = "SELECT name, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite_%'"
            return {
                f"{name}: {''.join(str(sql).split())}" for name, sql in connection.execute(query)
            }
    with psycopg.connect(url) as connection:
        columns = connection.execute(
            "SELECT table_name, column_name, data_type, is_nullable, is_identity"
            " FROM information_schema.columns WHERE table_schema = 'public'"
        ).fetchall()
        indexes = connection.execute(
            "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'"
        ).fetchall()
        owners = connection.execute(
            "SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint WHERE contype = 'f'"
        ).fetchall()
    return {": ".join(map(str, row)) for row in [*columns, *indexes, *owners]}


def pretend(url: str, version: str) -> None:
    """Write a version beside the tables."""
    if url.startswith("sqlite"):
        with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as connection, connection:
            connection.execute("UPDATE alembic_version SET version_num = ?", (version,))
    else:
        with psycopg.connect(url) as connection_:
            connection_.execute("UPDATE alembic_version SET version_num = %s", (version,))


@pytest.mark.parametrize("dialect", ["sqlite", "postgresql"])
def test_recorded_tables_are_those_of_the_migrations(dialect: str) -> None:
    """A new database and a migrated one are the same; `migrations/record.py` writes them."""
    recorded = resources.files("gateword.storage.migrations") / f"head.{dialect}.sql"

    assert recorded_text(dialect) == recorded.read_text()


def test_head_is_the_newest_migration() -> None:
    """The version is known without Alembic, so it is written down, so it must be checked."""
    assert latest() == HEAD


def test_new_database_is_current_only_after_upgrade(url: str) -> None:
    """A server may ask first, and a second upgrade finds nothing to do."""
    before = is_current(url, data_dir=NOWHERE)

    upgrade(url, data_dir=NOWHERE)
    made = tables(url)
    upgrade(url, data_dir=NOWHERE)

    assert not before
    assert is_current(url, data_dir=NOWHERE)
    assert made == tables(url)


def test_migrations_go_down_to_nothing_and_up_again(url: str) -> None:
    """Down leaves no table behind, and up by Alembic makes what the recorded text makes."""
    upgrade(url, data_dir=NOWHERE)
    made = tables(url)

    downgrade(url, "base", data_dir=NOWHERE)
    left = {entry.split(":")[0] for entry in tables(url)}
    current = is_current(url, data_dir=NOWHERE)
    upgrade(url, data_dir=NOWHERE)

    assert left <= {"alembic_version", "alembic_version_pkc"}
    assert not current
    assert made == tables(url)
    assert is_current(url, data_dir=NOWHERE)


def test_tables_of_a_newer_program_are_left_alone(url: str) -> None:
    """Promise D7: the previous release runs on the tables of the next one."""
    upgrade(url, data_dir=NOWHERE)
    pretend(url, "9999")

    upgrade(url, data_dir=NOWHERE)

    assert is_current(url, data_dir=NOWHERE)


def test_two_processes_that_start_together_make_the_tables_once(url: str) -> None:
    """Promise D7: whoever comes second waits and finds the tables ready."""
    with ThreadPoolExecutor(4) as pool:
        starts = [pool.submit(upgrade, url, data_dir=NOWHERE) for _ in range(4)]
        outcomes = [start.exception() for start in starts]

    assert [None] * 4 == outcomes
    assert is_current(url, data_dir=NOWHERE)


def test_start_on_a_current_database_imports_neither_alembic_nor_the_other_engine(
    tmp_path: Path,
) -> None:
    """Readiness and memory: what the token path does not need is not loaded."""
    program = (
        "import sys; from pathlib import Path; from gateword.storage.migrate import upgrade;"
        "import gateword.storage.open;"
        f"upgrade('sqlite:///new.db', data_dir=Path({str(tmp_path)!r}));"
        "print([m for m in ('alembic', 'sqlalchemy', 'psycopg') if m in sys.modules])"
    )

    answer = subprocess.run(  # our own program
        [sys.executable, "-c", program], check=True, capture_output=True, text=True
    )

    assert "[]\n" == answer.stdout


def at_0003(url: str) -> None:
    """Make the tables as the release before had them, with a tenant, a lease and a bucket."""
    upgrade(url, data_dir=NOWHERE)
    downgrade(url, "0003", data_dir=NOWHERE)
    run(
        url,
        "INSERT INTO tenants (key, name, domain, document) VALUES (7, 't', 't.example', '{}')",
        "INSERT INTO leases (tenant, id, connection_key, subject, place, user_key, expires_at)"
        " VALUES (7, 'one', 1, 'u1', '192.0.2.1', 1, 99)",
        "INSERT INTO buckets (tenant, name, full_at, told) VALUES (7, 'login', 5, 1)",
    )


def run(url: str, *statements: str) -> list[list[tuple[object, ...]]]:
    """Run statements in one transaction, and return what each answered."""
    answers = []
    if url.startswith("sqlite"):
        with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as file, file:
            return [file.execute(statement).fetchall() for statement in statements]
    with psycopg.connect(url) as connection:
        for statement in statements:
            cursor = connection.execute(statement.encode())
            answers.append(cursor.fetchall() if cursor.description else [])
    return answers


def test_tries_under_way_survive_both_ways(url: str) -> None:
    """Promise D7: what is counted at the moment of a migration is counted after it."""
    asked = (
        "SELECT tenant, id, connection_key, subject, place, user_key, expires_at FROM leases",
        "SELECT tenant, name, full_at, told FROM buckets",
    )
    at_0003(url)
    before = run(url, *asked)

    upgrade(url, data_dir=NOWHERE)
    after = run(url, *asked)
    run(url, "INSERT INTO buckets (tenant, name, full_at, told) VALUES (8, 'nobody', 5, 1)")
    downgrade(url, "0003", data_dir=NOWHERE)

    assert [[(7, "one", 1, "u1", "192.0.2.1", 1, 99)], [(7, "login", 5, 1)]] == before
    assert before == after == run(url, *asked)


def test_users_and_their_logins_survive_second_factors_both_ways(url: str) -> None:
    """Promise D7: nobody has a factor after the way up; after the way down nobody's is left."""
    people = "SELECT user_id, logins_count FROM users"
    families = "SELECT user_id, client_id FROM refresh_families"
    upgrade(url, data_dir=NOWHERE)
    downgrade(url, "0004", data_dir=NOWHERE)
    run(
        url,
        "INSERT INTO tenants (key, name, domain, document) VALUES (7, 't', 't.example', '{}')",
        "INSERT INTO users (key, tenant, user_id, email_verified, phone_verified, blocked, profile,"
        " user_metadata, app_metadata, created_at, updated_at, logins_count)"
        " VALUES (1, 7, 'auth0|a', 0, 0, 0, '{}', '{}', '{}', 1, 1, 3)",
        "INSERT INTO clients (tenant, client_id, document, created_at, updated_at)"
        " VALUES (7, 'shop', '{}', 1, 1)",
        "INSERT INTO refresh_families (tenant, user_key, user_id, client_id, connection, scopes,"
        " gty, auth_time, created_at, latest_counter)"
        " VALUES (7, 1, 'auth0|a', 'shop', 'Employees', '[]', 'password', 1, 1, 1)",
    )
    before = run(url, people, families)

    upgrade(url, data_dir=NOWHERE)
    new = run(url, "SELECT factors FROM users", "SELECT mfa_at FROM refresh_families")
    run(
        url,
        "INSERT INTO authenticators (tenant, id, user_key, kind, name, target, pair, last_step,"
        " failures, created_at) VALUES (7, 'totp|dev_1', 1, 'totp', '', '', '', 0, 0, 1)",
    )
    after = run(url, people, families)
    downgrade(url, "0004", data_dir=NOWHERE)
    down = run(url, people, families)
    upgrade(url, data_dir=NOWHERE)

    assert [[("",)], [(None,)]] == new
    assert [[("auth0|a", 3)], [("auth0|a", "shop")]] == before
    assert before == after == down == run(url, people, families)
    assert [[]] == run(url, "SELECT id FROM authenticators")


@pytest.mark.parametrize(
    ("first", "then"),
    [
        ("SELECT 1 FROM tenants", "SELECT 1 FROM leases"),
        ("DELETE FROM leases", "INSERT INTO buckets VALUES (7, 'other', 1, 0)"),
    ],
    ids=["reservation", "settlement"],
)
def test_logins_of_the_release_before_do_not_stop_the_migration(
    postgres_url: str, first: str, then: str
) -> None:
    """Promise D7: whoever loses against the other begins anew, be it the login or the migration."""
    at_0003(postgres_url)
    with ThreadPoolExecutor(1) as pool, psycopg.connect(postgres_url) as login:
        login.execute(first.encode())
        moving = pool.submit(upgrade, postgres_url, data_dir=NOWHERE)
        time.sleep(0.5)  # the migration waits for the login by now
        try:
            login.execute(then.encode())
            login.commit()
        except psycopg.errors.DeadlockDetected:
            login.rollback()
        moving.result(30)

    assert is_current(postgres_url, data_dir=NOWHERE)
