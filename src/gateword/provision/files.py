"""A configuration on the disk: a YAML file, or a folder in the Deploy CLI's directory format.

Scripts and pages that stand in files of their own are read into the document; nothing is read from
outside the folder. Source of the formats: npm auth0-deploy-cli, "Using as a CLI".
"""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from gateword.policy.members import Path as Place
from gateword.policy.members import shown
from gateword.provision.layout import DATABASES, ELSEWHERE, LISTS, OBJECTS
from gateword.provision.source import Lines, Source, read, read_json
from gateword.provision.variables import BadFile, filled_script
from gateword.values import dataclass, field

MAX_FILE_BYTES: Final = 16 * 1024 * 1024
MAX_FILES: Final = 10_000
_FILE_MEMBERS: Final = (
    ("rules", "script"), ("actions", "code"), ("clients", "custom_login_page"),
    ("emailTemplates", "body"),
)  # fmt: skip
_IS_FILE: Final = re.compile(r"[^\r\n]+\.(js|html)")


def load(path: Path, environ: Mapping[str, str]) -> Source:
    """Return what a YAML file or a folder holds.

    Args:
        path: The file or folder.
        environ: Values for `##NAME##` and `@@NAME@@`, in scripts as well.

    Raises:
        BadFile: It cannot be read, or something in it is malformed.
    """
    if path.is_dir():
        return _Folder(path, environ).source()
    source = read(str(path), _text(path), environ)
    homes: dict[Place, Path] = {(): path.parent, ("clients",): path.parent / "clients"}
    return _with_scripts(source, _Homes(path.parent, homes), environ)


def load_text(name: str, text: str, environ: Mapping[str, str]) -> Source:
    """Return what a text holds that belongs to no folder.

    Raises:
        BadFile: It is malformed, or names a file.
    """
    return _with_scripts(read(name, text, environ), _Homes(None, {}), environ)


@dataclass(frozen=True, slots=True)
class _Homes:
    """From where the names of files count.

    Attributes:
        root: Nothing outside of it is read; None is for a text that has no folder.
        by_place: Folder of a part of the document; the longest place wins.
    """

    root: Path | None
    by_place: Mapping[Place, Path]

    def of(self, place: Place) -> Path | None:
        """Return the folder from which a member's file is named."""
        while place and place not in self.by_place:
            place = place[:-1]
        return self.by_place.get(place)


def _text(path: Path) -> str:
    try:
        if path.stat().st_size > MAX_FILE_BYTES:
            raise BadFile([f"{path}: is over {MAX_FILE_BYTES // 1024 // 1024} MiB"])
        return path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise BadFile([f"{path} cannot be read: {error.strerror}"]) from None
    except UnicodeDecodeError:
        raise BadFile([f"{path} is not UTF-8"]) from None


def _with_scripts(source: Source, homes: _Homes, environ: Mapping[str, str]) -> Source:
    faults: list[str] = []
    for holder, name, place in list(_scripts(source.root)):
        reference = holder[name]
        if not isinstance(reference, str) or not _IS_FILE.fullmatch(reference):
            continue
        where = f"{source.place(place)}: {shown(place)}: {reference}"
        try:
            found = _referred(reference, homes, place)
            if found is not None:
                holder[name] = filled_script(str(found), _text(found), environ)
            elif place[0] != "clients":  # a login page may be any text
                faults.append(f"{where} is no file")
        except _Outside:
            faults.append(f"{where} is outside the folder of this file")
        except BadFile as bad:
            faults += bad.lines
    if faults:
        raise BadFile(faults)
    return source


class _Outside(Exception):
    """A file would be read from outside the folder."""


def _referred(reference: str, homes: _Homes, place: Place) -> Path | None:
    home = homes.of(place)
    if homes.root is None or home is None:
        raise _Outside
    found = (home / reference.replace("\\", "/")).resolve()
    if not found.is_relative_to(homes.root.resolve()):
        raise _Outside
    return found if found.is_file() else None


