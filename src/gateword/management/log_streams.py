"""`/log-streams`: where events of the log are sent to, and how that goes.

Source: Auth0 Management API v2 "Log Streams"; members as typed in auth0-python. The type `file`
and `/log-streams/{id}/delivery` are our own.
"""

from collections.abc import Callable, Mapping
from typing import Final

from gateword.accounts.log_streaming import cursor_name
from gateword.domain.management_refusal import ManagementRefusal
from gateword.domain.refused import Refused
from gateword.domain.secret import Secret
from gateword.management.reading import read
from gateword.management.resource import Call, Document, Listed, Resource, Verb
from gateword.management.schema import (
    Schema,
    array,
    changes,
    flag,
    obj,
    secret,
    text,
    whole,
)
from gateword.policy import log_stream_document as policy
from gateword.policy.log_category import CATEGORIES
from gateword.policy.timestamp import written
from gateword.ports.documents import Kept

_TAKEN: Final = "A log stream with the same name already exists"
_SINK: Final = obj(
    {
        "httpEndpoint": text("https URL that takes a POST.", least=1, most=policy.MAX_URL_CHARS),
        "httpContentType": text("Of the requests.", most=255),
        "httpContentFormat": text("How events stand in a body.", choices=policy.FORMATS),
        policy.SECRET: secret("`Authorization` of the requests; never answered."),
        "fileName": text("Of a stream of type file.", pattern=policy.FILE_NAME, most=128),
    },
    "Where the events go.",
)
_FILTER: Final = obj(
    {"type": text(choices=("category",)), "name": text(choices=CATEGORIES)}, required=("name",)
)
_BOTH: Final[Mapping[str, Schema]] = {
    "name": text("Unique name.", least=1, most=policy.MAX_NAME_CHARS),
    "sink": _SINK,
    "filters": array(_FILTER, "Only events of these categories.", most=len(CATEGORIES)),
    "isPriority": flag("Stored without effect."),
}
_CREATED: Final = obj(
    {
        **_BOTH,
        "type": text("Webhook or file.", choices=policy.TYPES),
        "startFrom": text("Time of the first event, ISO 8601.", most=64),
    },
    required=("type", "sink"),
)
_CHANGED: Final = changes(
    obj(
        {"status": text("`active` or `paused`.", choices=policy.STATUSES), **_BOTH},
        required=("sink",),
    )
)
_STREAM: Final = obj(
    {
        "id": text(),
        "name": text(),
        "type": text(),
        "status": text(),
        "filters": array(_FILTER),
        "isPriority": flag(),
        "sink": obj(others=True),
    },
    required=("id", "name", "type", "status", "filters", "sink"),
)
_DELIVERY: Final = obj(
    {
        "log_position": whole("Position of the last event that was taken."),
        "failures": whole("Tries that failed since."),
        "error": text("Why the last one did."),
        "failing_since": text(),
        "again_at": text("When the next try is."),
    },
    required=("log_position", "failures", "error"),
)


async def all_streams(call: Call) -> list[Document]:
    """Answer the streams."""
    kept = await call.parts.stores.documents.all(policy.KIND)
    return [policy.shown(one.id, one.document) for one in kept]


async def create(call: Call) -> Document:
    """Create a stream; it begins with what happens from now on, or from `startFrom` on."""
    id_ = f"{policy.ID_PREFIX}{call.parts.dice.letters(16)}"

    def made(present: Mapping[str, Kept]) -> Kept:
        at = written(call.at)
        stream = read(call.body, lambda members: policy.created(members, at, without_name=id_))
        return _named(_kept(call, id_, stream, None), present)

    return await _edited(call, made)


async def one(call: Call) -> Document:
    """Answer a stream."""
    kept = await _stored(call)
    return policy.shown(kept.id, kept.document)


async def change(call: Call) -> Document:
    """Change a stream; set to active, one that was suspended is tried again."""
    id_ = call.path["id"]

    def made(present: Mapping[str, Kept]) -> Kept:
        before = present.get(id_)
        if before is None:
            raise Refused(ManagementRefusal.NO_LOG_STREAM)
        stored, at = before.document, written(call.at)
        stream = read(call.body, lambda members: policy.changed(members, stored, at))
        return _named(_kept(call, id_, stream, before), present)

    return await _edited(call, made)


