"""House rules that no linter knows: sizes, where a secret may be read, empty package files."""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parent.parent
CODE: Final = ("src", "demo", "scripts", "tests")

FILE_LINES: Final = 300
"""Lines of a file; one purpose rarely needs more."""

TABLES_LINES: Final = 400
"""Lines of the one file that lists every table."""

FUNCTION_LINES: Final = 40
"""Lines of a function, its docstring not counted."""

REVEAL_ROOMS: Final = (
    "src/gateword/crypto/",  # hashes and signs
    "src/gateword/realms/",  # asks a directory
    "src/gateword/storage/",  # encrypts or hashes before it writes
    "src/gateword/provision/",  # hands a new secret to the person who asked for it
    "src/gateword/cli/",  # the same, on a terminal
    "src/gateword/web/wire.py",  # answers a token to its owner
)
"""Where `.reveal()` may be called: each of these rooms is the end of a secret's way."""


def _functions(tree: ast.Module) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def _length(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    first = function.body[0]
    docstring = 0
    if ast.get_docstring(function, clean=False) is not None:
        docstring = (first.end_lineno or first.lineno) - first.lineno + 1
    return (function.end_lineno or function.lineno) - function.lineno + 1 - docstring


def _too_long(path: Path, text: str, tree: ast.Module) -> Iterator[str]:
    allowed = TABLES_LINES if path.as_posix().endswith("storage/tables.py") else FILE_LINES
    lines = text.count("\n")
    if lines > allowed:
        yield f"{path}: {lines} lines, {allowed} allowed"
    for function in _functions(tree):
        if (length := _length(function)) > FUNCTION_LINES:
            yield (
                f"{path}:{function.lineno}: {function.name} has {length} lines,"
                f" {FUNCTION_LINES} allowed"
            )


def _revealed(path: Path, tree: ast.Module) -> Iterator[str]:
    name = path.as_posix()
    if not name.startswith("src/") or name.startswith(REVEAL_ROOMS):
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr == "reveal":
            yield f"{path}:{node.lineno}: .reveal is not allowed in this room"


def _complaints(path: Path) -> Iterator[str]:
    text = (ROOT / path).read_text(encoding="utf-8")
    tree = ast.parse(text)
    yield from _too_long(path, text, tree)
    yield from _revealed(path, tree)
    if path.name == "__init__.py" and text.strip():
        yield f"{path}: package files are empty"


def main() -> int:
    """Print what breaks a rule; the exit status says whether anything did."""
    files = sorted(
        file.relative_to(ROOT)
        for folder in CODE
        for file in (ROOT / folder).rglob("*.py")
        if "node_modules" not in file.parts
    )
    complaints = [complaint for file in files for complaint in _complaints(file)]
    sys.stdout.writelines(f"{complaint}\n" for complaint in complaints)
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main())
