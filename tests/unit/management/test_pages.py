from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateword.domain.refused import Refused
from gateword.management import pages
from gateword.management.resource import Listed, Paging, Slice
from gateword.management.schema import obj

THINGS = [{"id": f"{number:02}", "n": number} for number in range(10)]
LISTED = Listed(key="things", item=obj(), checkpoint=True)


def _id(item: Mapping[str, object]) -> str:
    return str(item["id"])


def read(query: dict[str, object], listed: Listed = LISTED) -> Any:
    """Return the body that a query of the ten things is answered with."""
    paging = pages.asked(query, listed, lambda text: text.removeprefix("sealed "))
    return pages.wrapped(
        pages.cut(THINGS, paging, _id), paging, listed, lambda text: f"sealed {text}"
    )


@pytest.mark.parametrize(
    ("query", "paging"),
    [
        ({}, Paging()),
        ({"page": 2, "per_page": 10}, Paging(start=20, limit=10)),
        ({"per_page": 0}, Paging()),
        ({"include_totals": True}, Paging(with_totals=True)),
        ({"include_totals": True, "take": 5}, Paging(limit=5, by_checkpoint=True)),
        ({"from": "sealed x", "page": 3}, Paging(by_checkpoint=True, after="x")),
    ],
)
def test_mode_is_what_is_asked_for(query: dict[str, object], paging: Paging) -> None:
    """`take` or `from` ask for a checkpoint and win over pages; 50 items where nothing is said."""
    asked = pages.asked(query, LISTED, lambda text: text.removeprefix("sealed "))

    assert paging == asked


def test_checkpoint_is_not_offered_everywhere() -> None:
    """A list without checkpoints does not read `take`."""
    plain = Listed(key="things", item=obj())

    assert Paging() == pages.asked({"take": 5}, plain, str)


def test_totals_are_told_around_the_items() -> None:
    """With totals the answer says where the page begins, how long it may be, and how many are."""
    body = read({"page": 1, "per_page": 4, "include_totals": True})

    assert {"start": 4, "limit": 4, "total": 10, "things": THINGS[4:8]} == body
    assert ["start", "limit", "total", "things"] == list(body)


def test_length_is_told_where_auth0_tells_it() -> None:
    """Users and logs say how many items the page has."""
    listed = Listed(key="things", item=obj(), with_length=True)

    assert 2 == read({"page": 2, "per_page": 4, "include_totals": True}, listed)["length"]


def test_page_past_the_end_is_empty() -> None:
    """The pagers of SDKs go on until they see one."""
    assert [] == read({"page": 9, "per_page": 4})


def test_checkpoints_lead_to_the_end() -> None:
    """`next` is there until the last page, and the pages together are the list."""
    seen: list[Any] = []
    query: dict[str, object] = {"take": 4}
    while True:
        body = read(query)
        seen += body["things"]
        if "next" not in body:
            break
        query = {"take": 4, "from": body["next"]}

    assert THINGS == seen


@given(st.integers(1, 12), st.sets(st.integers(0, 99)))
def test_checkpoint_skips_nothing_when_items_go(take: int, gone: set[int]) -> None:
    """Items that stay are each seen once, whatever is deleted between two pages."""
    items = [{"id": f"{number:02}"} for number in range(30)]
    seen: list[str] = []
    after: str | None = None
    while True:
        page = pages.cut(items, Paging(limit=take, by_checkpoint=True, after=after), _id)
        seen += [_id(item) for item in page.items]
        if page.next is None:
            break
        after = page.next
        items = [item for item in items if int(_id(item)) not in gone]
    staying = [f"{number:02}" for number in range(30) if number not in gone]

    assert len(seen) == len(set(seen))
    assert set(staying) <= set(seen)


def test_bare_checkpoint_answers_a_plain_list() -> None:
    """Logs are read by checkpoint as plain lists; `from` is a log id, nobody's secret."""
    listed = Listed(key="logs", item=obj(), checkpoint=True, bare_checkpoint=True)

    assert THINGS[3:5] == read({"from": "02", "take": 2}, listed)


def test_key_stands_around_items_where_auth0_always_puts_it() -> None:
    """Some lists are objects also when nobody asked for totals."""
    listed = Listed(key="things", item=obj(), always=True)

    assert {"things": THINGS} == read({}, listed)


def test_verb_may_cut_its_list_itself() -> None:
    """A `Slice` goes out as it is; without a count the total is what is there."""
    page = Slice([{"id": "a"}], None, None)
    body = pages.wrapped(page, Paging(with_totals=True), LISTED, str)

    assert {"start": 0, "limit": 50, "total": 1, "things": [{"id": "a"}]} == body


def test_refused_checkpoint_names_its_parameter() -> None:
    """A `from` that is none of ours says so."""
    refused = pages.refuse_checkpoint()

    assert isinstance(refused, Refused)
    assert "Query validation error: 'Unknown checkpoint on property from'." == refused.description


PERSON: dict[str, object] = {
    "user_id": "u",
    "email": "e",
    "app_metadata": {"plan": "gold", "seats": {"n": 2, "m": 3}},
    "identities": [{"provider": "auth0", "user_id": "1"}],
}


@pytest.mark.parametrize(
    ("fields", "kept"),
    [
        ("email", {"email": "e"}),
        (" email , user_id ", {"email": "e", "user_id": "u"}),
        ("nothing", {}),
        ("app_metadata.plan", {"app_metadata": {"plan": "gold"}}),
        ("app_metadata.seats.n", {"app_metadata": {"seats": {"n": 2}}}),
        ("app_metadata.seats.n,app_metadata", {"app_metadata": PERSON["app_metadata"]}),
        ("identities.provider", {"identities": [{"provider": "auth0"}]}),
        ("", PERSON),
    ],
)
def test_fields_keep_what_is_named(fields: str, kept: dict[str, object]) -> None:
    """Only the named members stay; a name that is not there adds nothing (M3)."""
    assert kept == pages.chosen(PERSON, {"fields": fields})
    assert kept == pages.chosen(PERSON, {"fields": fields, "include_fields": True})


@pytest.mark.parametrize(
    ("fields", "left"),
    [
        ("app_metadata,identities,email", {"user_id": "u"}),
        (
            "email,identities,app_metadata.seats",
            {"user_id": "u", "app_metadata": {"plan": "gold"}},
        ),
    ],
)
def test_fields_leave_out_what_is_named(fields: str, left: dict[str, object]) -> None:
    """With include_fields=false the named members go."""
    assert left == pages.chosen(PERSON, {"fields": fields, "include_fields": False})
