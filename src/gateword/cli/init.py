"""`gateword init`: everything an installation needs before its first start."""

import json
import os
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from gateword.cli.common import (
    BAD_USE,
    AsJson,
    Data,
    DatabaseUrl,
    domain_of,
    fail,
    host_of,
    out,
    run,
    settings_of,
)
from gateword.cli.house import opened
from gateword.crypto import dev_ca
from gateword.ports.opened import Opened
from gateword.provision.bootstrap import Bootstrapped, bootstrap
from gateword.settings import Settings
from gateword.values import dataclass

DEFAULT_DOMAIN = "localhost:8443"
Domain = Annotated[
    str, typer.Option("--domain", help="HOST or HOST:PORT under which clients reach the server.")
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Installation:
    """What a new installation tells its operator."""

    domain: str
    issuer: str
    ca: Path
    management: Bootstrapped

    def document(self) -> dict[str, object]:
        """Return it for scripts; the secret is shown because this is where it is handed over."""
        return {
            "domain": self.domain,
            "base_url": self.issuer.rstrip("/"),
            "issuer": self.issuer,
            "ca_cert": str(self.ca.resolve()),
            "management": {
                "client_id": self.management.client_id,
                "client_secret": self.management.client_secret.reveal(),
                "audience": self.management.audience,
            },
        }


def init(
    data: Data = None,
    domain: Domain = DEFAULT_DOMAIN,
    database_url: DatabaseUrl = None,
    as_json: AsJson = False,
) -> None:
    """Create database, keys, development certificate and a management client; once is enough."""
    settings = settings_of(data, database_url=database_url)
    made = run(install(settings, domain_of(domain), makes_key=True))
    if as_json:
        typer.echo(json.dumps(made.document(), indent=2))
        return
    if not made.management.created:
        out.print(f"{settings.data_dir} was initialised before; nothing changed.")
    else:
        out.print(f"[bold green]Initialised[/] {settings.data_dir} for {made.issuer}")
    out.print(f"  development CA        {made.ca}")
    out.print(f"  management client     {made.management.client_id}")
    out.print(
        f"  its secret            gateword clients show {made.management.client_id}"
        f" --reveal-secret --data {settings.data_dir}"
    )
    if made.domain != domain_of(domain):
        out.print(f"[yellow]The domain stays {made.domain}: tokens name it as their issuer.[/]")
    out.print(f"Next: gateword serve --data {settings.data_dir}")


async def install(settings: Settings, domain: str, *, makes_key: bool) -> Installation:
    """Make what is missing and return what there is.

    Args:
        settings: Where.
        domain: Under which clients reach it.
        makes_key: Whether the encryption key may be made for a `database_url`. In the data folder
            it lies beside the database, and is made in any case.
    """
    _make_folder(settings.data_dir)
    async with opened(settings, make_with_domain=domain, makes_key=makes_key) as house:
        made = await bootstrap_tenant(house)
        hosts = [host_of(tenant.domain) for tenant in await house.tenants.all()]
        files = dev_ca.ensure(settings.data_dir, hosts)
        return Installation(
            domain=house.tenant.domain,
            issuer=house.tenant.issuer,
            ca=files.ca,
            management=made,
        )


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as bad:
        fail(f"the folder {escape(str(folder))} cannot be made: {bad.strerror}", BAD_USE)
    if not os.access(folder, os.W_OK | os.X_OK):
        fail(f"the folder {escape(str(folder))} cannot be written", BAD_USE)


async def bootstrap_tenant(house: Opened) -> Bootstrapped:
    """Give a tenant its keys, directory and management client."""
    parts = house.parts
    return await bootstrap(parts.stores, house.new_signing_key, parts.clock, parts.dice)
