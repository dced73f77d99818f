"""`/users/{user_id}/identities`: several accounts of one person become one user, and go apart.

Source: Auth0 Management API v2 "Link a user account", "Unlink a user identity"; Auth0 "User Account
Linking".
"""

from typing import Final

from gateword.domain.management_refusal import ManagementRefusal
from gateword.domain.refused import Refused
from gateword.domain.secret import Secret
from gateword.domain.user import User
from gateword.management import user_changes
from gateword.management.resource import Call, Document, Resource, Verb
from gateword.management.schema import array, obj, secret, text
from gateword.management.user_schema import IDENTITY
from gateword.policy.user_document import alone, linked_profile, rendered_identity

_LINK: Final = obj(
    {
        "provider": text("`auth0` for database connections.", least=1, most=128),
        "user_id": text("The id of the account, with or without the provider.", least=1, most=1024),
        "connection_id": text("Where the account lives.", least=1, most=128),
        "link_with": secret("ID token of the account.", most=16_384),
    }
)
_IDENTITIES: Final = array(IDENTITY)
_BY_TOKEN: Final = "link_with"


async def link(call: Call) -> list[Document]:
    """Make another user's account one of this user; answer all accounts."""
    user = await user_changes.existing(call)
    other_id = await _other(call)
    if other_id == user.user_id:
        text_ = "The account to link is the main account"
        raise Refused(ManagementRefusal.BODY_CONFLICT, text=text_)
    linked = await call.parts.stores.users.link(user.user_id, other_id, linked_profile, call.at)
    if linked is None:
        raise Refused(ManagementRefusal.NO_USER)
    return _rendered(linked)


async def unlink(call: Call) -> list[Document]:
    """Make a linked account a user of its own again; answer the accounts that are left."""
    user = await user_changes.existing(call)
    provider, local_id = call.path["provider"], call.path["secondary_id"]
    first = user.identities[0]
    if (first.provider, first.local_id) == (provider, local_id):
        raise Refused(ManagementRefusal.NOT_SUPPORTED, text="The main account cannot be unlinked")
    left = await call.parts.stores.users.unlink(user.user_id, provider, local_id, alone, call.at)
    if left is None:
        raise Refused(ManagementRefusal.NO_USER)
    return _rendered(left)


async def _other(call: Call) -> str:
    """Return the id of the user whose account is to be linked.

    Raises:
        Refused: INVALID_BODY, BODY_CONFLICT, NO_CONNECTION, NO_USER.
    """
    body = call.body
    if _BY_TOKEN in body:
        if len(body) > 1:
            text_ = f"Cannot set {_BY_TOKEN} together with provider, user_id or connection_id"
            raise Refused(ManagementRefusal.BODY_CONFLICT, text=text_)
        return await _subject(call, Secret(str(body[_BY_TOKEN])))
    for name in ("provider", "user_id"):
        if name not in body:
            fault = f"Missing required property: {name}"
            raise Refused(ManagementRefusal.INVALID_BODY, fault=fault)
    provider = str(body["provider"])
    other_id = f"{provider}|{str(body['user_id']).removeprefix(f'{provider}|')}"
    if "connection_id" in body:
        await _check_connection(call, other_id, str(body["connection_id"]))
    return other_id


async def _subject(call: Call, token: Secret) -> str:
    """Return whom an ID token of ours is about; one for none of our clients is no ID token."""
    claims = await call.parts.verifier.access_claims(token, call.tenant.issuer)
    audience = None if claims is None else claims.get("aud")
    client = None
    if isinstance(audience, str):
        client = await call.parts.stores.clients.get(audience)
    if claims is None or client is None:
        fault = f"Invalid ID token on property {_BY_TOKEN}"
        raise Refused(ManagementRefusal.INVALID_BODY, fault=fault)
    return str(claims["sub"])


async def _check_connection(call: Call, other_id: str, connection_id: str) -> None:
    known = await call.parts.stores.connections.all()
    name = next((one.name for one in known if one.id == connection_id), None)
    if name is None:
        raise Refused(ManagementRefusal.NO_CONNECTION)
    other = await call.parts.stores.users.by_id(other_id)
    if other is None or other.identities[0].connection != name:
        raise Refused(ManagementRefusal.NO_USER)


def _rendered(user: User) -> list[Document]:
    return [rendered_identity(identity) for identity in user.identities]


RESOURCE: Final = Resource(
    name="user-identities",
    doc="Accounts that are linked to one user.",
    verbs=(
        Verb(
            method="POST",
            path="/users/{user_id}/identities",
            scopes=("update:users",),
            run=link,
            summary="Link a user account",
            body=_LINK,
            status=201,
            answer=_IDENTITIES,
            refusals=(
                ManagementRefusal.NO_USER,
                ManagementRefusal.NO_CONNECTION,
                ManagementRefusal.BODY_CONFLICT,
            ),
        ),
        Verb(
            method="DELETE",
            path="/users/{user_id}/identities/{provider}/{secondary_id}",
            scopes=("update:users",),
            run=unlink,
            summary="Unlink a user identity",
            answer=_IDENTITIES,
            refusals=(ManagementRefusal.NO_USER, ManagementRefusal.NOT_SUPPORTED),
        ),
    ),
)
