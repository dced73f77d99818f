"""`/jobs`: imports and exports of users, letters that verify an address.

Source: Auth0 Management API v2 "Jobs", recorded answers; "Bulk User Imports".
"""

from collections.abc import Mapping
from typing import Final

from gateword.accounts import export_link
from gateword.domain.connection import Connection
from gateword.domain.management_refusal import ManagementRefusal
from gateword.domain.refused import Refused
from gateword.domain.user import User
from gateword.management.resource import MULTIPART, Answer, Call, Document, Resource, Verb
from gateword.management.schema import Schema, array, obj, text, whole
from gateword.policy.timestamp import written
from gateword.ports.queues import Job

MOST_ACTIVE: Final = 2
"""Imports of a tenant that wait or run (Auth0: "Bulk User Imports"), and exports likewise."""

_JOB_TAKES_S: Final = 10  # about
MAX_FILE_BYTES: Final = 500 * 1024
MAX_ERRORS: Final = 10_000
_FORM_BYTES: Final = 16 * 1024
_ID_LETTERS: Final = 16
_SHOWN: Final = (
    "connection_id", "format", "limit", "fields", "external_id", "percentage_done", "summary",
    "status_details",
)  # fmt: skip
_SWITCH: Final[Schema] = text(choices=("true", "false"))
_FIELDS: Final[Schema] = array(
    obj(
        {"name": text(least=1, most=256), "export_as": text(least=1, most=256)},
        required=("name",),
    ),
    "Members to write; without them everything (JSON) or a fixed set (CSV).",
    most=200,
)
_ANSWER: Final[Schema] = obj(
    {
        "type": text(),
        "status": text(choices=("pending", "processing", "completed", "failed")),
        "created_at": text(),
        "id": text(),
        "connection_id": text(),
        "format": text(choices=("json", "csv")),
        "limit": whole(),
        "fields": _FIELDS,
        "external_id": text(),
        "percentage_done": whole(),
        "summary": obj(
            {"failed": whole(), "updated": whole(), "inserted": whole(), "total": whole()}
        ),
        "status_details": text(),
        "location": text("Where the file of an export is fetched; good for ten minutes."),
    },
    required=("type", "status", "created_at", "id"),
)


async def import_users(call: Call) -> Document:
    """Take in a file of users; a job imports it."""
    file = call.files.get("users")
    if file is None:
        raise _invalid("Missing required property: users")
    if len(file) > MAX_FILE_BYTES:
        raise Refused(ManagementRefusal.BODY_TOO_LARGE, bytes=str(MAX_FILE_BYTES))
    connection = await _connection(call, str(call.body["connection_id"]))
    document: dict[str, object] = {
        "connection_id": connection.id,
        "upsert": call.body.get("upsert") == "true",
        "send_completion_email": call.body.get("send_completion_email", "true") == "true",
    }
    if "external_id" in call.body:
        document["external_id"] = call.body["external_id"]
    return await _admitted(call, "import", document, file)


async def export_users(call: Call) -> Document:
    """Have a file of users made."""
    document = dict(call.body)
    if "connection_id" in document:
        await _connection(call, str(document["connection_id"]))
    return await _admitted(call, "export", {"format": "json"} | document)


async def verification_email(call: Call) -> Document:
    """Have a letter sent to a user that verifies the address."""
    user = await call.parts.stores.users.by_id(str(call.body["user_id"]))
    if user is None:
        raise Refused(ManagementRefusal.NO_USER)
    if user.email is None:
        raise Refused(ManagementRefusal.BODY_CONFLICT, text="The user has no email address")
    document: dict[str, object] = {
        "user_id": user.user_id,
        "connection": _home(user, call.body.get("identity")),
    }
    client_id = call.body.get("client_id")
    if isinstance(client_id, str):
        if await call.parts.stores.clients.get(client_id) is None:
            raise Refused(ManagementRefusal.NO_CLIENT)
        document["client_id"] = client_id
    job = _new(call, "verification_email", document)
    await call.parts.stores.jobs.add(job, None)
    return _shown(job)


async def get(call: Call) -> Document:
    """Answer how far a job is."""
    job = await _job(call)
    shown = dict(_shown(job))
    is_file = job.type == "users_export" and job.status == "completed"
    if is_file and call.actor.may("read:users"):  # the file is all that this scope may read
        ticket = export_link.sealed(call.parts, job, call.at)
        shown["location"] = f"{call.tenant.issuer}exports/{ticket}"
    return shown


async def errors(call: Call) -> Answer:
    """Answer which items of an import failed, and why."""
    job = await _job(call)
    found = await call.parts.stores.jobs.errors(job.id, start=0, limit=MAX_ERRORS)
    return Answer(200, list(found)) if found else Answer(204)


async def _admitted(
    call: Call, kind: str, document: Mapping[str, object], file: bytes | None = None
) -> Document:
    job = _new(call, f"users_{kind}", document)
    if await call.parts.stores.jobs.admit(job, file, MOST_ACTIVE):
        return _shown(job)
    row, count = ManagementRefusal.TOO_MANY_JOBS, str(MOST_ACTIVE)
    raise Refused(row, retry_after_s=_JOB_TAKES_S, count=count, kind=kind)


