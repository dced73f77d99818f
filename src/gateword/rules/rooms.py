"""Rooms made ready before anybody asks.

Rule 1: each is for one run. Rule 2: a furnished one, its scripts compiled already, is for runs of
these alone and holds nothing that they are given. Rule 3: only scripts of which compiling runs
nothing are compiled before somebody asks.
"""

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from typing import Final

import quickjs  # type: ignore[import-untyped]  # it brings no types

from gateword.rules.compiling import furnish
from gateword.rules.room import Room
from gateword.rules.turn import Turn

MOST_SPARE: Final = 4
"""Rooms made ready, each for other modules; as many more are furnished."""

MOST_FURNISHED_BYTES: Final = 6 << 20
"""A furnished room that is larger does not wait for a login that may never come."""

Shape = tuple[str, tuple[str, ...]]
"""What a room is made for: a kind, and modules."""


class _Place:
    """Scripts that ran, for which a room may be furnished."""

    def __init__(self, scripts: Sequence[Mapping[str, str]], shape: Shape) -> None:
        self.scripts = scripts
        self.shape = shape
        self.run = 0
        self.is_large = False
        self.room: Room | None = None

    @property
    def is_wanted(self) -> bool:
        return self.room is None and self.run > 0 and not self.is_large


class Rooms:
    """Rooms that are there, and those that will be wanted.

    Args:
        turn: Is told whose scripts are compiled.
    """

    def __init__(self, turn: Turn) -> None:
        self._turn = turn
        self._spare: OrderedDict[Shape, Room | None] = OrderedDict({("rules", ()): None})
        self._places: OrderedDict[bytes, _Place] = OrderedDict()

    @property
    def are_wanted(self) -> bool:
        """Some are still to be made."""
        return None in self._spare.values() or any(one.is_wanted for one in self._places.values())

    def taken(self, set_: bytes, shape: Shape) -> Room:
        """Return a room, and note that another one like it will be wanted."""
        place = self._places.get(set_)
        if place is not None and place.room is not None:
            room, place.room = place.room, None
            return room
        spare = self._spare.pop(shape, None)
        self._spare[shape] = None
        while len(self._spare) > MOST_SPARE:
            self._spare.popitem(last=False)
        return spare or Room(*shape)

    def ran(
        self, set_: bytes, run: int, scripts: Sequence[Mapping[str, str]], shape: Shape
    ) -> None:
        """Note scripts that run nothing when they are compiled; the second time makes a wish."""
        place = self._places.pop(set_, None)
        if place is None:
            place = _Place(scripts, shape)
        else:
            place.run = run
        self._places[set_] = place
        while len(self._places) > MOST_SPARE:
            self._places.popitem(last=False)

    def forget(self, set_: bytes) -> None:
        """Furnish no room for these scripts any more."""
        self._places.pop(set_, None)

    def make_one(self) -> None:
        """Make one room; the rest is for the next time nobody waits.

        Furnished ones come first: where logins follow each other closely, each is the next one's.
        """
        for place in reversed(self._places.values()):
            if place.is_wanted:
                self._furnish(place)
                return
        for shape, room in reversed(self._spare.items()):
            if room is None:
                self._make_spare(shape)
                return

    def _make_spare(self, shape: Shape) -> None:
        try:
            self._spare[shape] = Room(*shape)
        except (quickjs.JSException, MemoryError):  # who comes is told so, or finds room then
            self._spare.pop(shape)

    def _furnish(self, place: _Place) -> None:
        self._turn.begin(place.run)
        try:
            room = Room(*place.shape)
            furnish(room, place.scripts)
            is_large = room.context.memory()["malloc_size"] > MOST_FURNISHED_BYTES
        except (quickjs.JSException, MemoryError):
            is_large = True
        finally:
            self._turn.end()
        if is_large:
            place.is_large = True
            return
        place.room = room
        others = (one.shape for one in self._places.values() if one is not place)
        if place.shape[1] and place.shape not in others:  # large modules are not kept twice
            self._spare.pop(place.shape, None)
