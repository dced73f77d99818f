"""`/keys/signing`: the keys that sign tokens, their rotation and revocation.

Source: Auth0 Management API v2 "Signing keys", recorded answers.
"""

import asyncio
import hashlib
import ssl
from collections.abc import Sequence
from typing import Final

from gateword.domain.management_refusal import ManagementRefusal
from gateword.domain.refused import Refused
from gateword.management.resource import Call, Document, Listed, Resource, Verb
from gateword.management.schema import flag, obj, text
from gateword.policy.timestamp import written
from gateword.ports.token_stores import SigningKey, SigningKeyMaker

_ORDER: Final = ("current", "next", "previous", "revoked")
_KEY: Final = obj(
    {
        "kid": text(), "cert": text(), "pkcs7": text(), "current": flag(), "next": flag(),
        "previous": flag(), "current_since": text(), "current_until": text(),
        "fingerprint": text("SHA-1 of the certificate, in pairs."),
        "thumbprint": text("SHA-1 of the certificate."), "revoked": flag(), "revoked_at": text(),
    },
    required=(
        "kid", "cert", "pkcs7", "current", "next", "previous", "fingerprint", "thumbprint",
        "revoked",
    ),
)  # fmt: skip


async def all_keys(call: Call) -> list[Document]:
    """Answer the keys: current, next, previous ones, revoked ones; the newest first."""
    return [_shown(key, call.parts.key_maker) for key in await _sorted(call)]


async def one(call: Call) -> Document:
    """Answer a key."""
    for key in await _sorted(call):
        if key.kid == call.path["kid"]:
            return _shown(key, call.parts.key_maker)
    raise Refused(ManagementRefusal.NO_SIGNING_KEY)


async def rotate(call: Call) -> Document:
    """Make the next key current and a new one next; answer the one that now signs."""
    parts = call.parts
    key = await asyncio.to_thread(parts.key_maker.new, "next")  # half a second of one core
    await parts.stores.signing_keys.rotate(key, call.at)
    return _shown((await _sorted(call))[0], parts.key_maker)


async def revoke(call: Call) -> Document:
    """Take a previous key out of the key set: tokens that it signed fail from then on."""
    before = await one(call)
    if not await call.parts.stores.signing_keys.revoke(call.path["kid"], call.at):
        what = next(state for state in _ORDER if before[state])
        why = f"This signing key is {what}; only a previous one can be revoked."
        raise Refused(ManagementRefusal.NOT_SUPPORTED, text=why)
    return await one(call)


async def _sorted(call: Call) -> Sequence[SigningKey]:
    keys = await call.parts.stores.signing_keys.all()
    return sorted(keys, key=lambda key: (_ORDER.index(key.state), -key.created_at.timestamp()))


def _shown(key: SigningKey, maker: SigningKeyMaker) -> dict[str, object]:
    digest = hashlib.sha1(
        ssl.PEM_cert_to_DER_cert(key.certificate_pem), usedforsecurity=False
    ).hexdigest()
    thumbprint = digest.upper()
    has_signed = key.state != "next"
    times = {
        # Keys of installations that did not note it began to sign when they were made.
        "current_since": key.current_since or key.created_at if has_signed else None,
        "current_until": key.current_until,
        "revoked_at": key.revoked_at,
    }
    return {
        "kid": key.kid,
        "cert": key.certificate_pem,
        "pkcs7": maker.pkcs7(key.certificate_pem),
        "current": key.state == "current",
        "next": key.state == "next",
        "previous": key.state == "previous",
        "fingerprint": ":".join(thumbprint[at : at + 2] for at in range(0, len(thumbprint), 2)),
        "thumbprint": thumbprint,
        "revoked": key.state == "revoked",
        **{name: written(at) for name, at in times.items() if at is not None},
    }


RESOURCE: Final = Resource(
    name="signing-keys",
    doc="Keys that sign tokens.",
    verbs=(
        Verb(
            method="GET",
            path="/keys/signing",
            scopes=("read:signing_keys",),
            run=all_keys,
            summary="Get all signing keys",
            listed=Listed(key="keys", item=_KEY, id="kid", totals=False),
        ),
        Verb(
            method="GET",
            path="/keys/signing/{kid}",
            scopes=("read:signing_keys",),
            run=one,
            summary="Get a signing key",
            answer=_KEY,
            refusals=(ManagementRefusal.NO_SIGNING_KEY,),
        ),
        Verb(
            method="POST",
            path="/keys/signing/rotate",
            scopes=("create:signing_keys",),
            run=rotate,
            summary="Rotate the signing key",
            answer=_KEY,
            status=201,
        ),
        Verb(
            method="PUT",
            path="/keys/signing/{kid}/revoke",
            scopes=("update:signing_keys",),
            run=revoke,
            summary="Revoke a signing key",
            answer=_KEY,
            refusals=(ManagementRefusal.NO_SIGNING_KEY, ManagementRefusal.NOT_SUPPORTED),
        ),
    ),
)
