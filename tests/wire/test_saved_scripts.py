"""Scripts that are saved while nobody can look at them."""

from typing import Any

import httpx
import pytest

from gateword.domain.refusal import Refusal
from gateword.domain.refused import Refused
from gateword.domain.script import ScriptResult
from gateword.rules.tenant_scripts import TenantScripts
from tests.support.house import House
from tests.support.management import management_token

BROKEN = "a b"
ACTION = {"name": "Half", "supported_triggers": [{"id": "post-login"}], "code": BROKEN}


async def ask(house: House, method: str, path: str, **body: Any) -> httpx.Response:
    """Ask the Management API."""
    headers = {"authorization": f"Bearer {await management_token(house)}"}
    return await house.http.request(method, f"/api/v2{path}", headers=headers, json=body)


@pytest.fixture(params=["busy", "cannot start"])
def nobody(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """No engine is free; what says so can be undone."""
    faults = {
        "busy": Refused(Refusal.SCRIPTS_BUSY, retry_after_s=1),
        "cannot start": OSError("no more processes"),
    }

    async def away(*_: object) -> ScriptResult:
        raise faults[request.param]

    monkeypatch.setattr(TenantScripts, "run", away)
    return monkeypatch


@pytest.mark.usefixtures("nobody")
async def test_saving_goes_on_when_no_engine_is_free(house: House) -> None:
    """A full house is no fault of the script."""
    hook = {"name": "Half", "script": BROKEN, "triggerId": "credentials-exchange"}

    answers = [
        await ask(house, "POST", "/rules", name="Half", script=BROKEN),
        await ask(house, "POST", "/hooks", **hook),
        await ask(house, "POST", "/actions/actions", **ACTION),
    ]

    assert [201] * 3 == [one.status_code for one in answers]
    assert "built" == answers[2].json()["status"]


async def test_action_that_nobody_has_looked_at_is_looked_at_when_it_is_deployed(
    house: House, nobody: pytest.MonkeyPatch
) -> None:
    """It would end each login, so it becomes a version that failed."""
    made = (await ask(house, "POST", "/actions/actions", **ACTION)).json()
    nobody.undo()

    version = (await ask(house, "POST", f"/actions/actions/{made['id']}/deploy")).json()
    after = (await ask(house, "GET", f"/actions/actions/{made['id']}")).json()

    assert ("failed", False) == (version["status"], version["deployed"])
    assert ["compile_error"] == [one["id"] for one in version["errors"]]
    assert ("failed", version["errors"]) == (after["status"], after["errors"])
    assert "deployed_version" not in after


async def test_file_takes_over_an_action_that_was_refused_here(house: House) -> None:
    """Its status is what the last look at it said; code that is sent again unchanged has one."""
    made = (await ask(house, "POST", "/actions/actions", **ACTION)).json()
    again = (await ask(house, "PATCH", f"/actions/actions/{made['id']}", code=BROKEN)).json()
    item = {**ACTION, "deployed": True}
    done = await ask(house, "POST", "/gateword/apply", configuration={"actions": [item]})
    after = (await ask(house, "GET", f"/actions/actions/{made['id']}")).json()

    assert ["failed", "failed"] == [made["status"], again["status"]]
    assert 200 == done.status_code, done.text
    assert ("built", BROKEN) == (after["status"], after["deployed_version"]["code"])
