from typing import Any

from gateword.domain.management_refusal import ManagementRefusal
from gateword.management import openapi
from gateword.management.resource import MULTIPART, Call, Listed, Resource, Verb
from gateword.management.schema import obj, text
from gateword.resources import RESOURCES

ITEM = obj({"id": text()})


async def _nothing(call: Call) -> None:
    del call


VERBS = (
    Verb(
        method="GET",
        path="/things",
        scopes=("read:things", "read:all"),
        run=_nothing,
        summary="Get things",
        listed=Listed(key="things", item=ITEM, checkpoint=True),
    ),
    Verb(
        method="PATCH",
        path="/things/{thing_id}",
        scopes=("update:things",),
        run=_nothing,
        summary="Change a thing",
        body=obj({"name": text()}),
        answer=ITEM,
        also=(202,),
        refusals=(ManagementRefusal.NO_USER, ManagementRefusal.CONFLICT),
    ),
    Verb(
        method="POST",
        path="/things/file",
        scopes=("create:things",),
        run=_nothing,
        summary="Send a file",
        body=obj({"file": text()}),
        media=MULTIPART,
        status=204,
    ),
)
DOCUMENT: Any = openapi.document(
    [Resource(name="things", doc="Things.", verbs=VERBS)], "https://tenant.example/"
)


def test_server_is_the_tenants_own() -> None:
    """The document's server is the tenant that serves it."""
    assert [{"url": "https://tenant.example/api/v2"}] == DOCUMENT["servers"]


def test_verb_is_an_operation_with_its_scopes() -> None:
    """Each verb is an operation that says which scopes open it."""
    operation = DOCUMENT["paths"]["/things"]["get"]

    assert "get_things" == operation["operationId"]
    assert "Needs one of the scopes: read:things, read:all." == operation["description"]
    assert {"page", "per_page", "include_totals", "from", "take"} == {
        one["name"] for one in operation["parameters"]
    }


def test_list_may_be_plain_or_stand_under_its_key() -> None:
    """A list's schema has both forms in which it goes over the wire."""
    schema = DOCUMENT["paths"]["/things"]["get"]["responses"]["200"]
    plain, wrapped = schema["content"]["application/json"]["schema"]["anyOf"]

    assert "array" == plain["type"]
    assert {"start", "limit", "total", "length", "next", "things"} == set(wrapped["properties"])


def test_statuses_are_those_that_a_verb_can_answer() -> None:
    """Its own, those of its refusals, and those of the checks before it."""
    responses = DOCUMENT["paths"]["/things/{thing_id}"]["patch"]["responses"]

    assert {"200", "202", "400", "401", "403", "404", "408", "409", "413", "429", "503"} <= set(
        responses
    )
    assert "Refused: inexistent_user" == responses["404"]["description"]


def test_upload_has_its_media_type() -> None:
    """A multipart body is declared as one; an empty answer has no content."""
    operation = DOCUMENT["paths"]["/things/file"]["post"]

    assert ["multipart/form-data"] == list(operation["requestBody"]["content"])
    assert "content" not in operation["responses"]["204"]


def test_operations_have_names_of_their_own() -> None:
    """Code that is generated from the document needs each operationId once."""
    served: Any = openapi.document(RESOURCES, "https://tenant.example/")
    names = [
        operation["operationId"] for path in served["paths"].values() for operation in path.values()
    ]

    assert len(names) == len(set(names)) > 100
