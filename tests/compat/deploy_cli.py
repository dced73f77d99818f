"""Runs `a0deploy`, unmodified, against a served instance."""

import os
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tests.support import node
from tests.support.served import Served

FIXTURE: Final = Path(__file__).parent / "deploy"
TIMEOUT_S: Final = 180
"""The tool keeps itself to eight requests a second, and waits for Actions."""

_TOOL: Final = node.COMPAT / "node_modules/.bin/a0deploy"
_KEEP_COMPILED: Final = (
    *("--no-flush-bytecode", "--require"),
    str(node.COMPAT / "keep_compiled.cjs"),
)


@dataclass(frozen=True, slots=True)
class DeployCli:
    """The tool, pointed at one instance and allowed everything its management client is.

    Attributes:
        kept: Folder for what Node compiles each time, so that it does so once.
    """

    served: Served
    kept: Path

    def load(self, source: Path) -> str:
        """Import a YAML file or a folder, and return what the tool printed."""
        config = FIXTURE / "config.json"
        return self._run("import", f"--input_file={source}", f"--config_file={config}")

    def dump(self, layout: str, folder: Path) -> Path:
        """Export as `yaml` or `directory`, and return the file or folder that was written."""
        self._run("export", f"--format={layout}", f"--output_folder={folder}")
        return folder / "tenant.yaml" if layout == "yaml" else folder

    def _run(self, *arguments: str) -> str:
        done = subprocess.run(
            [node.executable(), *_KEEP_COMPILED, str(_TOOL), *arguments],
            cwd=node.COMPAT,
            env=self._environment(),
            capture_output=True,
            text=True,
            timeout=TIMEOUT_S,
            check=False,
        )
        if done.returncode != 0:
            msg = f"a0deploy {arguments[0]}: {done.returncode}\n{done.stdout}\n{done.stderr}"
            raise RuntimeError(msg)
        node.note("auth0-deploy-cli")
        return done.stdout + done.stderr

    def _environment(self) -> Mapping[str, str]:
        proxies = {"HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"}
        inherited = {name: value for name, value in os.environ.items() if name not in proxies}
        return {
            **inherited,
            **self.served.env,
            "KEEP_COMPILED": str(self.kept),
            "AUTH0_DOMAIN": self.served.domain,
            "AUTH0_CLIENT_ID": self.served.management.client_id,
            "AUTH0_CLIENT_SECRET": self.served.management.client_secret,
        }
