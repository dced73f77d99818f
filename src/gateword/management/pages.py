"""How lists go over the wire: plain, with totals, by checkpoint; and `fields`.

Source: Auth0 Management API v2 "Pagination", recorded answers.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from gateword.domain.management_refusal import ManagementRefusal
from gateword.domain.refused import Refused
from gateword.management.resource import Document, Listed, Paging, Slice
from gateword.management.schema import Schema, flag, text, whole

MAX_PER_PAGE: Final = 100
MAX_PAGE: Final = 1_000_000
DEFAULT_TAKE: Final = 50

FIELDS: Final[Mapping[str, Schema]] = {
    "fields": text("Members to keep or, with include_fields=false, to leave out.", most=2048),
    "include_fields": flag("Whether `fields` are kept (true) or left out (false)."),
}
TOTALS: Final[Mapping[str, Schema]] = {
    "page": whole("Page, counted from 0.", most=MAX_PAGE),
    "per_page": whole("Items of a page.", most=MAX_PER_PAGE),
    "include_totals": flag("Answer an object with `start`, `limit` and `total` around the items."),
}
CHECKPOINT: Final[Mapping[str, Schema]] = {
    "from": text("`next` of the page before.", most=2048),
    "take": whole("Items of a page.", least=1, most=MAX_PER_PAGE),
}


def asked(query: Mapping[str, object], listed: Listed, opened: Callable[[str], str]) -> Paging:
    """Return which part of a list is asked for; `take` wins over pages.

    Args:
        query: Checked query parameters.
        listed: How the verb's list goes over the wire.
        opened: Returns what a checkpoint of ours carries.

    Raises:
        Refused: INVALID_QUERY when `from` is none of ours.
    """
    after = query.get("from")
    is_paged_so = "take" in query or isinstance(after, str) or not listed.totals
    if listed.checkpoint and is_paged_so:
        return Paging(
            limit=_whole(query, "take", DEFAULT_TAKE),
            by_checkpoint=True,
            after=_after(after, listed, opened),
        )
    per_page = _whole(query, "per_page", listed.default) or listed.default
    return Paging(
        start=_whole(query, "page", 0) * per_page,
        limit=per_page,
        with_totals=query.get("include_totals") is True,
    )


def cut(items: Sequence[Document], paging: Paging, id_of: Callable[[Document], str]) -> Slice:
    """Return the asked part of a list that is all there, in the order of its ids by checkpoint.

    Args:
        items: All of them.
        paging: Which part.
        id_of: What a checkpoint remembers of an item; unique in the list.
    """
    if not paging.by_checkpoint:
        return Slice(items[paging.start : paging.start + paging.limit], len(items))
    ordered = sorted(items, key=id_of)
    behind = [item for item in ordered if paging.after is None or id_of(item) > paging.after]
    page = behind[: paging.limit]
    return Slice(page, len(items), id_of(page[-1]) if len(behind) > len(page) else None)


def wrapped(
    page: Slice, paging: Paging, listed: Listed, sealed: Callable[[str], str]
) -> Document | Sequence[Document]:
    """Return the answer's body for one page of a list.

    Args:
        page: What the verb answered, `fields` already applied.
        paging: What was asked.
        listed: How the verb's list goes over the wire.
        sealed: Returns the checkpoint that carries a text.
    """
    if paging.by_checkpoint:
        if listed.bare_checkpoint:
            return page.items
        body: dict[str, object] = {listed.key: page.items}
        return body if page.next is None else body | {"next": sealed(page.next)}
    if not paging.with_totals:
        return {listed.key: page.items} if listed.always else page.items
    total = len(page.items) if page.total is None else page.total
    body = {"start": paging.start, "limit": paging.limit, "total": total}
    if listed.with_length:
        body["length"] = len(page.items)
    return body | {listed.key: page.items}


def chosen(document: Document, query: Mapping[str, object]) -> Document:
    """Return a document with only the members that `fields` asks for, or without them.

    Nested members, also those of a list's objects, are named with dots; names that are not there
    add nothing (promise M3).
    """
    fields = query.get("fields")
    if not isinstance(fields, str) or not fields.strip():
        return document
    names = [name.strip() for name in fields.split(",") if name.strip()]
    if query.get("include_fields") is False:
        return _without(document, names)
    return _only(document, names)


def _only(document: Document, names: Sequence[str]) -> Document:
    whole, inside = frozenset(names), _inside(names)
    kept: dict[str, object] = {}
    for name, value in document.items():
        if name in whole:
            kept[name] = value
        elif name in inside and isinstance(value, Mapping | list):
            kept[name] = _each(_only, value, inside[name])
    return kept


def _without(document: Document, names: Sequence[str]) -> Document:
    whole, inside = frozenset(names), _inside(names)
    kept: dict[str, object] = {}
    for name, value in document.items():
        if name not in whole:
            inner = inside.get(name)
            kept[name] = _each(_without, value, inner) if inner else value
    return kept


def _inside(names: Sequence[str]) -> Mapping[str, list[str]]:
    """Return, by what may be a member's name, what is asked of the inside of that member."""
    found: dict[str, list[str]] = {}
    for name in names:
        for at, char in enumerate(name):
            if char == ".":
                found.setdefault(name[:at], []).append(name[at + 1 :])
    return found


def _each(
    cut: Callable[[Document, Sequence[str]], Document], value: object, names: list[str]
) -> object:
    """Return a value with its object, or each object of its list, cut."""
    if isinstance(value, Mapping):
        return cut(value, names)
    if isinstance(value, list):
        return [_each(cut, item, names) for item in value]
    return value


def refuse_checkpoint() -> Refused:
    """Return the refusal of a `from` that is none of ours."""
    return Refused(ManagementRefusal.INVALID_QUERY, fault="Unknown checkpoint on property from")


def _after(sent: object, listed: Listed, opened: Callable[[str], str]) -> str | None:
    if not isinstance(sent, str):
        return None
    return sent if listed.bare_checkpoint else opened(sent)  # a log id is nobody's secret


def _whole(query: Mapping[str, object], name: str, default: int) -> int:
    value = query.get(name)
    return value if isinstance(value, int) else default
