"""`/guardian/enrollments`: what somebody has enrolled, and links by which users enrol.

Source: Auth0 Management API v2 "Guardian", "Create custom enrollment tickets".
"""

from typing import Final

from gateword.accounts import letters, links
from gateword.accounts.links import Purpose
from gateword.domain.log_event import LogCode
from gateword.domain.management_refusal import ManagementRefusal
from gateword.domain.mfa import Authenticator
from gateword.domain.refused import Refused
from gateword.domain.user import User
from gateword.login import mfa
from gateword.management import factor_log
from gateword.management.resource import Call, Document, Resource, Verb
from gateword.management.schema import flag, obj, text
from gateword.policy import enrollment_document as policy
from gateword.policy import guardian_document
from gateword.policy.authentication_method import CHANNELS, PHONE
from gateword.policy.identifier import is_email
from gateword.ports.queues import Letter

_TICKET: Final = obj(
    {
        "user_id": text("Who is to enrol.", least=1, most=1024),
        "email": text("Where the link goes instead of the user's address.", most=254),
        "send_mail": flag("Whether the link is sent."),
        "email_locale": text("Letters have one language here.", most=64),
        "factor": text("The only factor to enrol.", choices=guardian_document.ENROLLMENT_FACTORS),
        "allow_multiple_enrollments": flag("Whether a user who has a factor may enrol another."),
    },
    required=("user_id",),
)
_ENROLLMENT: Final = obj(
    {
        "id": text(),
        "status": text(choices=("pending", "confirmed")),
        "name": text(),
        "identifier": text(),
        "phone_number": text("Masked."),
        "enrolled_at": text(),
        "last_auth": text(),
    },
    required=("id",),
)
_NO_ADDRESS: Final = "The user has no email address to which the link could be sent"


async def create_ticket(call: Call) -> Document:
    """Make a link by which a user enrols a factor, once, within five days."""
    user = await call.parts.stores.users.by_id(str(call.body["user_id"]))
    if user is None:
        raise Refused(ManagementRefusal.NO_USER)
    factor = str(call.body.get("factor", ""))
    guardian = await mfa.in_force_at(call.parts)
    if factor and factor not in guardian.factors:
        text_ = f"The factor {factor} is not enabled"
        raise Refused(ManagementRefusal.NOT_SUPPORTED, text=text_)
    to = _address(call, user)
    connection = user.identities[0].connection
    purpose = Purpose(
        name=links.ENROLL,
        connection=connection,
        # A link that went to the user's own address ends with it.
        email=to if to == user.email else "",
        more={
            "factor": factor,
            "allows_more": call.body.get("allow_multiple_enrollments") is True,
        },
    )
    url = await links.issue(call.parts, user, purpose)
    if to:
        order = {"connection": connection, "url": url}
        letter = Letter(to=to, kind=letters.ENROLLMENT, user_id=user.user_id, order=order)
        await call.parts.stores.outbox.add(letter, call.at)
    return {"ticket_id": url.rpartition("=")[2], "ticket_url": url}


def _address(call: Call, user: User) -> str:
    """Return where the link is to be sent; empty where it is not.

    Raises:
        Refused: INVALID_BODY or NOT_SUPPORTED.
    """
    email = call.body.get("email")
    if isinstance(email, str) and not is_email(email):
        fault = "Object didn't pass validation for format email on property email"
        raise Refused(ManagementRefusal.INVALID_BODY, fault=fault)
    if call.body.get("send_mail") is not True:
        return ""
    to = str(email or user.email or "")
    if not to:
        raise Refused(ManagementRefusal.NOT_SUPPORTED, text=_NO_ADDRESS)
    return to


async def enrollment(call: Call) -> Document:
    """Answer an enrolment."""
    return policy.rendered(await _found(call))


async def remove(call: Call) -> None:
    """Delete an enrolment, with what goes together with it."""
    one = await _found(call)
    await call.parts.stores.authenticators.remove(one.user_key, [one.id])
    user = await call.parts.stores.users.by_key(one.user_key)
    if user is not None:
        await factor_log.of_user(call, LogCode.GD_UNENROLL, "Second factors removed", user, [one])


async def _found(call: Call) -> Authenticator:
    """Return the authenticator that is meant: `dev_…`, or as a method's id names it.

    Raises:
        Refused: NO_ENROLLMENT.
    """
    name, _, device = call.path["id"].rpartition("|")
    for kind in policy.KINDS:
        if name not in {"", kind.value, PHONE if kind in CHANNELS else kind.value}:
            continue
        one = await call.parts.stores.authenticators.get(f"{kind.value}|{device}")
        if one is not None and (one.expires_at is None or one.expires_at > call.at):
            return one
    raise Refused(ManagementRefusal.NO_ENROLLMENT)


RESOURCE: Final = Resource(
    name="guardian-enrollments",
    doc="Who has enrolled in a second factor, and who may.",
    verbs=(
        Verb(
            method="POST",
            path="/guardian/enrollments/ticket",
            scopes=("create:guardian_enrollment_tickets",),
            run=create_ticket,
            summary="Create an enrollment ticket",
            body=_TICKET,
            answer=obj(
                {"ticket_id": text(), "ticket_url": text("Where the user enrols.")},
                required=("ticket_id", "ticket_url"),
            ),
            refusals=(
                ManagementRefusal.NO_USER,
                ManagementRefusal.INVALID_BODY,
                ManagementRefusal.NOT_SUPPORTED,
            ),
            hidden=frozenset({"ticket_id", "ticket_url"}),
        ),
        Verb(
            method="GET",
            path="/guardian/enrollments/{id}",
            scopes=("read:guardian_enrollments",),
            run=enrollment,
            summary="Get an enrollment",
            answer=_ENROLLMENT,
            refusals=(ManagementRefusal.NO_ENROLLMENT,),
        ),
        Verb(
            method="DELETE",
            path="/guardian/enrollments/{id}",
            scopes=("delete:guardian_enrollments",),
            run=remove,
            summary="Delete an enrollment",
            status=204,
            refusals=(ManagementRefusal.NO_ENROLLMENT,),
        ),
    ),
)
