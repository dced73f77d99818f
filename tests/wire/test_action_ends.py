"""What Actions have asked for holds, whatever ends the login after that."""

import asyncio
from typing import Final

import pytest

from tests.support.house import House
from tests.wire.givens import carry_out
from tests.wire.test_actions import Watching, post_login
from tests.wire.test_rules import log_in
from tests.wire.world import VALUES

ENDS: Final = (
    "api.access.deny('no');",
    "api.redirect.sendUserTo('https://elsewhere.example/');",
    "api.validation.error('bad', 'No good.');",
    "api.authentication.challengeWith({ type: 'otp' });",
    "",
)


@pytest.mark.parametrize("ends", ENDS)
async def test_revoked_refresh_token_ends_whatever_else_does(house: House, ends: str) -> None:
    """The family is gone, and a later refresh finds that out without any Action."""
    body = f"if (event.refresh_token) {{ api.refreshToken.revoke('again'); {ends} }}"
    await carry_out(house, post_login("Revoke", body))
    refresh = {"refresh_token": (await log_in(house)).json()["refresh_token"]}

    ended = await log_in(house, grant_type="refresh_token", **refresh)
    later = await log_in(house, grant_type="refresh_token", **refresh)

    assert 200 != ended.status_code
    assert (403, "invalid_grant") == (later.status_code, later.json()["error"])


async def test_who_hangs_up_takes_no_metadata_back(house: House) -> None:
    """While the second Action runs the client goes away: what the first asked for is stored."""
    watching, gone = Watching(house), asyncio.Event()
    await carry_out(house, post_login("One", "api.user.setAppMetadata('seen', 1);"))
    await carry_out(house, post_login("Two", "api.user.setAppMetadata('unheard', 1);"))

    async def hang() -> None:
        if len(watching.seen) == 2:
            gone.set()
            await asyncio.sleep(60)

    watching.beside = hang
    phone = asyncio.create_task(log_in(house))
    await gone.wait()
    phone.cancel()
    with pytest.raises(asyncio.CancelledError):
        await phone

    ann = await house.parts.stores.users.by_id(VALUES["ann"])
    assert ann is not None
    assert {"seen": 1} == ann.app_metadata
