"""House rules no linter knows: sizes, where secrets are read, who makes values, empty packages."""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parent.parent
CODE: Final = ("src", "demo", "scripts", "tests")

FILE_LINES: Final = 300
"""Lines of a file; one purpose rarely needs more."""

LIST_LINES: Final = 400
"""Lines of a file that lists tables."""

FUNCTION_LINES: Final = 40
"""Lines of a function's body, its docstring not counted."""

LIST_FUNCTION_LINES: Final = 60
"""Lines of a function's body that lists columns."""

LISTS: Final = (
    "src/gateword/storage/tables.py",
    "src/gateword/storage/migrations/versions/",
    "src/gateword/domain/refusal.py",
    "src/gateword/domain/mfa_refusal.py",
)
"""Where tables and their rows or columns are listed, and nothing else happens."""

REVEAL_ROOMS: Final = (
    "src/gateword/crypto/",  # hashes and signs
    "src/gateword/realms/",  # asks a directory
    "src/gateword/storage/",  # encrypts or hashes before it writes
    "src/gateword/provision/",  # hands a new secret to the person who asked for it
    "src/gateword/cli/",  # the same, on a terminal
    "src/gateword/web/wire.py",  # answers a token to its owner
    "src/gateword/telemetry/metered.py",  # reads a hash's algorithm, which stands before its salt
    "src/gateword/web/bearer.py",  # tells a JWT from a handle by its dots
    "src/gateword/policy/sealed.py",  # unpacks what is kept as one secret
    "src/gateword/rules/action_cache.py",  # hands Actions back what they have cached
    "src/gateword/management/client_answers.py",  # answers a client's secret to its operator
    "src/gateword/management/resource_servers.py",  # the same of an API
    "src/gateword/management/user_factors.py",  # the same of a user's recovery code
    "src/gateword/delivery/webhook.py",  # sends what the other side knows a stream by
    "src/gateword/login/client.py",  # compares a client's secret in constant time
    "src/gateword/delivery/smtp.py",  # proves itself to the mail server
    "src/gateword/delivery/twilio.py",  # proves the tenant to its provider of phone messages
    "src/gateword/delivery/phone_webhook.py",  # signs what it sends
    "src/gateword/accounts/links.py",  # writes a handle into the link that is sent out
    "src/gateword/accounts/passwords.py",  # holds a new password against its policy
    "src/gateword/policy/user_export.py",  # writes hashes for an operator who asked for them
    "src/gateword/rules/engine.py",  # scripts read the values of rules configs
    "src/gateword/rules/hashing.py",  # hashes a password that a script brings
    "src/gateword/policy/totp.py",  # computes codes of a seed
    "src/gateword/factors/",  # writes seeds and handles into what the user enrols with
    "src/gateword/login/asking.py",  # digests a code before it is kept
    "src/gateword/login/recovery.py",  # brings a typed code into the form that is hashed
    "src/gateword/login/mfa_bearer.py",  # tells a JWT from a handle by its dots
    "src/gateword/login/halves.py",  # keeps a refresh token, sealed, until it is exchanged
    "src/gateword/policy/client_auth.py",  # measures an assertion before anything parses it
)
"""Where `.reveal()` may be called: each of these rooms is the end of a secret's way."""

VALUES_ROOM: Final = "src/gateword/values.py"
"""What makes the values of the server; nothing else of it makes a dataclass."""

_MAKES_DATACLASSES: Final = frozenset({"*", "dataclass", "field", "make_dataclass", "replace"})


def _functions(tree: ast.Module) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def _length(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    # The signature is not counted: a command has a parameter a line.
    has_docstring = ast.get_docstring(function, clean=False) is not None
    body = function.body[1:] if has_docstring else function.body
    if not body:
        return 0
    return (body[-1].end_lineno or body[-1].lineno) - body[0].lineno + 1


def _too_long(path: Path, text: str, tree: ast.Module) -> Iterator[str]:
    is_list = path.as_posix().startswith(LISTS)
    file_lines = LIST_LINES if is_list else FILE_LINES
    function_lines = LIST_FUNCTION_LINES if is_list else FUNCTION_LINES
    lines = text.count("\n")
    if lines > file_lines:
        yield f"{path}: {lines} lines, {file_lines} allowed"
    for function in _functions(tree):
        if (length := _length(function)) > function_lines:
            place = f"{path}:{function.lineno}"
            yield f"{place}: {function.name} has {length} lines, {function_lines} allowed"


def _revealed(path: Path, tree: ast.Module) -> Iterator[str]:
    name = path.as_posix()
    if not name.startswith("src/") or name.startswith(REVEAL_ROOMS):
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr == "reveal":
            yield f"{path}:{node.lineno}: .reveal is not allowed in this room"


def _dataclasses(path: Path, tree: ast.Module) -> Iterator[str]:
    name = path.as_posix()
    if not name.startswith("src/") or name == VALUES_ROOM:
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.Import) and any(one.name == "dataclasses" for one in node.names):
            yield f"{path}:{node.lineno}: name what you take of dataclasses"
        elif isinstance(node, ast.ImportFrom) and node.module == "dataclasses":
            for one in node.names:
                if one.name in _MAKES_DATACLASSES:
                    yield f"{path}:{node.lineno}: take {one.name} from gateword.values"


def _complaints(path: Path) -> Iterator[str]:
    text = (ROOT / path).read_text(encoding="utf-8")
    tree = ast.parse(text)
    yield from _too_long(path, text, tree)
    yield from _revealed(path, tree)
    yield from _dataclasses(path, tree)
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
