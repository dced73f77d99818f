"""Where `gateword rules` finds the rules it is told of: files, or an installation."""

import json
from collections.abc import Mapping, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any, Final, NoReturn

from rich.markup import escape

from gateword.cli.common import BAD_USE, fail, is_installed, settings_of
from gateword.cli.house import Place
from gateword.domain.secret import Secret
from gateword.policy import rule_document, rule_objects, script_settings
from gateword.policy.members import did_you_mean
from gateword.policy.rule_note import Around
from gateword.ports.documents import Kept
from gateword.ports.parts import Parts
from gateword.values import dataclass

_SUFFIX: Final = ".js"
_USER_SUFFIX: Final = ".json"
_UNREADABLE: Final = (OSError, UnicodeDecodeError, ValueError, RecursionError)


@dataclass(frozen=True, slots=True)
class Source:
    """A rule.

    Attributes:
        name: Its name, or that of its file.
    """

    name: str
    script: str


@dataclass(frozen=True, slots=True)
class Stored:
    """What an installation has of rules.

    Attributes:
        rules: In their order.
        configuration: What rules read.
        settings: Of its scripts, as kept.
    """

    rules: Sequence[Kept]
    configuration: Mapping[str, Secret]
    settings: Mapping[str, object] | None
    domain: str

    @property
    def around(self) -> Around:
        """What the lint knows of it."""
        hosts = script_settings.settings(self.settings).allowed_hosts
        return Around(allowed_hosts=hosts, configuration=self.configuration, domain=self.domain)

    @property
    def sources(self) -> list[Source]:
        """Its rules as texts."""
        return [Source(str(one.name), str(one.document["script"])) for one in self.rules]


async def stored(parts: Parts) -> Stored:
    """Return what a tenant has of rules."""
    documents = parts.stores.documents
    values = await documents.all(rule_document.CONFIGURATION)
    settings = await documents.get(script_settings.KIND, script_settings.ID)
    return Stored(
        await documents.all(rule_document.KIND),
        {one.id: one.secret for one in values if one.secret is not None},
        settings.document if settings else None,
        (await parts.stores.settings.get()).domain,
    )


def is_file(word: str) -> bool:
    """Say whether a word means a file rather than the name of a stored rule."""
    return word.endswith(_SUFFIX) or Path(word).is_file()


def from_file(word: str) -> Source:
    """Return the rule in a file; a command ends here when it cannot be read."""
    try:
        return Source(Path(word).name, Path(word).read_text(encoding="utf-8"))
    except _UNREADABLE as error:
        _unread(word, error)


def document(path: Path | None) -> dict[str, Any] | None:
    """Return the object in a JSON file; None without one."""
    if path is None:
        return None
    try:
        value = json.loads(path.read_text(encoding="utf-8"))
    except _UNREADABLE as error:
        _unread(str(path), error)
    if not isinstance(value, dict):
        fail(f"{escape(str(path))} must hold one JSON object", BAD_USE)
    return value


def user(word: str | None, place: Place, connection: str | None) -> dict[str, Any] | None:
    """Return the `user` that a rule gets: of a JSON file, or a stored one; None without a word.

    Args:
        word: A file, or a user id or login name.
        place: Where stored users are.
        connection: The database to look in; None is every one.
    """
    if word is None:
        if connection is not None:
            fail("--connection says where the user of --user is; give both", BAD_USE)
        return None
    if word.endswith(_USER_SUFFIX) or Path(word).is_file():
        return document(Path(word))
    check_installed(place, word, "user")
    people = import_module("gateword.provision.people")  # costs 100 ms, which files save
    try:
        found, _ = place.work(lambda parts: people.find(parts, word, connection))
    except people.BadUser as bad:
        fail(escape(str(bad)), BAD_USE)
    shown: dict[str, Any] = json.loads(json.dumps(rule_objects.user(found)))
    return shown


def check_installed(place: Place, word: str, what: str) -> None:
    """End the command when a word is no file and nothing is here that could know it."""
    if is_installed(settings_of(place.data, database_url=place.database_url)):
        return
    where = f"in {place.data}" if place.data else "here"
    fail(
        f"no file {escape(word)}, and no installation {escape(where)} to look for a {what} "
        "of that name",
        BAD_USE,
    )


def chosen(rules: Sequence[Kept], word: str) -> Kept:
    """Return the stored rule of a name or an id."""
    found = [one for one in rules if word in (one.id, one.name)]
    if not found:
        hint = did_you_mean(word, {str(one.name) for one in rules}) or "."
        fail(f"no rule is named {escape(word + hint)} See: gateword rules list", BAD_USE)
    return found[0]


def _unread(word: str, error: Exception) -> NoReturn:
    why = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    fail(f"{escape(word)} cannot be read: {escape(why)}", BAD_USE)
