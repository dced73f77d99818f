"""Runs small Node programs of `tests/compat/` that answer one JSON document."""

import json
import os
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from tests.support import ran_against

COMPAT: Final = Path(__file__).resolve().parent.parent / "compat"

TIMEOUT_S: Final = 60
"""Bound of one program; each makes a handful of requests."""


def note(package: str) -> None:
    """Note an npm package of `tests/compat/` as run against, by its own name and version."""
    path = COMPAT / "node_modules" / package / "package.json"
    manifest = json.loads(path.read_text(encoding="utf-8"))
    ran_against.note(f"npm {manifest['name']}", str(manifest["version"]))


def executable() -> str:
    """Return the path of Node, or fail with the command that provides it."""
    found = shutil.which("node")
    if found is None or not (COMPAT / "node_modules").is_dir():
        msg = "Node or its packages are not installed; `scripts/test compat` installs both."
        raise RuntimeError(msg)
    return found


def run(program: str, ask: object, env: Mapping[str, str], *packages: str) -> object:
    """Run a program of `tests/compat/` with `ask` on its standard input.

    Args:
        program: Path below `tests/compat/`.
        ask: What the program reads, as JSON.
        env: Environment to add (`NODE_EXTRA_CA_CERTS`).
        packages: Folders in `node_modules` that it uses; noted as run against.

    Returns:
        The JSON document that the program wrote.

    Raises:
        RuntimeError: The program failed; its output is in the message.
    """
    done = subprocess.run(
        [executable(), str(COMPAT / program)],
        cwd=COMPAT,
        env={**os.environ, **env},
        input=json.dumps(ask),
        capture_output=True,
        text=True,
        timeout=TIMEOUT_S,
        check=False,
    )
    if done.returncode != 0:
        msg = f"{program} ended with {done.returncode}:\n{done.stdout}\n{done.stderr}"
        raise RuntimeError(msg)
    for package in packages:
        note(package)
    answer: object = json.loads(done.stdout)
    return answer
