"""Which rooms are ready when somebody asks."""

import pytest

from gateword.rules import shelf
from gateword.rules.rooms import MOST_SPARE, Rooms, Shape
from gateword.rules.turn import Turn, memory

SHAPE: Shape = ("rules", ())
SCRIPTS = [{"id": "rul_1", "source": "function () {}", "form": "function"}]


@pytest.fixture
def rooms() -> Rooms:
    """Rooms of a process that has just begun, the first one made."""
    shelf.fill()
    made = Rooms(Turn(memory()))
    made.make_one()
    return made


def a_set(number: int) -> bytes:
    """Return the name of a set of scripts."""
    return number.to_bytes(16, "big")


def log_in(rooms: Rooms, number: int) -> bool:
    """Run a set of scripts, with time to make rooms behind it; say whether its own was ready."""
    is_furnished = rooms.taken(a_set(number), SHAPE).is_furnished
    rooms.ran(a_set(number), number + 1, SCRIPTS, SHAPE)
    while rooms.are_wanted:
        rooms.make_one()
    return is_furnished


def test_scripts_that_run_twice_find_their_room_furnished(rooms: Rooms) -> None:
    """Once could be a single login; from the third on it is there."""
    assert [False, False, True, True] == [log_in(rooms, 0) for _ in range(4)]


def test_scripts_of_many_tenants_in_turn_furnish_none(rooms: Rooms) -> None:
    """None would be there for the next of the same."""
    turns = [log_in(rooms, number) for _ in range(3) for number in range(MOST_SPARE + 1)]

    assert not any(turns)


def test_furnished_room_is_for_its_own_scripts(rooms: Rooms) -> None:
    """Others of the same shape take an empty one."""
    for _ in range(2):
        log_in(rooms, 0)

    assert not rooms.taken(a_set(1), SHAPE).is_furnished
    assert rooms.taken(a_set(0), SHAPE).is_furnished


def test_large_modules_are_not_kept_twice(rooms: Rooms) -> None:
    """The furnished room stands in for the empty one of its shape."""
    shape: Shape = ("rules", ("lodash",))
    for number in range(3):
        rooms.taken(a_set(0), shape)
        rooms.ran(a_set(0), number + 1, SCRIPTS, shape)
        while rooms.are_wanted:
            rooms.make_one()

    assert rooms.taken(a_set(0), shape).is_furnished
    assert shape not in rooms._spare  # noqa: SLF001  nobody else knows


def test_modules_that_others_want_too_stay_ready(rooms: Rooms) -> None:
    """Whoever has a furnished room takes nothing from the next tenant."""
    shape: Shape = ("rules", ("lodash",))
    for number in range(4):
        for one in (0, 1):
            rooms.taken(a_set(one), shape)
            rooms.ran(a_set(one), number + 1, SCRIPTS, shape)
            while rooms.are_wanted:
                rooms.make_one()

    assert shape in rooms._spare  # noqa: SLF001  nobody else knows


def test_scripts_that_weigh_much_hold_no_room(
    rooms: Rooms, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a tenant's scripts weigh is not kept for a login that may never come."""
    monkeypatch.setattr("gateword.rules.rooms.MOST_FURNISHED_BYTES", 1000)

    assert not any(log_in(rooms, 0) for _ in range(4))


def test_forgotten_scripts_have_no_room(rooms: Rooms) -> None:
    """What they want has changed."""
    for _ in range(3):
        log_in(rooms, 0)
    rooms.forget(a_set(0))

    assert not rooms.taken(a_set(0), SHAPE).is_furnished
