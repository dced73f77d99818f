"""Adaptive MFA over each engine: what an address has left of its budget is told to every login."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from gateword.policy.attack_protection import SUSPICIOUS_IP
from tests.support.house import a_house
from tests.support.protection import protect
from tests.wire.adaptive import Ann
from tests.wire.world import furnish


@pytest.fixture
async def ann(url: str, tmp_path: Path) -> AsyncIterator[Ann]:
    """Ann, with adaptive MFA on."""
    async with a_house(tmp_path, database_url=url) as house:
        await furnish(house)
        one = Ann(house)
        await one.adapt()
        yield one


async def test_failures_of_neighbours_count_at_a_known_place(ann: Ann) -> None:
    """An address whose budget is half spent is one that guesses: a factor is asked for there."""
    await ann.settle_in()
    login = {"pre-login": {"max_attempts": 4, "rate": 864000}}
    await protect(ann.house.parts, SUSPICIOUS_IP, ann.house.clock.now(), stage=login)
    for number in range(2):
        await ann.log_in(username=f"nobody{number}", password="wrong")

    answer = await ann.log_in()

    assert 403 == answer.status_code
    assert "found_on_deny_list" == (await ann.found())[1]["UntrustedIP"]
