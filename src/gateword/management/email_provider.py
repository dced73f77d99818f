"""`/emails/provider`: stored and returned; mail goes where the setting `smtp_url` says.

A tenant's administrator must not choose which hosts the server connects to, so what is stored here
has no effect. Source: Auth0 Management API v2 "Emails", recorded answers.
"""

from collections.abc import Mapping
from typing import Final

import msgspec

from gateword.domain.management_refusal import ManagementRefusal
from gateword.domain.refused import Refused
from gateword.domain.secret import Secret
from gateword.management.resource import Call, Document, Resource, Verb
from gateword.management.schema import changes, flag, free, nullable, obj, text
from gateword.ports.documents import Kept

KIND: Final = "email_provider"
_ID: Final = "provider"
_NAMES: Final = (
    "mandrill", "sendgrid", "sparkpost", "mailgun", "ses", "smtp", "azure_cs", "ms365", "custom",
)  # fmt: skip
_SHOWN: Final = frozenset({"region", "domain", "smtp_host", "smtp_port", "smtp_user"})
"""Members of the credentials that are no secret, and so come back."""

_CREATED: Final = obj(
    {
        "name": text("Kind of provider.", choices=_NAMES),
        "enabled": flag("Whether it would be used."),
        "default_from_address": nullable(text("Sender.", most=320)),
        "credentials": free("How to prove oneself; secrets go in and never come out."),
        "settings": nullable(free("Further options.")),
    },
    required=("name", "credentials"),
)
_ANSWER: Final = obj(
    {
        "name": text(),
        "enabled": flag(),
        "default_from_address": text(),
        "credentials": free(),
        "settings": free(),
    },
    required=("name", "enabled"),
)


async def one(call: Call) -> Document:
    """Answer the provider without its secrets."""
    return (await _stored(call)).document


async def create(call: Call) -> Document:
    """Store a provider where there is none."""
    kept = _kept(call.body, _secret(call.body))
    if not await call.parts.stores.documents.add(KIND, kept, call.at):
        text_ = "There is already a configured email provider"
        raise Refused(ManagementRefusal.CONFLICT, text=text_)
    return kept.document


async def change(call: Call) -> Document:
    """Change members of the provider; new credentials replace the old ones as a whole."""
    stored = await _stored(call)
    sent = {name: value for name, value in call.body.items() if value is not None}
    reset = {name for name, value in call.body.items() if value is None and name != "name"}
    members = {
        name: value for name, value in {**stored.document, **sent}.items() if name not in reset
    }
    kept = _kept(members, _secret(call.body) or stored.secret)
    await call.parts.stores.documents.put(KIND, kept, call.at)
    return kept.document


async def remove(call: Call) -> None:
    """Delete the provider; one that is not there is gone already."""
    await call.parts.stores.documents.remove(KIND, _ID)


async def _stored(call: Call) -> Kept:
    kept = await call.parts.stores.documents.get(KIND, _ID)
    if kept is None:
        raise Refused(ManagementRefusal.NO_EMAIL_PROVIDER)
    return kept


def _kept(members: Mapping[str, object], secret: Secret | None) -> Kept:
    credentials = members.get("credentials")
    known = credentials if isinstance(credentials, Mapping) else {}
    document = {
        "name": members["name"],
        "enabled": members.get("enabled", True),
        "default_from_address": members.get("default_from_address"),
        "credentials": {name: value for name, value in known.items() if name in _SHOWN},
        "settings": members.get("settings"),
    }
    present = {name: value for name, value in document.items() if value is not None}
    return Kept(id=_ID, document=present, secret=secret)


def _secret(members: Mapping[str, object]) -> Secret | None:
    credentials = members.get("credentials")
    return None if credentials is None else Secret(msgspec.json.encode(credentials).decode())


_PATH: Final = "/emails/provider"
_GONE: Final = (ManagementRefusal.NO_EMAIL_PROVIDER,)
_HIDDEN: Final = frozenset({"credentials"})

RESOURCE: Final = Resource(
    name="emails",
    doc="The provider of letters as Auth0 has it; stored, and without effect here.",
    verbs=(
        Verb(
            method="GET",
            path=_PATH,
            scopes=("read:email_provider",),
            run=one,
            summary="Get the email provider",
            answer=_ANSWER,
            fields=True,
            refusals=_GONE,
        ),
        Verb(
            method="POST",
            path=_PATH,
            scopes=("create:email_provider",),
            run=create,
            summary="Configure the email provider",
            body=_CREATED,
            status=201,
            answer=_ANSWER,
            refusals=(ManagementRefusal.CONFLICT,),
            hidden=_HIDDEN,
        ),
        Verb(
            method="PATCH",
            path=_PATH,
            scopes=("update:email_provider",),
            run=change,
            summary="Update the email provider",
            body=changes(_CREATED),
            answer=_ANSWER,
            refusals=_GONE,
            hidden=_HIDDEN,
        ),
        Verb(
            method="DELETE",
            path=_PATH,
            scopes=("delete:email_provider",),
            run=remove,
            summary="Delete the email provider",
            status=204,
        ),
    ),
)