def _new(call: Call, type_: str, document: Mapping[str, object]) -> Job:
    return Job(
        id=f"job_{call.parts.dice.letters(_ID_LETTERS)}",
        type=type_,
        status="pending",
        document=document,
        created_at=call.at,
    )


async def _job(call: Call) -> Job:
    job = await call.parts.stores.jobs.get(call.path["id"])
    if job is None:
        raise Refused(ManagementRefusal.NO_JOB)
    return job


async def _connection(call: Call, id_: str) -> Connection:
    known = await call.parts.stores.connections.all()
    found = next((one for one in known if one.id == id_), None)
    if found is None:
        raise Refused(ManagementRefusal.NO_CONNECTION)
    if found.strategy != "auth0":
        message = "The connection must be a database connection"
        raise Refused(ManagementRefusal.NOT_SUPPORTED, text=message)
    return found


def _home(user: User, identity: object) -> str:
    if not isinstance(identity, Mapping):
        return user.identities[0].connection
    wanted = (identity["provider"], identity["user_id"])
    for one in user.identities:
        if (one.provider, one.local_id) == wanted:
            return one.connection
    raise _invalid("The identity is none of the user's")


def _shown(job: Job) -> Document:
    # What a command imports from a file at hand is an import like any other.
    shown: dict[str, object] = {
        "type": "users_import" if job.type == "users_file" else job.type,
        "status": job.status,
        "created_at": written(job.created_at),
        "id": job.id,
    }
    members = {name: job.document[name] for name in _SHOWN if name in job.document}
    return shown | members


def _invalid(fault: str) -> Refused:
    return Refused(ManagementRefusal.INVALID_BODY, fault=fault)


RESOURCE: Final = Resource(
    name="jobs",
    doc="Work that goes on by itself: imports, exports, letters.",
    verbs=(
        Verb(
            method="POST",
            path="/jobs/users-imports",
            scopes=("create:users",),
            run=import_users,
            summary="Create import users job",
            media=MULTIPART,
            body=obj(
                {
                    "users": {"type": "string", "format": "binary", "description": "JSON file."},
                    "connection_id": text("Database to import into.", least=1, most=256),
                    "upsert": _SWITCH,
                    "external_id": text("Your own name for the job.", most=1024),
                    "send_completion_email": _SWITCH,
                },
                required=("connection_id",),
            ),
            status=202,
            answer=_ANSWER,
            refusals=(
                ManagementRefusal.NO_CONNECTION,
                ManagementRefusal.NOT_SUPPORTED,
                ManagementRefusal.TOO_MANY_JOBS,
            ),
            max_body_bytes=MAX_FILE_BYTES + _FORM_BYTES,
        ),
        Verb(
            method="POST",
            path="/jobs/users-exports",
            scopes=("read:users",),
            run=export_users,
            summary="Create export users job",
            body=obj(
                {
                    "connection_id": text("Only users of this connection.", least=1, most=256),
                    "format": text(choices=("json", "csv")),
                    "limit": whole("Most users.", least=1),
                    "fields": _FIELDS,
                }
            ),
            optional_body=True,
            answer=_ANSWER,
            refusals=(
                ManagementRefusal.NO_CONNECTION,
                ManagementRefusal.NOT_SUPPORTED,
                ManagementRefusal.TOO_MANY_JOBS,
            ),
        ),
        Verb(
            method="POST",
            path="/jobs/verification-email",
            scopes=("update:users",),
            run=verification_email,
            summary="Send an email address verification email",
            body=obj(
                {
                    "user_id": text(least=1, most=1024),
                    "client_id": text("Application that the letter names.", least=1, most=256),
                    "identity": obj(
                        {"user_id": text(), "provider": text(), "connection_id": text()},
                        required=("user_id", "provider"),
                    ),
                    "organization_id": text("Stored, without effect.", most=256),
                },
                required=("user_id",),
            ),
            status=201,
            answer=_ANSWER,
            refusals=(
                ManagementRefusal.NO_USER,
                ManagementRefusal.NO_CLIENT,
                ManagementRefusal.BODY_CONFLICT,
            ),
        ),
        Verb(
            method="GET",
            path="/jobs/{id}",
            scopes=("create:users", "read:users"),
            run=get,
            summary="Get a job",
            answer=_ANSWER,
            refusals=(ManagementRefusal.NO_JOB,),
        ),
        Verb(
            method="GET",
            path="/jobs/{id}/errors",
            scopes=("create:users", "read:users"),
            run=errors,
            summary="Get job error details",
            answer=array(
                obj(
                    {
                        "user": obj(others=True),
                        "errors": array(
                            obj({"code": text(), "message": text(), "path": text()}), most=1000
                        ),
                    }
                ),
                most=MAX_ERRORS,
            ),
            also=(204,),
            refusals=(ManagementRefusal.NO_JOB,),
        ),
    ),
)
