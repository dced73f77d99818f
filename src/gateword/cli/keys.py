"""`gateword keys`: the keys that sign tokens."""

import json
from collections.abc import Sequence
from typing import Annotated, Final

import typer
from rich.markup import escape
from rich.text import Text

from gateword.cli.common import (
    BAD_USE,
    AsJson,
    Data,
    DatabaseUrl,
    TenantName,
    existing,
    fail,
    run,
)
from gateword.cli.house import opened
from gateword.cli.tables import print_table
from gateword.ports.opened import Opened
from gateword.ports.token_stores import SigningKey
from gateword.settings import Settings

app: Final = typer.Typer(help="List, rotate and revoke signing keys.", no_args_is_help=True)

KEY_SET_MAX_AGE_S: Final = 300
"""How long the key set may be cached, as its answer says."""

_ORDER: Final = ("current", "next", "previous", "revoked")
_STYLES: Final = {"current": "green", "next": "cyan", "previous": "dim", "revoked": "red"}


@app.command("list")
def list_(
    data: Data = None,
    tenant: TenantName = "default",
    database_url: DatabaseUrl = None,
    as_json: AsJson = False,
) -> None:
    """List the signing keys of a tenant: current, next, previous and revoked ones."""
    _print(run(_keys(existing(data, database_url), tenant)), as_json=as_json)


@app.command()
def rotate(
    data: Data = None,
    tenant: TenantName = "default",
    database_url: DatabaseUrl = None,
    as_json: AsJson = False,
) -> None:
    """Make the next key current and a new one next; no verification fails.

    The next key has been in the JWKS all along, and the previous one stays in it until it is
    revoked. Running servers sign with the new key within a second. Rotate at most every five
    minutes, so that no API has an older key set than that.
    """
    _print(run(_rotated(existing(data, database_url), tenant)), as_json=as_json)


@app.command()
def revoke(
    kid: Annotated[str, typer.Argument(help="Key id of a previous key.")],
    data: Data = None,
    tenant: TenantName = "default",
    database_url: DatabaseUrl = None,
    as_json: AsJson = False,
) -> None:
    """Take a previous key out of the JWKS: tokens that it signed fail from then on."""
    _print(run(_revoked(existing(data, database_url), tenant, kid)), as_json=as_json)


async def _keys(settings: Settings, tenant: str) -> Sequence[SigningKey]:
    async with opened(settings, tenant) as house:
        return await _sorted(house)


async def _rotated(settings: Settings, tenant: str) -> Sequence[SigningKey]:
    async with opened(settings, tenant) as house:
        keys = house.parts.stores.signing_keys
        by_state = {key.state: key for key in await keys.all()}
        if "next" not in by_state:
            fail("there is no next key to make current. Make one: gateword init")
        now = house.parts.clock.now()
        if "previous" in by_state:  # else the next key is as old as the key set itself
            _warn_when_young((now - by_state["next"].created_at).total_seconds())
        await keys.rotate(house.new_signing_key("next"), now)
        return await _sorted(house)


def _warn_when_young(age_s: float) -> None:
    if age_s < KEY_SET_MAX_AGE_S:
        typer.echo(
            f"Warning: the key now current was published {age_s:.0f} s ago. APIs may keep a key "
            f"set for {KEY_SET_MAX_AGE_S} s; those that do not fetch it anew for an unknown key "
            "refuse its tokens until then.",
            err=True,
        )


async def _revoked(settings: Settings, tenant: str, kid: str) -> Sequence[SigningKey]:
    async with opened(settings, tenant) as house:
        keys = house.parts.stores.signing_keys
        states = {key.kid: key.state for key in await keys.all()}
        if kid not in states:
            fail(f"no key has the id {escape(kid)}. See: gateword keys list", BAD_USE)
        if not await keys.revoke(kid, house.parts.clock.now()):
            step = ". Rotate first: gateword keys rotate" if states[kid] == "current" else ""
            fail(f"this key is {states[kid]}; only a previous one can be revoked{step}", BAD_USE)
        return await _sorted(house)


async def _sorted(house: Opened) -> Sequence[SigningKey]:
    keys = await house.parts.stores.signing_keys.all()
    return sorted(keys, key=lambda key: (_ORDER.index(key.state), -key.created_at.timestamp()))


def _print(keys: Sequence[SigningKey], *, as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps([_document(key) for key in keys], indent=2))
        return
    print_table(("Key id", "State", "Made", "Revoked"), map(_row, keys))


def _row(key: SigningKey) -> Sequence[str | Text]:
    revoked = f"{key.revoked_at:%Y-%m-%d %H:%M}" if key.revoked_at else ""
    state = Text(key.state, _STYLES[key.state])
    return key.kid, state, f"{key.created_at:%Y-%m-%d %H:%M}", revoked


def _document(key: SigningKey) -> dict[str, object]:
    """Return a key without its private half, with the members Auth0's `GET /keys/signing` has."""
    return {
        "kid": key.kid,
        "cert": key.certificate_pem,
        "current": key.state == "current",
        "next": key.state == "next",
        "previous": key.state == "previous",
        "revoked": key.state == "revoked",
        "created_at": key.created_at.isoformat(),
        "revoked_at": key.revoked_at.isoformat() if key.revoked_at else None,
    }
