"""Packs one module: all files it reaches, in one function expression of CommonJS."""

import dataclasses
import json
import re
from collections.abc import Mapping, Sequence
from typing import Final

from scripts.modules_package import File, Found, Outer, Package, Resolver

_REQUIRE: Final = re.compile(r"""(?<![\w$.])require\(\s*(["'])([^"'\n]+)\1\s*\)""")
_SOURCE_MAP: Final = re.compile(r"^[ \t]*//[#@] sourceMappingURL=.*$\n?", re.MULTILINE)

_HEAD: Final = """\
// needs:%s
(function (module, exports, require) {
%sconst files = [
"""

_TAIL: Final = """\
];
const loaded = [];
function load(id) {
  if (loaded[id]) return loaded[id].exports;
  const [body, names] = files[id];
  const inner = (loaded[id] = { exports: {} });
  body.call(inner.exports, inner, inner.exports, (name) => {
    const meant = names[name];
    if (typeof meant === "number") return load(meant);
    return meant === null ? {} : require(meant === undefined ? name : meant);
  });
  return inner.exports;
}
module.exports = load(0);
})
"""


@dataclasses.dataclass(frozen=True, slots=True)
class Packed:
    """A module as it is shipped.

    Attributes:
        text: The function expression, after a line that says what it needs.
        needs: Shipped modules that it requires.
        packages: Keys of the packages whose files are in it.
    """

    text: str
    needs: Sequence[str]
    packages: Sequence[str]


def packed(
    entry: File,
    packages: Mapping[str, Package],
    resolver: Resolver,
    lacking: Mapping[str, str],
) -> Packed:
    """Return a module.

    Args:
        entry: The file it begins with.
        packages: By key.
        resolver: Knows what the files mean by the names they require.
        lacking: What the engine has not, by name, as JavaScript that declares it.

    Raises:
        ModulesError: A file requires what there is not.
    """
    ids: dict[File, int] = {entry: 0}
    bodies: list[str] = []
    needs: set[str] = set()
    waiting = [entry]
    for file in waiting:
        text = _SOURCE_MAP.sub("", packages[file.package].files[file.path])
        names = {} if file.path.endswith(".json") else _names(text, file, resolver)
        for found in names.values():
            if isinstance(found, Outer):
                needs.add(found.name)
            elif found is not None and found not in ids:
                ids[found] = len(ids)
                waiting.append(found)
        bodies.append(_body(file, text, names, ids))
    prelude = "".join(
        text
        for name, text in lacking.items()
        if any(re.search(rf"\b{name}\b", body) for body in bodies)
    )
    ordered = sorted(needs)
    head = _HEAD % (f" {', '.join(ordered)}" if ordered else "", prelude)
    return Packed(
        head + "".join(bodies) + _TAIL, ordered, sorted({file.package for file in waiting})
    )


def _names(text: str, file: File, resolver: Resolver) -> dict[str, Found]:
    asked = dict.fromkeys(name for _, name in _REQUIRE.findall(text))
    return {name: resolver.find(name, file) for name in asked}


def _body(file: File, text: str, names: Mapping[str, Found], ids: Mapping[File, int]) -> str:
    if file.path.endswith(".json"):
        # The engine reads JSON faster than the same as JavaScript.
        text = f"module.exports = JSON.parse({json.dumps(text)});"
    pairs = "".join(f", {json.dumps(name)}: {_meant(found, ids)}" for name, found in names.items())
    return (
        f"// {file.package} {file.path}\n[function (module, exports, require) {{\n{text.rstrip()}\n"
        f"}}, {{ __proto__: null{pairs} }}],\n"
    )


def _meant(found: Found, ids: Mapping[File, int]) -> str:
    if isinstance(found, Outer):
        return json.dumps(found.name)
    return "null" if found is None else str(ids[found])
