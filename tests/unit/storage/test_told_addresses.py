import pytest

from gateword.storage.told_addresses import MOST_ADDRESSES, MOST_CLIENTS, ToldAddresses


def _tell(told: ToldAddresses, places: range, minute: int = 0, *, right: int = 0) -> None:
    """Tell one failed try from each place, and the first so many right."""
    for number in places:
        told.note("web", f"place {number}", minute, has_failed=number - places.start >= right)


def test_many_new_addresses_that_fail_are_told_of_once() -> None:
    """61 within a minute; asked again there is nothing more to say."""
    told = ToldAddresses()
    _tell(told, range(60))
    assert [] == told.crowded()
    _tell(told, range(60, 61))

    assert ["web"] == told.crowded()
    assert [] == told.crowded()


def test_addresses_of_two_minutes_are_not_added_up() -> None:
    """31 a minute are 31, for ever."""
    told = ToldAddresses()
    for minute in range(10):
        _tell(told, range(minute * 31, (minute + 1) * 31), minute)

    assert [] == told.crowded()


def test_addresses_that_were_there_before_are_not_new() -> None:
    """Many people who mistype today are no crowd of strangers."""
    told = ToldAddresses()
    _tell(told, range(500), right=500)
    _tell(told, range(500), minute=1)

    assert [] == told.crowded()


def test_tries_of_known_addresses_do_not_hide_the_new_ones() -> None:
    """However many log in rightly from where they always do."""
    told = ToldAddresses()
    _tell(told, range(500), right=500)
    _tell(told, range(500), minute=1, right=500)
    _tell(told, range(500, 561), minute=1)

    assert ["web"] == told.crowded()


def test_new_addresses_whose_logins_succeed_are_none() -> None:
    """A start, or a campaign: everybody is new, and gets in."""
    told = ToldAddresses()
    _tell(told, range(1_000), right=200)

    assert [] == told.crowded()


@pytest.mark.parametrize(("first", "expected"), [(0, ["web"]), (61, [])])
def test_addresses_seen_longest_ago_are_forgotten(first: int, expected: list[str]) -> None:
    """1,000 of an application are remembered; a forgotten one is new when it returns."""
    told = ToldAddresses()
    everybody = range(MOST_ADDRESSES + 61)
    _tell(told, everybody, right=len(everybody))
    _tell(told, range(first, first + 61), minute=1)

    assert expected == told.crowded()


def test_address_in_use_is_not_forgotten() -> None:
    """However long ago it was new."""
    told = ToldAddresses()
    for places in (range(MOST_ADDRESSES), range(61), range(MOST_ADDRESSES, MOST_ADDRESSES + 500)):
        _tell(told, places, right=len(places))
    _tell(told, range(61), minute=1)

    assert [] == told.crowded()


@pytest.mark.parametrize(("others", "expected"), [(MOST_CLIENTS, ["web"]), (MOST_CLIENTS - 1, [])])
def test_applications_seen_longest_ago_are_forgotten(others: int, expected: list[str]) -> None:
    """1,000 are remembered, each with its addresses."""
    told = ToldAddresses()
    _tell(told, range(61), right=61)
    for number in range(others):
        told.note(f"client {number}", "place", 0, has_failed=True)
    _tell(told, range(61), minute=1)

    assert expected == told.crowded()
