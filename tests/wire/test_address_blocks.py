"""Which addresses failed logins shut, as operators see it and lift it."""

from typing import Any

import pytest

from gateword.accounts import address_blocks, blocks
from gateword.accounts.address_blocks import CROWDED, SPENT, ShutAddress
from gateword.policy import attack_protection, protection_extras
from tests.support.house import House
from tests.support.protection import protect
from tests.wire.shut import fails, limited, log_in, shown, user
from tests.wire.world import EMPLOYEES, PASSWORDS


@pytest.mark.parametrize(
    ("ip", "shut", "named"),
    [
        ("192.0.2.1", "192.0.2.1", "::ffff:192.0.2.1"),
        ("2001:db8:1:2::3", "2001:db8:1:2::/64", "2001:db8:1:2::3"),
        ("2001:db8:1:2::3", "2001:db8:1:2::/64", "2001:db8:1:2::/64"),
    ],
)
async def test_shut_addresses_are_found_and_let_go(
    house: House, ip: str, shut: str, named: str
) -> None:
    """As the group that they count as, and by the name under which they are listed."""
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
    assert found == await address_blocks.of_address(house.parts, named)
    assert await address_blocks.lift(house.parts, named)
    assert not await address_blocks.lift(house.parts, named)
    assert [] == await address_blocks.all_shut(house.parts, 100)


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("::FFFF:192.0.2.1", "192.0.2.1"),
        ("2001:db8:5:0::/64", "2001:db8:5::/64"),
        ("2001:DB8:5::/48", "2001:db8:5::/48"),
        ("2001:db8:5::9/64", "2001:db8:5::/64"),
        ("2001:db8::/32", None),
        ("192.0.2.0/24", None),
        ("ann", None),
    ],
)
def test_place_is_what_is_listed(text: str, place: str | None) -> None:
    """Only groups that are counted can be shut, and let go."""
    assert place == address_blocks.place_of(text)


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
    assert [network] == await address_blocks.of_address(house.parts, network.place)
    assert await address_blocks.lift(house.parts, network.place)
    assert not await address_blocks.is_shut(house.parts, network.place)
    assert await address_blocks.is_shut(house.parts, "2001:db8:1::1")
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
