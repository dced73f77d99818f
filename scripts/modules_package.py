"""An npm package in memory, and which file of which package a `require` means."""

import dataclasses
import io
import json
import posixpath
import re
import tarfile
from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final

from scripts.modules_errors import ModulesError
from scripts.modules_lock import Locked

_CONDITIONS: Final = ("require", "browser", "default")
"""Members of `exports` that hold for us; the first that a package writes wins."""

_LICENCE: Final = re.compile(r"(licen[cs]e|copying|notice)([.-].*)?", re.IGNORECASE)


@dataclasses.dataclass(frozen=True, slots=True)
class Package:
    """A package's files, read from its tarball or written by us.

    Attributes:
        key: `name@version`.
        name: Its name.
        files: Content by path inside the package.
        depends: Names it requires, each with the key of the package that is meant.
    """

    key: str
    name: str
    files: Mapping[str, str]
    depends: Mapping[str, str]

    @property
    def about(self) -> Mapping[str, Any]:
        about: Mapping[str, Any] = json.loads(self.files.get("package.json", "{}"))
        return about

    @property
    def licences(self) -> Sequence[str]:
        """The texts that say under which terms it comes."""
        return [self.files[path] for path in sorted(self.files) if _LICENCE.fullmatch(path)]


@dataclasses.dataclass(frozen=True, slots=True)
class File:
    """A file of a package, by the package's key and the path in it."""

    package: str
    path: str


@dataclasses.dataclass(frozen=True, slots=True)
class Outer:
    """A module that is shipped beside, by the name to require it by."""

    name: str


Found = File | Outer | None
"""What a `require` means; `None` is an empty object."""


def unpacked(locked: Locked, tarball: bytes) -> Package:
    """Return a package from its tarball; its binary files are left out."""
    files = {}
    with tarfile.open(fileobj=io.BytesIO(tarball), mode="r:gz") as archive:
        for member in archive:
            content = archive.extractfile(member) if member.isfile() else None
            if content is None:
                continue
            try:
                files[member.name.partition("/")[2]] = content.read().decode("utf-8-sig")
            except UnicodeDecodeError:
                continue
    depends = {name: f"{name}@{version}" for name, version in locked.depends.items()}
    return Package(locked.key, locked.name, files, depends)


class Resolver:
    """Finds what a `require` means, as Node and the bundlers do for a browser.

    Args:
        packages: By key.
        shipped: Names of modules that are shipped, ours and packed ones; they go before a
            package's own choice, so that a script meets one `moment` only.
        absent: Names that mean an empty object.
    """

    def __init__(
        self,
        packages: Mapping[str, Package],
        shipped: Collection[str],
        absent: Collection[str] = (),
    ) -> None:
        self._packages = packages
        self._shipped = shipped
        self._absent = absent

    def main(self, package: Package) -> File:
        """Return the file that stands for the whole package.

        Raises:
            ModulesError: There is none.
        """
        found = self._inside(package, "")
        if not isinstance(found, File):
            raise ModulesError(f"{package.key} has no file to begin with.")
        return found

    def find(self, asked: str, asker: File) -> Found:
        """Return what a file means by a name.

        Raises:
            ModulesError: Nothing has that name.
        """
        package = self._packages[asker.package]
        found = self._relative(package, asked, asker) if _is_path(asked) else None
        if found is None and not _is_path(asked):
            found = self._bare(package, asked.rstrip("/"))
        if found is None:
            raise ModulesError(
                f"{package.key}, {asker.path} requires '{asked}', and nothing here has that name. "
                "Add it to the lists in scripts/modules_wanted.py."
            )
        return found[0]

    def _relative(self, package: Package, asked: str, asker: File) -> tuple[Found] | None:
        path = posixpath.normpath(posixpath.join(posixpath.dirname(asker.path), asked))
        at = _file(package, "" if path == "." else path)
        return None if at is None else (_for_browser(package, at),)

    def _bare(self, package: Package, asked: str) -> tuple[Found] | None:
        browser = package.about.get("browser")
        if isinstance(browser, dict) and browser.get(asked) is False:
            return (None,)
        if asked in self._shipped:
            return (Outer(asked),)
        name, path = _split(asked)
        if name == package.name:
            return (self._inside(package, path),)
        if name in package.depends:
            return (self._inside(self._packages[package.depends[name]], path),)
        return (None,) if asked in self._absent else None

    def _inside(self, package: Package, path: str) -> Found:
        exports = package.about.get("exports")
        if exports is not None:
            entry = f"./{path}" if path else "."
            target = _exported(exports, entry)
            at = None if target is None else _file(package, posixpath.normpath(target))
        else:
            at = _file(package, path)
        if at is None:
            raise ModulesError(f"{package.key} has nothing at '{path or '.'}'.")
        return _for_browser(package, at)


def _is_path(asked: str) -> bool:
    return asked in {".", ".."} or asked.startswith(("./", "../", "/"))


def _split(asked: str) -> tuple[str, str]:
    parts = asked.split("/")
    size = 2 if asked.startswith("@") else 1
    return "/".join(parts[:size]), "/".join(parts[size:])


def _file(package: Package, path: str) -> str | None:
    """Return the file that a path without an ending, or a folder, stands for."""
    base = f"{path}/" if path else ""
    named = [path, f"{path}.js", f"{path}.json"] if path else []
    if f"{base}package.json" in package.files:
        main = _main(json.loads(package.files[f"{base}package.json"]))
        if main:
            at = posixpath.normpath(base + main)
            named += [at, f"{at}.js", f"{at}.json", f"{at}/index.js"]
    return next((one for one in (*named, f"{base}index.js") if one in package.files), None)


def _main(about: Mapping[str, Any]) -> str:
    browser, main = about.get("browser"), about.get("main")
    if isinstance(browser, str):
        return browser
    return main if isinstance(main, str) else ""


def _for_browser(package: Package, path: str) -> File | None:
    """Return what a package puts in a file's place where there is no Node."""
    browser = package.about.get("browser")
    if isinstance(browser, dict):
        other = browser.get(f"./{path}", path)
        if other is False:
            return None
        path = posixpath.normpath(str(other))
    return File(package.key, path)


def _exported(exports: Any, entry: str) -> str | None:
    """Return the file that `exports` has for an entry of the package."""
    if isinstance(exports, dict) and any(key.startswith(".") for key in exports):
        return _chosen(exports.get(entry))
    return _chosen(exports) if entry == "." else None


def _chosen(target: Any) -> str | None:
    if isinstance(target, dict):
        ways = [way for condition, way in target.items() if condition in _CONDITIONS]
    elif isinstance(target, list):
        ways = target
    else:
        return target if isinstance(target, str) else None
    return next((found for found in map(_chosen, ways) if found is not None), None)
