"""What a rule's word counts for, besides what the goldens show."""

import asyncio
import json
from typing import Any

import pytest
from msgspec.structs import force_setattr

from gateword.domain.script import ScriptJob, ScriptResult
from gateword.ports.documents import Kept
from tests.support.house import House
from tests.wire.world import API, VALUES

DENY = "function (user, context, callback) { callback(new UnauthorizedError('no')); }"
PRINT = """function (user, context, callback) {
  console.log(JSON.stringify([user, context, configuration, Object.keys(globalThis)]));
  callback(null, user, context);
}"""


async def add(house: House, script: str, name: str = "Mine") -> None:
    """Add a rule that runs."""
    rule = {"name": name, "script": script, "enabled": True, "order": 1, "stage": "login_success"}
    kept = Kept(id="rul_0000000000000001", name=name, position=1, document=rule)
    await house.parts.stores.documents.put("rule", kept, house.clock.now())


async def log_in(house: House, **changed: str) -> Any:
    """Log ann in, with offline access."""
    params = {
        "grant_type": "password",
        "username": "ann",
        "password": VALUES["password"],
        "client_id": VALUES["web"],
        "client_secret": VALUES["web_secret"],
        "audience": API,
        "scope": "read:orders offline_access",
    }
    return await house.token(**params | changed)


async def test_no_of_a_rule_is_no_guess(house: House) -> None:
    """The password was right: twenty refusals of a rule shut nothing."""
    await add(house, DENY)

    answers = [await log_in(house) for _ in range(20)]

    assert {401} == {answer.status_code for answer in answers}
    user = await house.parts.stores.users.by_id(VALUES["ann"])
    assert user is not None
    assert [] == list(await house.parts.stores.attempts.failures_of_user(user.key))


async def test_log_names_the_rule_and_holds_what_it_printed(house: House) -> None:
    """An operator finds out which of twenty rules said no, and why."""
    await add(house, "function (u, c, cb) { console.log('why', 7); cb(new Error('no')); }", "Nay")

    await log_in(house)
    row = (await house.log())[-1].document

    assert {"id": "rul_0000000000000001", "name": "Nay"} == row["details"]["rule"]
    assert ["rule Nay: why 7"] == row["details"]["notes"]
    assert ("fepft", "no") == (row["type"], row["description"])


async def test_rules_see_no_secret(house: House) -> None:
    """R6: neither password nor secrets nor tokens nor hashes are in what a script is given."""
    seen: list[str] = []
    engine = house.parts.scripts

    class Watching:
        """The real engine, and what it was asked."""

        async def run(self, job: ScriptJob) -> ScriptResult:
            seen.append(json.dumps(job.given))
            return await engine.run(job)

    tenancy = next(iter(house.houses._by_host.values()))  # noqa: SLF001  there is no other way in
    force_setattr(tenancy.parts, "scripts", Watching())
    await add(house, PRINT)
    login = (await log_in(house)).json()
    refresh = {"grant_type": "refresh_token", "refresh_token": login["refresh_token"]}
    renewed = await log_in(house, **refresh)

    assert 200 == renewed.status_code
    assert 2 == len(seen)
    for secret in (VALUES["password"], VALUES["web_secret"], *_handles(login), "$argon2"):
        assert [] == [text for text in seen if secret in text]


def _handles(login: dict[str, Any]) -> list[str]:
    return [login["access_token"], login["refresh_token"]]


async def test_tenant_without_rules_starts_no_process(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who has no rules pays nothing for them."""

    async def starts(*_: Any, **__: Any) -> Any:
        raise AssertionError("a process was started")

    monkeypatch.setattr(asyncio, "create_subprocess_exec", starts)

    assert 200 == (await log_in(house)).status_code
