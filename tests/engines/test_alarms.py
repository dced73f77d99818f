"""Several processes watch one tenant, on both engines: one of them tells."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any, cast

from gateword.accounts.alarms import Alarms
from gateword.ports.attempts import Outcome
from gateword.ports.parts import Parts, Stores
from tests.engines.house import House, SetClock


@dataclass
class Tools:
    """What the chore needs of the toolbox."""

    stores: Stores
    clock: SetClock

    async def round(self) -> None:
        """Have the chore done once."""
        await Alarms().run(cast("Parts", self))

    def fail(self, tries: int) -> None:
        """Count wrong passwords."""
        for _ in range(tries):
            self.stores.tallies.note(
                Outcome.WRONG, "shop", "192.0.2.1", told_by_client=False, at=self.clock.now()
            )


async def alarms(house: House) -> list[Any]:
    """Return the details of every alarm in the log."""
    return [row.document["details"] for row in await house.stores.logs.read(after=0, limit=100)]


async def test_attack_that_each_process_sees_a_part_of_rings_once(house: House) -> None:
    """Half of it here and half there is enough; both are alarmed, and it is logged once."""
    ours, theirs = (Tools(stores, house.clock) for stores in (house.stores, house.other_worker()))
    for _ in range(12):
        ours.fail(25)
        theirs.fail(25)
        for one in (ours, theirs):
            await one.round()
        house.clock.pass_s(10)

    assert [("failure_ratio", "begun", 50)] == [
        (one["alarm"], one["state"], one["tries"]) for one in await alarms(house)
    ]
    assert [True, True] == [one.stores.tallies.is_alarmed for one in (ours, theirs)]
    house.clock.pass_s(1_200)
    await theirs.round()
    await ours.round()
    assert ["begun", "ended"] == [one["state"] for one in await alarms(house)]
    assert [False, False] == [one.stores.tallies.is_alarmed for one in (ours, theirs)]


async def test_alarm_outlives_who_began_it(house: House) -> None:
    """A process that starts meanwhile is alarmed after its first round, and rings nothing anew."""
    ours = Tools(house.stores, house.clock)
    ours.fail(50)
    await ours.round()
    new = Tools(house.other_worker(), house.clock)
    house.clock.pass_s(120)
    new.fail(1)
    await new.round()

    assert new.stores.tallies.is_alarmed
    assert 1 == len(await alarms(house))


async def test_tenant_is_judged_once_a_minute(house: House) -> None:
    """Whoever judged keeps the claim; who comes next has it when the minute is over."""
    ours = Tools(house.stores, house.clock)
    ours.fail(50)
    await ours.round()
    claims = []
    for _ in range(2):
        house.clock.pass_s(30)
        now = house.clock.now()
        later = now + timedelta(minutes=1)
        claims.append(await house.other_worker().cursors.claim("alarms", now, later) is not None)

    assert [False, True] == claims


async def test_who_dies_with_the_claim_holds_it_for_a_minute(house: House) -> None:
    """The next one judges then, and nothing is missed."""
    ours = Tools(house.stores, house.clock)
    now = house.clock.now()
    await house.other_worker().cursors.claim("alarms", now, now.replace(minute=now.minute + 1))
    ours.fail(50)
    await ours.round()
    held = len(await alarms(house))
    house.clock.pass_s(60)
    await ours.round()

    assert [0, 1] == [held, len(await alarms(house))]
