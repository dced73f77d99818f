"""What an Action's word counts for, besides what the goldens show."""

import asyncio
import json
from dataclasses import replace
from typing import Any

import pytest
from msgspec.structs import force_setattr

from gateword.domain.script import ScriptJob, ScriptResult
from gateword.domain.script_settings import ScriptSettings
from gateword.policy import action_document
from gateword.policy.user_document import linked_profile
from tests.support.house import House
from tests.wire.givens import carry_out
from tests.wire.test_rules import log_in
from tests.wire.world import API, VALUES


def post_login(name: str, body: str) -> str:
    """Return the sentence that gives an Action."""
    return f"action {name}: exports.onExecutePostLogin = async (event, api) => {{ {body} }};"


async def user(house: House) -> Any:
    """Return ann."""
    return await house.parts.stores.users.by_id(VALUES["ann"])


def parts_of(house: House) -> Any:
    """Return the toolbox that requests are answered with."""
    return next(iter(house.houses._by_host.values())).parts  # noqa: SLF001  no other way in


class Watching:
    """The real engine, what it was asked, and what happens beside a run."""

    def __init__(self, house: House) -> None:
        self.seen: list[ScriptJob] = []
        self.beside: Any = None
        self._engine = house.parts.scripts
        force_setattr(parts_of(house), "scripts", self)

    async def run(self, job: ScriptJob) -> ScriptResult:
        self.seen.append(job)
        if self.beside is not None:
            await self.beside()
        return await self._engine.run(job)

    async def settings(self) -> ScriptSettings:
        return await self._engine.settings()


@pytest.mark.parametrize("ends", ["", "api.access.deny('no');", "throw new Error('no');"])
async def test_metadata_is_stored_once_however_it_ends(
    house: House, monkeypatch: pytest.MonkeyPatch, ends: str
) -> None:
    """Two Actions ask for three members: the user is changed once, also when a third says no."""
    changes = []
    users = parts_of(house).stores.users
    change = type(users).change

    async def counting(self: Any, *given: Any) -> Any:
        changes.append(given[0])
        return await change(self, *given)

    monkeypatch.setattr(type(users), "change", counting)
    sets = "api.user.setAppMetadata('a', 1); api.user.setUserMetadata('b', { c: 2 });"
    await carry_out(house, post_login("One", sets))
    await carry_out(house, post_login("Two", "api.user.setAppMetadata('d', 3);"))
    await carry_out(house, post_login("Three", ends))

    answer = await log_in(house)

    assert (403 if ends else 200) == answer.status_code
    assert [VALUES["ann"]] == changes
    ann = await user(house)
    assert ({"a": 1, "d": 3}, {"b": {"c": 2}}) == (ann.app_metadata, ann.user_metadata)


async def test_metadata_of_an_action_that_throws_is_not_asked_for(house: House) -> None:
    """Who does not come to an end has asked for nothing."""
    await carry_out(house, post_login("Half", "api.user.setAppMetadata('a', 1); null.x;"))

    assert 403 == (await log_in(house)).status_code
    assert {} == (await user(house)).app_metadata


async def test_no_of_an_action_is_no_guess(house: House) -> None:
    """The password was right: twenty refusals of an Action shut nothing."""
    await carry_out(house, post_login("Nay", "api.access.deny('no');"))

    answers = [await log_in(house) for _ in range(20)]

    assert {403} == {answer.status_code for answer in answers}
    ann = await user(house)
    assert [] == list(await house.parts.stores.attempts.failures_of_user(ann.key))


async def test_log_names_the_action(house: House) -> None:
    """An operator finds out which of them said no."""
    await carry_out(house, post_login("Nay", "console.log('why', 7); api.access.deny('no');"))

    await log_in(house)
    row = (await house.log())[-1].document

    assert "Nay" == row["details"]["action"]["name"]
    assert ["Action Nay: why 7"] == row["details"]["notes"]


