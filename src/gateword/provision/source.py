"""A configuration file: variables filled in, parsed, and every value's line remembered."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Final, TypeAlias

import yaml

from gateword.policy import json_text
from gateword.policy.members import Fault, Path, shown
from gateword.provision.variables import BadFile, filled
from gateword.values import dataclass, field

Lines: TypeAlias = Mapping[Path, int]

MAX_VALUES: Final = 100_000
"""Values in a file, aliases counted as often as they are used: more is an alias bomb."""

MAX_DEPTH: Final = 50
_MERGE: Final = "<<"
_TAG: Final = "tag:yaml.org,2002:"
_SCALARS: Final = ("str", "null", "bool", "int", "float")
_MAX_NUMBER: Final = 2**53


@dataclass(frozen=True, slots=True)
class Source:
    """A parsed file, or a folder of them.

    Attributes:
        name: Name of the file, for messages.
        root: Its top-level mapping.
        lines: The line of each member and item; what is not in it has its parent's line.
        files: Names of the files that members and items come from, if it is another one.
    """

    name: str
    root: Mapping[str, object]
    lines: Lines = field(default_factory=dict)
    files: Mapping[Path, str] = field(default_factory=dict)

    def line(self, path: Path) -> int:
        """Return the line on which a member or item begins, or what holds it."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)

    def file(self, path: Path) -> str:
        """Return the name of the file in which a member or item stands."""
        while path and path not in self.files:
            path = path[:-1]
        return self.files.get(path, self.name)

    def place(self, path: Path) -> str:
        """Return `FILE:LINE` of a member or item."""
        return f"{self.file(path)}:{self.line(path)}"

    def refusal(self, faults: Sequence[Fault]) -> BadFile:
        """Return the exception for these faults, in the order of their lines."""
        placed = sorted(
            (self.file(fault.path), self.line(fault.path), shown(fault.path), fault.text)
            for fault in faults
        )
        return BadFile(
            [
                f"{file}:{line}: {f'{where}: ' if where else ''}{text}"
                for file, line, where, text in dict.fromkeys(placed)
            ]
        )


def read(name: str, text: str, environ: Mapping[str, str]) -> Source:
    """Return a file's content.

    Args:
        name: Name of the file, for messages.
        text: What is in it.
        environ: Values for `##NAME##` and `@@NAME@@`.

    Raises:
        BadFile: A variable is not set, the YAML is malformed, a key stands twice, or there is too
            much of it.
    """
    ready, origins = filled(name, text, environ)
    try:
        node = _compose(ready)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = origins[min(mark.line, len(origins) - 1)] if mark else 1
        problem = error.problem or error.context or ""
        advice = "; indent with spaces, not tabs" if r"'\t'" in problem else ""
        raise BadFile([f"{name}:{line}: {problem}{advice}"]) from None
    except (yaml.YAMLError, RecursionError) as error:
        raise BadFile([f"{name}:1: {_unparsable(error)}"]) from None
    if node is None:
        return Source(name, {})
    walk = _Walk(name, origins)
    root = walk.value(node, ())
    if walk.faults:
        raise BadFile(walk.faults)
    if not isinstance(root, dict):
        raise BadFile([f"{name}:1: must be a mapping with keys such as clients and databases"])
    return Source(name, root, walk.lines)


def read_json(name: str, text: str, environ: Mapping[str, str]) -> tuple[object, Lines]:
    """Return a JSON file's content, and the line of each member and item.

    Args:
        name: Name of the file, for messages.
        text: What is in it.
        environ: Values for `##NAME##` and `@@NAME@@`.

    Raises:
        BadFile: A variable is not set, the JSON is malformed, or a member stands twice.
    """
    ready, origins = filled(name, text, environ)
    try:
        value, repeated = json_text.read(ready.encode("utf-8", "surrogatepass"))
    except ValueError:
        raise BadFile([f"{name}:{_broken(ready, origins)}"]) from None
    lines = _lines(name, ready, origins)
    if repeated:
        raise BadFile([f"{name}:1: {repeated[0]} stands twice"])
    if not json_text.is_storable(value):
        raise BadFile([f"{name}:1: holds a character that cannot be stored"])
    return value, lines


def _broken(text: str, origins: Sequence[int]) -> str:
    try:
        json.loads(text)
    except json.JSONDecodeError as error:
        return f"{origins[min(error.lineno, len(origins)) - 1]}: no JSON: {error.msg}"
    except (ValueError, RecursionError):
        pass
    return f"1: no JSON, too large a number, or over {json_text.MAX_DEPTH} levels"


