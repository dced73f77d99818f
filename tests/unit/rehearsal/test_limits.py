from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from ipaddress import ip_address, ip_network
from typing import Final

import pytest

from gateword.cli.rehearsal import tries as made
from gateword.cli.rehearsal.limits import Limit, Shield, Standing, limits, standing
from gateword.cli.rehearsal.tenants import changed
from gateword.cli.rehearsal.tries import PEER, PUBLIC, Try, account, guess, nobody, right
from gateword.domain.protection import Protection
from gateword.policy.attack_protection import BOT_DETECTION, BRUTE_FORCE, SUSPICIOUS_IP
from gateword.policy.protection import read
from gateword.policy.protection_extras import EXTRAS

DOCUMENTATION: Final = tuple(
    map(ip_network, ("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24", "2001:db8::/32"))
)
HERE, THERE = "198.51.100.1", "203.0.113.1"
UNBOUNDED: Final = read(changed({}, {EXTRAS: {"distinct_identifiers": 0, "names_per_address": 0}}))


def protected(**changes: Mapping[str, object]) -> Protection:
    """Return the defaults with members of some objects changed; `_` stands for a hyphen."""
    named = {name.replace("_", "-"): members for name, members in changes.items()}
    return read(changed({}, named))


def promised(protection: Protection, tries: Sequence[Try]) -> dict[Shield, int]:
    """Return how many passwords each shield allows; the least where it promises several."""
    found: dict[Shield, int] = {}
    for limit in limits(protection, tries):
        found[limit.shield] = min(limit.most, found.get(limit.shield, limit.most))
    return found


def one_account(count: int, address: str = HERE) -> list[Try]:
    """Return guesses at one account from one address."""
    return [guess(account(0), number, address) for number in range(count)]


def many_accounts(count: int, address: str = HERE) -> list[Try]:
    """Return a guess at each of many accounts from one address."""
    return [guess(account(number), 0, address) for number in range(count)]


def strangers(count: int) -> list[Try]:
    """Return a guess under each of many names of nobody from one address."""
    return [guess(nobody(number), 0, HERE) for number in range(count)]


def names_of(protection: Protection, tries: Sequence[Try]) -> Sequence[Limit]:
    """Return what the bounds of names promise."""
    return [one for one in limits(protection, tries) if one.shield is Shield.NAMES]


def test_account_at_an_address_has_its_limit() -> None:
    """Ten wrong passwords by default; twenty logins, right or wrong."""
    assert {Shield.BRUTE_FORCE: 10, Shield.SAME_USER: 20} == promised(protected(), one_account(50))


def test_each_address_has_a_limit_of_its_own() -> None:
    """Two addresses may fail twice as often, together."""
    tries = [*one_account(30), *one_account(30, THERE)]
    assert 20 == promised(protected(), tries)[Shield.BRUTE_FORCE]


def test_shield_that_would_stop_nothing_promises_nothing() -> None:
    """Ten tries are within every limit."""
    assert {} == promised(protected(), one_account(10))


def test_account_has_a_cap_over_all_addresses() -> None:
    """A hundred by default, wherever they come from."""
    tries = [guess(account(0), 0, address) for address in made.addresses(300)]
    assert {Shield.ACCOUNT_CAP: 100} == promised(protected(), tries)


@pytest.mark.parametrize(("style", "refill_ms"), [("auth0", 0), ("backoff", 60_000)])
def test_lockout_counts_over_all_addresses(style: str, refill_ms: int) -> None:
    """Ten for the account; with growing waits the first is over after a minute."""
    protection = protected(
        brute_force_protection={"mode": "count_per_identifier"},
        x_gateword={"lockout_style": style},
    )
    tries = [guess(account(0), 0, address) for address in made.addresses(50)]
    [limit] = limits(protection, tries)
    assert (Shield.BRUTE_FORCE, 10, refill_ms) == (limit.shield, limit.most, limit.refill_ms)


def test_address_has_a_budget_that_refills() -> None:
    """A hundred failures, and one more each 14.4 minutes."""
    [limit] = limits(UNBOUNDED, many_accounts(150))
    assert (100, 101) == (limit.allows(863, at_once=8), limit.allows(865, at_once=8))


