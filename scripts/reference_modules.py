"""The page of the npm modules that scripts find, made from the table and the lock."""

from collections.abc import Callable, Iterable, Sequence
from typing import Final

from scripts import modules_lock
from scripts.modules_wanted import MODULES, VERSIONS, Module

Table = Callable[[Sequence[str], Iterable[Sequence[str]]], str]

_HEAD: Final = """# Modules from npm

What a tenant's script gets from `require("…")`, beside the modules that Gateword makes itself. A
version behind the name (`lodash@4.17.10`) is not heeded: there is one of each.

"""

_KINDS: Final = """
`moment` speaks English alone. `ejs` renders texts; there are no files to include. `bluebird` is the
build for browsers. `uuid` draws from the server's `crypto`, and may be called itself, as before its
version 7: that is `v4`.

## For Gateword's own modules

"""

_INSIDE: Final = """
## Packages inside

All that these are made of, with their licences; the texts are in `gateword/rules/npm/LICENSES.txt`
of an installation.

"""

_UPDATE: Final = """
## Where they come from

None of this code is in the repository. `scripts/setup` calls `scripts/modules`, which downloads
the packages from the npm registry, refuses one whose SHA-512 is not that of
`scripts/modules.lock.json`, and packs each module with the files it reaches into
`src/gateword/rules/npm/`; a wheel that is built afterwards has them. It needs no Node.
`npm_config_registry` names another registry, and downloads are kept in `~/.cache/gateword/npm`, so
that a machine without a network can be given that folder.

**Another version.** Write it in `VERSIONS` of `scripts/modules_wanted.py`, then:

```sh
scripts/modules --lock
git diff scripts/modules.lock.json
scripts/docs
scripts/test unit -- -k packing
```

**Another module.** Add its package to `VERSIONS`, its name to `MODULES`, and what it does to
`tests/unit/packing/test_packed_modules.py`; the same commands follow. It must be CommonJS and live
without Node. Where it asks for a module of Node that it can do without, name that in `ABSENT`.
"""


def page(table: Table) -> str:
    """Return the page.

    Args:
        table: Renders a head and rows in Markdown.
    """
    lock = modules_lock.read()

    def row(module: Module) -> Sequence[str]:
        locked = lock[f"{module.package}@{VERSIONS[module.package]}"]
        package = "" if module.package == module.name else f"`{module.package}`"
        return f"`{module.name}`", package, locked.version, locked.licence

    head = ("Module", "Of the package", "Version", "Licence")
    return (
        _HEAD
        + table(head, [row(module) for module in MODULES if module.is_public])
        + _KINDS
        + table(head, [row(module) for module in MODULES if not module.is_public])
        + _INSIDE
        + table(
            ("Package", "Version", "Licence"),
            [(f"`{one.name}`", one.version, one.licence) for one in lock.values()],
        )
        + _UPDATE
    )
