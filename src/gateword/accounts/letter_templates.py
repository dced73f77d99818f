"""Texts of letters with `{{ names }}` in them: our own, and those that a tenant wrote.

A tenant's template is a stranger's program. It may print the names it is given, through a few
filters, and choose with `if`; it has no loops, calls or arithmetic, so what it makes is never much
longer than itself (Auth0: "Customize email templates", whose Liquid writes these the same way).
"""

from collections.abc import Iterable, Mapping
from functools import cache, partial
from importlib import import_module
from itertools import islice
from pathlib import Path
from typing import Any, Final

from gateword.policy import json_text

FOLDER: Final = Path(__file__).parent / "templates"
MAX_CHARS: Final = 64 * 1024
MAX_FILLED_CHARS: Final = 1024 * 1024
MAX_PIECES: Final = 2_000
"""Names, texts and conditions in a template; more would take longer to read than a letter may."""

_NODES: Final = frozenset({
    "Template", "Output", "TemplateData", "Name", "Getattr", "Getitem", "Const", "If",
    "Compare", "Operand", "And", "Or", "Not", "Filter",
})  # fmt: skip
_PLAIN: Final = {
    "For": "a loop ({% for %})",
    "Assign": "{% set %} or {% assign %}",
    "AssignBlock": "{% set %}",
    "Call": "a call",
    "Include": "{% include %}",
    "Import": "{% import %}",
    "FromImport": "{% import %}",
    "Extends": "{% extends %}",
    "Block": "{% block %}",
    "Macro": "{% macro %}",
    "Test": "a test with `is`",
    "Getattr": "a name that begins with _",
    "Getitem": "a name that begins with _",
    **dict.fromkeys(("Add", "Sub", "Mul", "Div", "FloorDiv", "Mod", "Pow", "Concat"), "arithmetic"),
}
"""What people call the pieces of a template that a letter may not have."""

_FILTERS: Final = frozenset({"escape", "e", "upper", "lower", "capitalize", "default", "trim"})


def own(name: str, words: Mapping[str, object]) -> str:
    """Return one of our own texts, filled in; `.html` is escaped."""
    text: str = _ours().get_template(name).render(words)
    return text


def filled(source: str, words: Mapping[str, object], *, html: bool) -> str:
    """Return a tenant's text, filled in; what it names and is not there is empty.

    Raises:
        ValueError: `fault` finds something wrong with it, or it trips over a value.
    """
    if wrong := fault(source):
        raise ValueError(wrong)
    try:
        text = _bounded(_theirs(html=html).from_string(source).generate(words))
    except Exception as error:  # noqa: BLE001  a stranger's program may fail in any way
        raise ValueError(type(error).__name__) from None
    return text


def fault(source: str) -> str | None:
    """Return what is wrong with a tenant's text, or None."""
    if len(source) > MAX_CHARS:
        return f"is longer than {MAX_CHARS} characters"
    try:
        nodes = _nodes(source)
    except Exception as error:  # noqa: BLE001  endless numbers, depths: a reader of programs fails in any way
        return f"cannot be read: {getattr(error, 'message', None) or 'nested too deeply'}"
    if len(nodes) > MAX_PIECES:
        return f"has more than {MAX_PIECES} names, texts and conditions"
    for node in nodes:
        kind = type(node).__name__
        if kind == "Filter" and node.name not in _FILTERS:
            return f"uses the filter {node.name}; there are {', '.join(sorted(_FILTERS))}"
        if kind not in _NODES or _reaches_inside(node):
            return _not_allowed(kind)
    return None


def _not_allowed(kind: str) -> str:
    """Return what is wrong with a piece, in the words of who writes templates."""
    what = _PLAIN.get(kind, "something that is not allowed here")
    return f"uses {what}; a template may only hold {{{{ names }}}}, their filters and {{% if %}}"


def _nodes(source: str) -> list[Any]:
    """Return the nodes of a template, or the first of too many."""
    found = _theirs(html=True).parse(source).find_all(_library().nodes.Node)
    return list(islice(found, MAX_PIECES + 1))


def _bounded(pieces: Iterable[str]) -> str:
    """Return a text that can be stored and sent.

    Raises:
        ValueError: It is too long, or holds what no letter can.
    """
    found, size = [], 0
    for piece in pieces:
        found.append(piece)
        size += len(piece)
        if size > MAX_FILLED_CHARS:
            raise ValueError("too long")
    text = "".join(found)
    if not json_text.is_storable(text):
        raise ValueError("an unusable character")
    return text


def _reaches_inside(node: Any) -> bool:
    """Say whether a node asks for what belongs to Python and not to a letter."""
    asked = getattr(node, "attr", None) or getattr(getattr(node, "arg", None), "value", None)
    return isinstance(asked, str) and asked.startswith("_")


def _library() -> Any:
    return import_module("jinja2")  # 40 ms and 5 MB, needed with the first letter only


@cache
def _ours() -> Any:
    library = _library()
    return library.Environment(
        loader=library.FileSystemLoader(FOLDER),
        autoescape=library.select_autoescape(["html"]),
        trim_blocks=True,
    )


@cache
def _theirs(*, html: bool) -> Any:
    sandbox: Any = import_module("jinja2.sandbox")
    empty = _library().ChainableUndefined
    made = sandbox.ImmutableSandboxedEnvironment(autoescape=html, undefined=empty)
    made.getattr = made.getitem = partial(_member, empty)
    return made


def _member(empty: Any, holder: object, name: object) -> object:
    """Return a member of what a letter is given, and never one of Python's own."""
    if isinstance(holder, Mapping) and name in holder:
        return holder[name]
    if isinstance(holder, list) and isinstance(name, int) and 0 <= name < len(holder):
        return holder[name]
    return empty(name=str(name))
