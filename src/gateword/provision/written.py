"""An exported configuration as files: YAML with scripts beside it, or the directory format.

What looks like a variable is escaped, so that no reader fills it in from its environment. A script
that holds such text cannot be escaped in a file of its own, and stays where it is.
Source of the layouts: npm auth0-deploy-cli 8.44.0, what `a0deploy export` writes.
"""

import copy
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

import yaml

from gateword.provision.layout import DATABASES, LISTS, OBJECTS, UNSAFE_IN_NAMES
from gateword.provision.variables import is_filled, shielded

Files = dict[str, str]
"""Path below the folder to text."""

_AMBIGUOUS: Final = re.compile(r"[-+.0-9~][\w.+:-]*")
_MAX_NAME_CHARS: Final = 200
_COMMENT: Final = (
    "# Secrets are never exported. Left out here, and kept where this file is applied again:"
)


def as_yaml(document: Mapping[str, object], left_out: Sequence[str]) -> str:
    """Return a configuration as one YAML text, scripts inside it."""
    comment = [_COMMENT, *(f"#   {_remark(one)}" for one in left_out)] if left_out else []
    text = yaml.dump(dict(document), Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=100)
    return "".join(f"{line}\n" for line in comment) + shielded(text, r"\x")


def as_yaml_files(document: Mapping[str, object], left_out: Sequence[str], name: str) -> Files:
    """Return a configuration as a YAML file of that name and its scripts."""
    files: Files = {}
    moved = _detached(document, files, databases="databases", rules="./rules/", whole_paths=True)
    files[name] = as_yaml(moved, left_out)
    return files


def as_folder(document: Mapping[str, object]) -> Files:
    """Return a configuration in the directory format."""
    files: Files = {}
    moved = _detached(document, files, databases=DATABASES[1], rules="./", whole_paths=False)
    for section, folder in LISTS.items():
        names = _Names()
        for item in _items(moved, section):
            files[f"{folder}/{names.of(_title(section, item))}.json"] = _json(item)
    names = _Names()
    for item in _items(moved, DATABASES[0]):
        files[f"{DATABASES[1]}/{names.of(str(item['name']))}/{DATABASES[2]}"] = _json(item)
    for path, members in OBJECTS.items():
        value: object = moved
        for member in members:
            value = value.get(member) if isinstance(value, Mapping) else None
        if value is not None:
            files[path] = _json(value)
    return files


def _detached(
    document: Mapping[str, object], files: Files, *, databases: str, rules: str, whole_paths: bool
) -> dict[str, object]:
    """Return a copy of a document whose scripts are files, which are added to `files`."""
    copied: dict[str, object] = copy.deepcopy(dict(document))
    names = _Names()
    for rule in _items(copied, "rules"):
        name = names.of(str(rule["name"]))
        _detach(rule, "script", f"rules/{name}.js", f"{rules}{name}.js", files)
    names = _Names()
    for action in _items(copied, "actions"):
        path = f"actions/{names.of(str(action['name']))}/code.js"
        _detach(action, "code", path, f"./{path}", files)
    names = _Names()
    for client in _items(copied, "clients"):
        name = f"{names.of(str(client['name']))}_custom_login_page.html"
        _detach(client, "custom_login_page", f"clients/{name}", f"./{name}", files)
    for letter in _items(copied, "emailTemplates"):
        name = f"{letter['template']}.html"
        folder = "emailTemplates" if whole_paths else "emails"
        shown = f"./{folder}/{name}" if whole_paths else f"./{name}"
        _detach(letter, "body", f"{folder}/{name}", shown, files)
    names = _Names()
    for database in _items(copied, "databases"):
        folder = f"{databases}/{names.of(str(database['name']))}"
        for scripts in _scripts_of(database):
            for script in list(scripts):
                path = f"{folder}/{_safe(script)}.js"
                shown = f"./{path}" if whole_paths else f"./{_safe(script)}.js"
                _detach(scripts, script, path, shown, files)
    return copied


def _scripts_of(database: Mapping[str, object]) -> Iterator[dict[str, object]]:
    options = database.get("options")
    scripts = options.get("customScripts") if isinstance(options, dict) else None
    if isinstance(scripts, dict):
        yield scripts


def _detach(holder: dict[str, object], name: str, path: str, shown: str, files: Files) -> None:
    text = holder.get(name)
    if isinstance(text, str) and text and not is_filled(text):
        files[path] = text
        holder[name] = shown


class _Names:
    """Names of files, each once."""

    def __init__(self) -> None:
        self._taken: set[str] = set()

    def of(self, name: str) -> str:
        """Return a name that a file may have and none before it had."""
        base = _safe(name)
        found, number = base, 1
        while found.casefold() in self._taken:
            number += 1
            found = f"{base}-{number}"
        self._taken.add(found.casefold())
        return found


def _safe(name: str) -> str:
    replaced = re.sub(UNSAFE_IN_NAMES, "-", name)
    stripped = replaced.rstrip(". ")
    return (stripped if stripped == replaced else f"{stripped}-")[:_MAX_NAME_CHARS]


def _title(section: str, item: Mapping[str, object]) -> str:
    if section == "clientGrants":
        return f"{item['client_id']}-{item['audience']}-{item.get('subject_type', 'client')}"
    if section == "guardianFactorProviders":
        return f"{item['name']}-{item['provider']}"
    named = item.get("name") or item.get("identifier") or item.get("template")
    return str(named)


def _items(document: Mapping[str, object], section: str) -> list[dict[str, object]]:
    items = document.get(section)
    return [item for item in items if isinstance(item, dict)] if isinstance(items, list) else []


def _json(value: object) -> str:
    return shielded(json.dumps(value, indent=2, ensure_ascii=False), r"\u00") + "\n"


def _remark(text: str) -> str:
    """Return a text that stays one line of comment: no end of it, and nothing to fill in."""
    printable = "".join(c if c.isprintable() else "?" for c in text)
    return printable.replace("##", "# #").replace("@@", "@ @") if is_filled(text) else printable


class _Dumper(yaml.SafeDumper):
    """Writes texts so that YAML 1.1 and 1.2 read the same, and long ones as blocks."""

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002  the name is the library's
        """Write everything out: the Deploy CLI's readers know aliases, people do not."""
        return True


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    style = None
    if "\n" in text and not is_filled(text):
        style = "|"
    elif is_filled(text) or _AMBIGUOUS.fullmatch(text):
        style = '"'
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Dumper.add_representer(str, _text)
