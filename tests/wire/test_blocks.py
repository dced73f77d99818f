"""What wrong passwords shut, as operators see it: whose it is, where, and what the log tells."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import httpx
import pytest

from gateword.accounts import address_blocks, blocks
from gateword.accounts.address_blocks import CROWDED, SPENT, ShutAddress
from gateword.accounts.blocks import Block, Lifter
from gateword.domain.user import User
from gateword.policy import attack_protection, protection_extras
from gateword.policy.user_document import linked_profile
from tests.support.factories import PASSWORD_REALM
from tests.support.house import PEER, House
from tests.support.protection import protect
from tests.wire.world import CUSTOMERS, EMPLOYEES, PASSWORDS, VALUES

BY_HAND = Lifter(how="cli")


async def fails(house: House, username: str, *, realm: str = EMPLOYEES, ip: str = PEER) -> None:
    """Try a wrong password."""
    answer = await log_in(house, username, "wrong", realm=realm, ip=ip)
    assert 403 == answer.status_code


async def log_in(
    house: House, username: str, password: str, *, realm: str = EMPLOYEES, ip: str = PEER
) -> httpx.Response:
    """Log in at a realm, from an address that the client tells."""
    form = {
        "grant_type": PASSWORD_REALM,
        "realm": realm,
        "username": username,
        "password": password,
        "client_id": VALUES["web"],
        "client_secret": VALUES["web_secret"],
    }
    return await house.http.post("/oauth/token", data=form, headers={"auth0-forwarded-for": ip})


async def limited(house: House, **members: Any) -> None:
    """Let one wrong password be too much."""
    now = house.clock.now()
    await protect(house.parts, attack_protection.BRUTE_FORCE, now, **{"max_attempts": 1, **members})


async def user(house: House, name: str) -> User:
    """Return a user of the world."""
    found = await house.parts.stores.users.by_id(VALUES[name])
    assert found is not None
    return found


def shown(found: list[Block]) -> list[tuple[str, str, str]]:
    """Return name, address and directory of each."""
    return [(one.identifier, one.ip, one.connection.name) for one in found]


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
    lifter = Lifter(how="api", who="machine-client-id@clients", client_id="machine-client-id")

    await blocks.lift_of_user(house.parts, await user(house, "ann"), lifter)

    (row,) = await lifted_rows(house)
    assert ("machine-client-id", EMPLOYEES) == (row["client_id"], row["connection"])
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


@pytest.mark.parametrize(
    ("ip", "shut"),
    [("192.0.2.1", "192.0.2.1"), ("2001:db8:1:2::3", "2001:db8:1:2::/64")],
)
async def test_shut_addresses_are_found_and_let_go(house: House, ip: str, shut: str) -> None:
    """As the group that they count as."""
    rate = {"max_attempts": 2, "rate": 864_000}
    await protect(
        house.parts,
        attack_protection.SUSPICIOUS_IP,
        house.clock.now(),
        stage={"pre-login": rate, "pre-user-registration": rate},
    )
    await fails(house, "ann", ip=ip)
    before = await address_blocks.all_shut(house.parts, 100)
    await fails(house, "bob@example.com", ip=ip)

    found = await address_blocks.all_shut(house.parts, 100)
    assert ([], [ShutAddress(shut, SPENT)]) == (before, found)
    assert found == await address_blocks.of_address(house.parts, ip)
    assert await address_blocks.lift(house.parts, ip)
    assert not await address_blocks.lift(house.parts, ip)
    assert [] == await address_blocks.all_shut(house.parts, 100)


async def test_network_around_many_addresses_is_shut_and_let_go(house: House) -> None:
    """A /48 has ten times the budget of a /64; who spends it all shuts it for all of them."""
    rate = {"max_attempts": 1, "rate": 864_000}
    now = house.clock.now()
    await protect(
        house.parts,
        attack_protection.SUSPICIOUS_IP,
        now,
        stage={"pre-login": rate, "pre-user-registration": rate},
    )
    await protect(house.parts, protection_extras.EXTRAS, now, client_ceiling=0)
    for number in range(10):
        await fails(house, f"name{number}", ip=f"2001:db8:1:{number}::1")
    stranger = "2001:db8:1:ffff::1"

    network = ShutAddress("2001:db8:1::/48", SPENT)
    assert network in await address_blocks.all_shut(house.parts, 100)
    assert [network] == await address_blocks.of_address(house.parts, stranger)
    assert await address_blocks.is_shut(house.parts, stranger)
    assert 429 == (await log_in(house, "ann", "wrong", ip=stranger)).status_code
    assert await address_blocks.lift(house.parts, stranger)
    assert 200 == (await log_in(house, "ann", PASSWORDS["password"], ip=stranger)).status_code


async def crowd(house: House, *, ip: str, **members: Any) -> None:
    """Let one address fail under three names, of which one is Ann's; two are its bound."""
    await protect(
        house.parts, protection_extras.EXTRAS, house.clock.now(), distinct_identifiers=2, **members
    )
    for number, username in enumerate(("ann", "nobody", "somebody")):
        answer = await log_in(house, username, "wrong", ip=ip)
        assert (403 if number < 2 else 429) == answer.status_code


