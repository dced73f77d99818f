import copy
from collections.abc import Iterator
from typing import Any

import pytest

from gateword.provision.apply import apply
from gateword.provision.files import load_text
from gateword.provision.plan import Faulty
from tests.support.house import House
from tests.unit.provision.applying import RICH

ODD = (None, True, -1, 0.5, "", "x", [], {}, [None], [[]], {"x": 1}, [{"x": 1}], "\U0001f600")
DOCUMENT = dict(load_text("rich.yaml", RICH, {}).root) | {
    "x-gateword-users": [
        {"connection": "Customers", "email": "a@example.com", "password": "Correct horse 1",
         "user_metadata": {"a": 1}, "roles": ["Clerk"]}
    ],
}  # fmt: skip


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Return the path to every member and item."""
    inner = value.items() if isinstance(value, dict) else ()
    inner = enumerate(value) if isinstance(value, list) else inner
    for name, one in inner:
        yield (*path, name)
        yield from places(one, (*path, name))


@pytest.mark.parametrize("section", sorted(DOCUMENT))
async def test_any_value_in_any_place_is_taken_or_named(house: House, section: str) -> None:
    """Whatever a caller sends, the answer is changes or faults, never a failure of ours."""
    told: list[str] = []
    for path in places({section: DOCUMENT[section]}):
        for odd in ODD:
            document = copy.deepcopy(DOCUMENT)
            holder: Any = document
            for step in path[:-1]:
                holder = holder[step]
            holder[path[-1]] = odd
            try:
                await apply(document, house.parts, dry_run=True)
            except Faulty as faulty:
                told += [fault.text for fault in faulty.faults]

    assert told
    assert all(told)
