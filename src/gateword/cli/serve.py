"""`gateword serve`: listen, ready in a fraction of a second."""

import os
import socket
from collections.abc import Callable, Generator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, Any

import typer
import uvicorn

from gateword import logging_setup
from gateword.app import build, opened
from gateword.cli import file_limit
from gateword.cli.common import (
    BAD_USE,
    Data,
    DatabaseUrl,
    fail,
    host_of,
    port_of,
    run,
    settings_of,
)
from gateword.cli.init import DEFAULT_DOMAIN, install
from gateword.cli.server import Server
from gateword.cli.workers import Workers
from gateword.crypto import dev_ca
from gateword.domain.tenant import Tenant
from gateword.provision.bootstrap import bring_up_to_date
from gateword.settings import DATABASE_FILE, PREFIX, BadSettings, Settings
from gateword.telemetry.sharing import FOLDER_VARIABLE
from gateword.web.protocol import BoundedHttp

_KEEP_ALIVE_S = 75
_GRACE_S = 30


def serve(
    data: Data = None,
    host: Annotated[str | None, typer.Option(help="Address to listen on.")] = None,
    port: Annotated[
        int | None, typer.Option(help="Port; default is that of the tenant's domain.")
    ] = None,
    workers: Annotated[int | None, typer.Option(help="Server processes.")] = None,
    database_url: DatabaseUrl = None,
    tls: Annotated[str | None, typer.Option(help="dev, off or files.")] = None,
    cert: Annotated[Path | None, typer.Option(help="Certificate chain for --tls files.")] = None,
    key: Annotated[Path | None, typer.Option(help="Private key for --tls files.")] = None,
) -> None:
    """Serve; a new data folder is initialised first."""
    settings = settings_of(
        data,
        host=host,
        port=port,
        workers=workers,
        database_url=database_url,
        tls=tls,
        tls_cert=str(cert) if cert else None,
        tls_key=str(key) if key else None,
    )
    domains = _domains(settings)
    listen = settings.port or port_of(domains[0])
    options = _options(settings, listen) | _certificate(settings, domains)
    address = f"https://{domains[0]}/"
    if settings.tls == "off":
        address += f" (expects a TLS proxy in front of http://{settings.host}:{listen}/)"
    elif listen != port_of(domains[0]):
        address += f" (listens on port {listen}; something must forward the domain's port to it)"
    _listen_or_fail(settings.host, listen)
    file_limit.lift()
    _run(settings, options, lambda: _say_ready(address))


def _say_ready(address: str) -> None:
    typer.secho("Ready:", fg="green", bold=True, nl=False)
    typer.echo(f" {address}")


def _run(settings: Settings, options: dict[str, Any], tell: Callable[[], None]) -> None:
    """Serve until a signal ends it."""
    if settings.workers == 1:
        logging_setup.configure()
        try:
            application = build(settings)
        except BadSettings as bad:
            fail(str(bad), BAD_USE)
        Server(uvicorn.Config(application, **options), settings.drain_s, tell).run()
        return
    _hand_over(settings)
    config = uvicorn.Config(
        "gateword.app:create", factory=True, workers=settings.workers, **options
    )
    with _numbers_shared():
        workers = Workers(config, [config.bind_socket()], settings.drain_s, tell)
        workers.run()
    if workers.have_failed():
        fail("a worker could not start; the lines above say why")


@contextmanager
def _numbers_shared() -> Generator[None, None, None]:
    """Give the workers a folder for what each has counted, so that one scrape tells of all."""
    with ExitStack() as stack:
        try:
            kept = TemporaryDirectory(prefix="gateword-", ignore_cleanup_errors=True)
        except OSError:  # nothing here can be written: each worker tells of itself alone
            os.environ.pop(FOLDER_VARIABLE, None)
        else:
            os.environ[FOLDER_VARIABLE] = stack.enter_context(kept)
        yield


def _options(settings: Settings, port: int) -> dict[str, Any]:
    return {
        "host": settings.host,
        "port": port,
        "http": BoundedHttp,
        "log_config": None,
        "access_log": False,
        "server_header": False,
        "proxy_headers": False,
        "timeout_keep_alive": _KEEP_ALIVE_S,
        "timeout_graceful_shutdown": _GRACE_S,
        "lifespan": "on",
    }


def _domains(settings: Settings) -> list[str]:
    """Return the tenants' domains, the default tenant's first; a new folder gets one."""
    new = not settings.database_url and not (settings.data_dir / DATABASE_FILE).exists()
    if new or settings.database_url:
        domain = f"localhost:{settings.port}" if settings.port else DEFAULT_DOMAIN
        # A key that nobody knows of, in a folder of a container, would be gone at the next start.
        made = run(install(settings, domain, makes_key=False))
        if made.management.created:
            typer.echo(f"Initialised {settings.data_dir} for {made.issuer}")

    async def listed() -> Sequence[Tenant]:
        async with opened(settings) as house:
            await house.parts.stores.signing_keys.all()  # fails with a foreign encryption key
            return await house.tenants.all()

    tenants = run(listed())
    for tenant in tenants:
        run(_brought_up_to_date(settings, tenant.name))
    return [tenant.domain for tenant in tenants]


async def _brought_up_to_date(settings: Settings, tenant: str) -> None:
    async with opened(settings, tenant) as house:
        await bring_up_to_date(house.parts.stores, house.parts.clock)


def _certificate(settings: Settings, domains: list[str]) -> dict[str, str]:
    if settings.tls == "off":
        return {}
    if settings.tls == "files":
        for path in (settings.tls_cert, settings.tls_key):
            if not Path(path).is_file():
                fail(f"{path} is no file; --tls files needs --cert and --key", BAD_USE)
        return {"ssl_certfile": settings.tls_cert, "ssl_keyfile": settings.tls_key}
    made = dev_ca.ensure(settings.data_dir, [host_of(domain) for domain in domains])
    return {"ssl_certfile": str(made.certificate), "ssl_keyfile": str(made.key)}


def _listen_or_fail(host: str, port: int) -> None:
    """Try the address before anything heavy starts, for an error that says what to do."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            fail(
                f"cannot listen on {host}:{port}: {error.strerror}. Stop what listens there, "
                "or choose another with --port; tokens go on naming the tenant's domain as issuer."
            )


def _hand_over(settings: Settings) -> None:
    """Give the settings to the worker processes through their environment."""
    for name in settings.__dataclass_fields__:
        os.environ[f"{PREFIX}{name.upper()}"] = str(getattr(settings, name))
