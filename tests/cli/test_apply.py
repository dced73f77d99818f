import json
from pathlib import Path

import pytest

from tests.cli.conftest import CommandLine
from tests.compat.shop import CLIENT_ID, CONFIG
from tests.unit.provision.applying import RICH

LOGIN_FAULT = "SyntaxError: It must be one function; whatever asks it fails"
BROKEN = r"""
rules:
  - {name: Half, script: "function (user) {\n  a b;\n}"}
  - {name: Asleep, script: "function (", enabled: false}
databases:
  - name: Old
    strategy: auth0
    options:
      enabledDatabaseCustomization: true
      import_mode: true
      customScripts: {login: "1", get_user: "function () {}", delete: "not asked ("}
actions:
  - {name: Torn, code: "a b", deployed: true, supported_triggers: [{id: post-login}]}
  - {name: Mute, code: "exports.x = 1", deployed: true, supported_triggers: [{id: post-login}]}
  - {name: Loose, code: "a b", deployed: true, supported_triggers: [{id: post-login}]}
triggers:
  post-login: [{action_name: Torn}, {action_name: Mute}]
"""


def test_apply_prints_what_changed_and_then_that_nothing_did(gateword: CommandLine) -> None:
    """A second run changes nothing, and says so."""
    path = str(gateword.file(CONFIG))

    first, second = gateword.ok("apply", path), gateword.ok("apply", path)

    assert "created  client" in first
    assert "8 created, 1 updated, 0 unchanged" in first
    assert second.startswith("Nothing changed: 9 things are as the file says")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "Nothing changed: there is nothing in the file."),
        ("tenant: {}", "Nothing changed: 1 thing is as the file says."),
    ],
)
def test_what_is_unchanged_is_counted_in_words_that_fit(
    gateword: CommandLine, text: str, told: str
) -> None:
    """One thing is, two are, and of none nothing is counted."""
    assert told in gateword.ok("apply", str(gateword.file(text)))


def test_apply_as_json_lists_every_thing(gateword: CommandLine) -> None:
    """Scripts read `changed`, and one change for each thing of the file."""
    first, second = gateword.apply(CONFIG), gateword.apply(CONFIG)

    assert (True, False) == (first["changed"], second["changed"])
    created = {"kind": "client", "name": "Shop", "action": "created"}
    assert {**created, "members": [], "differences": []} in first["changes"]
    assert {"unchanged"} == {change["action"] for change in second["changes"]}


def test_bad_file_ends_with_2_and_names_line_and_key(gateword: CommandLine) -> None:
    """Nothing is applied of a file with a fault in it."""
    path = gateword.file("clients:\n  - name: Shop\n    grant_type: [password]\n")

    done = gateword("apply", str(path))

    assert 2 == done.exit_code
    expected = f"{path}:3: clients[0].grant_type: unknown member; did you mean grant_types?"
    assert expected in done.stderr
    assert 1 == len(gateword.json("clients", "list"))


def test_apply_fills_in_the_environment(gateword: CommandLine) -> None:
    """`##NAME##` comes from the environment of the command."""
    path = str(gateword.file('clients: [{name: "##SHOP##", client_id: shop}]'))

    done = gateword("apply", path, env={"SHOP": "Corner shop"})
    missing = gateword("apply", path)

    assert (0, 2) == (done.exit_code, missing.exit_code)
    assert "Corner shop" == gateword.json("clients", "show", "shop")["name"]
    assert f"{path}:1: the environment variable SHOP is not set" in missing.stderr


def test_apply_reads_standard_input(gateword: CommandLine) -> None:
    """`-` stands for it."""
    done = gateword("apply", "-", "--json", stdin="clients: [{name: A}]")
    bad = gateword("apply", "-", stdin="clients: [{nam: A}]")

    assert (0, 2) == (done.exit_code, bad.exit_code)
    assert "<stdin>:1: clients[0]" in bad.stderr


def test_file_that_is_not_there_ends_with_2(gateword: CommandLine, tmp_path: Path) -> None:
    """The message names the file."""
    done = gateword("apply", str(tmp_path / "nothing.yaml"))

    assert 2 == done.exit_code
    assert "nothing.yaml cannot be read" in done.stderr


