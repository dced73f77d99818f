"""The `gateword` command."""

import sys
from collections.abc import Iterable
from importlib import import_module, metadata
from typing import Annotated, Final

import typer

from gateword import logging_setup

COMMANDS: Final = (
    "init", "serve", "env", "apply", "export", "users", "clients", "keys", "tenants", "logs",
    "doctor", "demo",
)  # fmt: skip
"""Each is a module beside this one: an `app` with commands of its own, or a function."""


def application(names: Iterable[str] = COMMANDS) -> typer.Typer:
    """Return the command line with these commands; what a command needs is loaded with it."""
    app = typer.Typer(
        name="gateword",
        help="OAuth 2.0 / OpenID Connect server for the password flow, wire-compatible with Auth0.",
        no_args_is_help=True,
        pretty_exceptions_enable=False,
        rich_markup_mode="rich",
    )
    app.callback()(_options)
    for name in names:
        module = import_module(f"gateword.cli.{name}")
        if hasattr(module, "app"):
            app.add_typer(module.app, name=name)
        else:
            app.command(name)(getattr(module, name))
    return app


def _show_version(wanted: bool) -> None:
    if wanted:
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
    application(named or COMMANDS)()
