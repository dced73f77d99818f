"""Items of a section that are matched by their names."""

from collections.abc import Iterable, Iterator

from gateword.policy.members import Members


def by_name(items: Iterable[Members], what: str) -> Iterator[tuple[str, Members]]:
    """Yield each item with its name; without one, or with one that stood before, it is a fault.

    Args:
        items: Of one section, in the order of the file.
        what: What an item is, with its article, for the fault.
    """
    seen: set[str] = set()
    for item in items:
        name = item.required_text("name")
        if name in seen:
            item.fault(f"{what} named {name} stands in the file twice", "name")
        elif name:
            seen.add(name)
            yield name, item
