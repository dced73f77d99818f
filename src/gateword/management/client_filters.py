"""Which clients a list is asked for.

Source: Auth0 Management API v2 "Get clients": filters, and the two questions that `q` may ask.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Final

from gateword.domain.client import Client
from gateword.domain.management_refusal import ManagementRefusal
from gateword.domain.refused import Refused
from gateword.domain.resource_server import ClientGrant
from gateword.management.resource import Call
from gateword.management.schema import Schema, array, flag, text

QUERY: Final[Mapping[str, Schema]] = {
    "is_global": flag("Whether to answer the hidden global client alone, or without it."),
    "is_first_party": flag("First-party or third-party clients alone."),
    "app_type": array(text(most=64), "Clients of these types.", most=50),
    "client_ids": array(text(most=128), "Clients with these ids.", most=100),
    "external_client_id": text("The client with this external id.", most=4096),
    "q": text(
        "`client_grant.organization_id:ID`, `client_grant.allow_any_organization:true`, or both"
        " with AND.",
        most=1024,
    ),
}
_TERM: Final = re.compile(
    r'client_grant\.(?:(organization_id):"?[\w-]+"?|(allow_any_organization):"?(true|false)"?)'
)
_NOT_OF_THE_GLOBAL: Final = frozenset({"app_type", "external_client_id"})


async def chosen(call: Call, clients: Sequence[Client]) -> list[Client]:
    """Return the clients that the query's filters let through.

    Raises:
        Refused: INVALID_QUERY for a `q` that asks something else.
    """
    query = call.query
    if query.get("is_global") is True:
        return []
    kept = [client for client in clients if _fits(client, query)]
    q = _question(query)
    if q is None:
        return kept
    terms = _terms(q)
    grants = await call.parts.stores.client_grants.all()
    granted = {grant.client_id for grant in grants if _fits_grant(grant, terms)}
    return [client for client in kept if client.client_id in granted]


def wants_global(call: Call, global_id: str) -> bool:
    """Say whether the hidden global client belongs into the list."""
    query = call.query
    if query.get("is_global") is False:
        return False
    ids = query.get("client_ids")
    if isinstance(ids, list) and global_id not in ids:
        return False
    if query.get("is_first_party") is False or _question(query) is not None:
        return False
    return not query.keys() & _NOT_OF_THE_GLOBAL


def _question(query: Mapping[str, object]) -> str | None:
    """Return what `q` asks; an empty one asks nothing."""
    q = query.get("q")
    return q if isinstance(q, str) and q.strip() else None


def _fits(client: Client, query: Mapping[str, object]) -> bool:
    first_party, external = query.get("is_first_party"), query.get("external_client_id")
    if first_party is not None and client.is_first_party is not first_party:
        return False
    if external is not None and client.document.get("external_client_id") != external:
        return False
    return _is_among(client.document.get("app_type"), query.get("app_type")) and _is_among(
        client.client_id, query.get("client_ids")
    )


def _is_among(value: object, listed: object) -> bool:
    return not isinstance(listed, list) or value in listed


def _terms(q: str) -> list[re.Match[str]]:
    matches = [_TERM.fullmatch(term.strip()) for term in q.split(" AND ")]
    terms = [match for match in matches if match is not None]
    if len(terms) < len(matches):
        raise Refused(
            ManagementRefusal.INVALID_QUERY,
            fault="Only client_grant.organization_id and client_grant.allow_any_organization"
            " can be asked on property q",
        )
    return terms


def _fits_grant(grant: ClientGrant, terms: Sequence[re.Match[str]]) -> bool:
    is_open = grant.document.get("allow_any_organization") is True
    # There are no organizations here, so none has a grant.
    return all(not term[1] and is_open is (term[3] == "true") for term in terms)
