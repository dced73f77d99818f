"""What login scripts of a custom database must not see or spoil."""

import logging
from dataclasses import replace
from typing import Any

import pytest

from gateword.domain.refusal import Refusal
from gateword.domain.refused import Refused
from gateword.domain.script import Fault, ScriptFault, ScriptJob, ScriptResult
from tests.support.house import House
from tests.support.lease_watch import LEASES
from tests.wire.doors import logged_in
from tests.wire.scripted import KNOWN, ZOE, scripted
from tests.wire.world import CUSTOMERS


async def test_ten_wrong_passwords_shut_the_account(house: House) -> None:
    """The gate stands before the script: the eleventh guess asks nobody, nor the right one."""
    wrong = ScriptFault(Fault.WRONG_PASSWORD, "", None, code="z9")
    played = await scripted(house, login=[KNOWN, *[wrong] * 10, KNOWN])

    statuses = [(await logged_in(house, "x", ZOE)).status_code for _ in range(12)]

    assert [200, *[403] * 10, 429] == statuses
    assert 11 == len(played.jobs)


async def test_script_runs_while_a_try_is_reserved(house: House) -> None:
    """G8: the gate has let the try in before a script sees the password, and settles it after."""
    played = await scripted(house, login=[KNOWN])
    real, seen = played.run, []

    async def leases() -> int:
        row = await house.engines.watched.real.one(LEASES, tenant=1)
        assert row is not None
        return int(row[0])

    async def run(job: ScriptJob) -> ScriptResult:
        seen.append(await leases())
        return await real(job)

    played.run = run  # type: ignore[method-assign]  # watched from here on

    assert 200 == (await logged_in(house, "x", ZOE)).status_code
    assert [1] == seen
    assert 0 == await leases()


@pytest.mark.parametrize("imports", [True, False])
async def test_engine_that_cannot_be_asked_is_no_wrong_password(
    house: House, *, imports: bool
) -> None:
    """REALM_UNREACHABLE: 503, whoever it is, and no guess is counted."""
    played = await scripted(house, imports=imports)

    async def run(job: ScriptJob) -> ScriptResult:
        raise Refused(Refusal.SCRIPTS_BUSY, detail=f"no room for {job.kind.value}")

    played.run = run  # type: ignore[method-assign]  # it is full
    answers = [await logged_in(house, "x", ZOE) for _ in range(12)]

    assert {503} == {answer.status_code for answer in answers}
    assert {"1"} == {answer.headers["retry-after"] for answer in answers}
    assert "no room for database" == (await house.log())[-1].document["description"]


async def test_log_says_where_a_script_broke(house: House) -> None:
    """The client learns nothing of it; the operator finds script, line and what it printed."""
    connections = house.parts.stores.connections
    stored = await connections.named(CUSTOMERS)
    assert stored is not None
    script = "function (name, password, callback) {\n  console.log('hi');\n  nobody.knows();\n}"
    options = {"enabledDatabaseCustomization": True, "customScripts": {"login": script}}
    await connections.put(replace(stored, options=options), house.clock.now())

    answer = await logged_in(house, "x", ZOE)
    row = (await house.log())[-1].document

    assert (500, "server_error") == (answer.status_code, answer.json()["error"])
    assert "nobody" not in answer.text
    assert "nobody" in row["description"]
    assert f"{stored.id}.login" == row["details"]["script"]["id"]
    assert "script login of Customers:3" in row["details"]["stack"]
    assert "script login of Customers: hi" in row["details"]["notes"]


async def test_faults_shut_nobody_out(house: House) -> None:
    """Whatever a broken script says, the account is not blocked by it."""
    faults = [
        ScriptFault(kind, "x", None)
        for kind in (Fault.DENIED, Fault.THREW, Fault.LIMIT, Fault.COMPILE, Fault.INVALID)
    ]
    no = ScriptFault(Fault.UNAUTHORIZED, "closed", None)
    await scripted(house, login=[*faults, no, *faults, no, KNOWN])

    statuses = [(await logged_in(house, "x", ZOE)).status_code for _ in range(13)]

    assert [*([500] * 5 + [401]) * 2, 200] == statuses


@pytest.mark.parametrize(
    "said",
    [
        KNOWN,
        None,
        "no object",
        ScriptFault(Fault.THREW, "x", None, stack="at x:1"),
        ScriptFault(Fault.WRONG_PASSWORD, "differs", None, code="z9"),
        ScriptFault(Fault.UNAUTHORIZED, "closed", None),
    ],
)
async def test_password_is_in_no_log(
    house: House, caplog: pytest.LogCaptureFixture, said: object
) -> None:
    """D10: not in the tenant's log, not in the process's, not in what is passed around."""
    secret = "a-password-like-no-other"
    played = await scripted(house, login=[said])
    with caplog.at_level(logging.DEBUG):
        await logged_in(house, secret, ZOE)

    told: list[Any] = [row.document for row in await house.log()]
    assert 1 == len(played.jobs)
    assert told
    for text in (str(told), caplog.text, repr(played.jobs), str(played.jobs[0].given)):
        assert secret not in text
