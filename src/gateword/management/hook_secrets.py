"""`/hooks/{id}/secrets`: values that a hook reads; they go in, and never come out again.

Source: Auth0 Management API v2 "Hooks: secrets".
"""

from collections.abc import Callable, Mapping
from typing import Final

from gateword.domain.management_refusal import ManagementRefusal
from gateword.domain.refused import Refused
from gateword.management import hooks
from gateword.management.resource import Call, Document, Resource, Verb
from gateword.management.schema import array, obj, secret, text
from gateword.management.validation import fault
from gateword.policy import hook_document as policy
from gateword.ports.documents import Kept
from gateword.provision import sealed
from gateword.values import replace

_PATH: Final = "/hooks/{id}/secrets"
_VALUES: Final = obj(
    {},
    "Values by name.",
    others=secret("What the hook reads.", most=policy.MAX_SECRET_CHARS),
    least=1,
)
_MANY: Final = f"a hook has at most {policy.MOST_SECRETS} secrets"


async def names(call: Call) -> Document:
    """Answer the names, never a value."""
    return dict.fromkeys(_opened(await hooks.stored(call)), policy.NOT_SHOWN)


async def put(call: Call) -> Document:
    """Set these secrets, and leave the others as they are."""
    for name in call.body:
        if wrong := fault(text(pattern=policy.SECRET_NAME), name):
            raise Refused(ManagementRefusal.INVALID_BODY, fault=wrong)
    given = {name: str(value) for name, value in call.body.items()}
    kept = await _edited(call, lambda values: {**values, **given})
    return dict.fromkeys(_opened(kept), policy.NOT_SHOWN)


async def remove(call: Call) -> None:
    """Delete these secrets; one that is not there is gone already."""
    gone = set(map(str, call.items))
    await _edited(
        call, lambda values: {name: one for name, one in values.items() if name not in gone}
    )


async def _edited(call: Call, changed: Callable[[Mapping[str, str]], Mapping[str, str]]) -> Kept:
    def made(present: Mapping[str, Kept]) -> Kept:
        kept = hooks.there(present, call.path["id"])
        values = changed(_opened(kept))
        if len(values) > policy.MOST_SECRETS:
            raise Refused(ManagementRefusal.INVALID_BODY, fault=_MANY)
        return replace(kept, secret=sealed.closed(values))

    return await call.parts.stores.documents.edit(policy.KIND, made, call.at)


def _opened(kept: Kept) -> Mapping[str, str]:
    return sealed.opened(kept, {}, dict[str, str])


_SHOWN: Final = obj({}, others=text())
_NO_HOOK: Final = (ManagementRefusal.NO_HOOK,)


def _sets(method: str, summary: str) -> Verb:
    return Verb(
        method=method,
        path=_PATH,
        scopes=("update:hooks",),
        run=put,
        summary=summary,
        body=_VALUES,
        answer=_SHOWN,
        refusals=_NO_HOOK,
    )


RESOURCE: Final = Resource(
    name="hook-secrets",
    doc="Values that a hook reads as `context.webtask.secrets`.",
    verbs=(
        Verb(
            method="GET",
            path=_PATH,
            scopes=("read:hooks",),
            run=names,
            summary="Get the names of a hook's secrets",
            answer=_SHOWN,
            refusals=_NO_HOOK,
        ),
        _sets("POST", "Add secrets to a hook"),
        _sets("PATCH", "Update secrets of a hook"),
        Verb(
            method="DELETE",
            path=_PATH,
            scopes=("delete:hooks",),
            run=remove,
            summary="Delete secrets of a hook",
            body=array(text(least=1, most=128), "Names.", least=1, most=policy.MOST_SECRETS),
            status=204,
            refusals=_NO_HOOK,
        ),
    ),
)
