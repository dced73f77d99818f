"""Texts of scripts that a database would not take, through the whole server, on each engine."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.support.house import House, a_house
from tests.wire.givens import carry_out
from tests.wire.test_actions import post_login
from tests.wire.test_rules import add, log_in
from tests.wire.world import VALUES, furnish

NUL_RULE = "function (u, c, cb) { c.primaryUser = 'auth0|\\0'; cb(null, u, c); }"


@pytest.fixture
async def server(url: str, tmp_path: Path) -> AsyncIterator[House]:
    """A furnished server on each engine in turn."""
    async with a_house(tmp_path, database_url=url) as house:
        await furnish(house)
        yield house


async def test_primary_user_with_a_nul_is_nobody(server: House) -> None:
    """PRIMARY_USER_WRONG, of rules and of Actions."""
    wish = "api.authentication.setPrimaryUser('auth0|\\0');"
    await add(server, NUL_RULE)
    by_rule = await log_in(server)
    await add(server, "function (u, c, cb) { cb(null, u, c); }")
    await carry_out(server, post_login("Nul", wish))
    by_action = await log_in(server)

    for answer in (by_rule, by_action):
        assert (403, "access_denied") == (answer.status_code, answer.json()["error"])
        assert "linked to" in answer.json()["error_description"]


UNSTORABLE = """
api.user.setAppMetadata('nul', 'a\\0'); api.user.setUserMetadata('n\\0l', 1);
api.user.setAppMetadata('user_id', 'auth0|x');
let deep = 1; for (let i = 0; i < 31; i++) deep = [deep];
api.user.setUserMetadata('deep', deep); api.user.setUserMetadata('fits', deep[0]);
api.user.setAppMetadata('kept', 1);
"""


async def test_metadata_that_no_request_could_bring_is_left_out(server: House) -> None:
    """NUL, nesting without end, names of the store's own: noted, not stored."""
    await carry_out(server, post_login("Odd", UNSTORABLE.replace("\n", " ")))
    see = "console.log(Object.keys(event.user.app_metadata), event.user.app_metadata.user_id);"
    await carry_out(server, post_login("See", see))

    answer = await log_in(server)
    ann = await server.parts.stores.users.by_id(VALUES["ann"])
    notes = (await server.log())[-1].document["details"]["notes"]

    assert 200 == answer.status_code
    assert ann is not None
    assert ({"kept": 1}, ["fits"]) == (ann.app_metadata, list(ann.user_metadata))
    left_out = ("app_metadata.nul", "app_metadata.user_id", "user_metadata.deep")
    for name in left_out:
        assert f"{name} cannot be stored and was left out" in notes
    assert 'Action See: ["kept"] undefined' in notes