async def remove(call: Call) -> None:
    """Delete a stream; one that is not there is gone already."""
    stores, id_ = call.parts.stores, call.path["id"]
    if await stores.documents.remove(policy.KIND, id_):
        await stores.cursors.remove(cursor_name(id_))


async def delivery(call: Call) -> Document:
    """Answer how far a stream is, and what keeps it."""
    kept = await _stored(call)
    cursor = await call.parts.stores.cursors.get(cursor_name(kept.id))
    if cursor is None:
        return {"log_position": 0, "failures": 0, "error": ""}
    told = {name: cursor.facts.get(name) for name in ("failing_since", "again_at")}
    return {
        "log_position": cursor.position,
        "failures": cursor.failures,
        "error": cursor.error,
        **{name: value for name, value in told.items() if value is not None},
    }


async def _stored(call: Call) -> Kept:
    kept = await call.parts.stores.documents.get(policy.KIND, call.path["id"])
    if kept is None:
        raise Refused(ManagementRefusal.NO_LOG_STREAM)
    return kept


async def _edited(call: Call, made: Callable[[Mapping[str, Kept]], Kept]) -> Document:
    kept = await call.parts.stores.documents.edit(policy.KIND, made, call.at)
    return policy.shown(kept.id, kept.document)


def _kept(call: Call, id_: str, stream: Document, before: Kept | None) -> Kept:
    """Return a stream as it is kept.

    An authorization that is not sent again stays, unless the events go to another server now:
    whoever may change a stream may not learn what it is authorized with.
    """
    sink = call.body.get("sink")
    sent = sink.get(policy.SECRET) if isinstance(sink, Mapping) else None
    authorization = Secret(sent) if isinstance(sent, str) else None
    if authorization is None and before is not None:
        is_same = policy.server(before.document) == policy.server(stream)
        authorization = before.secret if is_same else None
    return Kept(id=id_, name=str(stream["name"]), document=stream, secret=authorization)


def _named(stream: Kept, present: Mapping[str, Kept]) -> Kept:
    if any(other.name == stream.name and other.id != stream.id for other in present.values()):
        raise Refused(ManagementRefusal.CONFLICT, text=_TAKEN)
    return stream


_PATH: Final = "/log-streams"
_NO_STREAM: Final = (ManagementRefusal.NO_LOG_STREAM,)

RESOURCE: Final = Resource(
    name="log-streams",
    doc="Where events of the log are sent to.",
    verbs=(
        Verb(
            method="GET",
            path=_PATH,
            scopes=("read:log_streams",),
            run=all_streams,
            summary="Get log streams",
            listed=Listed(key="log_streams", item=_STREAM, totals=False),
        ),
        Verb(
            method="POST",
            path=_PATH,
            scopes=("create:log_streams",),
            run=create,
            summary="Create a log stream",
            body=_CREATED,
            answer=_STREAM,
            refusals=(ManagementRefusal.CONFLICT,),
        ),
        Verb(
            method="GET",
            path=f"{_PATH}/{{id}}",
            scopes=("read:log_streams",),
            run=one,
            summary="Get a log stream",
            answer=_STREAM,
            refusals=_NO_STREAM,
        ),
        Verb(
            method="PATCH",
            path=f"{_PATH}/{{id}}",
            scopes=("update:log_streams",),
            run=change,
            summary="Update a log stream",
            body=_CHANGED,
            answer=_STREAM,
            refusals=(*_NO_STREAM, ManagementRefusal.CONFLICT),
        ),
        Verb(
            method="DELETE",
            path=f"{_PATH}/{{id}}",
            scopes=("delete:log_streams",),
            run=remove,
            summary="Delete a log stream",
            status=204,
        ),
        Verb(
            method="GET",
            path=f"{_PATH}/{{id}}/delivery",
            scopes=("read:log_streams",),
            run=delivery,
            summary="Get how far a log stream is",
            answer=_DELIVERY,
            refusals=_NO_STREAM,
        ),
    ),
)