def test_folder_without_installation_says_the_next_step(tmp_path: Path) -> None:
    """A mistyped --data must not make a second installation."""
    done = CommandLine(tmp_path / "typo")("apply", "x.yaml")

    assert 2 == done.exit_code
    assert "gateword init" in done.stderr
    assert not (tmp_path / "typo").exists()


def test_apply_on_another_tenant_leaves_the_default_one_alone(gateword: CommandLine) -> None:
    """`--tenant` says whose configuration the file is."""
    gateword.ok("tenants", "add", "acme", "--domain", "acme.example")

    gateword.ok("apply", str(gateword.file(CONFIG)), "--tenant", "acme")

    of_acme = gateword.json("clients", "list", "--tenant", "acme")
    ours = gateword.json("clients", "list")
    assert CLIENT_ID in {client["client_id"] for client in of_acme}
    assert CLIENT_ID not in {client["client_id"] for client in ours}


def test_markup_in_names_is_printed_as_it_is(gateword: CommandLine) -> None:
    """A name is data, not colour."""
    printed = gateword.ok("apply", str(gateword.file('clients: [{name: "[bold]x[/]"}]')))

    assert "[bold]x[/]" in printed


def test_every_command_works_on_postgresql(tmp_path: Path, postgres_url: str) -> None:
    """`--database-url` is all that differs."""
    line = CommandLine(tmp_path / "data", ("--database-url", postgres_url))
    line.ok("init", "--domain", "localhost:8443")

    first, second = line.apply(CONFIG), line.apply(CONFIG)
    line.ok("users", "block", "ann@example.com")
    line.ok("keys", "rotate")

    assert (True, False) == (first["changed"], second["changed"])
    assert [True, False] == [user.get("blocked", False) for user in line.json("users", "list")]
    assert 3 == len(line.json("keys", "list"))
    assert line.json("doctor")["ok"]


def test_every_section_works_on_postgresql(tmp_path: Path, postgres_url: str) -> None:
    """Applied, exported and applied again, rules that change places included."""
    line = CommandLine(tmp_path / "data", ("--database-url", postgres_url))
    line.ok("init", "--domain", "localhost:8443")
    rules = "rules: [{name: First, order: 2}, {name: Add claims, order: 1}]"

    first, moved = line.apply(RICH), line.apply(rules)
    line.ok("export", str(tmp_path / "out"))
    again = line.ok("apply", str(tmp_path / "out"))

    assert (True, True) == (first["changed"], moved["changed"])
    assert "Nothing changed" in again


def test_dry_run_shows_old_and_new_and_writes_nothing(gateword: CommandLine) -> None:
    """Each member that differs has a line; the file is still to be applied afterwards."""
    gateword.apply(CONFIG)
    changed = gateword.file("tenant: {friendly_name: Shop, flags: {oauth_strict_status: true}}")

    shown, again = (gateword.ok("apply", str(changed), "--dry-run") for _ in range(2))

    assert '    friendly_name: (none) -> "Shop"' in shown.splitlines()
    assert "1 updated" in shown
    assert "nothing was written" in shown
    assert shown == again


def test_dry_run_shows_scripts_line_by_line(gateword: CommandLine) -> None:
    """Of a long script only the lines around a change are shown."""
    lines = [f"  // line {number}" for number in range(20)]
    rule = "rules:\n- name: Long rule\n  script: |\n" + "".join(f"    {line}\n" for line in lines)
    gateword.apply(rule)

    shown = gateword.ok(
        "apply", str(gateword.file(rule.replace("line 9", "line nine"))), "--dry-run"
    )

    assert ["-// line 9", "+// line nine"] == [
        line.strip() for line in shown.splitlines() if line.strip()[:1] in {"-", "+"}
    ]
    assert "line 15" not in shown


def test_exit_code_tells_scripts_of_changes(gateword: CommandLine) -> None:
    """`--exit-code` ends with 3 when anything changed or would; a fault stays 2."""
    path = str(gateword.file("clients: [{name: A}]"))
    bad = str(gateword.file("clients: [{nam: A}]", "bad.yaml"))

    codes = [
        gateword("apply", path, "--dry-run", "--exit-code").exit_code,
        gateword("apply", path, "--exit-code").exit_code,
        gateword("apply", path, "--exit-code").exit_code,
        gateword("apply", bad, "--exit-code").exit_code,
    ]

    assert [3, 3, 0, 2] == codes