@pytest.mark.parametrize(
    ("ip", "shut"),
    [("192.0.2.1", "192.0.2.1"), ("2001:db8:1:2::3", "2001:db8:1:2::/64")],
)
async def test_address_with_too_many_names_is_found_and_let_go(
    house: House, ip: str, shut: str
) -> None:
    """Then it may try new names at once, and what it tried before counts no more."""
    await crowd(house, ip=ip)
    crowded = [ShutAddress(shut, CROWDED)]

    assert (crowded, crowded) == (
        await address_blocks.all_shut(house.parts, 100),
        await address_blocks.of_address(house.parts, ip),
    )
    assert await address_blocks.lift(house.parts, ip)
    assert not await address_blocks.lift(house.parts, ip)
    assert [] == await address_blocks.all_shut(house.parts, 100)
    assert 403 == (await log_in(house, "somebody", "wrong", ip=ip)).status_code
    assert 403 == (await log_in(house, "nobody", "wrong", ip=ip)).status_code


async def test_crowd_disperses_by_itself(house: House) -> None:
    """After ten minutes, or after a day where that is the bound."""
    await crowd(house, ip="192.0.2.1")
    await protect(house.parts, protection_extras.EXTRAS, house.clock.now(), names_per_address=2)
    days = await address_blocks.is_shut(house.parts, "192.0.2.1")
    house.clock.passed_s += 86_400

    assert (True, False) == (days, await address_blocks.is_shut(house.parts, "192.0.2.1"))


async def test_names_of_ten_minutes_ago_are_not_counted(house: House) -> None:
    """By then only the bound of a day holds, and two names are far from it."""
    await crowd(house, ip="192.0.2.1")
    house.clock.passed_s += 600

    assert not await address_blocks.is_shut(house.parts, "192.0.2.1")


@pytest.mark.parametrize("is_listed", [True, False])
async def test_bound_of_names_is_shown_where_it_holds(house: House, *, is_listed: bool) -> None:
    """Not for an address on the allow-list, and not where both protections are off."""
    await crowd(house, ip="192.0.2.1")
    now = house.clock.now()
    if is_listed:
        listed = ["192.0.2.0/24"]
        await protect(house.parts, attack_protection.SUSPICIOUS_IP, now, allowlist=listed)
    else:
        await protect(house.parts, attack_protection.SUSPICIOUS_IP, now, enabled=False)
        assert await address_blocks.is_shut(house.parts, "192.0.2.1")
        await protect(house.parts, attack_protection.BRUTE_FORCE, now, shields=[])

    assert not await address_blocks.is_shut(house.parts, "192.0.2.1")
    assert [] == await address_blocks.all_shut(house.parts, 100)


async def test_lifting_an_address_lifts_no_block_of_an_account(house: House) -> None:
    """Ann is blocked there by her own wrong passwords; she counts among the names all the same."""
    await limited(house)
    await crowd(house, ip="192.0.2.1")

    assert await address_blocks.lift(house.parts, "192.0.2.1")

    assert 3 == len(await blocks.of_user(house.parts, await user(house, "ann")))
    assert 429 == (await log_in(house, "ann", PASSWORDS["password"], ip="192.0.2.1")).status_code
    assert 403 == (await log_in(house, "somebody", "wrong", ip="192.0.2.1")).status_code
    assert await address_blocks.is_shut(house.parts, "192.0.2.1")


async def test_accounts_that_are_shut_at_an_address_are_found(house: House) -> None:
    """Those of other addresses are not."""
    await limited(house)
    await fails(house, "bob@example.com", ip="192.0.2.1")
    await fails(house, "bob@example.com", ip="2001:db8::1")

    found = await blocks.all_shut(house.parts, 100, address="2001:db8::2")

    assert [("bob@example.com", "2001:db8::/64", EMPLOYEES)] == shown(found)
