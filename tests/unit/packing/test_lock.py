import json
from pathlib import Path
from typing import Any

import pytest

from scripts import modules_lock
from scripts.modules_errors import ModulesError
from scripts.modules_main import SHIPPED, built, licences, written
from scripts.modules_package import Package
from scripts.modules_registry import Registry
from scripts.modules_versions import is_in, locked
from scripts.modules_wanted import MODULES, VERSIONS

ASKED: dict[str, Any] = {
    "trunk/1.0.0": {
        "dependencies": {"leaf": "^1.1.0", "bark": "~2.0.0", "crypto": "*", "axe": "1.0.0"}
    },
    "leaf/1.2.0": {"dependencies": {"bark": "^1.0.0"}},
    "bark": {"versions": {"1.0.0": {}, "1.9.1": {}, "1.10.0": {}, "2.0.3": {}, "2.1.0": {}}},
    "bark/1.10.0": {},
    "bark/2.0.3": {},
}
"""What a registry says of a small forest."""


class Forest(Registry):
    """A registry of that forest."""

    def about(self, name: str, version: str = "") -> Any:
        asked = f"{name}/{version}" if version else name
        row = {"name": name, "license": "MIT", "dist": {"integrity": f"sha512-{name}"}}
        return row | ASKED[asked]


@pytest.mark.parametrize(
    ("version", "wanted", "expected"),
    [
        ("1.2.3", "1.2.3", True),
        ("1.2.4", "1.2.3", False),
        ("1.9.0", "^1.2.3", True),
        ("1.2.2", "^1.2.3", False),
        ("2.0.0", "^1.2.3", False),
        ("0.3.9", "^0.3.3", True),
        ("0.4.0", "^0.3.3", False),
        ("0.0.4", "^0.0.3", False),
        ("1.2.9", "~1.2.3", True),
        ("1.3.0", "~1.2.3", False),
        ("1.3.0-rc.1", "^1.2.3", False),
        ("8.0.0-3", "8.0.0-3", True),
    ],
)
def test_ranges_mean_what_npm_means(version: str, wanted: str, *, expected: bool) -> None:
    """Exact, tilde and caret; of versions before a release only the one that is named."""
    assert expected is is_in(version, wanted)


@pytest.mark.parametrize("wanted", ["*", ">=1.0.0", "1.x", "^1", "latest", "1.0.0 || 2.0.0"])
def test_other_ranges_are_told_and_not_guessed(wanted: str) -> None:
    """A range of a kind that is not known ends the locking."""
    with pytest.raises(ModulesError, match="Unknown kind of range"):
        is_in("1.0.0", wanted)


def test_the_lock_holds_all_that_is_depended_on() -> None:
    """The newest that is allowed, the wanted one first, two versions of one side by side."""
    wanted = {"trunk": "1.0.0", "leaf": "1.2.0"}
    rows = {row.key: row for row in locked(Forest(), wanted, {"crypto", "axe"}, lambda _: None)}
    assert set(rows) == {"trunk@1.0.0", "leaf@1.2.0", "bark@1.10.0", "bark@2.0.3"}
    assert rows["trunk@1.0.0"].depends == {"bark": "2.0.3", "leaf": "1.2.0"}
    assert rows["leaf@1.2.0"].depends == {"bark": "1.10.0"}


def test_a_lock_is_read_as_it_was_written(tmp_path: Path) -> None:
    """Nothing is lost, and the order of what is written says nothing."""
    rows = locked(Forest(), {"leaf": "1.2.0"}, (), lambda _: None)
    path = tmp_path / "lock.json"
    modules_lock.write(reversed(rows), path)
    assert list(modules_lock.read(path).values()) == sorted(rows, key=lambda row: row.key)


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"packages": {"a@1.0.0": {}}}'])
def test_what_is_no_lock_is_told_with_what_to_do(tmp_path: Path, text: str) -> None:
    """A lock that was merged badly ends the packing with the command that mends it."""
    path = tmp_path / "lock.json"
    path.write_text(text)
    with pytest.raises(ModulesError, match="scripts/modules --lock"):
        modules_lock.read(path)


def test_the_lock_is_of_the_wanted_versions() -> None:
    """Who changes a version runs `scripts/modules --lock`; checksums are SHA-512 throughout."""
    lock = modules_lock.read()
    assert {f"{name}@{version}" for name, version in VERSIONS.items()} <= set(lock)
    assert all(row.integrity.startswith("sha512-") for row in lock.values())
    depended = {f"{name}@{to}" for row in lock.values() for name, to in row.depends.items()}
    assert depended <= set(lock)
    assert not SHIPPED & {name for row in lock.values() for name in row.depends}


def test_a_module_of_another_version_than_the_lock_is_refused() -> None:
    """The table and the lock are changed together."""
    with pytest.raises(ModulesError, match="scripts/modules --lock"):
        built(MODULES[0], {})


def test_a_package_without_terms_is_named_all_the_same() -> None:
    """What its `package.json` says stands where the text would."""
    lock = {row.key: row for row in locked(Forest(), {"leaf": "1.2.0"}, (), lambda _: None)}
    packages = {
        "leaf@1.2.0": Package("leaf@1.2.0", "leaf", {"LICENCE.txt": "Take it.\n"}, {}),
        "bark@1.10.0": Package("bark@1.10.0", "bark", {}, {}),
    }
    terms = licences(sorted(packages), packages, lock)
    assert "leaf@1.2.0 (MIT)" in terms
    assert "Take it." in terms
    assert "its package.json says MIT" in terms


def test_modules_of_an_older_lock_go_away(tmp_path: Path) -> None:
    """The folder holds what was packed last; no half-written file stays."""
    (tmp_path / "old.js").touch()
    written({"new.js": "1", "manifest.json": json.dumps({})}, tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == {"new.js", "manifest.json"}
