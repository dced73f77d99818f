"""What is called stored without effect is read by nothing that answers a user."""

import ast
from collections.abc import Iterator
from pathlib import Path

import gateword
from gateword.policy import documented

SOURCE = Path(gateword.__file__).parent
READERS = ("accounts", "delivery", "domain", "grants", "login", "realms", "shields", "web")
RULES = ("password_options", "signup")
"""Modules of `policy/` that read options for those rooms."""
SAME_WORD = frozenset(
    {"access_token", "change_password", "client", "client_id", "description", "metadata", "mfa"}
)
"""Names that these rooms use for something else: parameters, claims, members of answers."""


def texts(file: Path) -> Iterator[str]:
    """Yield each text that stands in a module."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


def words() -> set[tuple[str, str]]:
    """Return the texts of the modules that answer users, each with its module."""
    files = [file for room in READERS for file in (SOURCE / room).glob("*.py")]
    files += [SOURCE / "policy" / f"{name}.py" for name in RULES]
    return {(text, file.stem) for file in files for text in texts(file)}


def test_member_without_effect_is_read_nowhere() -> None:
    """A member that code begins to read has to leave the list of those without effect."""
    kept = frozenset().union(*documented.WITHOUT_EFFECT.values()) - SAME_WORD

    assert set() == {(text, module) for text, module in words() if text in kept}


def test_member_in_use_is_read_somewhere() -> None:
    """What is said to act is named by code that answers users."""
    in_use = {*documented.CLIENT_IN_USE, *documented.TENANT_IN_USE, *documented.OWN_FLAGS}

    assert set() == in_use - {text for text, _ in words()}
