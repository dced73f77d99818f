"""The `gateword` command."""

import os
import sys
from collections.abc import Iterable
from importlib import import_module
from typing import Annotated, Final

import typer

from gateword import logging_setup

COMMANDS: Final = {
    "init": "Create database, keys, development certificate and a management client; once is "
    "enough.",
    "serve": "Serve; a new data folder is initialised first.",
    "env": 'Print shell exports for the development CA: eval "$(gateword env --data DIR)".',
    "apply": "Make a tenant what a file or folder says; a second run changes nothing.",
    "export": "Write a tenant's configuration in the format of Auth0's Deploy CLI, without "
    "secrets and ids.",
    "users": "Add, list, block, import and export users; set passwords.",
    "blocks": "List and lift blocks of logins after wrong passwords.",
    "clients": "List and show clients.",
    "rules": "Try, look through, list, order and switch rules; say what they would be as Actions.",
    "keys": "List, rotate and revoke signing keys.",
    "tenants": "List and add tenants.",
    "logs": "Print the newest events of a tenant's log, the oldest of them first.",
    "breached": "Import, show and ask the corpus of breached passwords.",
    "attack": "Attack a throw-away tenant of a server of its own, and show what each shield did.",
    "device": "Be a push device: enrol, approve and deny logins, show codes.",
    "doctor": "Look for faults: files, database, keys, certificate, clients, realms.",
    "demo": "Show the whole flow: a login server, an application with a login form, and an API.",
}
"""Each is a module beside this one, with an `app` of commands of its own or a function; and the
sentence that the list of commands shows without loading it."""

_COMPLETION: Final = "_GATEWORD_COMPLETE"
"""Environment variable with which a shell asks for completions."""


def application(names: Iterable[str] = COMMANDS) -> typer.Typer:
    """Return the command line with these commands; what a command needs is loaded with it."""
    app = _empty()
    for name in names:
        module = import_module(f"gateword.cli.{name}")
        if hasattr(module, "app"):
            for command in module.app.registered_commands:
                command.help = _flowed(command.help or command.callback.__doc__)
            app.add_typer(module.app, name=name)
        else:
            command = getattr(module, name)
            app.command(name, help=_flowed(command.__doc__))(command)
    return app


def outline() -> typer.Typer:
    """Return the command line with the names of its commands, none of which is loaded."""
    app = _empty()
    for name, sentence in COMMANDS.items():
        app.command(name, help=sentence)(_nothing)
    return app


def _empty() -> typer.Typer:
    app = typer.Typer(
        name="gateword",
        help="OAuth 2.0 / OpenID Connect server for the password flow, wire-compatible with Auth0.",
        no_args_is_help=True,
        pretty_exceptions_enable=False,
        rich_markup_mode="rich",
    )
    app.callback()(_options)
    return app


def _flowed(text: str) -> str:
    """Return a docstring with a line a paragraph: a terminal wraps it at its own width."""
    return "\n\n".join(" ".join(part.split()) for part in text.split("\n\n"))


def _nothing() -> None:
    """Stand for a command in a list."""


def _show_version(wanted: bool) -> None:
    if wanted:
        metadata = import_module("importlib.metadata")  # 30 ms that all other commands save
        typer.echo(f"gateword {metadata.version('gateword')}")
        raise typer.Exit


def _options(
    version: Annotated[
        bool,
        typer.Option("--version", callback=_show_version, is_eager=True, help="Print the version."),
    ] = False,
) -> None:
    del version


def run() -> None:
    """Run the command line; what is logged on the way leaves standard output to the answer."""
    logging_setup.configure()
    named = [word for word in sys.argv[1:2] if word in COMMANDS]
    if named:
        application(named)()
    elif _COMPLETION in os.environ:
        application()()
    else:
        outline()()
