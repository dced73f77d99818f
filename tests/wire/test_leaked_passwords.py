"""New passwords that are known from a breach, where users choose them."""

from typing import Any

import pytest

from gateword.policy.attack_protection import BREACHED_PASSWORD
from gateword.policy.protection_extras import EXTRAS
from tests.support.house import House
from tests.support.letters import Drawer, form_behind
from tests.support.management import management_token
from tests.support.protection import protect
from tests.wire.doors import ANN, asked, logged_in, submitted
from tests.wire.world import CUSTOMERS, VALUES

LEAKED = "AUTH0-TEST-Str0ng!"


async def test_known_password_is_refused_beside_the_field(house: House) -> None:
    """The page says why, the link still works, and the log tells of it once an hour."""
    await _detect(house, "pre-change-password", "block")
    form = await form_behind(house.http, await asked(house))

    answers = [await submitted(house, form, password=LEAKED, again=LEAKED) for _ in range(2)]

    assert [400, 400] == [answer.status_code for answer in answers]
    assert 'aria-invalid="true"' in answers[0].text
    assert "disclosed through a data breach elsewhere. Choose another one." in answers[0].text
    codes = [row.document["type"] for row in await house.log()]
    assert ["scpr", "reset_pwd_leak", "fcp", "fcp"] == codes
    taken = await submitted(house, form, password="Unheard-of-1", again="Unheard-of-1")
    assert 200 == taken.status_code


async def test_known_password_is_only_logged_without_the_shield(house: House) -> None:
    """Detection that blocks nothing lets the password through, and says so."""
    await _detect(house, "pre-change-password")
    form = await form_behind(house.http, await asked(house))

    answer = await submitted(house, form, password=LEAKED, again=LEAKED)

    assert 200 == answer.status_code
    codes = [row.document["type"] for row in await house.log()]
    assert ["scpr", "reset_pwd_leak", "scp"] == codes


@pytest.mark.parametrize("stage", ["pre-user-registration", None])
async def test_stage_that_is_off_refuses_nothing(house: House, stage: str | None) -> None:
    """Each stage has shields of its own, and none acts while detection is off."""
    await _detect(house, stage or "pre-change-password", "block", enabled=stage is not None)
    form = await form_behind(house.http, await asked(house))

    answer = await submitted(house, form, password=LEAKED, again=LEAKED)

    assert 200 == answer.status_code


async def test_taken_name_costs_the_same_when_the_password_is_known(house: House) -> None:
    """T3: whether somebody has the name shows neither in the answer nor in what is done for it."""
    await _detect(house, "pre-user-registration", "block")
    answers, said = [], []
    for email in ("warm@mail.example", "zoe@mail.example", ANN):
        house.clock.passed_s += 2  # what was refused a moment ago is remembered
        before = len(house.engines.watched.said)
        body = {"connection": CUSTOMERS, "email": email, "password": LEAKED}
        answers.append(await house.http.post("/dbconnections/signup", json=body))
        said.append(house.engines.watched.said[before:])

    assert answers[1].content == answers[2].content
    assert said[1] == said[2]
    assert 0 == house.engines.hasher.hashed


@pytest.mark.parametrize(
    ("stage", "deed"),
    [
        ("pre-user-registration", "Somebody signed up with a password"),
        ("pre-change-password", "Somebody chose a new password that is known"),
    ],
)
async def test_operator_learns_of_each_stage(house: House, stage: str, deed: str) -> None:
    """Each stage with the shield tells the operator what was done, and whether it was refused."""
    await protect(house.parts, EXTRAS, house.clock.now(), admin_email="ops@tenant.example")
    await _detect(house, stage, "admin_notification")
    form = await form_behind(house.http, await asked(house))
    await submitted(house, form, password=LEAKED, again=LEAKED)
    body = {"connection": CUSTOMERS, "email": "zoe@mail.example", "password": LEAKED}
    await house.http.post("/dbconnections/signup", json=body)

    letters = await Drawer().emptied(house)
    [alert] = [letter for letter in letters if letter.kind == "admin_alert"]

    assert ("ops@tenant.example", True) == (alert.to, deed in alert.text)
    assert "It was let through" in alert.text


async def test_operator_may_set_any_password(house: House) -> None:
    """The stages are about what users choose: what the Management API sets is not looked up."""
    await _detect(house, "pre-change-password", "block")
    token = await management_token(house, "update:users")

    answer = await house.http.patch(
        f"/api/v2/users/{VALUES['customer_ann']}",
        json={"password": LEAKED, "connection": CUSTOMERS},
        headers={"authorization": f"Bearer {token}"},
    )

    assert 200 == answer.status_code
    assert 200 == (await logged_in(house, LEAKED)).status_code


async def _detect(house: House, stage: str, *shields: str, enabled: bool = True) -> None:
    stages: dict[str, Any] = {"pre-user-registration": {}, "pre-change-password": {}}
    stages[stage] = {"shields": list(shields)}
    at = house.clock.now()
    await protect(house.parts, BREACHED_PASSWORD, at, enabled=enabled, stage=stages)
    house.clock.passed_s += 1  # the running server looks for changes twice a second
