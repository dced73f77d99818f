"""Downloads, checks and packs the npm modules that tenants' scripts can `require`."""

import argparse
import json
import os
import sys
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Final

from scripts import modules_lock, modules_versions
from scripts.modules_errors import ModulesError, UnreachableError
from scripts.modules_lock import Lock
from scripts.modules_pack import Packed, packed
from scripts.modules_package import File, Package, Resolver, unpacked
from scripts.modules_registry import PUBLIC, Registry
from scripts.modules_wanted import (
    ABSENT,
    GLOBALS,
    MODULES,
    OURS,
    STAND_INS,
    UNUSED,
    VERSIONS,
    Module,
)

FOLDER: Final = Path(__file__).resolve().parent.parent / "src" / "gateword" / "rules" / "npm"
SHIPPED: Final = OURS | {module.name for module in MODULES}
DOWNLOADS: Final = 8
"""At a time."""

FAILED: Final = 1
UNREACHABLE: Final = 3

_MARK: Final = "gateword:"
"""Begins the keys of packages that are an entry of ours."""


def say(text: str) -> None:
    """Tell the terminal what is done."""
    print(f"\033[2mmodules\033[0m  {text}", file=sys.stderr)


def fetched(registry: Registry, lock: Lock) -> dict[str, Package]:
    """Return every package of the lock, with our stand-ins in it.

    Raises:
        ModulesError: One did not come, or is not what the lock names.
    """
    with ThreadPoolExecutor(DOWNLOADS) as pool:
        tarballs = list(pool.map(registry.tarball, lock.values()))
    packages = {}
    for locked, tarball in zip(lock.values(), tarballs, strict=True):
        package = unpacked(locked, tarball)
        files = {**package.files, **STAND_INS.get(package.name, {})}
        packages[package.key] = Package(package.key, package.name, files, package.depends)
    return packages


def built(module: Module, packages: Mapping[str, Package]) -> Packed:
    """Return a module, packed.

    Raises:
        ModulesError: The lock is not of these versions, or a file is missing.
    """
    roots = {name: f"{name}@{version}" for name, version in VERSIONS.items()}
    if roots[module.package] not in packages:
        raise ModulesError(f"The lock has no {roots[module.package]}. {modules_lock.AGAIN}")
    own = Package(f"{_MARK}{module.name}", "", {"index.js": module.text}, roots)
    everything = {**packages, own.key: own}
    resolver = Resolver(everything, SHIPPED, ABSENT)
    if module.text:
        entry = File(own.key, "index.js")
    elif module.entry:
        entry = File(roots[module.package], module.entry)
    else:
        entry = resolver.main(packages[roots[module.package]])
    return packed(entry, everything, resolver, GLOBALS)


def licences(keys: Iterable[str], packages: Mapping[str, Package], lock: Lock) -> str:
    """Return the terms of all packages that something was taken from."""
    parts = []
    for key in keys:
        texts = [text.strip() for text in packages[key].licences] or [
            f"The package has no text of its licence; its package.json says {lock[key].licence}."
        ]
        parts.append("\n\n".join([f"{key} ({lock[key].licence})\n{'=' * 72}", *texts]))
    return "\n\n\n".join(parts) + "\n"


def contents(packages: Mapping[str, Package], lock: Lock) -> dict[str, str]:
    """Return what the folder is to hold, by file name."""
    files: dict[str, str] = {}
    manifest: dict[str, dict[str, Any]] = {}
    used: set[str] = set()
    for module in MODULES:
        made = built(module, packages)
        locked = lock[f"{module.package}@{VERSIONS[module.package]}"]
        files[f"{module.name.replace('/', '__')}.js"] = made.text
        manifest[module.name] = {
            "version": locked.version,
            "licence": locked.licence,
            "bytes": len(made.text.encode()),
            "needs": list(made.needs),
            "public": module.is_public,
        }
        used |= {key for key in made.packages if not key.startswith(_MARK)}
    files["manifest.json"] = json.dumps(manifest, indent=2) + "\n"
    files["LICENSES.txt"] = licences(sorted(used), packages, lock)
    return files


def written(files: Mapping[str, str], folder: Path) -> None:
    """Make a folder hold these files, and no other module; each is whole at any moment."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        part = folder / f".{name}.{os.getpid()}"
        part.write_text(text, encoding="utf-8")
        part.replace(folder / name)
    for path in folder.glob("*.js"):
        if path.name not in files:
            path.unlink()


def main() -> int:
    """Do what the command line asks; return the exit status."""
    parser = argparse.ArgumentParser(
        prog="scripts/modules",
        description=__doc__,
        epilog=f"npm_config_registry names another registry than {PUBLIC}; https_proxy and "
        "SSL_CERT_FILE are heeded. Downloads are kept in $XDG_CACHE_HOME/gateword/npm "
        "(~/.cache/gateword/npm).",
    )
    parser.add_argument("--lock", action="store_true", help="write the lock anew, then pack")
    wants_lock = parser.parse_args().lock
    try:
        registry = Registry()
        if wants_lock:
            rows = modules_versions.locked(registry, VERSIONS, SHIPPED | UNUSED, say)
            modules_lock.write(rows)
        lock = modules_lock.read()
        say(f"{len(lock)} packages, from {registry.address} or the cache")
        files = contents(fetched(registry, lock), lock)
        written(files, FOLDER)
    except ModulesError as error:
        print(f"\033[31mmodules\033[0m  {error}", file=sys.stderr)
        return UNREACHABLE if isinstance(error, UnreachableError) else FAILED
    say(f"{len(MODULES)} modules, {sum(map(len, files.values())) // 1024:,} KiB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
