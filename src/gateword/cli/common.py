"""Options and endings that all commands share."""

import asyncio
import json
import re
import sqlite3
from collections.abc import Callable, Coroutine, Sequence
from functools import wraps
from importlib import import_module
from pathlib import Path
from typing import Annotated, Any, Final, NoReturn, ParamSpec, TypeVar

import typer

from gateword.cli.terminal import Terminal
from gateword.domain.refused import Refused
from gateword.domain.tenant import NoSuchTenant
from gateword.setting_bounds import MAX_PORT
from gateword.settings import DATABASE_FILE, BadSettings, Settings, load

T = TypeVar("T")
P = ParamSpec("P")

BAD_USE: Final = 2
FAILED: Final = 1

out: Final = Terminal()
err: Final = Terminal(stderr=True)

Data = Annotated[
    Path | None,
    typer.Option("--data", help="Folder of the installation.", envvar="GATEWORD_DATA_DIR"),
]
DatabaseUrl = Annotated[
    str | None,
    typer.Option(
        "--database-url",
        help="postgresql://… or sqlite:///…; default is SQLite in the data folder.",
        envvar="GATEWORD_DATABASE_URL",
    ),
]
TenantName = Annotated[str, typer.Option("--tenant", help="Name of the tenant.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for scripts.")]

_DOMAIN: Final = re.compile(r"[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?(:[1-9][0-9]{0,4})?")


class Failed(typer.Exit):
    """The end of a command that could not do what it was asked.

    Attributes:
        faults: What was wrong, a text each.
    """

    def __init__(self, code: int, faults: Sequence[str]) -> None:
        super().__init__(code)
        self.faults = tuple(faults)


def fail(message: str, code: int = FAILED, *, faults: Sequence[str] = ()) -> NoReturn:
    """End the command with a message that says the next step.

    Args:
        message: With markup.
        code: Status to end with.
        faults: What is wrong one by one, where the message only sums it up; without markup.
    """
    err.print(f"[bold red]gateword:[/] {message}", style=None, markup=True)
    plain = str(import_module("rich.markup").render(message))  # as costly as printing it was
    raise Failed(code, faults or (plain,))


def with_json_faults(command: Callable[P, None]) -> Callable[P, None]:
    """Make a command with `--json` print its faults as JSON too; the status stays the same."""

    @wraps(command)
    def run_command(*args: P.args, **kwargs: P.kwargs) -> None:
        try:
            command(*args, **kwargs)
        except Failed as failed:
            if kwargs.get("as_json") is True:
                document = {"faults": list(failed.faults)}
                typer.echo(json.dumps(document, indent=2, ensure_ascii=False))
            raise

    return run_command


def settings_of(data: Path | None, **given: object) -> Settings:
    """Return settings; a command ends here when they cannot be used."""
    try:
        return load(None, data_dir=data, **given)
    except BadSettings as bad:
        fail(str(bad), BAD_USE)


def existing(data: Path | None, database_url: str | None = None) -> Settings:
    """Return settings of an installation that is there already."""
    settings = settings_of(data, database_url=database_url)
    folder = settings.data_dir
    if not is_installed(settings):
        fail(
            f"{folder} holds no Gateword installation. "
            f"Make one: gateword init --data {folder} --domain localhost:8443",
            BAD_USE,
        )
    return settings


def is_installed(settings: Settings) -> bool:
    """Say whether there is an installation where the settings say; a database of its own is one."""
    return bool(settings.database_url) or (settings.data_dir / DATABASE_FILE).exists()


def run(work: Coroutine[Any, Any, T]) -> T:
    """Run a command's work; what it refuses becomes a message."""
    try:
        return asyncio.run(work)
    except NoSuchTenant as missing:
        name, known = missing.args
        fail(f"no tenant is called {name}. There are: {', '.join(known) or 'none'}", BAD_USE)
    except Refused as refused:
        fail(refused.detail or refused.description)
    except sqlite3.DatabaseError as broken:
        fail(f"the SQLite database cannot be used: {broken}")
    except ValueError as bad:  # a key or a URL that cannot be used
        fail(str(bad), BAD_USE)


def domain_of(text: str) -> str:
    """Return a domain in lower case, or end the command."""
    domain = text.lower().removeprefix("https://").rstrip("/").removesuffix(":443")
    port = int(domain.partition(":")[2] or 443) if _DOMAIN.fullmatch(domain) else 0
    if not 0 < port <= MAX_PORT:
        fail(f"{text!r} is no domain: give HOST or HOST:PORT, such as localhost:8443", BAD_USE)
    return domain


def host_of(domain: str) -> str:
    """Return a domain without its port."""
    return domain.partition(":")[0]


def port_of(domain: str) -> int:
    """Return the port a domain means."""
    return int(domain.partition(":")[2] or 443)
