"""Nobody learns from an answer, its headers or its cost who lives here and who may call."""

from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Final

import httpx
import pytest

from gateword.domain.secret import Secret
from gateword.policy.imported_hash import nobodys
from tests.support.factories import PASSWORD, PASSWORD_REALM, a_user
from tests.support.house import House, a_house
from tests.support.noted_hashes import OURS, NotedHasher
from tests.support.stand_ins import START
from tests.wire.world import CLIENTS, PASSWORDS, VALUES

WEB: Final = {"client_id": VALUES["web"], "client_secret": VALUES["web_secret"]}

REFUSED: Final = {
    "unknown user": {"username": "nobody@example.com"},
    "wrong password": {"username": "ann@example.com"},
    "blocked user": {"username": "bob@example.com"},
    "user without a password": {"username": "carol@example.com"},
    "imported user": {"username": "old@example.com"},
    "password login is off": {"username": "ann@example.com", "realm": "Passwordless"},
    "user of another realm": {"username": "carol@example.com", "realm": "Customers"},
    "name in capitals": {"username": "NOBODY@EXAMPLE.COM"},
    "plain username": {"username": "nobody"},
}
"""Ways of not being let in that look alike; each also with every password below."""

PASSWORDS_TRIED: Final = {
    "short": "x",
    "long": "x" * 1024,
    "too long": "x" * 1025,
    "far too long": "x" * 4096,
    "with NUL": "wrong\0word",
    "not ASCII": "pässwörd😀",
    "white space": " \t ",
}


@pytest.fixture
async def unlimited(world: Path, tmp_path: Path) -> AsyncIterator[House]:
    """A house without rate limits: their headers count requests, so no two answers are alike."""
    async with a_house(tmp_path, world, token_rate_per_s=0) as house:
        yield house


def _shown(response: httpx.Response) -> tuple[int, bytes, list[tuple[str, str]]]:
    return response.status_code, response.content, response.headers.multi_items()


async def _log_in(house: House, who: Mapping[str, str], password: str) -> httpx.Response:
    grant_type = PASSWORD_REALM if "realm" in who else PASSWORD
    return await house.token(grant_type=grant_type, password=password, **WEB, **who)


@pytest.mark.parametrize("password", PASSWORDS_TRIED.values(), ids=PASSWORDS_TRIED)
async def test_answer_is_the_same_when_a_login_fails(unlimited: House, password: str) -> None:
    """T1: unknown, wrong, blocked, without a password: the same status, bytes and headers."""
    answers = [await _log_in(unlimited, who, password) for who in REFUSED.values()]

    assert [_shown(answers[0])] * len(answers) == [_shown(answer) for answer in answers]
    assert 403 == answers[0].status_code


async def test_answer_is_the_same_when_the_password_varies(unlimited: House) -> None:
    """T1: what was typed does not show either."""
    who = REFUSED["wrong password"]
    answers = [await _log_in(unlimited, who, text) for text in PASSWORDS_TRIED.values()]

    assert 1 == len({answer.content for answer in answers})


@pytest.mark.parametrize("password", PASSWORDS_TRIED.values(), ids=PASSWORDS_TRIED)
@pytest.mark.parametrize("who", REFUSED.values(), ids=REFUSED)
async def test_one_hash_is_computed_when_a_login_fails(
    unlimited: House, who: Mapping[str, str], password: str
) -> None:
    """T2: each way of failing costs one verification and no hash more."""
    await _log_in(unlimited, who, password)

    assert (1, 0) == (unlimited.engines.hasher.verified, unlimited.engines.hasher.hashed)


BROUGHT: Final = {
    "md5": f"$import-md5$$e=utf8,s=prefix$${'A' * 22}",
    "pbkdf2": nobodys("$import-pbkdf2-sha256$i=1000,l=32$"),
    "bcrypt": "$2a$05$" + "." * 53,
}


@pytest.fixture
async def mixed(unlimited: House) -> House:
    """A house whose default directory got weak hashes of several kinds, by a hasher that notes."""
    users, connections = unlimited.parts.stores.users, unlimited.parts.stores.connections
    connection = await connections.named("Employees")
    assert connection is not None
    for name, encoded in BROUGHT.items():
        await users.add(a_user("Employees", name, password_hash=Secret(encoded)), connection, START)
    unlimited.engines.hasher.real = NotedHasher(unlimited.engines.pool)
    return unlimited


@pytest.mark.parametrize("password", ["x", "x" * 1025])
async def test_hashes_are_the_same_when_a_login_fails_after_imports(
    mixed: House, password: str
) -> None:
    """T2: of whatever kind the user's hash is, the same hashes are computed, in one job."""
    noted, computed = mixed.engines.hasher.real, {}
    assert isinstance(noted, NotedHasher)
    names = ["ann", "nobody", "nobody2", "nobody3", "bob", "carol", "old", *BROUGHT]
    for name in names:
        await _log_in(mixed, {"username": f"{name}@example.com"}, password)
        computed[name] = {one: times for one, times in noted.taken().items() if "md5" not in one}

    each = {OURS: 1, "bcrypt 04": 1, "bcrypt 05": 1, "$import-pbkdf2-sha256$i=1000,l=32$": 1}
    assert dict.fromkeys(names, each) == computed
    assert len(names) == mixed.engines.hasher.verified


