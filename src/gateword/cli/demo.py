"""`gateword demo`: server, application and API in one process group, on loopback only."""

import json
import os
import shlex
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Final

import typer
from rich.box import SIMPLE, SIMPLE_HEAD
from rich.markup import escape
from rich.table import Table

from gateword.cli import demo_seed
from gateword.cli.common import fail, out
from gateword.cli.demo_children import ChildFailed, Children, Interrupted, is_free
from gateword.cli.demo_seed import Package, Person
from gateword.values import dataclass

_GATEWORD: Final = [sys.executable, "-c", "from gateword.cli.main import run; run()"]
_SEEN_WITHIN_S: Final = 1.0
"""How soon a running server obeys what another process changed."""
_PASSWORD_REALM: Final = "http://auth0.com/oauth/grant-type/password-realm"


@dataclass(frozen=True, slots=True)
class _Ports:
    server: int
    app: int
    api: int
    mail: int


def demo(
    data: Annotated[Path, typer.Option(help="Folder for the demo's data.")] = Path(
        ".gateword/demo"
    ),
    port: Annotated[int, typer.Option(help="Port of the login server.")] = 8443,
    app_port: Annotated[int, typer.Option(help="Port of the demo application.")] = 3000,
    api_port: Annotated[int, typer.Option(help="Port of the demo API.")] = 3001,
    mail_port: Annotated[int, typer.Option(help="Port of the demo's inbox, for SMTP.")] = 3025,
    token_lifetime: Annotated[int, typer.Option(min=1, help="Seconds an access token lives.")] = 60,
) -> None:
    """Show the whole flow: a login server, an application with a login form, and an API."""
    package = _package()
    ports = _Ports(port, app_port, api_port, mail_port)
    _require_free(ports)
    data.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        with Children(data / "logs") as children:
            _start(children, package, data.resolve(), ports, token_lifetime)
            children.wait_until_stopped()
    except ChildFailed as failure:
        fail(escape(str(failure)))
    except Interrupted:
        pass
    out.print("\nThe demo has stopped.")


def _start(
    children: Children, package: Package, data: Path, ports: _Ports, token_lifetime_s: int
) -> None:
    """Start all three side by side, seed the tenant, and print what there is to see."""
    tenant_file = package.folder / "tenant.yaml"
    secret_file = data / "demo.env"
    ca_cert = _initialise(children, data, ports)
    variables = {
        **demo_seed.load_or_make(secret_file, tenant_file),
        "DEMO_DOMAIN": f"localhost:{ports.server}",
        "DEMO_CLIENT_ID": demo_seed.CLIENT_ID,
        "DEMO_OFFICE_ID": demo_seed.OFFICE_ID,
        "DEMO_AUDIENCE": demo_seed.AUDIENCE,
        "DEMO_CLOSED_DAYS": demo_seed.CLOSED_DAYS,
        "DEMO_OFFICE_NETWORKS": demo_seed.OFFICE_NETWORKS,
        "DEMO_TOKEN_LIFETIME_S": str(token_lifetime_s),
    }
    with out.status("Starting login server, application and API …"):
        serve = [*_GATEWORD, "serve", "--data", str(data), "--port", str(ports.server)]
        children.start("login server", serve, _server_environment(variables, ports))
        phone = [*_GATEWORD, "device", "page", "--home", str(data / "phone"), "--data", str(data)]
        children.start("phone", [*phone, "--name", "The demo's phone"], os.environ)
        environment = _environment(package, variables, ports, ca_cert, secret_file)
        children.start("API", [sys.executable, "-m", f"{package.name}.api"], environment)
        environment["DEMO_DEVICE_URL"] = children.first_line("phone")
        children.start("application", [sys.executable, "-m", f"{package.name}.app"], environment)
        children.wait_until_answers(ports.server, ca_cert)
        _seed(children, tenant_file, data, variables)
        children.wait_until_answers(ports.api)
        children.wait_until_answers(ports.app)
    _tell(demo_seed.people(tenant_file, variables), ports, ca_cert, secret_file)


def _seed(children: Children, tenant_file: Path, data: Path, variables: Mapping[str, str]) -> None:
    """Make the tenant, and give one of its people an authenticator app; the server obeys then."""
    apply = [*_GATEWORD, "apply", str(tenant_file), "--data", str(data)]
    children.run("Seeding the tenant", apply, {**os.environ, **variables})
    applied_at = time.monotonic()
    factors = data / "factors.json"
    demo_seed.write_factors(factors, variables)
    load = [*_GATEWORD, "users", "import", str(factors), "--connection", demo_seed.APP_REALM]
    children.run("Seeding a second factor", [*load, "--upsert", "--data", str(data)], os.environ)
    factors.unlink()
    children.pause(max(0.0, applied_at + _SEEN_WITHIN_S - time.monotonic()))


def _initialise(children: Children, data: Path, ports: _Ports) -> Path:
    """Create the server's data when there is none, and return the path of its development CA."""
    domain = f"localhost:{ports.server}"
    init = [*_GATEWORD, "init", "--data", str(data), "--domain", domain, "--json"]
    made = json.loads(children.run("Setting up the login server", init, os.environ))
    if made["domain"] != domain:
        raise ChildFailed(
            f"{data} was made for {made['domain']}. "
            f"Use --port {made['domain'].rpartition(':')[2]}, or another folder with --data."
        )
    return Path(made["ca_cert"])


