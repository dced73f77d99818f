"""`gateword device`: a device that approves and denies logins, for tries, tests and scripts.

It speaks as an app on a phone would (docs/reference/device-protocol.md).
"""

import json
import sys
import time
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Final, TypeVar

import typer
from rich.markup import escape

from gateword.cli import device_page
from gateword.cli.common import BAD_USE, AsJson, Data, fail, out, with_json_faults
from gateword.cli.device_home import Account, Home, NotKept
from gateword.cli.device_talk import Question, Talk, Unanswered
from gateword.cli.tables import print_table
from gateword.cli.trust import trusting
from gateword.policy.device import INTERVAL_S

T = TypeVar("T")

app: Final = typer.Typer(
    help="Be a push device: enrol, approve and deny logins, show codes.", no_args_is_help=True
)

HomeFolder = Annotated[
    Path,
    typer.Option(
        "--home", help="Folder of the device's keys and secrets.", envvar="GATEWORD_DEVICE_HOME"
    ),
]
Ca = Annotated[
    Path | None,
    typer.Option(
        "--ca",
        help="Certificate authority to trust as well; without it the development CA of --data "
        "(DIR/tls/ca.pem) is found by itself.",
    ),
]
Id = Annotated[str | None, typer.Argument(metavar="[ID]", help="Which account, of several.")]
HOME: Final = Path("~/.gateword-device")


