"""A search as a caller sends it: what cannot be read or carried out is refused with its place."""

from collections.abc import Iterator
from contextlib import contextmanager

from gateword.domain.management_refusal import ManagementRefusal
from gateword.domain.query import Every, Query, QueryError
from gateword.domain.refused import Refused
from gateword.policy import query_syntax


@contextmanager
def readable() -> Iterator[None]:
    """Refuse what the query language does not let through.

    Raises:
        Refused: INVALID_QUERY.
    """
    try:
        yield
    except QueryError as error:
        raise Refused(ManagementRefusal.INVALID_QUERY, fault=_plain(str(error))) from None


def asked(text: str | None) -> Query:
    """Return what `q` asks for; without it, everything.

    Raises:
        Refused: INVALID_QUERY.
    """
    if text is None or not text.strip():
        return Every(())
    with readable():
        return query_syntax.query(text)


def _plain(text: str) -> str:
    return "".join(c if c.isprintable() else "?" for c in text)
