import asyncio
import json
import signal
import subprocess
from pathlib import Path
from typing import Any

import pytest

from gateword.app import opened
from gateword.domain.log_event import LogCode, LogEvent
from gateword.settings import load
from tests.cli.conftest import DOMAIN, CommandLine
from tests.compat.shop import CLIENT_ID, CLIENT_SECRET, CONFIG
from tests.support.served import GATEWORD
from tests.support.valkey import ValkeyProcess


def states(keys: list[dict[str, Any]]) -> dict[str, str]:
    """Return the state of each key."""
    names = ("current", "next", "previous", "revoked")
    return {key["kid"]: next(name for name in names if key[name]) for key in keys}


def write_log(gateword: CommandLine, *codes: LogCode, user_name: str = "") -> None:
    """Append an event of each code."""

    async def append() -> None:
        async with opened(load({}, data_dir=gateword.data)) as house:
            at = house.parts.clock.now()
            events = [LogEvent(code=code, at=at, user_name=user_name) for code in codes]
            await house.parts.stores.logs.append(events)

    asyncio.run(append())


def test_client_is_found_by_name_and_by_id(gateword: CommandLine) -> None:
    """Without its secret, unless it is asked for."""
    gateword.apply(CONFIG)

    by_name = gateword.json("clients", "show", "Shop")
    by_id = gateword.json("clients", "show", CLIENT_ID, "--reveal-secret")

    assert "client_secret" not in by_name
    assert {**by_name, "client_secret": CLIENT_SECRET} == by_id


def test_secrets_stay_out_of_what_people_read(gateword: CommandLine) -> None:
    """Screens are shared and scrolled back."""
    gateword.apply(CONFIG)

    shown = gateword.ok("clients", "show", "Shop") + gateword.ok("clients", "list")

    assert CLIENT_SECRET not in shown
    assert "--reveal-secret" in shown
    assert CLIENT_SECRET in gateword.ok("clients", "show", "Shop", "--reveal-secret")


def test_unknown_client_names_the_nearest(gateword: CommandLine) -> None:
    """And ends with 2."""
    gateword.apply(CONFIG)

    done = gateword("clients", "show", "Shp")

    assert 2 == done.exit_code
    assert "did you mean Shop?" in done.stderr


def test_rotation_moves_each_key_on(gateword: CommandLine) -> None:
    """Next becomes current, current previous, and a new key is next."""
    before = states(gateword.json("keys", "list"))
    after = states(gateword.json("keys", "rotate"))

    moves = {(before.get(kid, "absent"), state) for kid, state in after.items()}
    assert {("current", "previous"), ("next", "current"), ("absent", "next")} == moves
    assert after == states(gateword.json("keys", "list"))


def test_only_a_previous_key_can_be_revoked(gateword: CommandLine) -> None:
    """The current one must be rotated first; a revoked one leaves the JWKS."""
    (current,) = [
        kid for kid, state in states(gateword.json("keys", "list")).items() if state == "current"
    ]

    too_early = gateword("keys", "revoke", current)
    gateword.ok("keys", "rotate")
    after = states(gateword.json("keys", "revoke", current))

    assert 2 == too_early.exit_code
    assert "gateword keys rotate" in too_early.stderr
    assert "revoked" == after[current]


def test_private_keys_are_never_printed(gateword: CommandLine) -> None:
    """What is listed could be published."""
    assert "PRIVATE" not in gateword.ok("keys", "list", "--json")


def test_logs_show_no_control_characters_of_a_login_name(gateword: CommandLine) -> None:
    """Anybody may type a login name, and the operator's terminal would obey it."""
    write_log(gateword, LogCode.FU, user_name="a\x1b[2J\x9b31m\r\nb")

    assert "a?[2J?31m??b" in gateword.ok("logs")


def test_logs_print_the_newest_oldest_first(gateword: CommandLine) -> None:
    """One JSON object a line, in Auth0's shape."""
    write_log(gateword, LogCode.FP, LogCode.SEPFT, LogCode.FU)

    lines = gateword.ok("logs", "-n", "2", "--json").splitlines()
    only_fp = gateword.ok("logs", "--type", "fp", "--json").splitlines()

    assert ["sepft", "fu"] == [json.loads(line)["type"] for line in lines]
    assert ["fp"] == [json.loads(line)["type"] for line in only_fp]