async def test_right_login_pays_for_no_hash_of_others_after_imports(mixed: House) -> None:
    """T2: only failures make up for what others cost; a directory without such users pays none."""
    noted, right = mixed.engines.hasher.real, PASSWORDS["password"]
    assert isinstance(noted, NotedHasher)
    let_in = await _log_in(mixed, {"username": "ann@example.com"}, right)
    in_employees = noted.taken()
    await _log_in(mixed, {"username": "ann@example.com", "realm": "Customers"}, "wrong")

    ours = {OURS: 1}
    assert (200, ours, ours) == (let_in.status_code, in_employees, noted.taken())


async def test_statements_are_the_same_when_a_login_fails(unlimited: House) -> None:
    """T2: whoever is looked up, found or not, the database hears the same statements."""
    heard = {}
    for name, who in REFUSED.items():
        await _log_in(unlimited, {**who, "username": "warm-up"}, "x")
        unlimited.engines.watched.said.clear()
        await _log_in(unlimited, who, "wrong")
        heard[name] = sorted(unlimited.engines.watched.said)

    assert dict.fromkeys(REFUSED, heard["unknown user"]) == heard


async def test_name_that_cannot_exist_costs_one_hash(unlimited: House) -> None:
    """T2: over-long and impossible names are not looked up, and cost the same hash."""
    answers = [
        await _log_in(unlimited, {"username": name}, "x")
        for name in ("a" * 321, "a\0b", " \t ", "a" * 4096)
    ]

    assert 1 == len({_shown(answer)[1] for answer in answers})
    assert [403] * 4 == [answer.status_code for answer in answers]
    assert 4 == unlimited.engines.hasher.verified


CALLERS: Final = {
    "unknown client": {"client_id": "nobody", "client_secret": "wrong"},
    "unknown client without a secret": {"client_id": "nobody"},
    "wrong secret": {"client_id": VALUES["web"], "client_secret": "wrong"},
    "missing secret": {"client_id": VALUES["web"]},
    "half a secret": {"client_id": VALUES["web"], "client_secret": VALUES["web_secret"][:-1]},
    "secret of another": {"client_id": VALUES["web"], "client_secret": VALUES["other_secret"]},
    "secret with NUL": {"client_id": VALUES["web"], "client_secret": "a\0b"},
    "secret not ASCII": {"client_id": VALUES["web"], "client_secret": "pässwörd"},
}


@pytest.mark.parametrize("path", ["/oauth/token", "/oauth/revoke", "/oauth/introspect"])
async def test_answer_is_the_same_when_a_client_is_not_proved(unlimited: House, path: str) -> None:
    """T4: unknown client, wrong and missing secret: the same status, bytes and headers."""
    login = {"grant_type": PASSWORD, "username": "ann", "password": "x", "token": "x"}
    answers = [
        await unlimited.http.post(path, data={**login, **caller}) for caller in CALLERS.values()
    ]

    assert [_shown(answers[0])] * len(answers) == [_shown(answer) for answer in answers]
    assert 401 == answers[0].status_code


async def test_failed_client_touches_no_user(unlimited: House) -> None:
    """G7: a client that is not proved costs no hash, and no user's row or name is touched."""
    for caller in CALLERS.values():
        await unlimited.token(
            grant_type=PASSWORD, username="ann", password=PASSWORDS["password"], **caller
        )
    rows = await unlimited.log()
    ann = await unlimited.parts.stores.users.by_id(VALUES["ann"])

    assert 0 == unlimited.engines.hasher.verified
    assert {("", "")} == {(row.document["user_id"], row.document["user_name"]) for row in rows}
    assert len(CALLERS) == len(rows)
    assert ann is not None
    assert 0 == ann.logins_count


EARLY: Final = {
    "unknown realm": {"realm": "Nowhere"},
    "realm in wrong case": {"realm": "employees"},
    "realm not enabled": {"realm": "Closed"},
    "realm without passwords": {"realm": "google-oauth2"},
    "grant not allowed": {
        "realm": "Employees",
        "client_id": CLIENTS["bare"].client_id,
        "client_secret": VALUES["bare_secret"],
    },
    "third-party client": {
        "realm": "Employees",
        "client_id": CLIENTS["third"].client_id,
        "client_secret": VALUES["third_secret"],
    },
    "unknown audience": {"realm": "Employees", "audience": "https://nowhere.example"},
    "closed audience": {"realm": "Employees", "audience": "https://closed.example"},
    "organization": {"realm": "Employees", "organization": "org_1"},
}


@pytest.mark.parametrize("ask", EARLY.values(), ids=EARLY)
async def test_refusal_comes_before_the_password_is_looked_at(
    unlimited: House, ask: Mapping[str, str]
) -> None:
    """T5: refusals of realm, grant and audience cost no hash, and no password changes them."""
    answers = [
        await unlimited.token(
            **{"grant_type": PASSWORD_REALM, **WEB, "username": name, "password": text, **ask}
        )
        for name in ("ann", "nobody", "bob@example.com")
        for text in (PASSWORDS["password"], "wrong")
    ]

    assert [_shown(answers[0])] * len(answers) == [_shown(answer) for answer in answers]
    assert 0 == unlimited.engines.hasher.verified
    assert answers[0].is_error
