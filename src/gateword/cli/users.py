"""`gateword users`: people, one at a time. Passwords are asked for or read from standard input."""

import json
import sys
from collections.abc import Callable, Coroutine, Sequence
from typing import Annotated, Any, Final, TypeVar

import typer
from rich.markup import escape
from rich.text import Text

from gateword.cli import user_files
from gateword.cli.common import (
    BAD_USE,
    AsJson,
    Data,
    DatabaseUrl,
    TenantName,
    fail,
    out,
)
from gateword.cli.house import Place
from gateword.cli.tables import print_table
from gateword.domain.secret import Secret
from gateword.domain.user import User
from gateword.policy.user_document import rendered
from gateword.ports.parts import Parts
from gateword.provision import people
from gateword.provision.apply import Overtaken

T = TypeVar("T")

app: Final = typer.Typer(
    help="Add, list, block, import and export users; set passwords.", no_args_is_help=True
)

_PAGE: Final = 100
_COLUMNS: Final = (
    "User id", "E-mail", "Username", "Database", "State", "Logins", "Last login",
)  # fmt: skip
PasswordStdin = Annotated[
    bool,
    typer.Option("--password-stdin", help="Read the password from standard input, one line."),
]
NoPolicy = Annotated[
    bool,
    typer.Option("--no-policy", help="Take the password even if it breaks the database's policy."),
]
WhereFound = Annotated[
    str | None, typer.Option("--connection", help="Database; needed only when several have one.")
]
Person = Annotated[
    str, typer.Argument(metavar="USER", help="User id (auth0|…), e-mail, username or phone number.")
]


class _Place(Place):
    """As every command's, where people are added and changed."""

    def work(self, task: Callable[[Parts], Coroutine[Any, Any, T]]) -> T:
        """Do something in the tenant; what cannot be done ends the command."""
        try:
            return super().work(task)
        except people.BadUser as bad:
            fail(escape(str(bad)), BAD_USE)
        except Overtaken as overtaken:
            fail(f"{escape(str(overtaken))}; try again.")


@app.command()
def add(
    connection: Annotated[str, typer.Option("--connection", help="Database to add the user to.")],
    email: Annotated[
        str | None, typer.Option("--email", help="E-mail address, for logging in.")
    ] = None,
    username: Annotated[
        str | None,
        typer.Option("--username", help="Name for logging in; the database must have usernames."),
    ] = None,
    email_verified: Annotated[
        bool, typer.Option("--email-verified", help="The address is known to be theirs.")
    ] = False,
    role: Annotated[
        list[str] | None, typer.Option("--role", help="Name of a role; may stand several times.")
    ] = None,
    password_stdin: PasswordStdin = False,
    no_policy: NoPolicy = False,
    data: Data = None,
    tenant: TenantName = "default",
    database_url: DatabaseUrl = None,
    as_json: AsJson = False,
) -> None:
    """Add a user; the password is asked for, twice, or read from standard input."""
    if not (email or username):
        fail("give --email, --username or both", BAD_USE)
    place = _Place(data, tenant, database_url)
    document: dict[str, object] = {
        "connection": connection,
        "email": email,
        "username": username,
        "email_verified": email_verified,
        "roles": role or [],
    }
    given = {name: value for name, value in document.items() if value is not None}
    place.work(lambda parts: people.check(parts, given))  # before anybody types a password
    given["password"] = _password(from_stdin=password_stdin).reveal()
    user = place.work(lambda parts: people.add(parts, given, checks_password=not no_policy))
    if as_json:
        typer.echo(json.dumps(rendered(user), indent=2, ensure_ascii=False))
    else:
        out.print(f"Added [bold]{escape(user.user_id)}[/] to {escape(connection)}.")


