"""`/guardian`: second factors, the policies that demand them, and what each factor needs.

Source: Auth0 Management API v2 "Guardian", recorded answers.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Final

from gateword.domain.management_refusal import ManagementRefusal
from gateword.domain.refused import Refused
from gateword.management import factor_log
from gateword.management.reading import read
from gateword.management.resource import Call, Document, Resource, Verb
from gateword.management.schema import Schema, array, flag, nullable, obj, secret, text
from gateword.policy import guardian_document as policy
from gateword.policy.guardian_document import Setting
from gateword.ports.documents import Kept
from gateword.provision import sealed
from gateword.values import replace

_FACTOR: Final = obj(
    {"name": text(), "enabled": flag(), "trial_expired": flag()},
    required=("name", "enabled", "trial_expired"),
)
_SWITCH: Final = obj({"enabled": flag("Whether users may use it.")}, required=("enabled",))
_POLICIES: Final = array(text(choices=policy.POLICIES), most=len(policy.POLICIES), unique=True)


async def factors(call: Call) -> list[Document]:
    """Answer the eight factors."""
    documents = call.parts.stores.documents
    kept = {one.id: one.document for one in await documents.all(policy.KIND)}
    return [policy.factor(name, kept.get(name)) for name in policy.FACTORS]


async def switch(call: Call) -> Document:
    """Switch a factor on or off."""
    name = call.path["name"]
    if name not in policy.FACTORS:
        fault = f"No enum match, expected one of: {', '.join(policy.FACTORS)} on property name"
        raise Refused(ManagementRefusal.INVALID_PATH, fault=fault)
    document = read(call.body, policy.switched)
    await call.parts.stores.documents.put(policy.KIND, Kept(id=name, document=document), call.at)
    state = "on" if document["enabled"] else "off"
    await factor_log.of_tenant(call, f"Factor {name} is switched {state}")
    return document


async def policies(call: Call) -> Sequence[object]:
    """Answer when a second factor is demanded."""
    kept = await call.parts.stores.documents.get(policy.KIND, policy.POLICIES_ID)
    return policy.policies(kept.document if kept else None)


async def set_policies(call: Call) -> Sequence[object]:
    """Set when a second factor is demanded."""
    document = policy.policies_document(call.items)
    kept = Kept(id=policy.POLICIES_ID, document=document)
    await call.parts.stores.documents.put(policy.KIND, kept, call.at)
    shown = ", ".join(policy.policies(document)) or "never"
    await factor_log.of_tenant(call, f"Second factors are demanded: {shown}")
    return policy.policies(document)


def _get(about: Setting) -> Callable[[Call], Awaitable[Document]]:
    async def run(call: Call) -> Document:
        kept = await call.parts.stores.documents.get(policy.KIND, about.path)
        return policy.setting(about, kept.document if kept else None)

    return run


def _set(about: Setting, *, keeps_rest: bool) -> Callable[[Call], Awaitable[Document]]:
    async def run(call: Call) -> Document:
        def made(present: Mapping[str, Kept]) -> Kept:
            before = present.get(about.path)
            rest = before.document if before and keeps_rest else {}
            asked = {**rest, **call.body}
            secrets = sealed.opened(before, {}, dict[str, str])
            return Kept(
                id=about.path,
                document=read(asked, lambda members: policy.replaced(about, members)),
                secret=sealed.closed(policy.secrets(about, call.body, secrets)),
            )

        kept = await call.parts.stores.documents.edit(policy.KIND, made, call.at)
        await factor_log.of_tenant(call, f"Settings of second factors changed: {about.path}")
        return kept.document

    return run


def _schema(about: Setting, *, asked: bool) -> Schema:
    members: dict[str, Schema] = {
        name: text(most=policy.MAX_TEXT_CHARS, choices=about.choices.get(name, ()))
        for name in about.texts
    }
    members |= {name: flag() for name in about.flags}
    members |= {
        name: array(text(choices=choices), most=len(choices), unique=True)
        for name, choices in about.sets.items()
    }
    if not asked:
        return obj(members)
    members |= {name: secret() for name in about.secrets}
    return obj(
        {name: nullable(schema) for name, schema in members.items()}, required=tuple(about.default)
    )


def _verbs(about: Setting) -> tuple[Verb, ...]:
    path = f"/guardian/factors/{about.path}"
    what = about.path.replace("/", " ").replace("-", " ")
    get = Verb(
        method="GET",
        path=path,
        scopes=("read:guardian_factors",),
        run=_get(about),
        summary=f"Get {what}",
        answer=_schema(about, asked=False),
    )
    put = Verb(
        method="PUT",
        path=path,
        scopes=("update:guardian_factors",),
        run=_set(about, keeps_rest=False),
        summary=f"Set {what}",
        body=_schema(about, asked=True),
        answer=_schema(about, asked=False),
        hidden=frozenset(about.secrets),
    )
    patch = replace(put, method="PATCH", run=_set(about, keeps_rest=True), summary=f"Update {what}")
    return (get, put, patch) if about.is_patched else (get, put)


RESOURCE: Final = Resource(
    name="guardian",
    doc="Second factors.",
    verbs=(
        Verb(
            method="GET",
            path="/guardian/factors",
            scopes=("read:guardian_factors",),
            run=factors,
            summary="Get all factors",
            answer=array(_FACTOR),
        ),
        Verb(
            method="PUT",
            path="/guardian/factors/{name}",
            scopes=("update:guardian_factors",),
            run=switch,
            summary="Switch a factor",
            body=_SWITCH,
            answer=_SWITCH,
            refusals=(ManagementRefusal.INVALID_PATH,),
        ),
        Verb(
            method="GET",
            path="/guardian/policies",
            scopes=("read:mfa_policies",),
            run=policies,
            summary="Get the policies",
            answer=_POLICIES,
        ),
        Verb(
            method="PUT",
            path="/guardian/policies",
            scopes=("update:mfa_policies",),
            run=set_policies,
            summary="Set the policies",
            body=_POLICIES,
            answer=_POLICIES,
        ),
        *(verb for about in policy.SETTINGS for verb in _verbs(about)),
    ),
)
