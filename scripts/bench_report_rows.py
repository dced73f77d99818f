"""The rows of a report."""

from typing import Any


def title(text: str) -> str:
    """Return the line above a table."""
    return f"\n{text}"


def row(label: str, figure: str, *rest: str) -> str:
    """Return a line of a table: what it is, the figure that counts, and what stands beside it."""
    return f"  {label:<36}{figure:>7}  {'  '.join(part for part in rest if part)}"


def verdict(good: bool, goal: str) -> str:  # noqa: FBT001  a verdict is a truth value
    """Return whether a goal is met."""
    return f"[goal {goal}: {'met' if good else 'SHORT'}]"


def counted(one: dict[str, Any]) -> str:
    """Return how many requests there were, and what became of them."""
    return f"{one['requests']} requests, {one['errors']} errors, {one['busy']} x 503"