async def test_draft_does_not_run(house: House) -> None:
    """What is deployed runs, whatever stands in the editor."""
    await carry_out(house, post_login("Plan", "api.accessToken.setCustomClaim('plan', 1);"))
    documents = house.parts.stores.documents
    (kept,) = await documents.all(action_document.KIND)
    draft = {**kept.document, "code": "throw new Error('draft');"}
    await documents.put(action_document.KIND, replace(kept, document=draft), house.clock.now())

    assert 200 == (await log_in(house)).status_code


async def test_actions_see_no_secret(house: House) -> None:
    """R6: neither password nor secrets nor tokens nor hashes are in what a script is given."""
    watching = Watching(house)
    await carry_out(house, post_login("See", "console.log(event);"))
    exchange = "exports.onExecuteCredentialsExchange = async () => {};"
    await carry_out(house, f"exchange action Machine: {exchange}")
    await carry_out(house, "hook: module.exports = (c, scope, a, x, cb) => cb(null, { scope });")
    login = (await log_in(house)).json()
    refresh = {"grant_type": "refresh_token", "refresh_token": login["refresh_token"]}
    renewed = await log_in(house, **refresh)
    machine = {"client_id": VALUES["machine"], "client_secret": VALUES["machine_secret"]}
    token = await house.token(grant_type="client_credentials", audience=API, **machine)

    assert (200, 200) == (renewed.status_code, token.status_code)
    assert 4 == len(watching.seen)
    told = json.dumps([job.given for job in watching.seen])
    for secret in (
        *(VALUES[name] for name in ("password", "web_secret", "machine_secret")),
        *(login["access_token"], login["refresh_token"], "$argon2"),
    ):
        assert secret not in told


async def test_user_who_is_blocked_meanwhile_gets_no_token(house: House) -> None:
    """Actions may take long: what happened to the user while they ran counts."""
    watching = Watching(house)
    watching.beside = lambda: carry_out(house, "ann is blocked")
    await carry_out(house, post_login("Slow", ""))

    answer = await log_in(house)

    assert (401, "user is blocked") == (answer.status_code, answer.json()["error_description"])


async def test_primary_user_is_the_one_linked_meanwhile(house: House) -> None:
    """An Action that has linked the accounts says whose login it is; metadata are stored there."""
    watching, users = Watching(house), house.parts.stores.users

    async def link() -> None:
        at = house.clock.now()
        await users.link(VALUES["customer_ann"], VALUES["ann"], linked_profile, at)

    watching.beside = link
    body = f"api.authentication.setPrimaryUser('{VALUES['customer_ann']}');"
    await carry_out(house, post_login("Link", f"{body} api.user.setAppMetadata('a', 1);"))

    answer = await log_in(house)
    primary = await users.by_id(VALUES["customer_ann"])

    assert 200 == answer.status_code
    assert primary is not None
    assert {"a": 1} == primary.app_metadata


async def test_actions_share_twenty_seconds(house: House) -> None:
    """The budget is one for all Actions of a trigger."""
    watching = Watching(house)
    wait = "await new Promise((done) => setTimeout(done, 50));"
    await carry_out(house, post_login("One", wait))
    await carry_out(house, post_login("Two", ""))

    await log_in(house)

    first, second = (job.within_s for job in watching.seen)
    assert 20 == first
    assert 19 < second < 19.96


async def test_tenant_without_actions_starts_no_process(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who has bound nothing pays nothing."""

    async def starts(*_: Any, **__: Any) -> Any:
        raise AssertionError("a process was started")

    monkeypatch.setattr(asyncio, "create_subprocess_exec", starts)
    machine = {"client_id": VALUES["machine"], "client_secret": VALUES["machine_secret"]}

    assert 200 == (await log_in(house)).status_code
    token = await house.token(grant_type="client_credentials", audience=API, **machine)
    assert 200 == token.status_code
