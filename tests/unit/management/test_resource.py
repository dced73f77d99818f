import pytest

from gateword.management import openapi, pages
from gateword.management.resource import Actor, Call, Document, Listed, Resource, Verb
from gateword.management.schema import obj, text

ITEM = obj({"id": text(), "name": text()}, required=("id", "name"))


async def nothing(call: Call) -> list[Document]:
    """Answer nothing."""
    del call
    return []


@pytest.mark.parametrize(
    ("held", "is_enough"),
    [
        ("read:role_members", True),
        ("read:users read:roles", True),
        ("read:users", False),
        ("read:roles", False),
        ("", False),
    ],
)
def test_scopes_named_together_are_needed_together(held: str, *, is_enough: bool) -> None:
    """`a b` among the scopes of a verb is had by who has both."""
    actor = Actor(subject="x", client_id="x", scopes=frozenset(held.split()))

    assert is_enough is actor.may("read:role_members", "read:users read:roles")


def test_list_without_pages_is_read_by_checkpoint() -> None:
    """Else what is behind the first fifty could never be reached."""
    listed = Listed(key="clients", item=ITEM, totals=False, checkpoint=True)

    paging = pages.asked({}, listed, str)

    assert (True, 50) == (paging.by_checkpoint, paging.limit)


@pytest.mark.parametrize("fields", [True, False])
def test_member_that_fields_leaves_out_is_not_promised(*, fields: bool) -> None:
    """The OpenAPI document requires a member of an answer only where it is always there."""
    verb = Verb(
        method="GET",
        path="/things/{id}",
        scopes=("read:things",),
        run=nothing,
        summary="Get a thing",
        answer=ITEM,
        fields=fields,
    )

    document = openapi.document([Resource(name="things", doc="", verbs=(verb,))], "https://x/")
    operation = document["paths"]["/things/{id}"]["get"]  # type: ignore[index]
    schema = operation["responses"]["200"]["content"]["application/json"]["schema"]

    assert fields is ("required" not in schema)
