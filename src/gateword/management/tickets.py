"""`/tickets`: links that an operator hands to a user.

Source: Auth0 Management API v2 "Tickets", recorded answers.
"""

from typing import Final

from gateword.accounts import links
from gateword.accounts.links import Purpose
from gateword.domain.connection import Connection
from gateword.domain.management_refusal import ManagementRefusal
from gateword.domain.refused import Refused
from gateword.domain.user import User
from gateword.management import user_names
from gateword.management.resource import Call, Document, Resource, Verb
from gateword.management.schema import flag, obj, text, whole
from gateword.policy.identifier import normal
from gateword.policy.web_address import is_web_address

MAX_LIFETIME_S: Final = 2_592_000
_ANSWER: Final = obj({"ticket": text("The link.")}, required=("ticket",))
_COMMON: Final = {
    "user_id": text("Whose link it is.", least=1, most=1024),
    "result_url": text("Where its holder goes afterwards.", most=2048),
    "ttl_sec": whole("Seconds until it expires; 0 is five days.", most=MAX_LIFETIME_S),
    "client_id": text("Application it is for.", most=128),
    "organization_id": text("Stored nowhere: there are no organizations.", most=64),
    "includeEmailInRedirect": flag("Tell `result_url` the address."),
}
_CHANGE: Final = obj(
    {
        **_COMMON,
        "connection_id": text("Directory in which `email` is looked up.", most=64),
        "email": text("Address of the user, with `connection_id`.", most=320),
        "mark_email_as_verified": flag("Choosing a password also verifies the address."),
    }
)
_VERIFY: Final = obj(
    {
        **_COMMON,
        "identity": obj(
            {"user_id": text(most=1024), "provider": text(most=64)},
            "Which identity of a linked user.",
            required=("user_id", "provider"),
        ),
    },
    required=("user_id",),
)


async def _issued(call: Call, user: User, purpose: Purpose) -> Document:
    # Auth0's tickets end in `#`, so that an application may add a fragment.
    return {"ticket": f"{await links.issue(call.parts, user, purpose)}#"}


async def change_password(call: Call) -> Document:
    """Make a link that lets a user choose a password."""
    user, connection = await _user_of(call)
    user_names.refuse_passwords(connection)
    email = call.body.get("email")
    address = normal(email) if isinstance(email, str) else user.email or ""
    verifies = call.body.get("mark_email_as_verified") is True
    purpose = _purpose(call, links.RESET, connection, address, verifies=verifies)
    return await _issued(call, user, purpose)


async def verify_email(call: Call) -> Document:
    """Make a link that verifies a user's address."""
    user = await _by_id(call, str(call.body["user_id"]))
    connection = await _home(call, user)
    if user.email is None:
        text_ = "The user has no email address."
        raise Refused(ManagementRefusal.BODY_CONFLICT, text=text_)
    purpose = _purpose(call, links.VERIFY, connection, user.email, verifies=True)
    return await _issued(call, user, purpose)


def _purpose(
    call: Call, name: str, connection: Connection, email: str, *, verifies: bool
) -> Purpose:
    url, lifetime_s = call.body.get("result_url"), call.body.get("ttl_sec")
    if url and not is_web_address(str(url)):
        raise Refused(ManagementRefusal.INVALID_BODY, fault="result_url is no http(s) address")
    names_email = call.body.get("includeEmailInRedirect", name == links.VERIFY)
    return Purpose(
        name=name,
        connection=connection.name,
        email=email,
        result_url=str(url or ""),
        verifies=verifies,
        names_email=names_email is True,
        client_id=str(call.body.get("client_id") or ""),
        lifetime_s=lifetime_s if isinstance(lifetime_s, int) and lifetime_s else links.LIFETIME_S,
    )


async def _user_of(call: Call) -> tuple[User, Connection]:
    """Return whom a password link is for: a user id, or an address in a directory."""
    user_id, email = call.body.get("user_id"), call.body.get("email")
    connection_id = call.body.get("connection_id")
    if (user_id is None) == (email is None):
        raise Refused(ManagementRefusal.BODY_CONFLICT, text="Either user_id or email is required")
    if user_id is not None:
        user = await _by_id(call, str(user_id))
        return user, await _home(call, user)
    if connection_id is None:
        raise Refused(ManagementRefusal.BODY_CONFLICT, text="connection_id is required with email")
    known = await call.parts.stores.connections.all()
    connection = next((one for one in known if one.id == connection_id), None)
    if connection is None:
        raise Refused(ManagementRefusal.NO_CONNECTION)
    names = [("email", normal(str(email)))]
    account = await call.parts.stores.users.account(connection.key, names)
    if account is None:
        raise Refused(ManagementRefusal.NO_USER)
    return account.user, connection


async def _by_id(call: Call, user_id: str) -> User:
    user = await call.parts.stores.users.by_id(user_id)
    if user is None:
        raise Refused(ManagementRefusal.NO_USER)
    return user


async def _home(call: Call, user: User) -> Connection:
    """Return the directory of a user's primary identity."""
    name = user.identities[0].connection if user.identities else ""
    connection = await call.parts.stores.connections.named(name)
    if connection is None:
        raise Refused(ManagementRefusal.NO_CONNECTION)
    return connection


_REFUSALS: Final = (
    ManagementRefusal.NO_USER,
    ManagementRefusal.NO_CONNECTION,
    ManagementRefusal.BODY_CONFLICT,
)

RESOURCE: Final = Resource(
    name="tickets",
    doc="Links that let a user do one thing once.",
    verbs=(
        Verb(
            method="POST",
            path="/tickets/password-change",
            scopes=("create:user_tickets",),
            run=change_password,
            summary="Create a password change ticket",
            body=_CHANGE,
            status=201,
            answer=_ANSWER,
            refusals=_REFUSALS,
        ),
        Verb(
            method="POST",
            path="/tickets/email-verification",
            scopes=("create:user_tickets",),
            run=verify_email,
            summary="Create an email verification ticket",
            body=_VERIFY,
            status=201,
            answer=_ANSWER,
            refusals=_REFUSALS,
        ),
    ),
)
