"""`gateword clients`: which applications there are, and what one of them is set to."""

import json
from collections.abc import Sequence
from typing import Annotated, Final

import typer
from rich.markup import escape

from gateword.cli.common import (
    BAD_USE,
    AsJson,
    Data,
    DatabaseUrl,
    TenantName,
    existing,
    fail,
    out,
    run,
)
from gateword.cli.house import opened
from gateword.cli.tables import print_table
from gateword.domain.client import Client
from gateword.policy import client_document
from gateword.policy.members import did_you_mean
from gateword.ports.parts import Stores
from gateword.settings import Settings
from gateword.values import dataclass

app: Final = typer.Typer(help="List and show clients.", no_args_is_help=True)


@dataclass(frozen=True, slots=True)
class _Shown:
    """A client with what belongs to it."""

    client: Client
    realms: Sequence[str]
    grants: Sequence[tuple[str, tuple[str, ...]]]


@app.command("list")
def list_(
    data: Data = None,
    tenant: TenantName = "default",
    database_url: DatabaseUrl = None,
    as_json: AsJson = False,
) -> None:
    """List the clients of a tenant."""
    clients = run(_all(existing(data, database_url), tenant))
    if as_json:
        documents = [client_document.rendered(client) for client in clients]
        typer.echo(json.dumps(documents, indent=2, ensure_ascii=False))
        return
    columns = ("Client id", "Name", "Type", "Proves itself by", "Grant types")
    print_table(columns, map(_row, clients))


@app.command()
def show(
    name_or_id: Annotated[str, typer.Argument(help="Name of the client, or its client_id.")],
    reveal_secret: Annotated[
        bool, typer.Option("--reveal-secret", help="Print the client secret as well.")
    ] = False,
    data: Data = None,
    tenant: TenantName = "default",
    database_url: DatabaseUrl = None,
    as_json: AsJson = False,
) -> None:
    """Show one client: its settings, its realms, and what it may do at which API."""
    shown = run(_one(existing(data, database_url), tenant, name_or_id))
    document = client_document.rendered(shown.client)
    if reveal_secret and shown.client.secret is not None:
        document["client_secret"] = shown.client.secret.reveal()
    if as_json:
        typer.echo(json.dumps(document, indent=2, ensure_ascii=False))
        return
    for member, value in document.items():
        text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
        out.print(f"[bold]{member}[/] {escape(text)}")
    if shown.client.secret is not None and not reveal_secret:
        out.print("[bold]client_secret[/] [dim]kept back; --reveal-secret prints it[/]")
    out.print(f"[bold]realms[/] {escape(', '.join(shown.realms)) or 'none'}")
    for audience, scope in shown.grants:
        out.print(f"[bold]may, at {escape(audience)}[/] {escape(' '.join(scope)) or 'nothing'}")


async def _all(settings: Settings, tenant: str) -> Sequence[Client]:
    async with opened(settings, tenant) as house:
        clients = await house.parts.stores.clients.all()
        return sorted(clients, key=lambda client: client.name.lower())


async def _one(settings: Settings, tenant: str, word: str) -> _Shown:
    async with opened(settings, tenant) as house:
        stores = house.parts.stores
        client = _chosen(await stores.clients.all(), word)
        return await _with_belongings(stores, client)


def _chosen(clients: Sequence[Client], word: str) -> Client:
    found = [client for client in clients if client.client_id == word]
    found = found or [client for client in clients if client.name == word]
    if len(found) > 1:
        ids = ", ".join(client.client_id for client in found)
        fail(f"{len(found)} clients are named {escape(word)}; give a client_id: {ids}", BAD_USE)
    if not found:
        hint = did_you_mean(word, {client.name for client in clients}) or "."
        fail(f"no client is named {escape(word + hint)} See: gateword clients list", BAD_USE)
    return found[0]


async def _with_belongings(stores: Stores, client: Client) -> _Shown:
    connections = await stores.connections.all()
    grants = await stores.client_grants.all()
    return _Shown(
        client,
        [one.name for one in connections if one.admits(client.client_id)],
        [(one.audience, one.scope) for one in grants if one.client_id == client.client_id],
    )


def _row(client: Client) -> Sequence[str]:
    kind = str(client.document.get("app_type", ""))
    grants = ", ".join(_short(grant) for grant in client.grant_types)
    return client.client_id, client.name, kind, client.auth_method.value, grants


def _short(grant_type: str) -> str:
    return grant_type.rpartition("/")[2].rpartition(":")[2]