def _lines(name: str, text: str, origins: Sequence[int]) -> Lines:
    """Return lines as far as YAML, of which JSON is nearly a part, can tell."""
    walk = _Walk(name, origins)
    try:
        node = _compose(text.replace("\t", " "))
        if node is not None:
            walk.value(node, ())
    except (yaml.YAMLError, RecursionError):
        return {}
    return walk.lines


def _unparsable(error: Exception) -> str:
    reason = getattr(error, "reason", None)
    return f"no YAML: {reason}" if reason else "no YAML: nested too deeply"


class _Loader(yaml.SafeLoader):
    """YAML's safe loader with the scalars of YAML 1.2, as JavaScript tools read them.

    `yes`, `no`, `on` and dates stay text.
    """


_Loader.yaml_implicit_resolvers = {}
for _tag, _pattern, _first in (
    ("null", r"~|null|Null|NULL|", ["~", "n", "N", ""]),
    ("bool", r"true|True|TRUE|false|False|FALSE", list("tTfF")),
    ("int", r"[-+]?(0|[1-9][0-9]*)", list("-+0123456789")),
    ("float", r"[-+]?([0-9]+\.[0-9]*|\.[0-9]+)([eE][-+]?[0-9]+)?", list("-+.0123456789")),
):
    _Loader.add_implicit_resolver(f"{_TAG}{_tag}", re.compile(f"(?:{_pattern})$"), _first)


def _compose(text: str) -> yaml.Node | None:
    loader = _Loader(text)
    try:
        return loader.get_single_node()
    finally:
        loader.dispose()


def _joined(text: str) -> str:
    """Return a text whose surrogate pairs, as JSON writes them, are one character each."""
    if not any("\ud800" <= c <= "\udfff" for c in text):
        return text
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "surrogatepass")


def _is_storable(text: str) -> bool:
    """Say whether a text has no NUL and no lone half of a surrogate pair."""
    return "\0" not in text and not any("\ud800" <= c <= "\udfff" for c in text)


class _Walk:
    """Turns nodes into plain values, noting lines and faults."""

    def __init__(self, name: str, origins: Sequence[int]) -> None:
        self.faults: list[str] = []
        self.lines: dict[Path, int] = {}
        self._name = name
        self._origins = origins
        self._count = 0
        self._scalars = yaml.constructor.SafeConstructor()

    def value(self, node: yaml.Node, path: Path) -> object:
        self._count += 1
        if self._count > MAX_VALUES or len(path) > MAX_DEPTH:
            if not self.faults or "too much" not in self.faults[-1]:
                self._fault(node, f"too much: over {MAX_VALUES} values or {MAX_DEPTH} levels")
            return None
        self.lines.setdefault(path, self._line(node))
        if isinstance(node, yaml.MappingNode):
            return dict(self._members(node, path))
        if isinstance(node, yaml.SequenceNode):
            return [self.value(item, (*path, place)) for place, item in enumerate(node.value)]
        return self._scalar(node)

    def _members(self, node: yaml.MappingNode, path: Path) -> Iterator[tuple[str, object]]:
        first: dict[str, int] = {}
        for key_node, value_node in node.value:
            key = key_node.value
            if not isinstance(key_node, yaml.ScalarNode) or key == _MERGE:
                self._fault(key_node, "merge keys and keys that are no text are not supported")
            elif not _is_storable(key):
                self._fault(key_node, "holds a character that cannot be stored")
            elif key in first:
                self._fault(key_node, f"{key} stands twice; first on line {first[key]}")
            else:
                first[key] = self._line(key_node)
                self.lines[(*path, key)] = first[key]
                yield key, self.value(value_node, (*path, key))

    def _scalar(self, node: yaml.Node) -> object:
        if node.tag.removeprefix(_TAG) not in _SCALARS:
            self._fault(node, f"the tag {node.tag} is not supported")
            return None
        try:
            value: object = self._scalars.construct_object(node)
        except (ValueError, LookupError):  # `!!int x`, and numbers of thousands of digits
            value = _MAX_NUMBER + 1
        if isinstance(value, int | float) and abs(value) > _MAX_NUMBER:
            self._fault(node, "no number, or too large a one")
        if isinstance(value, str):
            value = _joined(value)
            if not _is_storable(value):
                self._fault(node, "holds a character that cannot be stored")
        return value

    def _line(self, node: yaml.Node) -> int:
        return self._origins[min(node.start_mark.line, len(self._origins) - 1)]

    def _fault(self, node: yaml.Node, text: str) -> None:
        self.faults.append(f"{self._name}:{self._line(node)}: {text}")