def test_unsupported_sections_are_named_or_left_out(gateword: CommandLine) -> None:
    """Without `--leave-out` they are faults; with it they are listed and passed over."""
    path = str(gateword.file("branding: {logo_url: x}\nclients: [{name: A}]\n"))

    refused, done = gateword("apply", path), gateword("apply", path, "--leave-out")

    assert f"{path}:1: branding: this section is not supported" in refused.stderr
    assert "left out branding: not supported" in done.stderr
    assert "1 created" in done.stdout


def test_folder_in_the_directory_format_is_applied(gateword: CommandLine, tmp_path: Path) -> None:
    """Faults of a folder name the file they are in."""
    folder = tmp_path / "config"
    (folder / "clients").mkdir(parents=True)
    (folder / "clients" / "Shop.json").write_text('{\n  "name": "Shop"\n}', encoding="utf-8")

    done = gateword.ok("apply", str(folder))
    (folder / "clients" / "Shop.json").write_text('{\n  "nam": "Shop"\n}', encoding="utf-8")
    refused = gateword("apply", str(folder))

    assert "created  client  Shop" in done
    assert f"{folder}/clients/Shop.json:1: clients[0]: name is required" in refused.stderr


def test_what_does_not_act_yet_is_told(gateword: CommandLine) -> None:
    """On standard error by apply and its dry run, in `notes` of its JSON, and by doctor."""
    script = "function (user, context, callback) { require('mongodb'); callback(); }"
    path = str(gateword.file(f'rules: [{{name: Add plan, script: "{script}"}}]\n'))
    text = "ends logins where it wants mongodb: not there"
    told = f"rule Add plan {text}"

    runs = [gateword("apply", path, *options) for options in (["--dry-run"], [])]
    notes = gateword.json("apply", path)["notes"]
    found = gateword.json("doctor")["findings"]

    assert [True, True] == [f"warning {told}" in one.stderr for one in runs]
    assert [told] == notes
    expected = {"level": "warning", "about": "rule Add plan"}
    assert expected | {"text": text} in found


def test_script_that_does_not_compile_is_told_and_taken(gateword: CommandLine) -> None:
    """Tools import what Auth0 has accepted; who looks before logins do finds name and line."""
    path = str(gateword.file(BROKEN))
    ends = "whatever comes to it ends there"
    told = [
        "rule Half does not compile: SyntaxError: expecting ';' (line 2); every login ends there",
        f"Action Torn does not compile: SyntaxError: expecting ';' (line 1); {ends}",
        f"Action Mute does not export onExecutePostLogin, as it seems; {ends}",
        f"database Old script login does not compile: {LOGIN_FAULT}",
    ]

    dry = gateword("apply", path, "--dry-run")
    notes = gateword.json("apply", path)["notes"]
    sick = gateword("doctor")

    assert told == [one for one in notes if "never asked" not in one]
    assert 0 == dry.exit_code
    assert [] == [one for one in told if f"warning {one}" not in dry.stderr]
    assert 1 == sick.exit_code
    about = [one.replace(" does not ", ": does not ") for one in told]
    assert [] == [one for one in about if f"error   {one}" not in sick.stdout]
    assert "Asleep" not in sick.stdout
    assert "Loose" not in sick.stdout


def test_faults_are_json_for_scripts(gateword: CommandLine) -> None:
    """With `--json` standard output is JSON in any case; the status stays, the texts do too."""
    path = gateword.file("clients:\n  - name: Shop\n    grant_type: [password]\n    nam: x\n")

    bad = gateword("apply", str(path), "--json")
    away = gateword("apply", "nothing[1].yaml", "--json")

    places = [one.partition(" ")[0] for one in json.loads(bad.stdout)["faults"]]
    assert (2, [f"{path}:3:", f"{path}:4:"]) == (bad.exit_code, places)
    assert 2 == away.exit_code
    assert "nothing[1].yaml cannot be read" in json.loads(away.stdout)["faults"][0]
