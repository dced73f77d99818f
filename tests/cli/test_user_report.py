"""What `gateword users import` and `export` tell a person."""

import asyncio
import json
import subprocess
from pathlib import Path

import pytest

from gateword.accounts import import_file
from gateword.app import opened
from gateword.ports.queues import Job
from gateword.settings import load
from tests.cli.conftest import CommandLine
from tests.support.served import GATEWORD

INTO = ("--connection", "Customers")


@pytest.fixture
def people(gateword: CommandLine) -> CommandLine:
    """The command over an installation with a database."""
    gateword.apply("databases: [{name: Customers}]\n")
    return gateword


def users(people: CommandLine, count: int, **members: object) -> str:
    """Write a file of users."""
    items = [{"email": f"u{n}@example.com", **members} for n in range(count)]
    return str(people.file(json.dumps(items), "users.json"))


def test_failed_items_are_told_by_their_number(people: CommandLine) -> None:
    """A person finds the item in the file, reads each fault once, and what to do about it."""
    people.ok("users", "import", users(people, 8), *INTO)
    errors = people.data.parent / "errors.jsonl"

    again = people("users", "import", users(people, 8), *INTO)
    written = people("users", "import", users(people, 8), *INTO, "--errors", str(errors))
    shown = again.stderr.splitlines()

    assert "8 users: 0 inserted, 0 updated, 8 failed." == again.stdout.strip()
    assert shown[0].startswith("  item 1, u0@example.com: ")
    assert ["  and 3 more; --errors FILE writes all, --upsert updates those that exist"] == shown[
        5:
    ]
    assert "  and 3 more; --upsert updates those that exist" == written.stderr.splitlines()[-1]
    told = [json.loads(line)["item"] for line in errors.read_text("utf-8").splitlines()]
    assert list(range(1, 9)) == told


def test_unknown_member_is_named_once(people: CommandLine) -> None:
    """`colour` is not told twice; a single user is no plural."""
    done = people("users", "import", users(people, 1, colour="red"), *INTO)

    assert "1 user: 0 inserted, 0 updated, 1 failed." == done.stdout.strip()
    assert [
        "  item 1, u0@example.com: Additional properties not allowed: colour"
    ] == done.stderr.splitlines()


def test_json_holds_the_first_hundred_errors(people: CommandLine) -> None:
    """A script need not write a file to learn why."""
    done = people("users", "import", users(people, 103, colour="red"), *INTO, "--json")

    assert list(range(1, 101)) == [one["item"] for one in json.loads(done.stdout)["errors"]]


@pytest.mark.parametrize("name", ["nodir/errors", "."])
def test_errors_that_cannot_be_written_stop_the_import(people: CommandLine, name: str) -> None:
    """The path is checked before anybody is stored, and is the one that is named."""
    path = people.data.parent / name
    done = people("users", "import", users(people, 1), *INTO, "--errors", str(path))

    assert (2, True) == (done.exit_code, str(path) in done.stderr)
    assert "No users" in people.ok("users", "list")


def test_empty_file_is_said_to_be_empty(people: CommandLine) -> None:
    """Nobody wonders whether the import has worked."""
    assert "is empty" in people.ok("users", "import", users(people, 0), *INTO)


def test_resumed_import_says_where_it_goes_on(
    people: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While the run before holds the job, it says so; a person does not look at a standing zero."""
    monkeypatch.setattr(import_file, "CHUNK", 7)
    monkeypatch.setattr(import_file, "CLAIM", import_file.CLAIM / 5)
    file = Path(users(people, 30))

    async def die() -> None:
        async with opened(load({}, data_dir=people.data)) as house:
            connection = await house.parts.stores.connections.named("Customers")
            assert connection is not None

            def told(job: Job) -> None:
                if job.done:
                    raise KeyboardInterrupt

            read = import_file.checked(file)
            await import_file.import_file(house.parts, connection, read, upsert=False, told=told)

    with pytest.raises(KeyboardInterrupt):
        asyncio.run(die())
    done = people("users", "import", str(file), *INTO)

    assert "30 users: 30 inserted, 0 updated, 0 failed." == done.stdout.strip()
    assert ["Waiting for the run before to let go; goes on at 7 of 30."] == done.stderr.splitlines()


@pytest.mark.parametrize("fields", ["nope", "email,nope.deep", ","])
def test_export_of_unknown_fields_is_refused(people: CommandLine, fields: str) -> None:
    """A slip does not become a file of empty lines."""
    done = people("users", "export", "-", *INTO, "--fields", fields)

    assert (2, "") == (done.exit_code, done.stdout)
    assert "there are user_id, email, " in done.stderr


def test_export_ends_quietly_when_nobody_reads_on(people: CommandLine) -> None:
    """`users export - | head` shows the head and no complaint."""
    people.ok("users", "import", users(people, 500, name="n" * 200), *INTO)
    command = [str(GATEWORD), "users", "export", "-", *INTO, "--data", str(people.data)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.readline()
        process.stdout.close()
        complaint = process.stderr.read()

    assert (141, b"") == (process.returncode, complaint)


def test_import_shows_no_bar_where_nobody_looks(people: CommandLine) -> None:
    """Scripts get the summary on standard output, and nothing else anywhere."""
    command = [str(GATEWORD), "users", "import", users(people, 1), *INTO, "--json"]
    done = subprocess.run(
        [*command, "--data", str(people.data)], capture_output=True, text=True, check=True
    )
    assert "" == done.stderr
    assert 1 == json.loads(done.stdout)["summary"]["inserted"]
