"""One gate stands before every secret of a user (promise G8)."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest
from starlette.routing import Route

import gateword
from gateword.app import resources
from gateword.domain.secret import Secret
from gateword.registry import GRANTS, REALMS, SHIELDS
from gateword.settings import Settings
from gateword.web.routes import application
from tests.support.factories import PASSWORD_REALM
from tests.support.house import House
from tests.support.lease_watch import LEASES
from tests.support.letters import form_behind
from tests.wire import gates
from tests.wire.doors import NEW, asked, submitted, with_options
from tests.wire.world import EMPLOYEES, PASSWORDS, VALUES

SOURCES: Final = Path(gateword.__file__).parent
WEB: Final = {"client_id": VALUES["web"], "client_secret": VALUES["web_secret"]}
ANN: Final = {"username": "ann", "password": PASSWORDS["password"]}


def _paths() -> set[str]:
    nobody: Any = None
    routes = application(Settings(), nobody, resources).routes
    return {route.path for route in routes if isinstance(route, Route)}


def _kinds(path: str) -> int:
    """Return in how many of the tables a route stands."""
    compares = path not in gates.OTHER_ROUTES and gates.may_compare(path)
    return compares + (path in gates.GUARDED_ROUTES) + (path in gates.OTHER_ROUTES)


def test_each_route_checks_no_secret_or_stands_behind_the_gate() -> None:
    """G8: a new route that nobody has thought about fails here."""
    paths = _paths()

    assert {} == {path: _kinds(path) for path in paths if _kinds(path) != 1}
    assert paths >= {*gates.GUARDED_ROUTES, *gates.OTHER_ROUTES}


def test_each_grant_checks_no_secret_or_stands_behind_the_gate() -> None:
    """G8: a new grant that nobody has thought about fails here."""
    registered = {grant.grant_type for grant in GRANTS}

    tables = (gates.GUARDED_GRANTS, gates.SECOND_GRANTS, gates.OTHER_GRANTS)
    assert registered == {one for table in tables for one in table}
    assert len(registered) == sum(len(table) for table in tables)


def _calls(name: str) -> Iterator[tuple[str, str]]:
    """Return file and object of each call of a method of that name."""
    for path in sorted(SOURCES.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            match node:
                case ast.Call(func=ast.Attribute(value=whose, attr=attr)) if attr == name:
                    yield path.relative_to(SOURCES).as_posix(), ast.unparse(whose)


def test_each_look_at_a_password_is_known() -> None:
    """G8: a new file that holds a password against a hash, or asks a realm, fails here."""
    calls = [one for one in _calls("verify") if not one[0].startswith("crypto/")]
    realms = {file for file, whose in calls if whose == "realm"}
    hashers = {file for file, whose in calls if re.search(r"hasher|_real$", whose)}

    assert gates.ASKS_A_REALM == realms
    assert set(gates.LOOKS) == hashers


def test_only_a_realm_asks_a_login_script() -> None:
    """G8: sign-up, letters and operators never have a custom database check a password."""
    asking = {
        path.relative_to(SOURCES).as_posix()
        for path in SOURCES.rglob("*.py")
        if re.search(r"\bjob\([^)]*\bLOGIN\b", path.read_text("utf-8"))
    }

    assert gates.ASKS_A_LOGIN_SCRIPT == asking


async def _leases(house: House) -> int:
    row = await house.engines.watched.real.one(LEASES, tenant=1)
    return int(row[0]) if row is not None else -1


@pytest.mark.parametrize("strategy", REALMS)
@pytest.mark.parametrize("grant_type", gates.GUARDED_GRANTS)
async def test_password_is_looked_at_while_a_try_is_reserved(
    house: House, grant_type: str, strategy: str
) -> None:
    """G8: right or wrong, of somebody or nobody; afterwards nothing is reserved any more."""
    connection = await house.parts.stores.connections.named(EMPLOYEES)
    assert connection is not None
    assert strategy == connection.strategy
    realm = EMPLOYEES if grant_type == PASSWORD_REALM else None
    for number, change in enumerate(({}, {"password": "wrong"}, {"username": "nobody"}), 1):
        await house.token(grant_type=grant_type, realm=realm, **WEB, **{**ANN, **change})

        assert number == house.engines.hasher.verified
        assert 0 == await _leases(house)
    assert 0 == house.engines.watch.unleased


@pytest.mark.parametrize("grant_type", [*gates.OTHER_GRANTS, *gates.SECOND_GRANTS])
async def test_other_grants_look_at_no_password(house: House, grant_type: str) -> None:
    """G8: a right password that is sent along with them is never held against anything."""
    await house.token(grant_type=grant_type, refresh_token="v1.x", **WEB, **ANN)

    assert 0 == house.engines.hasher.verified


@pytest.mark.parametrize("path", gates.OTHER_ROUTES)
async def test_other_routes_look_at_no_password(house: House, path: str) -> None:
    """G8: a right password that is sent to them is never held against anything."""
    body = {**WEB, **ANN, "connection": EMPLOYEES, "email": "ann@example.com", "token": "x"}
    for method in ("GET", "POST"):
        url = path.replace("{ticket}", "x")
        await house.http.request(method, url, params=ANN)
        await house.http.request(method, url, data=body)
        await house.http.request(method, url, json=body)

    assert 0 == house.engines.hasher.verified


async def test_former_passwords_are_compared_only_for_the_holder_of_a_link(house: House) -> None:
    """G8: the one exception for the public works once, for whoever got the letter."""
    await with_options(house, password_history={"enable": True, "size": 2})
    form = await form_behind(house.http, await asked(house))
    chosen = {"password": NEW, "again": NEW}
    looks = []
    for ticket in ("x" * len(form["ticket"]), form["ticket"], form["ticket"]):
        await submitted(house, form, **chosen, ticket=ticket)
        looks.append(house.engines.hasher.verified)

    assert [0, 1, 1] == looks


async def test_watch_sees_a_password_that_nobody_let_in(house: House) -> None:
    """The watch that every golden is played under can fail."""
    await house.parts.hasher.verify(Secret("x"), None)

    assert 1 == house.engines.watch.unleased


def test_there_is_a_shield() -> None:
    """A gate without shields would let everybody in."""
    assert 5 <= len(SHIELDS)
