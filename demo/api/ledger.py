"""The workshop's books: believable rows for any user, always the same ones for the same `sub`."""

import hashlib
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from itertools import count
from typing import Final, TypeVar

_Option = TypeVar("_Option")

_JOBS: Final = (
    ("Oak dining table", "Joinery"),
    ("Window seat, Quay Street", "Fitting"),
    ("Pine bookcase, batch 14", "Sanding and oiling"),
    ("Ash stools, set of six", "Turning"),
    ("School library shelves", "Site survey"),
    ("Showroom repairs", "Finishing"),
)
_GOODS: Final = (
    ("Harbour dining table", 189_000),
    ("Pine reading chair", 64_500),
    ("Ash stool", 11_900),
    ("Wall shelf, oiled oak", 8_750),
    ("Bench with drawers", 72_000),
    ("Bread board", 3_400),
)
_STATES: Final = ("Delivered", "On its way", "In the workshop")


class _Dice:
    """Numbers that look thrown but follow from a seed, on every machine and Python alike."""

    def __init__(self, seed: str) -> None:
        self._bytes = self._stream(seed)

    def between(self, low: int, high: int) -> int:
        """Return a whole number from `low` up to but not including `high`."""
        thrown = int.from_bytes(bytes(next(self._bytes) for _ in range(4)))
        return low + thrown % (high - low)

    def pick(self, options: Sequence[_Option]) -> _Option:
        """Return one of the options."""
        return options[self.between(0, len(options))]

    @staticmethod
    def _stream(seed: str) -> Iterator[int]:
        for block in count():
            yield from hashlib.sha256(f"{block} {seed}".encode()).digest()


def timesheet(sub: str, today: date) -> dict[str, object]:
    """Return last week's hours of the employee `sub`, Monday to Friday."""
    dice = _Dice(f"timesheet {sub}")
    monday = today - timedelta(days=today.weekday() + 7)
    rows = []
    for day in range(5):
        job, task = dice.pick(_JOBS)
        hours = dice.pick((6.5, 7.0, 7.5, 8.0, 8.25))
        rows.append(
            {"day": str(monday + timedelta(days=day)), "job": job, "task": task, "hours": hours}
        )
    return {
        "sub": sub,
        "week_of": str(monday),
        "rows": rows,
        "total_hours": sum(float(str(row["hours"])) for row in rows),
    }


def orders(sub: str, today: date) -> dict[str, object]:
    """Return the orders of the customer `sub`, newest first; amounts in euro cents."""
    dice = _Dice(f"orders {sub}")
    placed = today
    rows = []
    for state in reversed(_STATES):
        placed -= timedelta(days=dice.between(3, 19))
        name, price_cents = dice.pick(_GOODS)
        pieces = dice.between(1, 4)
        rows.append(
            {
                "number": f"HP-{dice.between(10_400, 19_999)}",
                "placed": str(placed),
                "item": name,
                "pieces": pieces,
                "total_cents": pieces * price_cents,
                "state": state,
            }
        )
    return {"sub": sub, "currency": "EUR", "rows": rows}


def reports(sub: str, today: date) -> dict[str, object]:
    """Return the month's figures for whoever may read them; amounts in euro cents."""
    dice = _Dice(f"reports {today.year} {today.month}")
    rows = [
        {
            "workshop": name,
            "hours": dice.between(310, 520),
            "turnover_cents": dice.between(2_900_000, 7_800_000),
        }
        for name in ("Quay Street", "Pine Hill", "On site")
    ]
    return {"sub": sub, "month": f"{today:%Y-%m}", "currency": "EUR", "rows": rows}
