"""`gateword rules`: try, look through, order and move the scripts that run at each login."""

import json
from collections.abc import Mapping, Sequence
from typing import Annotated, Final

import typer
from rich.markup import escape
from rich.text import Text

from gateword.cli import rule_looks, rule_try
from gateword.cli.common import BAD_USE, AsJson, Data, DatabaseUrl, TenantName, fail, out
from gateword.cli.house import Place
from gateword.cli.rule_source import chosen
from gateword.cli.tables import print_table
from gateword.policy import rule_document
from gateword.policy.rule_document import KIND
from gateword.ports.documents import Kept
from gateword.ports.parts import Parts
from gateword.values import replace

app: Final = typer.Typer(
    help="Try, look through, list, order and switch rules; say what they would be as Actions.",
    no_args_is_help=True,
)
_COLUMNS: Final = ("Order", "Name", "State", "Rule id")
Named = Annotated[str, typer.Argument(metavar="NAME|ID", help="A stored rule.")]

app.command("try")(rule_try.try_)
app.command()(rule_looks.lint)


@app.command("list")
def list_(
    data: Data = None,
    tenant: TenantName = "default",
    database_url: DatabaseUrl = None,
    as_json: AsJson = False,
) -> None:
    """List the rules in the order in which they run."""
    _print(Place(data, tenant, database_url).work(_all), as_json=as_json)


@app.command()
def enable(
    rule: Named,
    data: Data = None,
    tenant: TenantName = "default",
    database_url: DatabaseUrl = None,
    as_json: AsJson = False,
) -> None:
    """Let a rule run, from the next login on."""
    _switch(Place(data, tenant, database_url), rule, enabled=True, as_json=as_json)


@app.command()
def disable(
    rule: Named,
    data: Data = None,
    tenant: TenantName = "default",
    database_url: DatabaseUrl = None,
    as_json: AsJson = False,
) -> None:
    """Keep a rule from running, from the next login on; it stays where it is."""
    _switch(Place(data, tenant, database_url), rule, enabled=False, as_json=as_json)


@app.command()
def order(
    rule: Named,
    position: Annotated[
        int, typer.Argument(min=1, max=rule_document.MAX_ORDER, help="Its new place.")
    ],
    data: Data = None,
    tenant: TenantName = "default",
    database_url: DatabaseUrl = None,
    as_json: AsJson = False,
) -> None:
    """Move a rule; whoever stands there moves back by one, and as many behind as must."""

    async def task(parts: Parts) -> Sequence[Kept]:
        def made(present: Mapping[str, Kept]) -> Sequence[Kept]:
            one = chosen(list(present.values()), rule)
            orders = {kept.id: kept.position or 0 for kept in present.values()}
            moved = rule_document.moved(orders, one.id, position)
            if any(place > rule_document.MAX_ORDER for place in moved.values()):
                fail(f"there is no place left behind {rule_document.MAX_ORDER}", BAD_USE)
            return [_at(present[id_], place) for id_, place in moved.items()]

        await parts.stores.documents.rearrange(KIND, made, parts.clock.now())
        return await _all(parts)

    _print(Place(data, tenant, database_url).work(task), as_json=as_json)


app.command()(rule_looks.report)


def _switch(place: Place, word: str, *, enabled: bool, as_json: bool) -> None:
    async def task(parts: Parts) -> tuple[Kept, bool]:
        was = False

        def made(present: Mapping[str, Kept]) -> Kept:
            nonlocal was
            one = chosen(list(present.values()), word)
            was = one.document["enabled"] is True
            return replace(one, document={**one.document, "enabled": enabled})

        return await parts.stores.documents.edit(KIND, made, parts.clock.now()), was

    kept, was = place.work(task)
    if as_json:
        typer.echo(json.dumps(_shown(kept), indent=2, ensure_ascii=False))
        return
    state = "runs" if enabled else "is off"
    already = " already" if was is enabled else " now"
    out.print(f"Rule [bold]{escape(str(kept.name))}[/] {state}{already}.")


async def _all(parts: Parts) -> Sequence[Kept]:
    return await parts.stores.documents.all(KIND)


def _at(rule: Kept, place: int) -> Kept:
    return replace(rule, position=place, document={**rule.document, "order": place})


def _shown(rule: Kept) -> dict[str, object]:
    return {"id": rule.id, **rule.document}


def _print(rules: Sequence[Kept], *, as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps([_shown(one) for one in rules], indent=2, ensure_ascii=False))
    elif rules:
        print_table(_COLUMNS, map(_row, rules))
    else:
        out.print("No rules. Bring some: gateword apply FILE, in a section `rules`")


def _row(rule: Kept) -> Sequence[str | Text]:
    state = Text("runs", "green") if rule.document["enabled"] is True else Text("off", "dim")
    return str(rule.position), str(rule.name), state, rule.id
