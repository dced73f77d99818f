"""`gateword tenants`: several issuers in one installation."""

import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Final

import typer
from rich.markup import escape

from gateword.cli.common import (
    BAD_USE,
    AsJson,
    Data,
    DatabaseUrl,
    domain_of,
    existing,
    fail,
    host_of,
    out,
    run,
)
from gateword.cli.house import opened
from gateword.cli.init import Installation, bootstrap_tenant
from gateword.cli.tables import print_table
from gateword.crypto import dev_ca
from gateword.domain.tenant import Tenant
from gateword.settings import Settings

app: Final = typer.Typer(help="List and add tenants.", no_args_is_help=True)

_NAME: Final = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")


@app.command("list")
def list_(data: Data = None, database_url: DatabaseUrl = None, as_json: AsJson = False) -> None:
    """List the tenants of an installation."""
    tenants = run(_all(existing(data, database_url)))
    if as_json:
        typer.echo(json.dumps([_document(tenant) for tenant in tenants], indent=2))
        return
    rows = ((tenant.name, tenant.domain, tenant.issuer) for tenant in tenants)
    print_table(("Name", "Domain", "Issuer"), rows)


@app.command()
def add(
    name: Annotated[str, typer.Argument(help="Short name for commands: a-z, 0-9 and hyphens.")],
    domain: Annotated[
        str, typer.Option("--domain", help="HOST or HOST:PORT under which clients reach it.")
    ],
    data: Data = None,
    database_url: DatabaseUrl = None,
    as_json: AsJson = False,
) -> None:
    """Add a tenant with keys, a directory and a management client of its own.

    It shares nothing with other tenants but the database. Running servers answer for it within a
    second; with the development certificate, restart them so that it covers the new host.
    """
    if not _NAME.fullmatch(name):
        fail("a tenant's name holds a-z, 0-9 and inner hyphens, at most 63", BAD_USE)
    settings = existing(data, database_url)
    made = run(_add(settings, name, domain_of(domain)))
    if as_json:
        typer.echo(json.dumps(made.document(), indent=2))
        return
    if made.management.created:
        out.print(f"[bold green]Added[/] tenant {name}: {made.issuer}")
    else:
        out.print(f"Tenant {name} was there before; nothing changed.")
    folder = escape(str(settings.data_dir))
    out.print(f"  management client     {made.management.client_id}")
    out.print(
        f"  its secret            gateword clients show {made.management.client_id}"
        f" --tenant {name} --reveal-secret --data {folder}"
    )
    out.print(f"Next: gateword apply FILE.yaml --tenant {name} --data {folder}")


async def _all(settings: Settings) -> Sequence[Tenant]:
    async with opened(settings) as house:
        return await house.tenants.all()


async def _add(settings: Settings, name: str, domain: str) -> Installation:
    for tenant in await _all(settings):
        if (tenant.name == name) != (tenant.domain == domain):
            fail(f"tenant {tenant.name} has the domain {tenant.domain} already", BAD_USE)
    async with opened(settings, name, make_with_domain=domain) as house:
        made = await bootstrap_tenant(house)
        hosts = [host_of(tenant.domain) for tenant in await house.tenants.all()]
        return Installation(
            domain=domain,
            issuer=house.tenant.issuer,
            ca=_covered(settings.data_dir, hosts),
            management=made,
        )


def _covered(data_dir: Path, hosts: Sequence[str]) -> Path:
    """Return the development CA, its certificate renewed for these hosts."""
    return dev_ca.ensure(data_dir, hosts).ca


def _document(tenant: Tenant) -> dict[str, str]:
    return {"name": tenant.name, "domain": tenant.domain, "issuer": tenant.issuer}
