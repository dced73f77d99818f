"""What `/oauth/revoke` and `/oauth/introspect` share: a body, and a client that proves itself."""

from http import HTTPStatus

from gateword.domain.client import Client
from gateword.domain.refusal import Refusal
from gateword.domain.refused import Refused
from gateword.login import client as clients
from gateword.policy import client_auth
from gateword.policy.token_params import Fields
from gateword.web.endpoint import Visit


async def proved(visit: Visit, fields: Fields, *, confidential: bool = False) -> Client:
    """Return the client of a request; with `confidential` only one that can keep a secret.

    Raises:
        Refused: CLIENT_AUTH_FAILED, whatever was wrong with the proof; or what is wrong with
            the request itself.
    """
    parts = visit.tenancy.parts
    try:
        proof = client_auth.presented(visit.request.headers.get("authorization"), fields)
        client = await clients.prove(parts, await visit.tenancy.tenant(), proof)
    except Refused as refused:
        if refused.refusal.row.status == HTTPStatus.UNAUTHORIZED:
            raise Refused(Refusal.CLIENT_AUTH_FAILED, detail=refused.detail) from None
        raise
    if confidential and not client.is_confidential:
        raise Refused(Refusal.CLIENT_AUTH_FAILED, detail="public clients may not ask")
    visit.origins = client.origins
    return client


def challenge(refused: Refused, domain: str) -> dict[str, str]:
    """Return the header of a failed client authentication (RFC 6749 §5.2)."""
    failed = refused.refusal is Refusal.CLIENT_AUTH_FAILED
    return {"www-authenticate": f'Basic realm="{domain}"'} if failed else {}
