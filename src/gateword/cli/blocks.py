"""`gateword blocks`: what wrong passwords and failed logins have shut, and how to open it again."""

import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Annotated, Final

import typer
from rich.markup import escape
from rich.text import Text

from gateword.accounts import address_blocks, blocks
from gateword.accounts.address_blocks import CROWDED, SPENT, ShutAddress
from gateword.accounts.blocks import Block, Lifter
from gateword.cli.common import (
    BAD_USE,
    AsJson,
    Data,
    DatabaseUrl,
    TenantName,
    fail,
    out,
    with_json_faults,
)
from gateword.cli.house import Place
from gateword.cli.tables import print_table
from gateword.policy.timestamp import written
from gateword.ports.parts import Parts

app: Final = typer.Typer(
    help="List and lift blocks of logins after wrong passwords.", no_args_is_help=True
)

MOST: Final = 1000
"""Counters that a list of everything looks at."""

_COLUMNS: Final = ("Login name", "Address", "Database", "Wrong passwords", "Until")
_NOBODY: Final = "a name that nobody has"
_MINUTE: Final = timedelta(minutes=1)
_STILL: Final = {SPENT: "is throttled", CROWDED: "gets no new login name"}
_EVERYWHERE: Final = "every address"
_LOGIN_NAME: Final = "E-mail address, username or phone number"
Identifier = Annotated[str | None, typer.Argument(metavar="[IDENTIFIER]", help=f"{_LOGIN_NAME}.")]
IdentifierOrAddress = Annotated[
    str | None,
    typer.Argument(
        metavar="[IDENTIFIER|ADDRESS]",
        help=f"{_LOGIN_NAME}; or an IP address: whether it may try, and which logins are refused "
        "from there.",
    ),
]


@app.command("list")
@with_json_faults
def list_(
    identifier: IdentifierOrAddress = None,
    data: Data = None,
    tenant: TenantName = "default",
    database_url: DatabaseUrl = None,
    as_json: AsJson = False,
) -> None:
    """List the logins and addresses that are refused now: all, or of one login name or address.

    Of a name that nobody has only a digest is kept: it is listed by name when the name is given.
    Where Valkey counts, addresses that spent their failed logins are told when they are given.
    """
    found, addresses = Place(data, tenant, database_url).work(
        lambda parts: _found(parts, identifier)
    )
    if as_json:
        document: dict[str, object] = {"blocked_for": [_shown(block) for block in found]}
        if addresses is not None:
            document["addresses"] = list(dict.fromkeys(shut.place for shut in addresses))
        typer.echo(json.dumps(document, indent=2, ensure_ascii=False))
        return
    if found:
        print_table(_COLUMNS, map(_row, found))
    for shut in addresses or ():
        out.print(f"[bold]{shut.place}[/] {shut.why}; lift it: {_command(shut, tenant)}")
    if not (found or addresses):
        out.print("Nothing is blocked.")


@app.command()
@with_json_faults
def lift(
    identifier: Identifier = None,
    ip: Annotated[
        str | None,
        typer.Option(
            "--ip",
            metavar="ADDRESS",
            help="Let an address, and its network, try again; or an IPv6 /64 or /48.",
        ),
    ] = None,
    data: Data = None,
    tenant: TenantName = "default",
    database_url: DatabaseUrl = None,
    as_json: AsJson = False,
) -> None:
    """Forget the wrong passwords of a login name, or the failed logins of an address.

    Whoever has the name is let in again by all of their names; a user whom an operator blocked
    stays blocked, see gateword users unblock. A running server follows within a second.
    """
    if (identifier is None) == (ip is None):
        fail("give a login name, or an address with --ip", BAD_USE)
    place = Place(data, tenant, database_url)
    if ip is not None:
        _lift_address(place, ip, as_json=as_json)
        return
    word = identifier or ""
    lifted, still = place.work(lambda parts: _lifted_of_name(parts, word))
    if as_json:
        document = {"lifted": [_shown(block) for block in lifted]}
        typer.echo(json.dumps(document, indent=2, ensure_ascii=False))
        return
    for block in lifted:
        where = f"from {block.ip or _EVERYWHERE} in {escape(block.connection.name)}"
        told = f"[bold]{escape(block.identifier)}[/] may log in again {where}"
        if shut := still.get(block.ip):
            command = _command(shut, tenant)
            out.print(f"{told}, but {shut.place} {_STILL[shut.why]}: {command}")
        else:
            out.print(f"{told}.")
    if not lifted:
        out.print(f"{escape(word)} was not blocked.")


def _lift_address(place: Place, text: str, *, as_json: bool) -> None:
    address = address_blocks.place_of(text)
    if address is None:
        fail(f"{escape(text)} is no IP address of a host, and no IPv6 /64 or /48", BAD_USE)
    was_shut, still = place.work(lambda parts: _lifted(parts, address))
    if as_json:
        typer.echo(json.dumps({"lifted": [address] if was_shut and not still else []}, indent=2))
    elif still:
        out.print(f"{address} still {still[0].why}: too many accounts are blocked there; lift them")
    elif was_shut:
        out.print(f"[bold]{address}[/] may try again.")
    else:
        out.print(f"{address} was not blocked.")


def _command(shut: ShutAddress, tenant: str) -> str:
    """Return what lifts the block of an address."""
    of_tenant = "" if tenant == "default" else f" --tenant {escape(tenant)}"
    return f"gateword blocks lift --ip {shut.place}{of_tenant}"


async def _lifted_of_name(
    parts: Parts, name: str
) -> tuple[Sequence[Block], dict[str, ShutAddress]]:
    """Lift the blocks of a name; return them, and what keeps their addresses from trying."""
    lifted = await blocks.lift_of_name(parts, name, Lifter(how="cli"))
    places = {block.ip for block in lifted if block.ip}
    found = {place: await address_blocks.of_address(parts, place) for place in places}
    return lifted, {place: shut[0] for place, shut in found.items() if shut}


async def _lifted(parts: Parts, address: str) -> tuple[bool, list[ShutAddress]]:
    """Lift the block of an address; return whether there was one, and what is left of it."""
    was_shut = await address_blocks.lift(parts, address)
    return was_shut, await address_blocks.of_address(parts, address)


async def _found(parts: Parts, asked: str | None) -> tuple[list[Block], list[ShutAddress] | None]:
    """Return what is refused, and the addresses; None where a login name alone was asked for."""
    if asked is None:
        return await blocks.all_shut(parts, MOST), await address_blocks.all_shut(parts, MOST)
    by_name, address = (
        await blocks.of_name(parts, asked, in_force=True),
        address_blocks.place_of(asked),
    )
    if address is None:
        return by_name, None
    there = await blocks.all_shut(parts, MOST, address=address)
    return [*by_name, *there], await address_blocks.of_address(parts, address)


def _shown(block: Block) -> dict[str, object]:
    return {
        "identifier": block.identifier or None,
        "ip": block.ip or None,
        "connection": block.connection.name,
        "failures": block.failures,
        "until": written(block.until),
    }


def _row(block: Block) -> Sequence[str | Text]:
    name = block.identifier or Text(_NOBODY, "dim")
    return (
        name,
        block.ip or _EVERYWHERE,
        block.connection.name,
        str(block.failures),
        _in_minutes(block.until),
    )


def _in_minutes(until: datetime) -> str:
    """Return the first whole minute at which a block is over."""
    over = timedelta(seconds=until.second, microseconds=until.microsecond)
    return f"{until - over + bool(over) * _MINUTE:%Y-%m-%d %H:%M} UTC"
