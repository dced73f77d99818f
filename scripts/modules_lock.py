"""The lock: every package that modules are made of, with its checksum and what it depends on."""

import dataclasses
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final

from scripts.modules_errors import ModulesError

LOCK: Final = Path(__file__).resolve().parent / "modules.lock.json"

AGAIN: Final = "Run scripts/modules --lock, and read what it changed before you commit it."


@dataclasses.dataclass(frozen=True, slots=True)
class Locked:
    """A package at one version.

    Attributes:
        name: Its name on the registry.
        version: The version.
        integrity: `sha512-` and the digest of its tarball in base64.
        licence: What its `package.json` says.
        depends: Names it requires, each with the version it gets. Modules that are shipped are
            not among them: it gets the shipped one.
    """

    name: str
    version: str
    integrity: str
    licence: str
    depends: Mapping[str, str]

    @property
    def key(self) -> str:
        return f"{self.name}@{self.version}"


Lock = Mapping[str, Locked]
"""Packages by `name@version`, so that two versions of one stand side by side."""


def read(path: Path = LOCK) -> Lock:
    """Return the lock.

    Raises:
        ModulesError: There is none, or it is no lock.
    """
    try:
        packages = json.loads(path.read_text(encoding="utf-8"))["packages"]
        return {key: _locked(key, row) for key, row in packages.items()}
    except (OSError, ValueError, LookupError, TypeError, AttributeError) as error:
        raise ModulesError(f"{path.name} cannot be read ({error}). {AGAIN}") from None


def write(packages: Iterable[Locked], path: Path = LOCK) -> None:
    """Write the lock, one form for one content."""
    rows = {
        one.key: {"integrity": one.integrity, "licence": one.licence}
        | ({"depends": dict(sorted(one.depends.items()))} if one.depends else {})
        for one in sorted(packages, key=lambda one: one.key)
    }
    path.write_text(json.dumps({"packages": rows}, indent=2) + "\n", encoding="utf-8")


def _locked(key: str, row: Mapping[str, Any]) -> Locked:
    name, _, version = key.rpartition("@")
    return Locked(name, version, row["integrity"], row["licence"], row.get("depends", {}))