@app.command("enroll")
@with_json_faults
def enroll(
    uri: Annotated[
        str, typer.Argument(metavar="[BARCODE_URI]", help="otpauth://…; - reads standard input.")
    ] = "-",
    name: Annotated[str, typer.Option("--name", help="What the user knows it by.")] = "",
    home: HomeFolder = HOME,
    ca: Ca = None,
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """Enrol this device with the `barcode_uri` of /mfa/associate, as if it had scanned the code.

    The login that began the enrolment waits: the device's first approval completes it.
    """
    kept, talk = _home(home), Talk(trusting(ca, data))
    given = sys.stdin.read(4096) if uri == "-" else uri
    _tried(kept.check)
    try:
        account = _tried(lambda: talk.enroll(given, name))
    except ValueError as bad:
        fail(escape(str(bad)), BAD_USE)
    _tried(lambda: kept.keep(account))
    if as_json:
        typer.echo(json.dumps(_shown(account), indent=2, ensure_ascii=False))
        return
    out.print(f"Enrolled as [bold]{escape(account.id)}[/] for {escape(account.label)}.")
    out.print("Approve the login that waits: gateword device watch --once")


@app.command("list")
@with_json_faults
def list_(home: HomeFolder = HOME, as_json: AsJson = False) -> None:
    """List the accounts whose logins this device confirms."""
    accounts = _tried(_home(home).accounts)
    if as_json:
        shown = [_shown(one) for one in accounts]
        typer.echo(json.dumps(shown, indent=2, ensure_ascii=False))
    elif accounts:
        rows = ((one.id, one.issuer, one.account, one.url) for one in accounts)
        print_table(("Id", "Issuer", "Account", "Server"), rows)
    else:
        out.print("No account. Enrol one: gateword device enroll BARCODE_URI")


@app.command("watch")
@with_json_faults
def watch(
    approve: Annotated[bool, typer.Option("--approve", help="Approve without asking.")] = False,
    deny: Annotated[bool, typer.Option("--deny", help="Deny without asking.")] = False,
    once: Annotated[bool, typer.Option("--once", help="End after the first answer.")] = False,
    timeout: Annotated[
        float, typer.Option("--timeout", help="Seconds after which to give up; 0 never.", min=0)
    ] = 0,
    home: HomeFolder = HOME,
    ca: Ca = None,
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """Wait for logins to confirm, show each, and ask whether to approve it.

    With --json a line is printed for each answer. Ends with 1 when --timeout has gone by.
    """
    if approve and deny:
        fail("--approve and --deny exclude each other", BAD_USE)
    if not (approve or deny or sys.stdin.isatty()):
        fail("nobody can be asked here: give --approve or --deny", BAD_USE)
    kept, talk = _home(home), Talk(trusting(ca, data))
    if not _tried(kept.accounts):
        _tried(lambda: kept.account(None))
    decided = (approve or None) if not deny else False
    end_s = time.monotonic() + (timeout or float("inf"))
    told: set[str] = set()
    while time.monotonic() < end_s:
        if _looked(kept, talk, told, decided=decided, as_json=as_json) and once:
            return
        time.sleep(INTERVAL_S / 2 if decided is not None else INTERVAL_S)
    fail(f"nothing was asked within {timeout:g} s")


def _looked(kept: Home, talk: Talk, told: set[str], *, decided: bool | None, as_json: bool) -> bool:
    """Look for questions of all accounts; say whether one was answered."""
    is_answered, lost = False, 0
    accounts = _tried(kept.accounts)
    for account in accounts:
        try:
            question = talk.waiting(account)
        except Unanswered as why:
            lost += why.is_final
            if str(why) not in told:  # once, however long the server is away
                told.add(str(why))
                typer.echo(f"gateword: {why}", err=True)
            continue
        if question is not None:
            is_answered |= _decided(talk, account, question, decided=decided, as_json=as_json)
    if accounts and lost == len(accounts):
        fail("no server takes what this device says; see: gateword device list")
    return is_answered


def _decided(
    talk: Talk, account: Account, question: Question, *, decided: bool | None, as_json: bool
) -> bool:
    if not as_json:
        out.print(escape(question.asks(account)))
        for name, fact in question.facts():
            out.print(f"  {name:<12} {escape(fact)}")
    accepted = typer.confirm("Approve?", default=False) if decided is None else decided
    try:
        talk.answer(account, question.id, accepted=accepted)
    except Unanswered as why:
        typer.echo(f"gateword: {why}", err=True)
        return False
    said = "approved" if accepted else "denied"
    if as_json:
        document = {"device": account.id, "answer": said, "challenge": asdict(question)}
        typer.echo(json.dumps(document, ensure_ascii=False))
    else:
        out.print(f"{said.capitalize()}.")
    return True


@app.command("code")
@with_json_faults
def code(id_: Id = None, home: HomeFolder = HOME, as_json: AsJson = False) -> None:
    """Show the one-time code of now, for logins where the device hears nothing."""
    account = _tried(lambda: _home(home).account(id_))
    shown, left_s = account.code()
    if as_json:
        document = {"id": account.id, "code": shown, "expires_in": left_s}
        typer.echo(json.dumps(document, indent=2, ensure_ascii=False))
        return
    out.print(f"[bold]{shown}[/]  {left_s} s left, {escape(account.label)}")


@app.command("remove")
@with_json_faults
def remove(
    id_: Id = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    home: HomeFolder = HOME,
    as_json: AsJson = False,
) -> None:
    """Forget an account here, with its key and its codes.

    The server goes on asking this device: delete it there as well, with a token that shows another
    factor, or as an administrator. A device cannot: whoever found it could switch the factor off.
    """
    kept = _home(home)
    account = _tried(lambda: kept.account(id_))
    if not yes and not typer.confirm(f"Forget {account.id} ({account.label})?", default=False):
        fail("nothing was forgotten")
    kept.forget(account)
    if as_json:
        typer.echo(json.dumps(_shown(account), indent=2, ensure_ascii=False))
        return
    out.print(f"Forgotten. {escape(account.url)} still has the device: delete it there as well.")


@app.command("page")
def page(
    port: Annotated[
        int, typer.Option("--port", help="On 127.0.0.1; 0 takes a free one.", min=0, max=65535)
    ] = 0,
    name: Annotated[str, typer.Option("--name", help="What the user knows it by.")] = "",
    home: HomeFolder = HOME,
    ca: Ca = None,
    data: Data = None,
) -> None:
    """Show the device as a page of a browser on this machine; its address is printed first.

    Whoever knows the address holds the device.
    """
    kept, talk = _home(home), Talk(trusting(ca, data))
    _tried(kept.check)
    try:
        device_page.serve(port, kept, talk, name)
    except OSError as error:
        fail(f"cannot listen on 127.0.0.1:{port}: {error.strerror}. Choose another with --port.")


def _home(folder: Path) -> Home:
    return Home(folder.expanduser())


def _tried(work: Callable[[], T]) -> T:
    try:
        return work()
    except NotKept as lacks:
        fail(escape(str(lacks)), BAD_USE)
    except Unanswered as why:
        fail(escape(str(why)))


def _shown(account: Account) -> dict[str, str]:
    return {
        "id": account.id,
        "account": account.account,
        "issuer": account.issuer,
        "url": account.url,
    }
