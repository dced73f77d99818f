"""From a request's parameters to tokens: the checks before any grant, the grant, the log.

The order is fixed so that nothing about users shows before the client is proved: grant type,
client, grant allowed, first party, and only then what the grant itself asks.
"""

import asyncio
from collections.abc import Mapping
from datetime import datetime
from functools import partial
from typing import Final

from gateword.domain.client import Client
from gateword.domain.login import Peer, TokenAsk
from gateword.domain.refusal import Refusal
from gateword.domain.refused import Refused
from gateword.domain.tenant import Tenant
from gateword.domain.token import TokenSet
from gateword.login import audit, forwarding
from gateword.login import client as clients
from gateword.policy import client_auth
from gateword.policy.caller import caller, counted
from gateword.policy.token_params import Fields, quoted
from gateword.ports.crypto import ASKER, Asker
from gateword.ports.grant import Grant
from gateword.ports.parts import Parts
from gateword.values import replace

GRANT_TYPES_PAGE: Final = "https://auth0.com/docs/clients/client-grant-types"


async def answer(
    parts: Parts,
    grants: Mapping[str, Grant],
    fields: Fields,
    authorization: str | None,
    peer: Peer,
) -> tuple[Client, TokenSet]:
    """Answer one ask and log it.

    Args:
        parts: Of the tenant that was asked.
        grants: Grant types that the tenant answers.
        fields: Parameters of the request.
        authorization: Value of the Authorization header.
        peer: The other end as the transport saw it.

    Raises:
        Refused: Any row of the table; it has been logged as its row says.
    """
    grant = _grant(grants, fields)
    at = parts.clock.now()
    trace = audit.Trace(
        at=at,
        grant=grant,
        caller=caller(peer, None),
        client_id=quoted(fields.params.get("client_id", "")),
        audience=fields.params.get("audience"),
        scope=fields.scope,
    )
    logs = parts.stores.logs
    try:
        proof = client_auth.presented(authorization, fields)
        trace = replace(trace, client_id=quoted(proof.client_id or trace.client_id))
        tenant = await parts.stores.settings.get()
        client = await clients.prove(parts, tenant, proof)
        trace = replace(trace, client=client, client_id=client.client_id)
        _check_allowed(client, grant)
        if grant.is_for_user_at:
            trace = replace(trace, caller=caller(peer, client))
            await forwarding.check(parts, trace.caller, client)
        ASKER.set(Asker(tenant.domain, client.client_id, counted(trace.caller.ip)))
        tokens = await grant.answer(_ask(tenant, client, trace, fields, at))
    except Refused as refused:
        await audit.refused(logs, trace, refused)
        raise
    except asyncio.CancelledError:
        await asyncio.shield(audit.refused(logs, trace, Refused(Refusal.CLIENT_GONE)))
        raise
    await audit.granted(logs, trace, tokens)
    return client, tokens


def _grant(grants: Mapping[str, Grant], fields: Fields) -> Grant:
    grant_type = fields.params.get("grant_type")
    if grant_type is None:
        raise Refused(Refusal.GRANT_TYPE_MISSING)
    if grant_type not in grants:
        raise Refused(Refusal.GRANT_TYPE_UNKNOWN, grant_type=quoted(grant_type))
    return grants[grant_type]


def _check_allowed(client: Client, grant: Grant) -> None:
    row = Refusal.GRANT_NOT_ALLOWED
    detail = f"the client's grant_types are {', '.join(client.grant_types) or 'empty'}"
    if client.may_use(grant.grant_type):
        if client.is_first_party or not grant.first_party_only:
            return
        row = Refusal.CLIENT_THIRD_PARTY
        detail = "third-party clients may not use the password grants"
    page = {"error_uri": GRANT_TYPES_PAGE}
    raise Refused(row, detail=detail, body=page, grant_type=grant.grant_type)


def _ask(
    tenant: Tenant, client: Client, trace: audit.Trace, fields: Fields, at: datetime
) -> TokenAsk:
    return TokenAsk(
        tenant=tenant,
        grant_type=trace.grant.grant_type,
        client=client,
        caller=trace.caller,
        params=fields.params,
        secrets=fields.secrets,
        scope=fields.scope,
        scope_is_malformed=fields.scope_is_malformed,
        at=at,
        rows=partial(audit.rows, trace),
    )
