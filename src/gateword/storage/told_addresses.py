"""What one process remembers of the addresses that applications tell it."""

from collections import OrderedDict
from collections.abc import Sequence
from typing import Final

from gateword.policy.alarm import is_crowd
from gateword.values import dataclass, field

MOST_CLIENTS: Final = 1_000
MOST_ADDRESSES: Final = 1_000
"""Of one application; those seen longest ago are forgotten first."""


@dataclass(slots=True)
class _Told:
    """What an application told in a minute, and when each of its addresses was new.

    Attributes:
        tries: From addresses that are new in this minute.
        failures: Of these.
    """

    minute: int = 0
    new: int = 0
    tries: int = 0
    failures: int = 0
    new_in: OrderedDict[str, int] = field(default_factory=OrderedDict)


class ToldAddresses:
    """Applications that tell many new addresses from which nearly every login fails.

    After a start every address is new; that alone alarms nobody.
    """

    def __init__(self) -> None:
        self._clients: OrderedDict[str, _Told] = OrderedDict()
        self._crowded: set[str] = set()

    def note(self, client_id: str, place: str, minute: int, *, has_failed: bool) -> None:
        """Count a try from an address that the application told."""
        told = self._clients.setdefault(client_id, _Told())
        self._clients.move_to_end(client_id)
        if len(self._clients) > MOST_CLIENTS:
            self._clients.popitem(last=False)
        if told.minute != minute:
            told.minute, told.new, told.tries, told.failures = minute, 0, 0, 0
        if place not in told.new_in:
            told.new_in[place] = minute
            told.new += 1
        told.new_in.move_to_end(place)
        if len(told.new_in) > MOST_ADDRESSES:
            told.new_in.popitem(last=False)
        if told.new_in[place] == minute:
            told.tries += 1
            told.failures += has_failed
            if is_crowd(told.new, told.tries, told.failures):
                self._crowded.add(client_id)

    def crowded(self) -> Sequence[str]:
        """Return the applications of which that is true since this was last asked."""
        found, self._crowded = sorted(self._crowded), set()
        return found
