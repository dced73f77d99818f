"""The wheel of this checkout, installed where nothing else is."""

import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from zipfile import ZipFile

import pytest

from scripts.modules_main import FOLDER

ROOT = Path(__file__).resolve().parents[3]
UV = ROOT / ".venv" / "uv" / "bin" / "uv"


def uv(*words: str) -> None:
    """Run uv: the one that scripts/setup brought, or the machine's."""
    program = str(UV) if UV.exists() else shutil.which("uv")
    assert program is not None, "scripts/setup brings uv where a machine has none"
    done = subprocess.run([program, *words], cwd=ROOT, capture_output=True, text=True, check=False)
    assert 0 == done.returncode, done.stderr


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the wheel once."""
    folder = tmp_path_factory.mktemp("wheel")
    uv("build", "--quiet", "--wheel", "--out-dir", str(folder))
    (built,) = folder.glob("*.whl")
    return built


def test_wheel_has_the_npm_modules(wheel: Path) -> None:
    """Git ignores them; who installs the wheel can `require` them all the same."""
    inside = "gateword/rules/npm/"
    with ZipFile(wheel) as opened:
        held = {name.removeprefix(inside) for name in opened.namelist() if inside in name}
    packed = {path.name for path in FOLDER.iterdir() if not path.name.startswith(".")}
    assert packed == held


def test_wheel_runs_by_itself(wheel: Path, tmp_path: Path) -> None:
    """With what it names as its libraries and nothing of the checkout, an installation is made."""
    environment, lock = tmp_path / "venv", str(tmp_path / "lock.txt")
    extras = ("--extra", "valkey", "--extra", "otel")
    uv("export", "--quiet", "--locked", "--no-dev", *extras, "--no-emit-project", "-o", lock)
    uv("venv", "--quiet", "--python", sys.executable, str(environment))
    asked = ("--python", str(environment), "--constraint", lock, f"{wheel}[valkey,otel]")
    uv("pip", "install", "--quiet", *asked)

    def gateword(*words: str) -> str:
        program = str(environment / "bin" / "gateword")
        return subprocess.check_output([program, *words], cwd=tmp_path, text=True)

    version = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["version"]
    assert f"gateword {version}\n" == gateword("--version")
    assert "Initialised" in gateword("init", "--data", str(tmp_path / "data"))
