"""`gateword apply --url` and `gateword export --url`: a server that runs elsewhere."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from gateword.cli.main import application
from tests.compat.shop import CONFIG
from tests.support import served
from tests.support.served import Served
from tests.unit.provision.applying import RICH


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A bare tenant, served over TLS."""
    with served.running(tmp_path_factory.mktemp("server")) as instance:
        yield instance


def asked(server: Served, *arguments: str, env: Mapping[str, str] | None = None) -> Result:
    """Run a command against the server, with its management client in the environment."""
    given = {
        "GATEWORD_MANAGEMENT_URL": server.base_url,
        "GATEWORD_MANAGEMENT_CLIENT_ID": server.management.client_id,
        "GATEWORD_MANAGEMENT_CLIENT_SECRET": server.management.client_secret,
        "GATEWORD_DATA_DIR": str(server.data),
        **(env or {}),
    }
    return CliRunner().invoke(application(), list(arguments), env=given)


def test_a_server_elsewhere_is_made_what_a_file_says(server: Served, tmp_path: Path) -> None:
    """Dry run, apply, apply again, export and apply of the export: as with an installation here."""
    path = tmp_path / "shop.yaml"
    path.write_text(CONFIG, encoding="utf-8")
    folder = tmp_path / "out"

    dry = asked(server, "apply", str(path), "--dry-run", "--json")
    first = asked(server, "apply", str(path), "--json")
    second = asked(server, "apply", str(path), "--json")
    exported = asked(server, "export", str(folder))
    again = asked(server, "apply", str(folder))

    assert json.loads(dry.stdout)["changes"] == json.loads(first.stdout)["changes"]
    assert (True, False) == tuple(json.loads(one.stdout)["changed"] for one in (first, second))
    assert 0 == exported.exit_code, exported.output
    assert "Nothing changed" in again.stdout
    assert "Shop" in server.gateword("clients", "list")


def test_apply_of_a_rich_export_changes_nothing(tmp_path: Path) -> None:
    """Every section goes to the server and comes back, in both formats."""
    path = tmp_path / "rich.yaml"
    path.write_text(RICH, encoding="utf-8")
    with served.running(tmp_path / "data") as server:
        applied = asked(server, "apply", str(path))
        for target in ("out.yaml", "out"):
            exported = asked(server, "export", str(tmp_path / target))
            again = asked(server, "apply", str(tmp_path / target))

            assert (0, 0) == (applied.exit_code, exported.exit_code)
            assert "left out actions: Greet: secrets" in exported.stderr
            assert "Nothing changed" in again.stdout


def test_faults_that_the_server_finds_have_lines_of_the_file_here(
    server: Served, tmp_path: Path
) -> None:
    """The file never leaves the machine; the lines come back to it."""
    path = tmp_path / "bad.yaml"
    path.write_text("clients:\n  - name: A\n    grant_type: [password]\n", encoding="utf-8")

    done = asked(server, "apply", str(path))

    assert 2 == done.exit_code
    assert f"{path}:3: clients[0].grant_type: unknown member" in done.stderr


@pytest.mark.parametrize(
    ("env", "code", "told"),
    [
        ({"GATEWORD_MANAGEMENT_CLIENT_SECRET": "wrong"}, 2, "client id or secret is wrong"),
        ({"GATEWORD_MANAGEMENT_CLIENT_ID": "nobody"}, 2, "client id or secret is wrong"),
        ({"GATEWORD_MANAGEMENT_CLIENT_SECRET": ""}, 2, "--url needs a management client"),
        ({"GATEWORD_MANAGEMENT_URL": "http://localhost:1"}, 2, "--url is https://HOST"),
        ({"GATEWORD_MANAGEMENT_URL": "https://localhost:1"}, 1, "is the server running"),
        ({"GATEWORD_MANAGEMENT_CA": "/nothing"}, 2, "is no certificate authority"),
        ({"GATEWORD_DATA_DIR": "/nothing", "SSL_CERT_FILE": ""}, 1, "--ca FILE"),
        ({"GATEWORD_DATA_DIR": "/nothing", "SSL_CERT_FILE": ""}, 1, "--data DIR"),
    ],
)
def test_what_keeps_the_server_from_being_asked_is_told(
    server: Served, env: dict[str, str], code: int, told: str
) -> None:
    """In one line, with what to do; the secret is not in it."""
    done = asked(server, "export", env=env)

    assert code == done.exit_code
    assert told in done.stderr
    assert server.management.client_secret not in done.output


def test_ids_come_from_a_server_elsewhere_when_asked_for(server: Served, tmp_path: Path) -> None:
    """`--with-ids` means the same with `--url`."""
    path = tmp_path / "shop.yaml"
    path.write_text("clients: [{name: Kiosk, client_id: kiosk}]", encoding="utf-8")
    asked(server, "apply", str(path))

    without, with_ids = (asked(server, "export", *one).stdout for one in ([], ["--with-ids"]))

    told = "client_id: kiosk"
    assert (False, True) == (told in without, told in with_ids)