def _scripts(root: Mapping[str, object]) -> Iterator[tuple[dict[str, object], str, Place]]:
    """Return the members that may name a file: who holds them, their name and place."""
    for section, name in _FILE_MEMBERS:
        for place, item in _items(root, section):
            if name in item:
                yield item, name, (*place, name)
    for place, item in _items(root, DATABASES[0]):
        options = item.get("options")
        scripts = options.get("customScripts") if isinstance(options, dict) else None
        if isinstance(scripts, dict):
            for name in scripts:
                yield scripts, name, (*place, "options", "customScripts", name)


def _items(root: Mapping[str, object], section: str) -> Iterator[tuple[Place, dict[str, object]]]:
    items = root.get(section)
    for position, item in enumerate(items if isinstance(items, list) else ()):
        if isinstance(item, dict):
            yield (section, position), item


@dataclass(slots=True)
class _Folder:
    """Reads a folder file by file; faults of all files are told at once."""

    root: Path
    environ: Mapping[str, str]
    document: dict[str, object] = field(default_factory=dict)
    lines: dict[Place, int] = field(default_factory=dict)
    files: dict[Place, str] = field(default_factory=dict)
    homes: dict[Place, Path] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)

    def source(self) -> Source:
        """Return everything the folder holds."""
        for section, folder in LISTS.items():
            for path in _in(self.root / folder, "*.json"):
                self._add_item(section, path, self.root if section == "actions" else path.parent)
        section, folder, name = DATABASES
        for path in _in(self.root / folder, f"*/{name}"):
            self._add_item(section, path, path.parent)
        for name, members in OBJECTS.items():
            self._add_object(self.root / name, members)
        for name, section in ELSEWHERE.items():
            self._add_unsupported(self.root / name, section)
        if not self.document and not self.faults:
            self.faults.append(f"{self.root}: holds no file of the Deploy CLI's directory format")
        if self.faults:
            raise BadFile(self.faults)
        source = Source(str(self.root), self.document, self.lines, self.files)
        return _with_scripts(source, _Homes(self.root, self.homes), self.environ)

    def _add_item(self, section: str, path: Path, home: Path) -> None:
        value, lines = self._read(path)
        items = self.document.setdefault(section, [])
        if value and isinstance(items, list):
            place = (section, len(items))
            items.append(value)
            self._note(place, path, lines)
            self.homes[place] = home

    def _add_object(self, path: Path, members: tuple[str, ...]) -> None:
        value, lines = self._read(path) if path.is_file() else (None, {})
        if value is None:
            return
        holder = self.document
        for member in members[:-1]:
            inner = holder.setdefault(member, {})
            holder = inner if isinstance(inner, dict) else {}
        holder[members[-1]] = value
        self._note(members, path, lines)

    def _add_unsupported(self, path: Path, section: str) -> None:
        for one in [path] if path.is_file() else _in(path, "**/*.json"):
            value, _ = self._read(one)
            values = self.document.setdefault(section, [])
            if isinstance(values, list):
                values.append(value)
                self.files.setdefault((section,), str(path))

    def _read(self, path: Path) -> tuple[object, Lines]:
        if len(self.files) > MAX_FILES:
            raise BadFile([f"{self.root}: holds over {MAX_FILES} files"])
        try:
            return read_json(str(path), _text(path), self.environ)
        except BadFile as bad:
            self.faults += bad.lines
            return None, {}

    def _note(self, place: Place, path: Path, lines: Lines) -> None:
        self.files[place] = str(path)
        self.lines |= {(*place, *inner): line for inner, line in lines.items()}


def _in(folder: Path, pattern: str) -> list[Path]:
    return sorted(
        path
        for path in folder.glob(pattern)
        if path.is_file() and f"{path.parent.name}/{path.name}" not in ELSEWHERE
    )
