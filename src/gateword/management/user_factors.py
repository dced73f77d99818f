"""A user's second factors as a whole, and browser sessions, of which there are none.

Source: Auth0 Management API v2 "Users". Logins by password have no session, so that none can be
listed, ended or remembered.
"""

from typing import Final

from gateword.domain.log_event import LogCode
from gateword.domain.management_refusal import ManagementRefusal
from gateword.domain.mfa import Kind
from gateword.domain.refused import Refused
from gateword.login import recovery
from gateword.management import factor_log, user_changes
from gateword.management.authentication_methods import remove_all, removed
from gateword.management.resource import Call, Document, Listed, Resource, Slice, Verb
from gateword.management.schema import free, obj, secret, text
from gateword.management.validation import fault
from gateword.policy import enrollment_document as policy

_PROVIDERS: Final = ("duo", "google-authenticator")
_ENROLLMENT: Final = obj(
    {
        "id": text(),
        "status": text(choices=("pending", "confirmed")),
        "type": text(),
        "name": text(),
        "identifier": text(),
        "phone_number": text("Masked."),
        "auth_method": text(choices=tuple(sorted(set(policy.AUTH_METHODS.values())))),
        "enrolled_at": text(),
        "last_auth": text(),
    }
)
_ANY: Final = free()


async def enrollments(call: Call) -> list[Document]:
    """Answer the first confirmed enrolment, as Auth0 does: an address is none."""
    user = await user_changes.existing(call)
    owned = await call.parts.stores.authenticators.of_user(user.key, call.at)
    found = [one for one in owned if one.is_confirmed and one.kind in policy.AUTH_METHODS]
    return [policy.of_user(one) for one in found[:1]]


async def nothing(call: Call) -> Slice:
    """Answer an empty list, for a user there is."""
    await user_changes.existing(call)
    return Slice([], 0)


async def done(call: Call) -> None:
    """Find the user; there is nothing to take away."""
    await user_changes.existing(call)


async def remove_provider(call: Call) -> None:
    """Take a provider's second factor away: the codes of an app are google-authenticator's.

    The codes that a push device shows are not: they go with their device.
    """
    if wrong := fault(text(choices=_PROVIDERS), call.path["provider"]):
        raise Refused(ManagementRefusal.INVALID_PATH, fault=wrong)
    user = await user_changes.existing(call)
    if call.path["provider"] == _PROVIDERS[1]:
        owned = await call.parts.stores.authenticators.of_user(user.key, call.at)
        gone = [one for one in owned if one.kind is Kind.TOTP and not one.group]
        await removed(call, user, gone)


async def new_recovery_code(call: Call) -> Document:
    """Give the user a recovery code in place of any other; it is answered this once."""
    user = await user_changes.existing(call)
    new = recovery.made(call.parts, user, is_confirmed=True)
    await call.parts.stores.authenticators.replace_recovery_code(new.authenticator, new.code)
    what = [new.authenticator]
    await factor_log.of_user(call, LogCode.GD_UPDATE_DEVICE, "New recovery code", user, what)
    return {"recovery_code": new.code.reveal()}


RESOURCE: Final = Resource(
    name="user-factors",
    doc="Second factors and sessions of users.",
    verbs=(
        Verb(
            method="GET",
            path="/users/{user_id}/enrollments",
            scopes=("read:users",),
            run=enrollments,
            summary="Get Guardian enrollments of a user",
            listed=Listed(key="enrollments", item=_ENROLLMENT, totals=False),
            refusals=(ManagementRefusal.NO_USER,),
        ),
        Verb(
            method="DELETE",
            path="/users/{user_id}/authenticators",
            scopes=("delete:guardian_enrollments",),
            run=remove_all,
            summary="Delete all authenticators of a user",
            status=204,
            refusals=(ManagementRefusal.NO_USER,),
        ),
        Verb(
            method="DELETE",
            path="/users/{user_id}/multifactor/{provider}",
            scopes=("update:users",),
            run=remove_provider,
            summary="Delete a provider's second factor of a user",
            status=204,
            refusals=(ManagementRefusal.NO_USER, ManagementRefusal.INVALID_PATH),
        ),
        Verb(
            method="POST",
            path="/users/{user_id}/multifactor/actions/invalidate-remember-browser",
            scopes=("update:users",),
            run=done,
            summary="Forget all browsers that were remembered for second factors",
            status=204,
            refusals=(ManagementRefusal.NO_USER,),
        ),
        Verb(
            method="POST",
            path="/users/{user_id}/recovery-code-regeneration",
            scopes=("update:users",),
            run=new_recovery_code,
            summary="Generate a new recovery code of a user",
            body=obj(),
            optional_body=True,
            answer=obj({"recovery_code": secret("Shown this once.")}, required=("recovery_code",)),
            refusals=(ManagementRefusal.NO_USER,),
        ),
        Verb(
            method="GET",
            path="/users/{user_id}/sessions",
            scopes=("read:sessions",),
            run=nothing,
            summary="Get sessions of a user",
            listed=Listed(key="sessions", item=_ANY, checkpoint=True, always=True),
            refusals=(ManagementRefusal.NO_USER,),
        ),
        Verb(
            method="DELETE",
            path="/users/{user_id}/sessions",
            scopes=("delete:sessions",),
            run=done,
            summary="Delete sessions of a user",
            status=202,
            refusals=(ManagementRefusal.NO_USER,),
        ),
    ),
)
