import asyncio
from pathlib import Path

import pytest

from gateword.app import opened
from gateword.domain.secret import Secret
from gateword.policy.identifier import login_names
from gateword.settings import load
from tests.cli.conftest import CommandLine

DATABASES = "databases: [{name: Customers}, {name: Employees}]\nroles: [{name: Clerk}]\n"


@pytest.fixture
def people(gateword: CommandLine) -> CommandLine:
    """The command over an installation with two databases."""
    gateword.apply(DATABASES)
    return gateword


def add(people: CommandLine, *arguments: str, connection: str = "Customers") -> str:
    """Add a user and return the id."""
    added = people.json(
        "users", "add", "--connection", connection, *arguments, "--password-stdin",
        stdin="First password\n",
    )  # fmt: skip
    user_id: str = added["user_id"]
    return user_id


def fits(data: Path, connection: str, name: str, password: str) -> bool:
    """Say whether a password is the one stored."""

    async def ask() -> bool:
        async with opened(load({}, data_dir=data)) as house:
            found = await house.parts.stores.connections.named(connection)
            assert found is not None
            account = await house.parts.stores.users.account(found.key, login_names(name))
            assert account is not None
            return await house.parts.hasher.verify(Secret(password), account.password_hash)

    return asyncio.run(ask())


def test_added_user_is_listed(people: CommandLine) -> None:
    """With e-mail and username in their normal form."""
    user_id = add(people, "--email", "Ann@Example.com", "--username", "Ann", "--email-verified")

    (ann,) = people.json("users", "list")
    assert (user_id, "ann@example.com", "ann", True) == (
        ann["user_id"], ann["email"], ann["username"], ann["email_verified"],
    )  # fmt: skip
    assert "Customers" == ann["identities"][0]["connection"]
    assert fits(people.data, "Customers", "ann", "First password")


def test_list_is_a_table_with_whole_ids(people: CommandLine) -> None:
    """An id that is cut cannot be copied."""
    user_id = add(people, "--email", "ann@example.com")

    assert user_id in people.ok("users", "list")


def test_list_stops_at_its_limit_and_knows_databases(people: CommandLine) -> None:
    """Without a limit everybody is listed."""
    ids = [add(people, "--username", f"user{number}") for number in range(3)]
    other = add(people, "--username", "eve", connection="Employees")

    def listed(*arguments: str) -> list[str]:
        return [one["user_id"] for one in people.json("users", "list", *arguments)]

    assert ids[:2] == listed("-n", "2")
    assert [*ids, other] == listed("-n", "0")
    assert [other] == listed("--connection", "Employees")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--connection", "Customers"], "give --email, --username or both"),
        (["--connection", "Custmers", "--username", "x"], "did you mean Customers?"),
        (["--connection", "Customers", "--email", "nobody"], "is no e-mail address"),
        (["--connection", "Customers", "--username", "ann"], "is there already"),
        (["--connection", "Customers", "--username", "x", "--role", "Clark"], "mean Clerk?"),
    ],
)
def test_user_that_cannot_be_added_ends_with_2(
    people: CommandLine, arguments: list[str], message: str
) -> None:
    """And says why."""
    add(people, "--username", "ann")

    done = people("users", "add", *arguments, "--password-stdin", stdin="X one-1x\n")

    assert 2 == done.exit_code
    assert message in done.stderr


def test_password_is_never_an_argument(people: CommandLine) -> None:
    """Arguments are seen by everybody on the machine."""
    help_text = (
        people("users", "add", "--help").stdout + people("users", "set-password", "--help").stdout
    )

    assert "--password-stdin" in help_text
    assert "--password " not in help_text


def test_without_terminal_the_password_must_be_piped(people: CommandLine) -> None:
    """A script that forgot it gets an answer instead of a prompt."""
    done = people("users", "add", "--connection", "Customers", "--username", "x", stdin="")

    assert 2 == done.exit_code
    assert "--password-stdin" in done.stderr


def test_set_password_replaces_it(people: CommandLine) -> None:
    """The user is found by any login name."""
    add(people, "--email", "ann@example.com", "--username", "ann")

    people.ok("users", "set-password", "ANN", "--password-stdin", stdin="Second password\n")

    assert fits(people.data, "Customers", "ann@example.com", "Second password")
    assert not fits(people.data, "Customers", "ann@example.com", "First password")


def test_name_in_two_databases_needs_the_connection(people: CommandLine) -> None:
    """The same address may be two people."""
    add(people, "--email", "ann@example.com")
    add(people, "--email", "ann@example.com", connection="Employees")

    vague = people(
        "users", "set-password", "ann@example.com", "--password-stdin", stdin="X y z 1-9\n"
    )
    people.ok(
        "users", "set-password", "ann@example.com", "--connection", "Employees",
        "--password-stdin", stdin="X y z 1-9\n",
    )  # fmt: skip

    assert 2 == vague.exit_code
    assert "say which with --connection" in vague.stderr
    assert fits(people.data, "Employees", "ann@example.com", "X y z 1-9")
    assert fits(people.data, "Customers", "ann@example.com", "First password")


def test_block_and_unblock(people: CommandLine) -> None:
    """Both say what they did, and what was so already."""
    user_id = add(people, "--username", "ann")

    said = [people.ok("users", word, user_id) for word in ("block", "block", "unblock", "unblock")]

    assert [
        f"{user_id} is blocked now.\n",
        f"{user_id} was blocked already.\n",
        f"{user_id} is not blocked any more.\n",
        f"{user_id} was not blocked.\n",
    ] == said


def test_blocked_user_is_listed_as_such(people: CommandLine) -> None:
    """The list shows who is shut out."""
    people.ok("users", "block", add(people, "--username", "ann"))

    assert people.json("users", "list")[0]["blocked"]


def test_nobody_of_that_name_ends_with_2(people: CommandLine) -> None:
    """And names where was looked."""
    done = people("users", "block", "nobody")

    assert 2 == done.exit_code
    assert "Customers" in done.stderr


@pytest.mark.parametrize("command", ["add", "set-password"])
def test_weak_password_is_refused_unless_told_otherwise(people: CommandLine, command: str) -> None:
    """The database's policy holds for operators too; `--no-policy` lets any password through."""
    add(people, "--username", "ann")
    who = ("ann",) if command == "set-password" else ("--username", "ben")
    where = ("--connection", "Customers", "--password-stdin")

    refused = people("users", command, *who, *where, stdin="weak\n")
    people.ok("users", command, *who, *where, "--no-policy", stdin="weak\n")

    assert 2 == refused.exit_code
    assert "Password is too weak: At least 8 characters in length" in refused.stderr
    assert fits(people.data, "Customers", "ann" if command == "set-password" else "ben", "weak")


def test_user_is_checked_before_the_password_is_asked_for(people: CommandLine) -> None:
    """Nobody types a password for a user who cannot be added."""
    done = people("users", "add", "--connection", "Nowhere", "--username", "ann", stdin="")

    assert 2 == done.exit_code
    assert "no database is named Nowhere" in done.stderr
