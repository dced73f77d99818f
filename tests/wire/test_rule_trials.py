"""A rule tried outside a login, besides what the golden shows."""

import json
from typing import Any

import httpx
import pytest

from gateword.domain.refusal import Refusal
from gateword.domain.refused import Refused
from gateword.domain.script import ScriptResult
from gateword.policy.rule_trial import SAMPLE_CONTEXT
from gateword.rules.tenant_scripts import TenantScripts
from tests.support.house import House
from tests.support.management import management_token
from tests.wire.test_rules import add, log_in
from tests.wire.world import VALUES

SECRET = "a-value-that-no-log-may-hold"
TELLS = """function (user, context, callback) {
  console.log(configuration.KEY);
  context.idToken.told = configuration.KEY;
  callback(user.says_no ? configuration.KEY : null, user, context);
}"""
CHANGES = """function (user, context, callback) {
  auth0.users.updateAppMetadata(user.user_id, { tried: true })
    .then(() => callback(null, user, context)).catch(callback);
}"""
NAMES = """function (user, context, callback) {
  console.log(JSON.stringify([Object.keys(context), Object.keys(context.request)]));
  callback(null, user, context);
}"""


async def attempt(house: House, **body: Any) -> httpx.Response:
    """Try the one rule."""
    headers = {"authorization": f"Bearer {await management_token(house)}"}
    url = "/api/v2/rules/rul_0000000000000001/try"
    return await house.http.post(url, headers=headers, json=body)


async def test_nothing_that_a_rule_said_is_in_the_log(house: House) -> None:
    """A rule may print what it reads as `configuration`, or put it into a claim or an error."""
    await add(house, TELLS)

    passed = await attempt(house, configuration={"KEY": SECRET}, user={"name": SECRET})
    refused = await attempt(house, configuration={"KEY": SECRET}, user={"says_no": True})

    assert [f"rule Mine: {SECRET}"] == passed.json()["logs"]
    assert (False, SECRET) == (refused.json()["ok"], refused.json()["error"]["message"])
    rows = [row.document for row in await house.log()]
    assert ["sapi", "sapi"] == [row["type"] for row in rows]
    assert SECRET not in json.dumps(rows)


async def test_what_a_tried_rule_changes_stays_changed(house: House) -> None:
    """It has the same `auth0` as at a login; whoever tries it is told so."""
    await add(house, CHANGES)

    answer = await attempt(house, user={"user_id": VALUES["ann"]})

    assert answer.json()["ok"] is True
    user = await house.parts.stores.users.by_id(VALUES["ann"])
    assert user is not None
    assert user.app_metadata["tried"] is True


async def test_try_without_a_place_is_told_when_to_come_again(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As a login is, in the words of the Management API."""
    await add(house, TELLS)

    async def busy(*_: object) -> ScriptResult:
        raise Refused(Refusal.SCRIPTS_BUSY, retry_after_s=1)

    monkeypatch.setattr(TenantScripts, "run", busy)
    answer = await attempt(house)

    assert (503, "temporarily_unavailable", "1") == (
        answer.status_code,
        answer.json()["errorCode"],
        answer.headers["retry-after"],
    )


async def test_sample_has_the_members_of_a_login(house: House) -> None:
    """Else a rule would pass here and fall over there."""
    await add(house, NAMES)

    await log_in(house)
    (note,) = (await house.log())[-1].document["details"]["notes"]
    context, request = json.loads(note.partition(": ")[2])

    sample: Any = SAMPLE_CONTEXT
    assert (set(context), set(request)) == (set(sample), set(sample["request"]))
