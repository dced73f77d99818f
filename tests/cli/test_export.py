from pathlib import Path

import pytest

from tests.cli.conftest import CommandLine
from tests.compat.shop import CLIENT_ID, CONFIG

RULE = 'rules: [{name: Greet, script: "function (u, c, cb) { cb(null, u, c); }"}]\n'


@pytest.mark.parametrize(
    ("target", "options", "expected"),
    [
        ("out.yaml", [], ["out.yaml", "rules/Greet.js"]),
        ("out/tenant.yml", [], ["out/rules/Greet.js", "out/tenant.yml"]),
        ("out", ["--format", "yaml"], ["out/rules/Greet.js", "out/tenant.yaml"]),
        ("out", [], ["out/rules/Greet.js", "out/rules/Greet.json", "out/tenant.json"]),
        ("out.d", ["--format", "directory"], ["out.d/rules/Greet.js", "out.d/tenant.json"]),
    ],
)
def test_target_and_format_say_where_files_go(
    gateword: CommandLine, tmp_path: Path, target: str, options: list[str], expected: list[str]
) -> None:
    """A name that ends in .yaml is one file, any other a folder, unless --format says else."""
    gateword.apply(CONFIG)
    gateword.apply(RULE)

    gateword.ok("export", str(tmp_path / target), *options)

    assert [] == [name for name in expected if not (tmp_path / name).is_file()]


@pytest.mark.parametrize("target", ["out.yaml", "out"])
def test_apply_of_an_export_changes_nothing(
    gateword: CommandLine, tmp_path: Path, target: str
) -> None:
    """In both formats, through the disk."""
    gateword.apply(CONFIG)
    gateword.apply(RULE)
    gateword.ok("export", str(tmp_path / target))

    assert "Nothing changed" in gateword.ok("apply", str(tmp_path / target))


def test_export_without_a_target_prints_yaml_that_applies(gateword: CommandLine) -> None:
    """Scripts stand inside it then, and standard error says nothing."""
    gateword.apply(RULE)

    printed = gateword.ok("export")
    done = gateword("apply", "-", stdin=printed)

    assert "function (u, c, cb)" in printed
    assert (0, True) == (done.exit_code, "Nothing changed" in done.stdout)


def test_secrets_that_are_left_out_are_named(gateword: CommandLine, tmp_path: Path) -> None:
    """So that nobody believes a copy of the tenant to be whole."""
    gateword.apply(CONFIG)

    done = gateword("export", str(tmp_path / "out"))

    assert "left out clients: Shop: client_secret" in done.stderr


def test_folder_needs_a_place(gateword: CommandLine) -> None:
    """Standard output holds one file."""
    done = gateword("export", "--format", "directory")

    assert 2 == done.exit_code
    assert "gateword export DIR" in done.stderr


def test_target_that_cannot_be_written_is_named(gateword: CommandLine, tmp_path: Path) -> None:
    """A file stands where a folder is wanted."""
    (tmp_path / "taken").write_text("", encoding="utf-8")

    done = gateword("export", str(tmp_path / "taken" / "out.yaml"))

    assert 1 == done.exit_code
    assert "cannot be written" in done.stderr


def test_hyphen_is_standard_output(gateword: CommandLine) -> None:
    """As elsewhere on a command line."""
    assert gateword.ok("export") == gateword.ok("export", "-")


@pytest.mark.parametrize("name", ["out.txt", "out.json"])
def test_name_that_is_no_yaml_and_no_folder_is_refused(
    gateword: CommandLine, tmp_path: Path, name: str
) -> None:
    """Nobody wants a folder called out.txt without saying so."""
    done = gateword("export", str(tmp_path / name))

    assert (2, False) == (done.exit_code, (tmp_path / name).exists())
    assert "--format directory" in done.stderr


@pytest.mark.parametrize("target", ["out.yaml", "out"])
def test_new_tenant_keeps_client_ids_of_an_export_with_them(
    gateword: CommandLine, tmp_path: Path, target: str
) -> None:
    """Without them each client is made anew; secrets are left out in both cases, and named."""
    gateword.apply(CONFIG)
    done = gateword("export", "--with-ids", str(tmp_path / target))
    gateword.ok("tenants", "add", "acme", "--domain", "acme.example")

    gateword.ok("apply", str(tmp_path / target), "--tenant", "acme")

    clients = gateword.json("clients", "list", "--tenant", "acme")
    assert CLIENT_ID in {client["client_id"] for client in clients}
    assert "left out clients: Shop: client_secret" in done.stderr
    assert "client_id: " + CLIENT_ID not in gateword.ok("export")


def test_one_file_is_one_file(gateword: CommandLine, tmp_path: Path) -> None:
    """A tenant without scripts is one file of YAML."""
    assert "Wrote 1 file to" in gateword.ok("export", str(tmp_path / "out.yaml"))
