from collections.abc import Sequence
from typing import Any

import pytest

from gateword.domain.management_refusal import ManagementRefusal
from gateword.domain.refused import Refused
from gateword.management import asked
from gateword.management.resource import MULTIPART, Call, Listed, Verb
from gateword.management.schema import Schema, array, flag, number, obj, text, whole


async def _nothing(call: Call) -> None:
    del call


def a_verb(**more: Any) -> Verb:
    """Return a verb that does nothing."""
    given: dict[str, Any] = {
        "method": "POST",
        "path": "/things/{id}",
        "scopes": ("create:things",),
        "run": _nothing,
        "summary": "Make a thing",
    }
    return Verb(**given | more)


def refusal(call: Any, *arguments: Any) -> tuple[ManagementRefusal, str]:
    """Return row and text with which a call refuses."""
    with pytest.raises(Refused) as raised:
        call(*arguments)
    row = raised.value.refusal
    assert isinstance(row, ManagementRefusal)
    return row, raised.value.description


def _unsealed(stamped: str) -> str:
    return stamped


QUERY: dict[str, Schema] = {
    "q": text(most=5),
    "is_it": flag(),
    "many": whole(most=9),
    "kinds": array(text()),
}


@pytest.mark.parametrize(
    ("sent", "values"),
    [
        ([], {}),
        ([("q", "a b")], {"q": "a b"}),
        ([("is_it", "true"), ("many", "7")], {"is_it": True, "many": 7}),
        ([("is_it", "false")], {"is_it": False}),
        ([("kinds", "a,b"), ("kinds", "c")], {"kinds": ["a", "b", "c"]}),
        ([("kinds", "")], {"kinds": []}),
    ],
)
def test_query_is_read_in_its_declared_types(
    sent: Sequence[tuple[str, str]], values: dict[str, object]
) -> None:
    """Texts of a query become what their schemas say; lists may be repeated or parted by commas."""
    assert values == asked.query(a_verb(query=QUERY), sent, _unsealed).values


@pytest.mark.parametrize(
    ("sent", "fault"),
    [
        ([("colour", "red")], "Additional properties not allowed: colour"),
        ([("q", "a"), ("q", "b")], "Repeated parameter: q"),
        ([("q", "too long")], "String is too long, maximum characters: 5 on property q"),
        ([("is_it", "yes")], "Expected type boolean on property is_it"),
        ([("many", "-1")], "Expected type integer on property many"),
        ([("many", "٣")], "Expected type integer on property many"),
        ([("many", "1" * 400)], "Expected type integer on property many"),
        ([("many", "10")], "Value is greater than maximum 9 on property many"),
        ([("q", "a\0")], "Unusable character"),
        ([("col\nour'", "red")], "Additional properties not allowed: col?our'"),
        ([("page", "1")], "Additional properties not allowed: page"),
    ],
)
def test_query_of_another_form_is_refused(sent: Sequence[tuple[str, str]], fault: str) -> None:
    """The refusal names the parameter, and no value that was sent."""
    refused = refusal(asked.query, a_verb(query=QUERY), sent, _unsealed)

    assert (ManagementRefusal.INVALID_QUERY, f"Query validation error: '{fault}'.") == refused


def test_list_knows_the_parameters_of_its_pages() -> None:
    """What `listed` and `fields` offer is declared by them."""
    listed = Listed(key="things", item=obj(), checkpoint=True)
    verb = a_verb(method="GET", listed=listed, fields=True)

    assert {
        "page", "per_page", "include_totals", "from", "take", "fields", "include_fields"
    } == set(asked.parameters(verb))  # fmt: skip


@pytest.mark.parametrize("value", ["x" * 1025, "a\0b", "\ud800"])
def test_path_that_cannot_be_stored_is_refused(value: str) -> None:
    """An id that is too long, or that no database can hold, is refused by its name."""
    refused = refusal(asked.path, {"id": value})

    assert (
        ManagementRefusal.INVALID_PATH,
        "Path validation error: 'Invalid value for id'.",
    ) == refused


BODY = obj({"name": text(), "size": number(), "more": array(whole())}, required=("name",))


@pytest.mark.parametrize(
    ("raw", "fault"),
    [
        (b"", "Invalid JSON"),
        (b"{", "Invalid JSON"),
        (b'{"name":NaN}', "Invalid JSON"),
        (b"\xff", "Invalid JSON"),
        (b"[" * 100_000, "Invalid JSON"),
        (b'{"name":"a","name":"b"}', "Repeated property: name"),
        (b'{"name":"a\\u0000"}', "Unusable character"),
        (b'{"name":"\\ud800"}', "Unusable character"),
        (b"7", "Expected type object"),
        (b"null", "Expected type object"),
        (b"{}", "Missing required property: name"),
        (b'{"name":7}', "Expected type string on property name"),
        (b'{"name":"a","x":1,"y":2}', "Additional properties not allowed: x, y"),
        (b'{"x":1}', "Additional properties not allowed: x"),
        (b'{"name":"a","more":[1,"2"]}', "Expected type integer on property more.1"),
        (b'{"name":"a","more":[1.5]}', "Expected type integer on property more.0"),
    ],
)
def test_body_of_another_form_is_refused(raw: bytes, fault: str) -> None:
    """The refusal names members and bounds, never a value; unknown members come first (M2)."""
    refused = refusal(asked.body, a_verb(body=BODY), raw)

    assert (ManagementRefusal.INVALID_BODY, f"Payload validation error: '{fault}'.") == refused


def test_whole_number_is_whole_however_it_is_written() -> None:
    """`5.0` is the number 5, as in JSON and in JavaScript; what has a fraction keeps it."""
    body = asked.body(a_verb(body=BODY), b'{"name":"a","size":2.5,"more":[5.0,-0.0,1e3]}')

    assert isinstance(body, dict)
    assert [5, 0, 1000] == body["more"]
    assert [int, int, int, float] == [type(one) for one in [*body["more"], body["size"]]]


def test_body_may_be_missing_where_the_verb_says_so() -> None:
    """A verb without a body reads none; an optional one may be empty."""
    assert asked.body(a_verb(), b"{") == {}
    assert asked.body(a_verb(body=BODY, optional_body=True), b" \n") == {}


FORM = obj({"file": {"type": "string", "format": "binary"}, "name": text(most=3)})


def test_form_is_parted_into_texts_and_files() -> None:
    """Parts with bytes are files; the others are checked against the schema."""
    verb = a_verb(body=FORM, media=MULTIPART)

    assert ({"name": "abc"}, {"file": b"\0"}) == asked.form(verb, {"name": "abc", "file": b"\0"})


@pytest.mark.parametrize(
    ("parts", "fault"),
    [
        ({"other": "x"}, "Additional properties not allowed: other"),
        ({"other": b"x"}, "Additional properties not allowed: other"),
        ({"name": "abcd"}, "String is too long, maximum characters: 3 on property name"),
        ({"name": "a\0"}, "Unusable character"),
        ({"na\0me": b""}, "Unusable character"),
    ],
)
def test_form_of_another_form_is_refused(parts: dict[str, object], fault: str) -> None:
    """Parts that are not declared, files too, and texts that cannot be stored are refused."""
    refused = refusal(asked.form, a_verb(body=FORM, media=MULTIPART), parts)

    assert (ManagementRefusal.INVALID_BODY, f"Payload validation error: '{fault}'.") == refused
