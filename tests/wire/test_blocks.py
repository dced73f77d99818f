"""What wrong passwords shut, as operators see it: whose it is, where, and what the log tells."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

from gateword.accounts import blocks
from gateword.accounts.blocks import Lifter
from gateword.policy import protection_extras
from gateword.policy.user_document import linked_profile
from tests.support.house import PEER, House
from tests.support.protection import protect
from tests.wire.shut import fails, limited, log_in, shown, user
from tests.wire.world import CUSTOMERS, EMPLOYEES, PASSWORDS, VALUES

BY_HAND = Lifter(how="cli")


async def lifted_rows(house: House) -> list[Mapping[str, Any]]:
    """Return the rows of the log that tell of lifted blocks."""
    return [row.document for row in await house.log() if row.document["type"] == "ublkdu"]


async def test_directories_count_apart_and_a_user_sees_all_of_his(house: House) -> None:
    """A linked account is blocked under its own names, in its own directory."""
    await limited(house)
    ann, customer = await user(house, "ann"), await user(house, "customer_ann")
    await house.parts.stores.users.link(
        ann.user_id, customer.user_id, linked_profile, house.clock.now()
    )
    await fails(house, "ann", ip="192.0.2.1")
    await fails(house, "ann@example.com", realm=CUSTOMERS, ip="192.0.2.2")

    found = await blocks.of_user(house.parts, await user(house, "ann"))

    assert [
        ("ann@example.com", "192.0.2.1", EMPLOYEES),
        ("ann", "192.0.2.1", EMPLOYEES),
        ("+4915112345678", "192.0.2.1", EMPLOYEES),
        ("ann@example.com", "192.0.2.2", CUSTOMERS),
    ] == shown(found)
    assert shown(found) == shown(await blocks.of_name(house.parts, "ANN@example.com"))


async def test_only_names_that_log_in_are_listed(house: House) -> None:
    """Where a directory knows users by their address alone, their other names block nobody."""
    await limited(house)
    connection = await house.parts.stores.connections.named(EMPLOYEES)
    assert connection is not None
    await house.parts.stores.connections.put(
        replace(connection, identifiers=("email",)), house.clock.now()
    )
    await fails(house, "ann@example.com")
    await fails(house, "ann")  # nobody's address there

    of_her = await blocks.of_user(house.parts, await user(house, "ann"))
    of_the_name = await blocks.of_name(house.parts, "ann")

    hers = ("ann@example.com", PEER, EMPLOYEES)
    assert [hers] == shown(of_her)
    assert [hers, ("ann", PEER, EMPLOYEES)] == shown(of_the_name)


async def test_lifting_a_name_lifts_what_has_it_and_what_nobody_has(house: House) -> None:
    """One name in two directories: Ann's here, nobody's there."""
    await limited(house)
    await fails(house, "ann")
    await fails(house, "ann", realm=CUSTOMERS)

    lifted = await blocks.lift_of_name(house.parts, "Ann", BY_HAND)

    assert 4 == len(lifted)
    assert [] == await blocks.of_name(house.parts, "ann")
    assert 200 == (await log_in(house, "ann", PASSWORDS["password"])).status_code
    rows = await lifted_rows(house)
    assert [(VALUES["ann"], "ann@example.com"), ("", "ann")] == [
        (row["user_id"], row["user_name"]) for row in rows
    ]
    assert {
        "how": "cli",
        "who": "",
        "blocked_for": [{"identifier": "ann", "connection": CUSTOMERS, "ip": PEER}],
    } == rows[1]["details"]


async def test_log_tells_which_client_lifted_what(house: House) -> None:
    """Somebody will ask who let the guesser go on."""
    await limited(house)
    await fails(house, "ann")
    client = (await house.parts.stores.clients.all())[0]
    lifter = Lifter(how="api", who="machine-client-id@clients", client_id=client.client_id)

    await blocks.lift_of_user(house.parts, await user(house, "ann"), lifter)

    (row,) = await lifted_rows(house)
    assert (client.client_id, client.name) == (row["client_id"], row["client_name"])
    assert EMPLOYEES == row["connection"]
    names = "ann@example.com, ann, +4915112345678"
    assert f"Block lifted by api: {names} from {PEER}" == row["description"]
    assert ("api", "machine-client-id@clients") == (row["details"]["how"], row["details"]["who"])


async def test_what_was_not_shut_is_lifted_in_silence(house: House) -> None:
    """Wrong passwords below the limit are forgotten too, and nothing is logged of it."""
    await limited(house, max_attempts=2)
    await fails(house, "ann")

    lifted = await blocks.lift_of_user(house.parts, await user(house, "ann"), BY_HAND)
    await fails(house, "ann")

    assert [] == lifted
    assert [] == await blocks.of_user(house.parts, await user(house, "ann"))
    assert [] == await lifted_rows(house)


async def test_wait_that_grows_ends_by_itself(house: House) -> None:
    """With `backoff` a block is over after a minute, and shown no longer."""
    await limited(house)
    await protect(house.parts, protection_extras.EXTRAS, house.clock.now(), lockout_style="backoff")
    await fails(house, "ann")
    during = await blocks.of_user(house.parts, await user(house, "ann"))
    house.clock.passed_s += 60

    after = await blocks.of_user(house.parts, await user(house, "ann"))

    assert (3, 0) == (len(during), len(after))
    assert {60.0} == {(one.until - house.clock.now()).total_seconds() + 60 for one in during}


async def test_end_of_a_block_stays_where_it_is(house: House) -> None:
    """However long one looks on: it is 30 days after the last wrong password."""
    await limited(house)
    await fails(house, "ann")
    failed_at = house.clock.now()
    ends = set()
    for passed_s in (0, 0.4, 29.3, 7200.7):
        house.clock.passed_s += passed_s
        ends |= {one.until for one in await blocks.of_user(house.parts, await user(house, "ann"))}

    assert {failed_at + timedelta(days=30)} == ends


async def test_all_that_is_shut_is_found(house: House) -> None:
    """The latest first; of a name that nobody has there is only a digest, so it has no name."""
    await limited(house)
    await fails(house, "nobody@example.com", ip="192.0.2.1")
    house.clock.passed_s += 1
    await fails(house, "bob@example.com", ip="192.0.2.2")

    found = await blocks.all_shut(house.parts, 100)

    assert [("bob@example.com", "192.0.2.2", EMPLOYEES), ("", "192.0.2.1", EMPLOYEES)] == shown(
        found
    )
    await limited(house, enabled=False)
    assert [] == await blocks.all_shut(house.parts, 100)
