"""`/mfa/…`: authenticators are listed, deleted, set up and asked for (Auth0: "MFA API")."""

from collections.abc import Mapping
from http import HTTPStatus

from starlette.requests import Request
from starlette.responses import Response

from gateword.domain.client import Client
from gateword.domain.login import Caller
from gateword.domain.mfa_refusal import MfaRefusal
from gateword.domain.refusal import Refusal
from gateword.domain.refused import Refused
from gateword.domain.secret import Secret
from gateword.login import authenticators, challenging, enrolling, mfa_bearer, second_step
from gateword.login import client as clients
from gateword.login.mfa_bearer import Bearer
from gateword.policy import client_auth, mfa_params, token_params
from gateword.policy.caller import caller
from gateword.policy.token_params import Fields
from gateword.values import dataclass
from gateword.web import admission, peer, wire
from gateword.web.endpoint import Visit
from gateword.web.rate_limit import RateLimit


@dataclass(frozen=True, slots=True)
class MfaEndpoint:
    """The MFA API.

    Attributes:
        per_user: Requests of whoever holds a token of a user: each of them writes.
    """

    body_timeout_s: float
    trusted_proxies: tuple[str, ...]
    per_user: RateLimit

    async def authenticators(self, visit: Visit) -> Response:
        """Answer the user's authenticators."""
        bearer = await self._bearer(visit, None)
        return wire.answer(await authenticators.listed(visit.tenancy.parts, bearer))

    async def remove(self, visit: Visit) -> Response:
        """Delete an authenticator."""
        bearer = await self._bearer(visit, None)
        id_, who = visit.request.path_params["id"], self._who(visit, None)
        await authenticators.removed(visit.tenancy.parts, bearer, id_, who)
        return Response(status_code=HTTPStatus.NO_CONTENT, headers=wire.NO_STORE)

    async def associate(self, visit: Visit) -> Response:
        """Begin an enrolment; a client that says who it is must prove it."""
        members, fields = await self._read(visit)
        client = await self._client(visit, fields)
        bearer = await self._bearer(visit, client)
        answer = await enrolling.enrolled(
            visit.tenancy.parts,
            visit.tenancy.plugs,
            await visit.tenancy.tenant(),
            bearer,
            mfa_params.enrollment(members),
            self._who(visit, client),
        )
        return wire.answer(wire.revealed(answer))

    async def challenge(self, visit: Visit) -> Response:
        """Ask for a factor."""
        _, fields = await self._read(visit)
        parts, tenant = visit.tenancy.parts, await visit.tenancy.tenant()
        proof = client_auth.presented(visit.request.headers.get("authorization"), fields)
        client = await clients.prove(parts, tenant, proof)
        visit.origins = client.origins
        token = fields.secrets.get("mfa_token")
        if token is None:
            raise Refused(Refusal.PARAMETER_MISSING, name="mfa_token")
        waiting = await second_step.found(parts, token, client.client_id)
        admission.take(visit, self.per_user, f"{tenant.key}:{waiting.user.key}")
        answer = await challenging.challenged(
            parts,
            visit.tenancy.plugs,
            tenant,
            waiting,
            mfa_params.challenge_types(fields.params.get("challenge_type")),
            authenticator_id=fields.params.get("authenticator_id"),
            channel=fields.params.get("oob_channel"),
            who=self._who(visit, client),
        )
        return wire.answer(wire.revealed(answer))

    async def _read(self, visit: Visit) -> tuple[Mapping[str, object], Fields]:
        body = await wire.read_body(visit.request, self.body_timeout_s, token_params.MAX_BODY_BYTES)
        content_type = visit.request.headers.get("content-type", "")
        members = token_params.members(content_type, body)
        return members, token_params.sorted_out(members)

    async def _client(self, visit: Visit, fields: Fields) -> Client | None:
        """Return the client that says who it is; SDKs say nothing, since the token does."""
        names = {*fields.params, *fields.secrets}
        if not names & {"client_id", "client_secret", "client_assertion"}:
            return None
        parts, tenant = visit.tenancy.parts, await visit.tenancy.tenant()
        proof = client_auth.presented(None, fields)
        if isinstance(proof, client_auth.NoProof):  # the token alone says enough
            client = await parts.stores.clients.get(proof.client_id)
            if client is None:
                raise Refused(MfaRefusal.BEARER_INVALID, detail="it is no client's")
            return client
        return await clients.prove(parts, tenant, proof)

    async def _bearer(self, visit: Visit, client: Client | None) -> Bearer:
        parts, tenant = visit.tenancy.parts, await visit.tenancy.tenant()
        token = _token(visit.request)
        client_id = client.client_id if client else None
        bearer = await mfa_bearer.presented(parts, tenant, token, client_id)
        admission.take(visit, self.per_user, f"{tenant.key}:{bearer.user.key}")
        owner = await parts.stores.clients.get(bearer.waiting.half.client_id)
        visit.origins = owner.origins if owner else frozenset()
        return bearer

    def _who(self, visit: Visit, client: Client | None) -> Caller:
        return caller(peer.read(visit.request, self.trusted_proxies), client)


def _token(request: Request) -> Secret:
    """Return the bearer token.

    Raises:
        Refused: BEARER_INVALID.
    """
    scheme, _, text = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not text.strip():
        raise Refused(MfaRefusal.BEARER_INVALID, detail="no bearer token")
    return Secret(text.strip())
