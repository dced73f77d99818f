import json
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from gateword.cli.main import application

DOMAIN = "localhost:8443"
PASS = "function (user, context, callback) { callback(null, user, context); }"
ADD_PLAN = """function addPlan(user, context, callback) {
  context.idToken["https://shop.example/plan"] = user.app_metadata.plan;
  context.accessToken.sub = "somebody else";
  console.log("plan for", configuration.REGION);
  auth0.users.updateAppMetadata(user.user_id, { seen: true })
    .then(() => callback(null, user, context))
    .catch(callback);
}
"""
TENANT = """
rules:
  - {name: First, script: ./first.js, order: 1}
  - {name: Second, script: ./second.js, order: 2}
  - {name: Third, script: ./first.js, order: 3, enabled: false}
rulesConfigs: [{key: REGION, value: eu}]
x-gateword-scripts: {allowed_hosts: [api.example]}
"""


@dataclass(frozen=True, slots=True)
class CommandLine:
    """The `gateword` command over one installation.

    Attributes:
        data: Folder of the installation.
        options: Added to every call.
    """

    data: Path
    options: Sequence[str] = ()

    def __call__(
        self, *arguments: str, stdin: str | None = None, env: Mapping[str, str] | None = None
    ) -> Result:
        """Run a command in this process."""
        return CliRunner().invoke(
            application(),
            [*arguments, "--data", str(self.data), *self.options],
            input=stdin,
            env={"GATEWORD_ARGON2_MEMORY_KIB": "8", "COLUMNS": "200", **(env or {})},
        )

    def ok(self, *arguments: str, stdin: str | None = None) -> str:
        """Run a command that must succeed, and return what it printed."""
        done = self(*arguments, stdin=stdin)
        assert 0 == done.exit_code, done.output
        return done.stdout

    def json(self, *arguments: str, stdin: str | None = None) -> Any:
        """Run a command that must succeed, and return the JSON it printed."""
        return json.loads(self.ok(*arguments, "--json", stdin=stdin))

    def apply(self, text: str) -> Any:
        """Apply a text that must be good, and return what changed."""
        return self.json("apply", str(self.file(text)))

    def file(self, text: str, name: str = "tenant.yaml") -> Path:
        """Write a file beside the installation."""
        path = self.data.parent / name
        path.write_text(text, encoding="utf-8")
        return path


@pytest.fixture(scope="session")
def initialised(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder as `gateword init` leaves it, made once."""
    line = CommandLine(tmp_path_factory.mktemp("initialised") / "data")
    line.ok("init", "--domain", DOMAIN)
    return line.data


@pytest.fixture
def gateword(initialised: Path, tmp_path: Path) -> CommandLine:
    """The command over a new installation."""
    shutil.copytree(initialised, tmp_path / "data")
    (tmp_path / "data").chmod(0o700)
    return CommandLine(tmp_path / "data")


@pytest.fixture
def ruled(gateword: CommandLine) -> CommandLine:
    """The command over an installation with three rules, one of them off."""
    gateword.file(PASS, "first.js")
    gateword.file(ADD_PLAN, "second.js")
    gateword.apply(TENANT)
    return gateword
