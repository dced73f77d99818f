"""The `gateword` command."""

from importlib.metadata import version as installed_version
from typing import Annotated

import typer

from gateword import logging_setup
from gateword.cli import (
    apply,
    clients,
    demo,
    doctor,
    env,
    init,
    keys,
    logs,
    serve,
    tenants,
    users,
)

app = typer.Typer(
    name="gateword",
    help="OAuth 2.0 / OpenID Connect server for the password flow, wire-compatible with Auth0.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
)

app.command()(init.init)
app.command()(serve.serve)
app.command()(env.env)
app.command()(apply.apply)
app.add_typer(users.app, name="users")
app.add_typer(clients.app, name="clients")
app.add_typer(keys.app, name="keys")
app.add_typer(tenants.app, name="tenants")
app.command()(logs.logs)
app.command()(doctor.doctor)
app.command()(demo.demo)


def _show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"gateword {installed_version('gateword')}")
        raise typer.Exit


@app.callback()
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
    app()
