"""A resource of the Management API as data: verbs, scopes, bodies, answers.

From one declaration come the routes, the checks of what is asked, the scopes, the pages, the
OpenAPI document and the log. What a verb does is a function from a `Call` to its answer.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from typing import Final, TypeAlias

from gateword.domain.refused import RefusalTable
from gateword.domain.tenant import Tenant
from gateword.management.schema import Schema
from gateword.ports.parts import Parts
from gateword.values import dataclass, field

Document: TypeAlias = Mapping[str, object]
"""A JSON object."""

JSON: Final = "application/json"
MULTIPART: Final = "multipart/form-data"
MAX_BODY_BYTES: Final = 1024 * 1024
_NO_SCHEMAS: Final[Mapping[str, Schema]] = {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """Who calls: what the access token says of its bearer.

    Attributes:
        subject: `sub` of the token.
        client_id: Client that the token was issued to.
        jti: Id of the token.
    """

    subject: str
    client_id: str
    scopes: frozenset[str]
    jti: str = ""
    ip: str = ""
    user_agent: str = ""

    def may(self, *any_of: str) -> bool:
        """Say whether the token carries one of these; `a b` is carried by who has both."""
        return any(self.scopes.issuperset(one.split()) for one in any_of)


@dataclass(frozen=True, slots=True, kw_only=True)
class Paging:
    """Which part of a list is asked for.

    Attributes:
        start: Position of the first item, counted from 0.
        limit: Most items.
        with_totals: `include_totals`.
        by_checkpoint: `take` was sent: `after` and `limit` count, `start` does not.
        after: What `from` carried: the last item of the page before.
    """

    start: int = 0
    limit: int = 50
    with_totals: bool = False
    by_checkpoint: bool = False
    after: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One request, checked: the bearer may do this, and what was sent has the declared form.

    Attributes:
        path: Values of the path's `{names}`, percent-decoded.
        query: Declared query parameters that were sent, in their declared type.
        body: The body when it is an object; empty otherwise.
        items: The body when it is a list; empty otherwise.
        files: Uploaded files by name, of a multipart body.
        at: Time of the request.
    """

    parts: Parts
    tenant: Tenant
    actor: Actor
    at: datetime
    path: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, object] = field(default_factory=dict)
    body: Document = field(default_factory=dict)
    items: Sequence[object] = ()
    files: Mapping[str, bytes] = field(default_factory=dict)
    paging: Paging = field(default_factory=Paging)

    def text(self, name: str) -> str | None:
        """Return a query parameter that is text, if it was sent."""
        value = self.query.get(name)
        return value if isinstance(value, str) else None


@dataclass(frozen=True, slots=True)
class Slice:
    """One page of a list that the verb has cut itself.

    Attributes:
        items: Those of the page.
        total: How many there are; None when nobody counted.
        next: What `from` must carry for the page behind; None at the end.
    """

    items: Sequence[Document]
    total: int | None = None
    next: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """How a verb's list goes over the wire.

    Attributes:
        key: Member that holds the items when there are totals or a checkpoint.
        id: Member by which a checkpoint remembers an item; unique in the list.
        item: Schema of one item.
        totals: `page`, `per_page` and `include_totals` are understood.
        checkpoint: `from` and `take` are understood.
        with_length: Totals also say how many items the page has.
        default: Items of a page when `per_page` is not sent.
        always: Send the object with `key` also when nobody asked for totals.
        bare_checkpoint: Checkpoint answers are plain lists (logs).
    """

    key: str
    item: Schema
    id: str = "id"
    totals: bool = True
    checkpoint: bool = False
    with_length: bool = False
    default: int = 50
    always: bool = False
    bare_checkpoint: bool = False


Run: TypeAlias = Callable[[Call], Awaitable[object]]
"""What a verb does.

It returns a document, a list or `Slice` for a `listed` verb, or None for an empty answer.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verb:
    """One method on one path.

    Attributes:
        path: Behind `/api/v2`, with `{names}`; each name is one segment, percent-decoded.
        scopes: One of these must be in the token; `a b` stands for both together.
        run: Does it.
        summary: What it does, for the OpenAPI document.
        body: Schema of the request's body; None when none is read.
        optional_body: The body may be missing altogether.
        media: JSON or MULTIPART.
        query: Query parameters by name; those of pages and fields are added by `listed`/`fields`.
        listed: The answer is a list.
        fields: `fields` and `include_fields` are understood.
        status: Of the answer.
        answer: Schema of the answer's body; None for an empty one, or with `listed`.
        also: Further statuses that the answer may have, for the document.
        refusals: Rows that are this verb's own, for the document.
        hidden: Members of body and answer that no log may hold, besides those marked `secret`.
        max_body_bytes: Larger bodies are refused.
    """

    method: str
    path: str
    scopes: tuple[str, ...]
    run: Run
    summary: str
    body: Schema | None = None
    optional_body: bool = False
    media: str = JSON
    query: Mapping[str, Schema] = field(default_factory=lambda: _NO_SCHEMAS)
    listed: Listed | None = None
    fields: bool = False
    status: int = 200
    answer: Schema | None = None
    also: tuple[int, ...] = ()
    refusals: tuple[RefusalTable, ...] = ()
    hidden: frozenset[str] = frozenset()
    max_body_bytes: int = MAX_BODY_BYTES

    @property
    def is_logged(self) -> bool:
        """Whether a granted call is logged; reads are not."""
        return self.method != "GET"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Resource:
    """A noun of the Management API; one declaration is itself, and none other."""

    name: str
    doc: str
    verbs: tuple[Verb, ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer with a status of its own, where it depends on what was found.

    Attributes:
        status: One of the verb's `also`.
        body: None for an empty one.
    """

    status: int
    body: object = None
