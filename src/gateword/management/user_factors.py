"""Second factors and browser sessions of a user, where there are none.

Source: Auth0 Management API v2 "Users". Logins by password have no session, and nothing here
enrolls a factor yet; the answers are those of a user who has neither.
"""

from typing import Final

from gateword.domain.management_refusal import ManagementRefusal
from gateword.domain.refused import Refused
from gateword.management import user_changes
from gateword.management.resource import Answer, Call, Listed, Resource, Slice, Verb
from gateword.management.schema import free, text
from gateword.management.validation import fault

_PROVIDERS: Final = ("duo", "google-authenticator")
_METHODS_KEY: Final = "authenticators"
_ANY: Final = free()


async def nothing(call: Call) -> Slice:
    """Answer an empty list, for a user there is."""
    await user_changes.existing(call)
    return Slice([], 0)


async def methods(call: Call) -> Slice | Answer:
    """Answer no authentication methods; an empty list has no total, as recorded."""
    await user_changes.existing(call)
    paging = call.paging
    if not paging.with_totals:
        return Slice([], 0)
    return Answer(200, {"start": paging.start, "limit": paging.limit, _METHODS_KEY: []})


async def done(call: Call) -> None:
    """Find the user; there is nothing to take away."""
    await user_changes.existing(call)


async def remove_provider(call: Call) -> None:
    """Take a provider's second factor away from a user, who has none."""
    if wrong := fault(text(choices=_PROVIDERS), call.path["provider"]):
        raise Refused(ManagementRefusal.INVALID_PATH, fault=wrong)
    await user_changes.existing(call)


RESOURCE: Final = Resource(
    name="user-factors",
    doc="Second factors and sessions of users.",
    verbs=(
        Verb(
            method="GET",
            path="/users/{user_id}/enrollments",
            scopes=("read:users",),
            run=nothing,
            summary="Get Guardian enrollments of a user",
            listed=Listed(key="enrollments", item=_ANY, totals=False),
            refusals=(ManagementRefusal.NO_USER,),
        ),
        Verb(
            method="GET",
            path="/users/{user_id}/authentication-methods",
            scopes=("read:authentication_methods",),
            run=methods,
            summary="Get authentication methods of a user",
            listed=Listed(key=_METHODS_KEY, item=_ANY),
            refusals=(ManagementRefusal.NO_USER,),
        ),
        Verb(
            method="DELETE",
            path="/users/{user_id}/authentication-methods",
            scopes=("delete:authentication_methods",),
            run=done,
            summary="Delete all authentication methods of a user",
            status=204,
            refusals=(ManagementRefusal.NO_USER,),
        ),
        Verb(
            method="DELETE",
            path="/users/{user_id}/authenticators",
            scopes=("delete:guardian_enrollments",),
            run=done,
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