def test_addresses_of_a_64_count_as_one() -> None:
    """Whoever has one of them has all."""
    tries = [guess(account(0), number, place) for number, place in enumerate(made.of_one_64(50))]
    assert 10 == promised(protected(), tries)[Shield.BRUTE_FORCE]


def test_a_48_has_ten_times_the_budget_and_lets_by_what_is_under_way() -> None:
    """It is spent when a try has failed."""
    tries = [guess(account(number), 0, place) for number, place in enumerate(made.of_one_48(1100))]
    protection = protected(x_gateword={"client_ceiling": 0})
    [limit] = limits(protection, tries)
    assert (1000, 1007) == (limit.most, limit.allows(0, at_once=8))


@pytest.mark.parametrize("tries", [strangers(60), many_accounts(60)])
def test_address_ends_at_its_twentieth_name(tries: Sequence[Try]) -> None:
    """Whether anybody has the names or not: else the bound would tell."""
    assert {Shield.NAMES: 20} == promised(protected(), tries)


def test_each_address_has_a_bound_of_names() -> None:
    """Two may fail under twice as many, together."""
    tries = [*many_accounts(60), *many_accounts(60, THERE)]
    assert 40 == promised(protected(), tries)[Shield.NAMES]


def test_name_that_failed_goes_on() -> None:
    """Names count, not tries: twenty of them try twice, the others never."""
    assert [40] == [limit.most for limit in names_of(protected(), [*strangers(60)] * 2)]
    assert {} == promised(protected(), [*strangers(20)] * 2)


def test_names_under_way_at_the_bound_are_let_by() -> None:
    """Seven with eight at once, and each of them goes on afterwards; one by one none is."""
    [once] = names_of(protected(), strangers(60))
    [twice] = names_of(protected(), [*strangers(60)] * 2)
    assert (20, 27, 54) == (once.allows(0, 1), once.allows(0, 8), twice.allows(0, 8))


def test_names_are_forgotten_after_ten_minutes() -> None:
    """Twenty new ones may fail then."""
    [limit] = names_of(protected(), strangers(60))
    assert (20, 40) == (limit.allows(599, at_once=1), limit.allows(601, at_once=1))


def test_whoever_gets_in_takes_no_place_of_a_name() -> None:
    """Nor is a user known to the address kept out; a right password under a new name is."""
    known = [right(account(99), HERE), *strangers(60), right(account(99), HERE)]
    new = [*strangers(60), right(account(99), HERE)]
    assert [22, 20] == [promised(protected(), tries)[Shield.NAMES] for tries in (known, new)]


def test_names_of_a_day_are_bounded_as_well() -> None:
    """A thousand by default, the only bound where that of ten minutes is off."""
    protection = protected(x_gateword={"distinct_identifiers": 0})
    assert 1000 == promised(protection, strangers(1100))[Shield.NAMES]


def test_client_that_tells_addresses_has_a_ceiling() -> None:
    """A hundred times the budget of an address by default; others have none, for they tell none."""
    places = made.of_many_48(10_100)
    told = [guess(account(number), 0, place) for number, place in enumerate(places)]
    untold = [replace(one, client=PUBLIC) for one in told]
    assert {Shield.CLIENT_CEILING: 10_000} == promised(protected(), told)
    assert {} == promised(protected(), untold)


@pytest.mark.parametrize("off", [{"enabled": False}, {"shields": []}])
def test_either_protection_bounds_names(off: Mapping[str, object]) -> None:
    """Nobody does when neither is switched on and refuses."""
    one = [read(changed({}, {name: off})) for name in (BRUTE_FORCE, SUSPICIOUS_IP)]
    both = read(changed({}, {BRUTE_FORCE: off, SUSPICIOUS_IP: off}))
    assert [20, 20] == [promised(found, strangers(60))[Shield.NAMES] for found in one]
    assert [] == names_of(both, strangers(60))
    assert Standing.OFF is standing(both, Shield.NAMES, ())


@pytest.mark.parametrize(
    ("allowlist", "stands"),
    [(["198.51.100.0/24"], Standing.EXEMPT), (["203.0.113.0/24"], Standing.ON)],
)
def test_allow_list_of_suspicious_ip_exempts_from_the_bound_of_names(
    allowlist: Sequence[str], stands: Standing
) -> None:
    """It names addresses, and so does the bound."""
    protection = read(changed({}, {SUSPICIOUS_IP: {"allowlist": allowlist}}))
    assert stands is standing(protection, Shield.NAMES, strangers(60))
    assert (stands is Standing.ON) == bool(names_of(protection, strangers(60)))