def test_followed_log_goes_on_until_it_is_interrupted(gateword: CommandLine) -> None:
    """Ctrl-C is the usual way to end it, and no failure."""
    write_log(gateword, LogCode.FP)
    command = [str(GATEWORD), "logs", "--follow", "--json", "--data", str(gateword.data)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as following:
        assert following.stdout is not None
        assert following.stderr is not None
        before = json.loads(following.stdout.readline())
        write_log(gateword, LogCode.FU)
        after = json.loads(following.stdout.readline())
        following.send_signal(signal.SIGINT)
        status, complaint = following.wait(30), following.stderr.read()

    assert ("fp", "fu") == (before["type"], after["type"])
    assert (0, b"") == (status, complaint)


def test_unknown_log_type_names_those_there_are(gateword: CommandLine) -> None:
    """A typing error must not look like a quiet log."""
    done = gateword("logs", "--type", "sepf")

    assert 2 == done.exit_code
    assert "did you mean sepft?" in done.stderr


def test_new_tenant_has_a_management_client_of_its_own(gateword: CommandLine) -> None:
    """Printed like that of `gateword init`; a second run changes nothing."""
    made = gateword.json("tenants", "add", "acme", "--domain", "acme.example")
    again = gateword.json("tenants", "add", "acme", "--domain", "acme.example")

    assert made == again
    assert "https://acme.example/" == made["issuer"]
    assert "https://acme.example/api/v2/" == made["management"]["audience"]
    assert ["default", "acme"] == sorted(
        (one["name"] for one in gateword.json("tenants", "list")), reverse=True
    )


@pytest.mark.parametrize(
    ("name", "domain"), [("default", "other.example"), ("other", DOMAIN), ("no name", "a.example")]
)
def test_taken_or_bad_tenant_ends_with_2(gateword: CommandLine, name: str, domain: str) -> None:
    """Names and domains belong to one tenant each."""
    done = gateword("tenants", "add", name, "--domain", domain)

    assert 2 == done.exit_code
    assert 1 == len(gateword.json("tenants", "list"))


def test_unknown_tenant_names_those_there_are(gateword: CommandLine) -> None:
    """Every command that takes --tenant says so."""
    done = gateword("users", "list", "--tenant", "nobody")

    assert 2 == done.exit_code
    assert "default" in done.stderr


def test_doctor_is_content_with_a_new_installation(gateword: CommandLine) -> None:
    """Only that nobody can log in yet is worth a hint."""
    report = gateword.json("doctor")

    assert report["ok"]
    assert {"hint"} == {finding["level"] for finding in report["findings"]}


@pytest.mark.parametrize("name", [".", "encryption.key", "gateword.sqlite3", "tls/ca.key"])
def test_doctor_finds_files_open_to_others(gateword: CommandLine, name: str) -> None:
    """Keys and password hashes are in them; the finding says the command."""
    path = gateword.data / name
    path.chmod(0o755)

    done = gateword("doctor")

    assert 1 == done.exit_code
    assert f"chmod {700 if path.is_dir() else 600} {path}" in done.stdout


def test_doctor_warns_of_tokens_without_end(gateword: CommandLine) -> None:
    """A warning leaves the status at 0."""
    gateword.apply(CONFIG)

    report = gateword.json("doctor")

    warned = [one for one in report["findings"] if one["level"] == "warning"]
    assert {"client Shop"} == {one["about"] for one in warned}
    assert any("never expire" in one["text"] for one in warned)
    assert report["ok"]


def test_doctor_finds_the_wrong_encryption_key(gateword: CommandLine) -> None:
    """A database restored without its key serves nobody."""
    (gateword.data / "encryption.key").write_text("A" * 43 + "=\n")

    done = gateword("doctor", "--json")

    assert 1 == done.exit_code
    assert "encryption key" in {one["about"] for one in json.loads(done.stdout)["findings"]}


@pytest.mark.parametrize("url", ["valkey://127.0.0.1:1", "unix:///nowhere/valkey"])
def test_doctor_finds_counters_that_are_away(gateword: CommandLine, url: str) -> None:
    """Nobody is throttled meanwhile; a warning leaves the status at 0."""
    done = gateword("doctor", "--json", env={"GATEWORD_VALKEY_URL": url})

    assert 0 == done.exit_code
    warned = [one for one in json.loads(done.stdout)["findings"] if one["level"] == "warning"]
    assert ["valkey_url"] == [one["about"] for one in warned]


def test_doctor_is_content_with_counters_that_answer(
    gateword: CommandLine, valkey: ValkeyProcess
) -> None:
    """Whatever kind of server the machine has."""
    done = gateword("doctor", "--json", env={"GATEWORD_VALKEY_URL": valkey.url})

    assert "valkey_url" not in {one["about"] for one in json.loads(done.stdout)["findings"]}


def test_doctor_finds_a_database_that_is_away(gateword: CommandLine) -> None:
    """Named as such, not as a traceback."""
    done = gateword("doctor", "--json", "--database-url", "postgresql://127.0.0.1:1/none")

    assert 1 == done.exit_code
    assert "database" in {one["about"] for one in json.loads(done.stdout)["findings"]}


@pytest.mark.parametrize(
    "arguments",
    [("init",), ("serve",), ("logs",), ("apply", "tenant.yaml"), ("users", "list"), ("env",)],
)
@pytest.mark.parametrize("beneath", ["", "deeper"])
def test_data_folder_that_is_a_file_is_told(
    tmp_path: Path, arguments: tuple[str, ...], beneath: str
) -> None:
    """A slip in `--data` costs one line, and nothing is written."""
    file = tmp_path / "afile"
    file.write_text("kept")
    (tmp_path / "tenant.yaml").write_text("{}")

    done = CommandLine(file / beneath)(*arguments)

    assert (2, "") == (done.exit_code, done.stdout)
    assert 1 == len(done.stderr.splitlines())
    assert "is no folder" in done.stderr
    assert "kept" == file.read_text()


@pytest.mark.parametrize("command", ["init", "serve"])
def test_data_folder_that_cannot_be_made_is_told(command: str) -> None:
    """Whoever may not write there reads where, and no traceback."""
    done = CommandLine(Path("/proc/gateword-data"))(command)

    assert 2 == done.exit_code
    assert 1 == len(done.stderr.splitlines())
    assert "gateword-data" in done.stderr