def _server_environment(variables: Mapping[str, str], ports: _Ports) -> dict[str, str]:
    """Return the environment of the login server: the application takes its letters."""
    return {
        **os.environ,
        "GATEWORD_SMTP_URL": f"smtp://127.0.0.1:{ports.mail}",
        "GATEWORD_MAIL_FROM": "Harbour & Pine <no-reply@harbourpine.example>",
        "GATEWORD_PHONE_WEBHOOK_URL": f"http://localhost:{ports.app}/hooks/phone",
        "GATEWORD_PHONE_WEBHOOK_SECRET": variables["DEMO_PHONE_SECRET"],
    }


def _environment(
    package: Package,
    variables: Mapping[str, str],
    ports: _Ports,
    ca_cert: Path,
    secret_file: Path,
) -> dict[str, str]:
    """Return the environment of application and API: they trust the development CA only."""
    search_path = {"PYTHONPATH": str(package.search_path)} if package.search_path else {}
    return {
        **os.environ,
        **variables,
        **search_path,
        "SSL_CERT_FILE": str(ca_cert),
        "DEMO_REALMS": ",".join(demo_seed.REALMS),
        "DEMO_API_URL": f"http://localhost:{ports.api}",
        "DEMO_API_PORT": str(ports.api),
        "DEMO_APP_PORT": str(ports.app),
        "DEMO_MAIL_PORT": str(ports.mail),
        "DEMO_APP_LABEL": f"{demo_seed.APP_EMAIL}, {demo_seed.APP_REALM}",
        "DEMO_CA_CERT": str(ca_cert),
        "DEMO_SECRET_FILE": str(secret_file),
    }


def _tell(people: list[Person], ports: _Ports, ca_cert: Path, secret_file: Path) -> None:
    """Print addresses, people and lines to paste."""
    addresses = Table(title="Gateword demo", title_justify="left", show_header=False, box=SIMPLE)
    addresses.add_row("Open this in a browser", f"[bold]http://localhost:{ports.app}[/]")
    addresses.add_row("Rules of the login", f"http://localhost:{ports.app}/rules")
    addresses.add_row("Login server", f"https://localhost:{ports.server}")
    addresses.add_row("API", f"http://localhost:{ports.api}")
    addresses.add_row("Second factor", f"http://localhost:{ports.app}/policy")
    addresses.add_row("Letters and codes", f"http://localhost:{ports.app}/inbox")
    who = Table(title="Who can log in", title_justify="left", box=SIMPLE_HEAD)
    for heading in ("Realm", "E-mail", "Password", "Role"):
        who.add_column(heading, no_wrap=True)
    for person in people:
        role = "[red]blocked[/]" if person.blocked else person.roles[-1]
        who.add_row(person.realm, person.email, f"[bold]{person.password}[/]", role)
    out.print(addresses, who)
    out.print("The same login in a terminal, then the API with its token:\n")
    lines = _curl_lines(people[0], ports, ca_cert, secret_file)
    out.print(lines, markup=False)
    out.print("\nCtrl-C stops everything.")


def _curl_lines(person: Person, ports: _Ports, ca_cert: Path, secret_file: Path) -> str:
    fields = {
        "grant_type": _PASSWORD_REALM,
        "client_id": demo_seed.CLIENT_ID,
        "username": person.email,
        "realm": person.realm,
        "audience": demo_seed.AUDIENCE,
        "scope": "openid read:timesheets",
    }
    field_lines = [
        f"  --data-urlencode {shlex.quote(f'{name}={value}')} \\" for name, value in fields.items()
    ]
    return "\n".join(
        [
            f". {shlex.quote(str(secret_file))}",
            "ANSWER=$(curl -sS --fail-with-body \\",
            f"  https://localhost:{ports.server}/oauth/token \\",
            f"  --cacert {shlex.quote(str(ca_cert))} \\",
            *field_lines,
            '  --data-urlencode "client_secret=$DEMO_CLIENT_SECRET" \\',
            f'  --data-urlencode "password=${person.variable}"); echo "$ANSWER"',
            """TOKEN=$(echo "$ANSWER" | sed 's/.*"access_token": *"\\([^"]*\\)".*/\\1/')""",
            f"curl -sSi http://localhost:{ports.api}/api/timesheet \\",
            '  -H "Authorization: Bearer $TOKEN"',
        ]
    )


def _package() -> Package:
    missing = demo_seed.missing_extra()
    if missing:
        names = ", ".join(missing)
        fail(f"The demo needs {names}. Install them in the checkout: pip install '.\\[demo]'")
    package = demo_seed.find_package()
    if package is None:
        fail("The demo's files are not part of this installation.")
    return package


def _require_free(ports: _Ports) -> None:
    wanted = (
        ("--port", ports.server),
        ("--app-port", ports.app),
        ("--api-port", ports.api),
        ("--mail-port", ports.mail),
    )
    for option, number in wanted:
        if not is_free(number):
            fail(f"Port {number} is taken. Choose another one with {option}.")