def test_no_bound_of_names_when_both_are_off() -> None:
    """The numbers are our own, and 0 switches each of them off."""
    assert Standing.OFF is standing(UNBOUNDED, Shield.NAMES, ())
    assert {} == promised(UNBOUNDED, strangers(60))


def test_bots_that_are_always_asked_to_prove_themselves_are_never_looked_at() -> None:
    """The policy `always` lets nobody in by this flow; while it only monitors, it stops nobody."""
    always = protected(bot_detection={"challenge_password_policy": "always"})
    watched = replace(always, bots=replace(always.bots, monitors=True))
    assert 0 == promised(always, one_account(5))[Shield.BOTS]
    assert {} == promised(watched, one_account(5))


@pytest.mark.parametrize(
    ("name", "shield", "tries"),
    [
        (BRUTE_FORCE, Shield.BRUTE_FORCE, one_account(50)),
        (BRUTE_FORCE, Shield.ACCOUNT_CAP, one_account(150)),
        (SUSPICIOUS_IP, Shield.SUSPICIOUS_IP, many_accounts(150)),
    ],
)
@pytest.mark.parametrize(
    ("members", "stands"),
    [
        ({}, Standing.ON),
        ({"enabled": False}, Standing.OFF),
        ({"shields": []}, Standing.WATCHES),
        ({"allowlist": ["198.51.100.0/24"]}, Standing.EXEMPT),
        ({"allowlist": ["203.0.113.0/24"]}, Standing.ON),
    ],
)
def test_shield_promises_only_while_it_stands(
    members: Mapping[str, object],
    stands: Standing,
    name: str,
    shield: Shield,
    tries: Sequence[Try],
) -> None:
    """Off, only logging, or told to leave the address alone, it stops nobody."""
    protection = read(changed({}, {name: members}))
    assert stands is standing(protection, shield, tries)
    assert (stands is Standing.ON) == (shield in promised(protection, tries))


@pytest.mark.parametrize(
    ("member", "shield"),
    [
        ("account_cap", Shield.ACCOUNT_CAP),
        ("same_user_per_minute", Shield.SAME_USER),
        ("client_ceiling", Shield.CLIENT_CEILING),
    ],
)
def test_number_zero_switches_a_shield_of_ours_off(member: str, shield: Shield) -> None:
    """As the settings say of themselves."""
    assert Standing.ON is standing(protected(), shield, one_account(1))
    off = read(changed({}, {EXTRAS: {member: 0}}))
    assert Standing.OFF is standing(off, shield, one_account(1))


def test_allow_list_does_not_count_for_an_address_that_nobody_is_sure_of() -> None:
    """A garbled header must not make an attacker the application's own server."""
    protection = protected(brute_force_protection={"allowlist": [PEER]})
    sure = [Try(name=account(0), password=str(number)) for number in range(20)]
    unsure = [replace(one, is_sure=False) for one in sure]
    assert Standing.EXEMPT is standing(protection, Shield.BRUTE_FORCE, sure)
    assert {Shield.BRUTE_FORCE: 10} == promised(protection, unsure)


def test_bots_stand_as_their_policy_says() -> None:
    """`never` is off."""
    assert Standing.OFF is standing(protected(), Shield.BOTS, ())
    risky = read(changed({}, {BOT_DETECTION: {"challenge_password_policy": "when_risky"}}))
    assert Standing.ON is standing(risky, Shield.BOTS, ())


@pytest.mark.parametrize(
    ("make", "most"),
    [
        (made.addresses, 508),
        (made.of_one_64, 2000),
        (made.of_one_48, 2000),
        (made.of_many_48, 2000),
    ],
)
def test_addresses_of_attacks_are_different_and_nobodys(
    make: Callable[[int], Sequence[str]], most: int
) -> None:
    """All are of ranges set aside for documentation."""
    found = make(most)
    assert most == len(set(found))
    assert all(any(ip_address(one) in network for network in DOCUMENTATION) for one in found)
