"""`gateword users import` and `export`: any number, and nothing twice."""

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

from gateword.accounts import import_file
from gateword.app import opened
from gateword.domain.secret import Secret
from gateword.policy.identifier import login_names
from gateword.ports.queues import Job
from gateword.settings import load
from tests.cli.conftest import CommandLine
from tests.support.hash_vectors import PASSWORD, VECTORS

BCRYPT = "$2b$10$abcdefghijklmnopqrstuuyQv8vsWhQjcCeXJ4PJbGCDPdxsB6RNO"


@pytest.fixture
def people(gateword: CommandLine) -> CommandLine:
    """The command over an installation with two databases."""
    gateword.apply("databases: [{name: Customers}, {name: Copy}]\n")
    return gateword


def written(people: CommandLine, items: object, name: str = "users.json") -> str:
    """Write items as a JSON array."""
    return str(people.file(json.dumps(items), name))


def into(people: CommandLine, file: str, *more: str, connection: str = "Customers") -> Any:
    """Import a file that must be good, and return the summary."""
    answer = people.json("users", "import", file, "--connection", connection, *more)
    return answer["summary"]


def exported(people: CommandLine, *more: str, connection: str = "Customers") -> Any:
    """Return what an export writes."""
    path = people.data.parent / "out.json"
    people.ok("users", "export", str(path), "--connection", connection, *more)
    return json.loads(path.read_text(encoding="utf-8"))


def summary(**counted: int) -> dict[str, int]:
    """Return a summary with zeros where nothing is said."""
    zeros = {"failed": 0, "updated": 0, "inserted": 0}
    return zeros | counted | {"total": sum(counted.values())}


def full(number: int = 1) -> dict[str, Any]:
    """Return an item with every member."""
    return {
        "user_id": f"id{number}",
        "email": f"ann{number}@example.com",
        "email_verified": True,
        "username": f"ann{number}",
        "phone_number": f"+1555010{number}",
        "phone_verified": True,
        "blocked": True,
        "name": "Ann Example",
        "nickname": "ann",
        "given_name": "Ann",
        "family_name": "Example",
        "picture": "https://img.example/ann.png",
        "user_metadata": {"colour": "red", "ü": [1, {"x": None}]},
        "app_metadata": {"plan": "gold"},
    }


def test_export_is_what_was_imported(people: CommandLine) -> None:
    """Every member that an import reads stands in the export, hashes only when asked for."""
    item = full()
    secrets = {
        "password_hash": BCRYPT,
        "mfa_factors": [{"totp": {"secret": "JBSWY3DPEHPK3PXP"}}],
    }
    assert summary(inserted=1) == into(people, written(people, [item | secrets]))
    assert [item] == exported(people)
    assert [item | secrets] == exported(people, "--with-hashes")
    assert 0o600 == (people.data.parent / "out.json").stat().st_mode & 0o777


def test_hashes_of_every_kind_go_out_and_in_again(people: CommandLine) -> None:
    """Whoever moves on takes the hashes along: the copy verifies, and exports the same."""
    items = [
        {"email": f"u{number}@example.com", "custom_password_hash": one}
        for number, one in enumerate(VECTORS.values())
    ]
    assert summary(inserted=len(items)) == into(people, written(people, items))
    out = exported(people, "--with-hashes")
    for one in out:
        one["user_id"] = f"copy-{one['user_id']}"
    assert summary(inserted=len(items)) == into(people, written(people, out), connection="Copy")
    assert out == exported(people, "--with-hashes", connection="Copy")
    assert [] == [
        name
        for name in map("u{}@example.com".format, range(len(items)))
        if not fits(people.data, "Copy", name)
    ]


def fits(data: Path, connection: str, name: str) -> bool:
    """Say whether the vectors' password is the one stored."""

    async def ask() -> bool:
        async with opened(load({}, data_dir=data, argon2_memory_kib=8)) as house:
            found = await house.parts.stores.connections.named(connection)
            assert found is not None
            account = await house.parts.stores.users.account(found.key, login_names(name))
            assert account is not None
            return await house.parts.hasher.verify(Secret(PASSWORD), account.password_hash)

    return asyncio.run(ask())


def test_import_of_an_export_changes_nothing(people: CommandLine) -> None:
    """With --upsert everybody is met, and the export afterwards is the same byte for byte."""
    into(people, written(people, [full(1), full(2)]))
    before = people.ok("users", "list", "--json")
    exported(people)
    again = str(people.data.parent / "out.json")
    assert summary(updated=2) == into(people, again, "--upsert")
    assert before == people.ok("users", "list", "--json")


@pytest.mark.parametrize("separator", ["\n", "\r\n", "\n\n", " "])
def test_file_may_be_json_lines(people: CommandLine, separator: str) -> None:
    """As Auth0's exports are; white space between items does not matter."""
    lines = separator.join(json.dumps({"email": f"u{n}@example.com"}) for n in range(3))
    assert summary(inserted=3) == into(people, str(people.file(lines, "users.ndjson")))


