"""`/email-templates`: letters in the tenant's own words.

`verify_email`, `reset_email`, `blocked_account`, `stolen_credentials` and `mfa_oob_code` are sent;
the others are stored and returned. Templates print names with `{{ }}` and choose with `{% if %}`;
anything else is refused when it is stored.
Source: Auth0 Management API v2 "Email Templates", recorded answers.
"""

from collections.abc import Mapping
from typing import Final

from gateword.accounts import letter_templates
from gateword.domain.management_refusal import ManagementRefusal
from gateword.domain.refused import Refused
from gateword.management.resource import Call, Document, Resource, Verb
from gateword.management.schema import changes, flag, nullable, obj, text, whole
from gateword.policy.email_template import KIND, NAMES, WRITTEN
from gateword.ports.documents import Kept

_MAX_LIFETIME_S: Final = 2_592_000
_MEMBERS: Final = {
    "template": text("Which letter.", choices=NAMES),
    "body": nullable(text("HTML.", most=letter_templates.MAX_CHARS)),
    "from": nullable(text("Sender.", most=320)),
    "resultUrl": nullable(text("Where the link leads afterwards.", most=2048)),
    "subject": nullable(text("Subject.", most=500)),
    "syntax": nullable(text("`liquid`.", most=32)),
    "urlLifetimeInSeconds": nullable(whole("Lifetime of the link.", most=_MAX_LIFETIME_S)),
    "includeEmailInRedirect": flag("Tell `resultUrl` the address."),
    "enabled": flag("Whether letters of this kind are sent."),
}
_TEMPLATE: Final = obj(_MEMBERS, required=("template",))
_CREATED: Final = obj(
    _MEMBERS, required=("template", "body", "from", "subject", "syntax", "enabled")
)


async def create(call: Call) -> Document:
    """Store a template that is not there yet."""
    name = str(call.body["template"])
    document = _checked(call.body)
    kept = Kept(id=name, document=document)
    if not await call.parts.stores.documents.add(KIND, kept, call.at):
        text_ = f"Template {name} already exists."
        raise Refused(ManagementRefusal.TEMPLATE_EXISTS, text=text_)
    return document


async def one(call: Call) -> Document:
    """Answer a template."""
    return await _stored(call)


async def put(call: Call) -> Document:
    """Store a template, whether it was there or not."""
    return await _store(call, call.body)


async def change(call: Call) -> Document:
    """Change members of a template; null takes one away."""
    merged = {**await _stored(call), **call.body}
    return await _store(call, {k: v for k, v in merged.items() if v is not None})


async def _stored(call: Call) -> Document:
    kept = await call.parts.stores.documents.get(KIND, call.path["templateName"])
    if kept is None:
        raise Refused(ManagementRefusal.NO_TEMPLATE)
    return kept.document


async def _store(call: Call, members: Mapping[str, object]) -> Document:
    name = call.path["templateName"]
    if name not in NAMES:
        raise Refused(ManagementRefusal.NO_TEMPLATE)
    document = _checked({**members, "template": name})
    await call.parts.stores.documents.put(KIND, Kept(id=name, document=document), call.at)
    return document


def _checked(members: Mapping[str, object]) -> Document:
    """Return the document in the order of recorded answers.

    Raises:
        Refused: INVALID_BODY when a text cannot be filled in.
    """
    for name in WRITTEN:
        source = members.get(name)
        if isinstance(source, str) and (wrong := letter_templates.fault(source)):
            raise Refused(ManagementRefusal.INVALID_BODY, fault=f"{name} {wrong}")
    return {name: members[name] for name in _MEMBERS if members.get(name) is not None}


_PATH: Final = "/email-templates/{templateName}"

RESOURCE: Final = Resource(
    name="email-templates",
    doc="Letters in the tenant's own words.",
    verbs=(
        Verb(
            method="POST",
            path="/email-templates",
            scopes=("create:email_templates",),
            run=create,
            summary="Create an email template",
            body=_CREATED,
            answer=_TEMPLATE,
            refusals=(ManagementRefusal.TEMPLATE_EXISTS,),
        ),
        Verb(
            method="GET",
            path=_PATH,
            scopes=("read:email_templates",),
            run=one,
            summary="Get an email template",
            answer=_TEMPLATE,
            refusals=(ManagementRefusal.NO_TEMPLATE,),
        ),
        Verb(
            method="PUT",
            path=_PATH,
            scopes=("update:email_templates",),
            run=put,
            summary="Update an email template",
            body=_CREATED,
            answer=_TEMPLATE,
            refusals=(ManagementRefusal.NO_TEMPLATE,),
        ),
        Verb(
            method="PATCH",
            path=_PATH,
            scopes=("update:email_templates",),
            run=change,
            summary="Patch an email template",
            body=changes(_CREATED),
            answer=_TEMPLATE,
            refusals=(ManagementRefusal.NO_TEMPLATE,),
        ),
    ),
)