@app.command("list")
def list_(
    connection: Annotated[
        str | None, typer.Option("--connection", help="Only users of this database.")
    ] = None,
    limit: Annotated[
        int, typer.Option("--limit", "-n", min=0, help="How many at most; 0 is all.")
    ] = 50,
    data: Data = None,
    tenant: TenantName = "default",
    database_url: DatabaseUrl = None,
    as_json: AsJson = False,
) -> None:
    """List users in the order in which they were added."""
    place = _Place(data, tenant, database_url)
    found = place.work(lambda parts: _listed(parts, connection, limit))
    if as_json:
        documents = [rendered(user) for user in found]
        typer.echo(json.dumps(documents, indent=2, ensure_ascii=False))
    elif found:
        print_table(_COLUMNS, map(_row, found))
    else:
        out.print("No users. Add one: gateword users add --connection NAME --email ADDRESS")


@app.command("set-password")
def set_password(
    user: Person,
    connection: WhereFound = None,
    password_stdin: PasswordStdin = False,
    no_policy: NoPolicy = False,
    data: Data = None,
    tenant: TenantName = "default",
    database_url: DatabaseUrl = None,
) -> None:
    """Give a user another password; all of the user's refresh tokens end."""
    place = _Place(data, tenant, database_url)
    found, home = place.work(lambda parts: people.find(parts, user, connection))
    password = _password(from_stdin=password_stdin)
    place.work(
        lambda parts: people.set_password(
            parts, found, home, password, checks_password=not no_policy
        )
    )
    out.print(f"{escape(found.user_id)} in {escape(home.name)} has the new password.")


@app.command()
def block(
    user: Person,
    connection: WhereFound = None,
    data: Data = None,
    tenant: TenantName = "default",
    database_url: DatabaseUrl = None,
) -> None:
    """Refuse a user every login and refresh; tokens issued already live until they expire."""
    _block(_Place(data, tenant, database_url), user, connection, blocked=True)


@app.command()
def unblock(
    user: Person,
    connection: WhereFound = None,
    data: Data = None,
    tenant: TenantName = "default",
    database_url: DatabaseUrl = None,
) -> None:
    """Let a blocked user log in again."""
    _block(_Place(data, tenant, database_url), user, connection, blocked=False)


app.command("import")(user_files.import_users)
app.command("export")(user_files.export)


def _block(place: _Place, word: str, connection: str | None, *, blocked: bool) -> None:
    async def task(parts: Parts) -> tuple[User, bool]:
        user, _ = await people.find(parts, word, connection)
        return user, await people.set_blocked(parts, user, blocked=blocked)

    user, changed = place.work(task)
    if blocked:
        state = "is blocked now" if changed else "was blocked already"
    else:
        state = "is not blocked any more" if changed else "was not blocked"
    out.print(f"{escape(user.user_id)} {state}.")


def _password(*, from_stdin: bool) -> Secret:
    if from_stdin:
        password = sys.stdin.readline().removesuffix("\n").removesuffix("\r")
        if not password:
            fail("standard input held no password", BAD_USE)
        return Secret(password)
    if not sys.stdin.isatty():
        fail("there is no terminal to ask at: pipe the password in with --password-stdin", BAD_USE)
    typed: str = typer.prompt("Password", hide_input=True)
    if typer.prompt("The same once more", hide_input=True) != typed:
        fail("the two passwords differ; nothing was changed", BAD_USE)
    return Secret(typed)


async def _listed(parts: Parts, connection: str | None, limit: int) -> Sequence[User]:
    key = None if connection is None else (await people.connection_named(parts, connection)).key
    found: list[User] = []
    while limit == 0 or len(found) < limit:
        wanted = _PAGE if limit == 0 else min(_PAGE, limit - len(found))
        after = found[-1].key if found else 0
        page = await parts.stores.users.page(connection_key=key, after=after, limit=wanted)
        found += page
        if len(page) < wanted:
            break
    return found


def _row(user: User) -> Sequence[str | Text]:
    homes = ", ".join(dict.fromkeys(one.connection for one in user.identities))
    state = Text("blocked", "red") if user.blocked else ""
    last = user.last_login.strftime("%Y-%m-%d %H:%M") if user.last_login else ""
    names = (user.user_id, user.email or "", user.username or "", homes)
    return (*names, state, str(user.logins_count), last)
