"""What every no has in common: a row of a table, and the exception that carries it."""

from collections.abc import Mapping
from enum import Enum
from typing import Final, Literal, TypeAlias

from gateword.domain.log_event import LogCode, LogFacts
from gateword.values import dataclass

OWN_FAILURE: Final = "own"
"""Stands in a row's `log` for the failure code of the grant that was asked (`fepft`, …)."""

Logged: TypeAlias = tuple[LogCode | Literal["own"], ...]


@dataclass(frozen=True, slots=True)
class Row:
    """One refusal as it goes over the wire and into the log.

    Attributes:
        status: HTTP status.
        error: Code that programs test: OAuth's `error`, the Management API's `errorCode`.
        description: Text for people; `{name}` is filled from the refusal's `names`.
        log: Codes of the log rows it writes; empty when the ask is not logged at all.
        source: Where the wire form comes from.
    """

    status: int
    error: str
    description: str
    log: Logged
    source: str


class RefusalTable(Enum):
    """A table of refusals, one for each face of the server; the members are its rows."""

    @property
    def row(self) -> Row:
        """The row of the table."""
        row: Row = self.value
        return row


class Refused(Exception):
    """A refusal on its way up; raised below the web, answered in one place only.

    Args:
        refusal: The row.
        detail: For the log alone; never reaches the wire. Must not hold a secret.
        retry_after_s: Seconds after which a new try makes sense, for 429 and 503.
        body: Further members of the answer's body.
        facts: Whom and what it was about, for the log.
        is_quiet: Not logged by itself: it is one of a flood, told of by the next that is.
        names: Fill the row's description, and are what it may quote of the request.
    """

    def __init__(
        self,
        refusal: RefusalTable,
        detail: str | None = None,
        *,
        retry_after_s: int | None = None,
        body: Mapping[str, object] | None = None,
        facts: LogFacts | None = None,
        is_quiet: bool = False,
        **names: str,
    ) -> None:
        super().__init__(refusal.name)
        self.refusal = refusal
        self.detail = detail
        self.retry_after_s = retry_after_s
        self.body: Mapping[str, object] = body or {}
        self.facts = facts or LogFacts()
        self.is_quiet = is_quiet
        self.names: Mapping[str, str] = names

    @property
    def description(self) -> str:
        """The row's text with its names filled in."""
        return self.refusal.row.description.format(**self.names)
