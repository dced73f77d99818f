"""First logins that move users in, through the whole server, on each engine."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

import pytest

from gateword.domain.user import NewUser
from tests.support.house import House, a_house
from tests.support.management import management_token
from tests.wire.world import CLIENTS, CUSTOMERS, EMPLOYEES, VALUES, furnish

REALM_GRANT: Final = "http://auth0.com/oauth/grant-type/password-realm"
ZOE: Final = "zoe@legacy.example"
LEGACY: Final = """function login(name, password, callback) {
  if (password !== "legacy password") return callback(new WrongUsernameOrPasswordError("z1"));
  callback(null, { user_id: "z1", email: "zoe@legacy.example", app_metadata: { tier: 1 } });
}"""
GONE: Final = "function (name, password, callback) { callback(null, null); }"


@pytest.fixture
async def server(url: str, tmp_path: Path) -> AsyncIterator[House]:
    """A furnished server on each engine in turn."""
    async with a_house(tmp_path, database_url=url) as house:
        await furnish(house)
        yield house


async def scripted(server: House, script: str, *, imports: bool = True) -> None:
    """Let a script have its say about the customers."""
    connections = server.parts.stores.connections
    stored = await connections.named(CUSTOMERS)
    assert stored is not None
    options = {
        "enabledDatabaseCustomization": True,
        "import_mode": imports,
        "customScripts": {"login": script},
    }
    await connections.put(replace(stored, options=options), server.clock.now())


async def log_in(server: House, username: str = ZOE, password: str = "legacy password") -> int:
    """Log in and return the status."""
    answer = await server.token(
        grant_type=REALM_GRANT,
        realm=CUSTOMERS,
        username=username,
        password=password,
        client_id=CLIENTS["web"].client_id,
        client_secret=VALUES["web_secret"],
    )
    return answer.status_code


async def people(server: House) -> list[Any]:
    """Return all users of that address."""
    return list(await server.parts.stores.users.with_email(ZOE))


@pytest.mark.parametrize("imports", [True, False])
async def test_first_logins_at_once_make_one_user(server: House, *, imports: bool) -> None:
    """Twenty first logins of one person succeed together, and there is one user."""
    await scripted(server, LEGACY, imports=imports)

    statuses = await asyncio.gather(*(log_in(server) for _ in range(20)))

    assert [200] * 20 == statuses
    [zoe] = await people(server)
    assert ("auth0|z1", 20, {"tier": 1}) == (zoe.user_id, zoe.logins_count, zoe.app_metadata)


@pytest.mark.parametrize("imports", [True, False])
async def test_hash_is_kept_only_where_users_move_in(server: House, *, imports: bool) -> None:
    """With import_mode our own hash goes on without the script; without it there is no hash."""
    await scripted(server, LEGACY, imports=imports)
    await log_in(server)
    [zoe] = await people(server)
    connection = await server.parts.stores.connections.named(CUSTOMERS)
    assert connection is not None

    kept = await server.parts.stores.users.password_hash(zoe.key, connection.key)
    await scripted(server, GONE, imports=imports)

    assert imports == (kept is not None)
    assert (200 if imports else 403) == await log_in(server)


async def test_user_without_a_password_gets_the_one_of_the_database(server: House) -> None:
    """Whoever came here another way than by a login is moved in by the first one all the same."""
    await scripted(server, LEGACY)
    connection = await server.parts.stores.connections.named(CUSTOMERS)
    assert connection is not None
    new = NewUser(connection=CUSTOMERS, email=ZOE, local_id="z1", user_metadata={"kept": True})
    await server.parts.stores.users.add(new, connection, server.clock.now())

    statuses = await asyncio.gather(*(log_in(server) for _ in range(5)))
    await scripted(server, GONE)

    assert [200] * 5 == statuses
    assert [200, 403] == [await log_in(server), await log_in(server, password="wrong")]
    [zoe] = await people(server)
    assert {"kept": True} == zoe.user_metadata


async def test_old_name_and_old_password_do_not_open_a_user_who_changed_both(
    server: House,
) -> None:
    """Who has moved in is ours: what the old database still believes counts for nothing."""
    await scripted(server, LEGACY)
    await log_in(server)
    [zoe] = await people(server)
    path = f"/api/v2/users/{quote(zoe.user_id, safe='')}"
    headers = {"authorization": f"Bearer {await management_token(server)}"}
    for body in ({"email": "zoe@new.example"}, {"password": "Brand-new-pass-1"}):
        changed = await server.http.patch(path, json=body, headers=headers)
        assert 200 == changed.status_code

    assert 403 == await log_in(server)
    assert 200 == await log_in(server, "zoe@new.example", "Brand-new-pass-1")


async def test_linked_account_logs_its_main_user_in(server: House) -> None:
    """The id that a script answers leads to the user it is linked to, and the profile to it."""
    await scripted(server, LEGACY, imports=False)
    await log_in(server)
    ann = VALUES["ann"]
    headers = {"authorization": f"Bearer {await management_token(server)}"}
    linked = await server.http.post(
        f"/api/v2/users/{quote(ann, safe='')}/identities",
        json={"provider": "auth0", "user_id": "z1"},
        headers=headers,
    )
    assert 201 == linked.status_code
    renamed = LEGACY.replace('user_id: "z1",', 'user_id: "z1", name: "Zoe",')
    await scripted(server, renamed, imports=False)

    assert 200 == await log_in(server)
    main = await server.parts.stores.users.by_id(ann)
    assert main is not None
    assert "Ann Example" == main.profile["name"]
    assert (EMPLOYEES, CUSTOMERS) == tuple(one.connection for one in main.identities)
    assert "Zoe" == main.identities[1].profile["name"]
    assert [] == await people(server)


@pytest.mark.parametrize("imports", [True, False])
async def test_spellings_in_parallel_have_the_tries_of_one_account(
    server: House, *, imports: bool
) -> None:
    """Twenty guesses under twenty spellings at once: ten verdicts are told, and it is shut."""
    await scripted(server, LEGACY, imports=imports)
    names = [f"zoe{chr(0x300 + number)}@legacy.example" for number in range(20)]

    wrong = await asyncio.gather(*(log_in(server, name, "wrong") for name in names))
    right = await asyncio.gather(*(log_in(server, name) for name in names))

    assert [403] * 10 + [429] * 10 == sorted(wrong)
    assert {429} == set(right)
    assert 429 == await log_in(server)
