"""The page of the Management API, made from the declarations of its resources."""

from collections.abc import Callable, Iterable, Sequence
from typing import Final

from gateword.management.resource import MULTIPART, Resource, Verb
from gateword.policy import documented
from gateword.resources import RESOURCES

Table = Callable[[Sequence[str], Iterable[Sequence[str]]], str]

_HEAD: Final = """# Management API

`https://{domain}/api/v2/…`: the calls of Auth0's Management API v2 that Gateword answers, in their
form. The server describes them itself at `/api/v2/openapi.json` (OpenAPI 3.1): members of bodies
and answers, query parameters, statuses.

**Token.** A bearer token for the audience `https://{domain}/api/v2/`, by the client-credentials
grant; `gateword init` makes a client that may ask for one with every scope. What is missing is
told in this order: token (401), scope (403), path and query (400), body (400). A call needs one of
the scopes in its line; `a` and `b` together where it says so.

**Bodies** are JSON. A member that is not declared is 400 `invalid_body`, with its name. In a
PATCH, `null` takes a member back to its default. Refusals are `{"statusCode", "error", "message",
"errorCode"}`: [Errors](errors.md).

**Lists** are plain arrays; where the line says

- *totals*: `page` (from 0), `per_page` (up to 100) and `include_totals=true` answer `{start,
  limit, total, …}`;
- *checkpoint*: `take` (up to 100) and `from` (the `next` of the page before) go through lists of
  any length;
- *fields*: `fields=a,b.c` keeps these members, with `include_fields=false` it leaves them out.

**Limits.** `management_rate_per_s` calls a second ([Settings](settings.md)); each answer has
`x-ratelimit-limit`, `x-ratelimit-remaining` and `x-ratelimit-reset`, and 429 has `retry-after`.
Bodies are up to 1 MiB where nothing else is said. Every call that changes something is in the
tenant's log as `sapi`, every refused one as `fapi`, without secrets.

"""


def page(table: Table) -> str:
    """Return the page.

    Args:
        table: Renders a head and rows in Markdown.
    """
    return (
        _HEAD
        + "\n".join(_resource(resource, table) for resource in RESOURCES)
        + "\n## Stored without effect\n\nMembers that Auth0 documents; they are kept and returned, "
        "and nothing here acts on them.\n\n"
        + table(
            ("Of", "Members"),
            (
                (noun, ", ".join(f"`{name}`" for name in sorted(names)))
                for noun, names in documented.WITHOUT_EFFECT.items()
            ),
        )
    )


def _resource(resource: Resource, table: Table) -> str:
    rows = (_row(verb) for verb in resource.verbs)
    head = ("Call", "What it does", "Scopes", "Status", "Lists", "Refusals of its own")
    return f"## {resource.name}\n\n{resource.doc}\n\n{table(head, rows)}"


def _row(verb: Verb) -> Sequence[str]:
    return (
        f"`{verb.method} {verb.path}`",
        verb.summary + (" (multipart form)" if verb.media == MULTIPART else ""),
        "<br>".join(" and ".join(f"`{one}`" for one in scope.split()) for scope in verb.scopes),
        ", ".join(map(str, (verb.status, *verb.also))),
        ", ".join(_modes(verb)),
        ", ".join(row.name for row in verb.refusals),
    )


def _modes(verb: Verb) -> Iterable[str]:
    if verb.listed is not None and verb.listed.totals:
        yield "totals"
    if verb.listed is not None and verb.listed.checkpoint:
        yield "checkpoint"
    if verb.fields:
        yield "fields"