def test_failed_items_are_counted_told_and_written_down(people: CommandLine) -> None:
    """One bad row stops nobody behind it; the exit code says that some failed."""
    items = [{"email": "a@example.com"}, {"email": "A@example.com"}, {"email": "x"}, 5,
             {"email": "b@example.com", "password_hash": "secret-hash"}]  # fmt: skip
    errors = people.data.parent / "errors.jsonl"
    done = people(
        "users", "import", written(people, items), "--connection", "Customers",
        "--errors", str(errors),
    )  # fmt: skip
    assert 1 == done.exit_code
    assert "5 users: 1 inserted, 0 updated, 4 failed." in done.stdout
    told = [json.loads(line) for line in errors.read_text(encoding="utf-8").splitlines()]
    assert ["DUPLICATED_USER", "INVALID_FORMAT", "INVALID_TYPE", "INVALID_FORMAT"] == [
        one["errors"][0]["code"] for one in told
    ]
    assert {"email": "b@example.com", "password_hash": "*****"} == told[3]["user"]
    assert "secret-hash" not in done.output


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "0 users"),
        ("[]", "0 users"),
    ],
)
def test_file_without_items_is_an_import_of_nobody(
    people: CommandLine, text: str, told: str
) -> None:
    """Nothing to do is no fault."""
    file = str(people.file(text, "users.json"))
    assert told in people.ok("users", "import", file, "--connection", "Customers")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('[{"email":"a@example.com"},', "behind item 1"),
        ('[{"email":"a@example.com"}', "behind item 1"),
        ('[{"email":"a@example.com"}]]', "behind item 1"),
        ("email;name", "at its beginning"),
        ('[{"email":"a@example.com"} {"email":"b@example.com"}]', "behind item 1"),
    ],
)
def test_file_that_is_no_json_is_not_begun(people: CommandLine, text: str, told: str) -> None:
    """It is read through first: nobody is stored of a file that breaks off."""
    file = str(people.file(text, "users.json"))
    done = people("users", "import", file, "--connection", "Customers")
    assert (2, True) == (done.exit_code, told in done.output)
    assert [] == exported(people)


@pytest.mark.parametrize(
    "arguments",
    [
        ("import", "/nonexistent.json", "--connection", "Customers"),
        ("export", "/nonexistent/out.json", "--connection", "Customers"),
        ("export", "-", "--connection", "Nowhere"),
        ("export", "-", "--connection", "Customers", "--format", "xml"),
        ("export", "-", "--connection", "Customers", "--format", "csv", "--with-hashes"),
        ("export", "-", "--connection", "Customers", "--fields", "email", "--with-hashes"),
    ],
)
def test_command_that_cannot_be_done_says_why(
    people: CommandLine, arguments: tuple[str, ...]
) -> None:
    """Bad use ends with 2."""
    done = people("users", *arguments)
    assert 2 == done.exit_code
    assert "gateword:" in done.output


def test_fields_are_chosen_by_their_path(people: CommandLine) -> None:
    """Names of Auth0's user, with dots and positions; what is not there stays empty."""
    into(people, written(people, [full(1), {"email": "bob@example.com", "user_id": "b"}]))
    names = "user_id,email,user_metadata.colour,identities[0].connection"
    assert [
        {
            "user_id": "auth0|id1",
            "email": "ann1@example.com",
            "user_metadata.colour": "red",
            "identities[0].connection": "Customers",
        },
        {
            "user_id": "auth0|b",
            "email": "bob@example.com",
            "identities[0].connection": "Customers",
        },
    ] == exported(people, "--fields", names)
    csv = people.ok(
        "users", "export", "-", "--connection", "Customers", "--format", "csv", "--fields", names
    )
    assert [
        names,
        "auth0|id1,ann1@example.com,red,Customers",
        "auth0|b,bob@example.com,,Customers",
    ] == csv.splitlines()


class Killed(BaseException):
    """Stands for a process that is gone."""


def test_killed_import_goes_on_where_it_was(
    people: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Begun again with the same file it stores every user once, and counts every item once."""
    monkeypatch.setattr(import_file, "CHUNK", 7)
    monkeypatch.setattr(import_file, "CLAIM", import_file.CLAIM * 0)
    items = [{"email": f"u{n}@example.com"} for n in range(30)]
    items[3] = items[20] = {"email": "nobody"}
    file = Path(written(people, items))

    async def die_behind(count: int) -> Job:
        async with opened(load({}, data_dir=people.data)) as house:
            connection = await house.parts.stores.connections.named("Customers")
            assert connection is not None

            def told(job: Job) -> None:
                if job.done >= count:
                    raise Killed

            read = import_file.checked(file)
            return await import_file.import_file(
                house.parts, connection, read, upsert=False, told=told
            )

    for count in (7, 21):
        with pytest.raises(Killed):
            asyncio.run(die_behind(count))
    done = people("users", "import", str(file), "--connection", "Customers", "--json")
    assert summary(inserted=28, failed=2) == json.loads(done.stdout)["summary"]
    assert 28 == len(exported(people))


def test_finished_import_begins_anew(people: CommandLine) -> None:
    """The same file once more is an import of its own."""
    file = written(people, [{"email": "a@example.com"}])
    assert summary(inserted=1) == into(people, file)
    done = people("users", "import", file, "--connection", "Customers", "--json")
    assert summary(failed=1) == json.loads(done.stdout)["summary"]
    assert summary(updated=1) == into(people, file, "--upsert")
