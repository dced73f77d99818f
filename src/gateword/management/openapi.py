"""The OpenAPI 3.1 document of the Management API, made from the same declarations as the routes."""

import re
from collections.abc import Mapping, Sequence
from typing import Final

from gateword.domain.refused import RefusalTable
from gateword.management import asked
from gateword.management.resource import Listed, Resource, Verb
from gateword.management.schema import Schema, array, obj, text, whole
from gateword.values import replace

_NAME: Final = re.compile(r"\{(\w+)\}")
_ERROR: Final = "#/components/schemas/Error"
_ERROR_SCHEMA: Final = obj(
    {
        "statusCode": whole("HTTP status."),
        "error": text("Reason phrase of the status."),
        "message": text("What is wrong."),
        "errorCode": text("What is wrong, for programs."),
    },
    required=("statusCode", "error", "message"),
    others=True,
)
_ALWAYS: Final = (401, 403, 429, 503)


def document(resources: Sequence[Resource], issuer: str) -> Mapping[str, object]:
    """Return the document.

    Args:
        resources: Of the registry.
        issuer: URL of the tenant that serves it, with the trailing slash.
    """
    paths: dict[str, dict[str, object]] = {}
    for resource in resources:
        for verb in resource.verbs:
            paths.setdefault(verb.path, {})[verb.method.lower()] = _operation(resource, verb)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Gateword Management API", "version": "2.0"},
        "servers": [{"url": f"{issuer}api/v2"}],
        "security": [{"token": []}],
        "tags": [{"name": one.name, "description": one.doc} for one in resources],
        "paths": paths,
        "components": {
            "schemas": {"Error": _ERROR_SCHEMA},
            "securitySchemes": {
                "token": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}
            },
        },
    }


def _operation(resource: Resource, verb: Verb) -> Mapping[str, object]:
    operation: dict[str, object] = {
        "operationId": _operation_id(verb),
        "tags": [resource.name],
        "summary": verb.summary,
        "description": f"Needs one of the scopes: {', '.join(verb.scopes)}.",
        "parameters": [*_path_parameters(verb), *_query_parameters(verb)],
        "responses": _responses(verb),
    }
    if verb.body is not None:
        operation["requestBody"] = {
            "required": not verb.optional_body,
            "content": {verb.media: {"schema": verb.body}},
        }
    return operation


def _operation_id(verb: Verb) -> str:
    words = re.sub(r"[^A-Za-z0-9]+", "_", verb.path).strip("_")
    return f"{verb.method.lower()}_{words}"


def _path_parameters(verb: Verb) -> list[Mapping[str, object]]:
    return [
        {"name": name, "in": "path", "required": True, "schema": text(least=1, most=1024)}
        for name in _NAME.findall(verb.path)
    ]


def _query_parameters(verb: Verb) -> list[Mapping[str, object]]:
    return [
        {"name": name, "in": "query", "schema": schema, "style": "form", "explode": False}
        for name, schema in asked.parameters(verb).items()
    ]


def _responses(verb: Verb) -> Mapping[str, object]:
    responses: dict[str, object] = {str(verb.status): _granted(verb)}
    for status in verb.also:
        responses[str(status)] = {"description": "See the description."}
    refused = {row.row.status for row in verb.refusals} | set(_ALWAYS) | _checked(verb)
    for status in sorted(refused):
        responses.setdefault(str(status), _refused(status, verb.refusals))
    # Refused by the transport, before anybody knows that it is a call of this API.
    responses["431"] = {"description": "The head of the request is larger than 16 KiB."}
    return responses


def _checked(verb: Verb) -> set[int]:
    """Return the statuses of what the checks before the verb itself refuse."""
    return {400} if verb.body is None else {400, 408, 413}


def _granted(verb: Verb) -> Mapping[str, object]:
    if verb.listed is not None:
        item = _some_members(verb.listed.item) if verb.fields else verb.listed.item
        schema: Schema | None = _page(replace(verb.listed, item=item))
    elif verb.fields and verb.answer is not None:
        schema = _some_members(verb.answer)
    else:
        schema = verb.answer
    described: dict[str, object] = {"description": verb.summary}
    if schema is not None:
        described["content"] = {"application/json": {"schema": schema}}
    return described


def _some_members(schema: Schema) -> Schema:
    """Return the schema of what `fields` leaves of an answer: no member must be there."""
    return {name: value for name, value in schema.items() if name != "required"}


def _page(listed: Listed) -> Schema:
    items = array(listed.item)
    forms: list[Schema] = [] if listed.always else [items]
    if listed.always or listed.totals or (listed.checkpoint and not listed.bare_checkpoint):
        members = {
            "start": whole(), "limit": whole(), "total": whole(), "length": whole(),
            "next": text(), listed.key: items,
        }  # fmt: skip
        forms.append(obj(members, required=(listed.key,)))
    return forms[0] if len(forms) == 1 else {"anyOf": forms}


def _refused(status: int, rows: Sequence[RefusalTable]) -> Mapping[str, object]:
    codes = sorted({row.row.error for row in rows if row.row.status == status and row.row.error})
    return {
        "description": f"Refused: {', '.join(codes)}" if codes else "Refused",
        "content": {"application/json": {"schema": {"$ref": _ERROR}}},
    }
