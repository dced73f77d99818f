"""The README's and the tutorial's commands, run as they stand, in a shell, as a stranger would."""

import json
import os
import re
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.support.served import GATEWORD, free_port

BASH = shutil.which("bash") or "/bin/bash"
ROOT = Path(__file__).resolve().parent.parent.parent
PORT = "8443"
"""Where the documents let a server listen."""

TIMEOUT_S = 90
WAIT = """
curl() {
  case " $* " in *" --retry-connrefused "*)
    for _ in {1..500}; do
      (: </dev/tcp/127.0.0.1/PORT) 2>/dev/null && break
      sleep 0.02
    done ;;
  esac
  command curl "$@"
}
"""
"""curl waits whole seconds before it looks again for a server; here it begins when one is there."""

BLOCK = re.compile(r"^```(sh|yaml|haproxy)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True, slots=True)
class Played:
    """What the shell said."""

    text: str

    def answers(self) -> list[dict[str, object]]:
        """Return the JSON answers among the lines, in order."""
        return [json.loads(line) for line in self.text.splitlines() if line.startswith("{")]


def play(page: str, folder: Path, *, begin: str = "", ports: Sequence[str] = (PORT,)) -> Played:
    """Run a page's shell blocks in one shell; other blocks become the file they name.

    The documented ports are replaced by free ones, and the servers are stopped whatever happens.
    """
    text, free = (ROOT / page).read_text(), {port: str(free_port()) for port in ports}
    for port, other in free.items():
        text = text.replace(port, other)
    script = ["set -u", WAIT.replace("PORT", free[ports[0]])]
    for kind, block in BLOCK.findall(text[text.index(begin) :]):
        if kind != "sh":
            name = block.partition("\n")[0].removeprefix("# ")
            (folder / name).write_text(block)
        else:
            script.append(block)
    pasted = "\n".join(script)
    source = f"trap 'kill $(jobs -p) 2>/dev/null' EXIT\n{pasted}"
    ran = subprocess.run(
        [BASH, "-c", source],
        cwd=folder,
        env=os.environ | {"PATH": f"{GATEWORD.parent}:{os.environ['PATH']}"},
        capture_output=True,
        text=True,
        timeout=TIMEOUT_S,
        check=False,
    )
    assert "command not found" not in ran.stderr, ran.stderr
    return Played(ran.stdout)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An empty folder, as a stranger has it."""
    return tmp_path


def test_readme_own_server_gives_a_token(folder: Path) -> None:
    """Whoever pastes the README's commands has tokens for ann at the end."""
    played = play("README.md", folder, begin="## Your own server")

    answer = played.answers()[-1]
    assert {"access_token", "refresh_token", "id_token"} <= set(answer)
    assert answer["scope"] == "openid read:orders offline_access"


def test_tutorial_shows_what_it_promises(folder: Path) -> None:
    """Each step of the first login ends as the page says."""
    played = play("docs/tutorials/first-login.md", folder)

    health, employee, customer, wrong, nowhere, ann, renewed, reused = played.answers()[:8]
    assert health == {"status": "ok", "database": True}
    assert {"access_token", "refresh_token"} <= set(employee) & set(customer) & set(renewed)
    assert employee["access_token"] != customer["access_token"]
    assert wrong == {
        "error": "invalid_grant",
        "error_description": "Wrong email or password.",
    }
    assert nowhere["error_description"] == "Unknown realm Nowhere."
    assert str(ann["sub"]).startswith("auth0|")
    assert reused["error_description"] == "Unknown or invalid refresh token."
    assert "Nothing changed" in played.text
    for code in ("sepft", "fepft", "sertft", "ferrt"):
        assert code in played.text
