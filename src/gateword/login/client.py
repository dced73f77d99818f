"""Who is calling: find the client and hold it to its one way of proving itself."""

import hmac
from typing import Final

from gateword.domain.client import AuthMethod, Client
from gateword.domain.refusal import Refusal
from gateword.domain.refused import Refused
from gateword.domain.secret import Secret
from gateword.domain.tenant import Tenant
from gateword.policy import assertion as assertions
from gateword.policy.client_auth import AssertionProof, NoProof, Proof, SecretProof
from gateword.ports.parts import Parts

_NOBODYS_SECRET: Final = Secret("no client has this secret: it only keeps the comparison going")
STRICT_METHOD_FLAG: Final = "strict_client_auth_method"


async def prove(parts: Parts, tenant: Tenant, proof: Proof) -> Client:
    """Return the client whose proof was presented.

    Unknown clients, wrong and missing secrets give the same answer, so ids cannot be probed.

    Raises:
        Refused: CLIENT_UNKNOWN, CLIENT_SECRET_WRONG, CLIENT_SECRET_MISSING,
            CLIENT_METHOD_WRONG or CLIENT_ASSERTION_BAD.
    """
    match proof:
        case NoProof(client_id):
            return _without_proof(await _find(parts, client_id))
        case SecretProof(client_id):
            return await _with_secret(parts, tenant, client_id, proof)
        case AssertionProof():
            return await _by_assertion(parts, tenant, proof)


async def _find(parts: Parts, client_id: str) -> Client:
    client = await parts.stores.clients.get(client_id)
    if client is None:
        raise Refused(Refusal.CLIENT_UNKNOWN, detail="no client has this client_id")
    return client


def _without_proof(client: Client) -> Client:
    if client.is_confidential:
        raise Refused(Refusal.CLIENT_SECRET_MISSING, detail=f"expected {client.auth_method.value}")
    return client


async def _with_secret(parts: Parts, tenant: Tenant, client_id: str, proof: SecretProof) -> Client:
    """Hold a secret against the client's; one that does not fit may be newer than what is known."""
    client = await parts.stores.clients.get(client_id)
    try:
        return _by_secret(tenant, client, proof)
    except Refused:
        newer = await parts.stores.clients.again(client_id)
        if newer is client:
            raise
        return _by_secret(tenant, newer, proof)


def _by_secret(tenant: Tenant, client: Client | None, proof: SecretProof) -> Client:
    expected = client.secret if client and client.secret else _NOBODYS_SECRET
    fits = [_equal(secret, expected) for secret in proof.secrets]
    if client is None:
        raise Refused(Refusal.CLIENT_UNKNOWN, detail="no client has this client_id")
    if client.auth_method is AuthMethod.NONE:
        return client
    strict = tenant.flag(STRICT_METHOD_FLAG)
    sent = AuthMethod.BASIC if proof.basic else AuthMethod.POST
    if client.auth_method is AuthMethod.PRIVATE_KEY_JWT or (strict and client.auth_method != sent):
        raise Refused(
            Refusal.CLIENT_METHOD_WRONG,
            detail=f"sent {sent.value}, the client is set to {client.auth_method.value}",
        )
    if client.secret is None or not any(fits):
        raise Refused(Refusal.CLIENT_SECRET_WRONG, detail="client_secret does not fit")
    return client


def _equal(one: Secret, other: Secret) -> bool:
    return hmac.compare_digest(one.reveal().encode(), other.reveal().encode())


async def _by_assertion(parts: Parts, tenant: Tenant, proof: AssertionProof) -> Client:
    subject = parts.verifier.unverified_subject(proof.assertion)
    client_id = proof.client_id or subject or ""
    client = await parts.stores.clients.get(client_id)
    if client is None or client.auth_method is not AuthMethod.PRIVATE_KEY_JWT:
        raise _bad("the client is unknown or not set to private_key_jwt")
    now = parts.clock.now()
    keys = {key.kid: (key.alg, key.pem) for key in client.keys if key.proves(now)}
    claims = parts.verifier.assertion_claims(proof.assertion, keys)
    if isinstance(claims, str):
        raise _bad(claims)
    audiences = (tenant.issuer, f"{tenant.issuer}oauth/token")
    fault = assertions.fault(claims, client.client_id, audiences, now)
    if fault is not None:
        raise _bad(fault)
    first_use = await parts.stores.clients.use_assertion(
        client.client_id, str(claims["jti"]), assertions.expiry(claims)
    )
    if not first_use:
        raise _bad("jti was used before")
    return client


def _bad(why: str) -> Refused:
    return Refused(Refusal.CLIENT_ASSERTION_BAD, detail=f"client_authentication_error: {why}")
