import tracemalloc

import pytest

from gateword.management.schema import (
    Schema,
    anything,
    array,
    changes,
    flag,
    free,
    nullable,
    number,
    obj,
    secret,
    text,
    whole,
)
from gateword.management.validation import fault


@pytest.mark.parametrize(
    ("schema", "value", "told"),
    [
        (text(least=2), "a", "String is too short, minimum characters: 2"),
        (text(most=2), "abc", "String is too long, maximum characters: 2"),
        (text(pattern="^a$"), "b", "String does not match pattern ^a$"),
        (text(choices=("a", "b")), "c", "No enum match, expected one of: a, b"),
        (whole(least=3), 2, "Value is less than minimum 3"),
        (whole(most=3), 10**200, "Value is greater than maximum 3"),
        (whole(), True, "Expected type integer"),
        (number(), "1", "Expected type number"),
        (flag(), 1, "Expected type boolean"),
        (array(text(), least=1), [], "Array is too short, minimum items: 1"),
        (array(text(), most=1), ["a", "b"], "Array is too long, maximum items: 1"),
        (
            nullable(array(text(), unique=True)), ["b", "a", "c", "a"],
            "Array items are not unique (indexes 1 and 3)",
        ),
        (array(number(), unique=True), [1, 1.0], "Array items are not unique"),
        (obj(least=1, others=True), {}, "Too few properties defined, minimum: 1"),
        (obj({"a": obj({"b": text()})}), {"a": {"b": 1}}, "Expected type string on property a.b"),
        (nullable(text()), 1, "Expected type string"),
        (nullable(obj({"a": text()})), {"b": 1}, "Additional properties not allowed: b"),
        (obj(others=whole()), {"a": "x"}, "Expected type integer on property a"),
    ],
)  # fmt: skip
def test_fault_names_bound_and_place(schema: Schema, value: object, told: str) -> None:
    """What is wrong is told as Auth0 tells it, with the property where there is one."""
    assert told == fault(schema, value)


@pytest.mark.parametrize(
    ("schema", "value"),
    [
        (text(), "x"),
        (nullable(text()), None),
        (free(), {"a": [{"b": None}]}),
        (anything(), [1]),
        (secret(), "x"),
        (obj({"a": text()}), {}),
    ],
)
def test_fitting_value_has_no_fault(schema: Schema, value: object) -> None:
    """A value of the declared form is let through."""
    assert fault(schema, value) is None


@pytest.mark.parametrize(
    "schema",
    [
        secret(most=3),
        text(choices=("a",)),
        text(pattern="^a$"),
        array(text(most=3)),
        obj({"pin": secret(most=3)}),
        nullable(secret(most=3)),
    ],
)
def test_fault_never_quotes_a_value(schema: Schema) -> None:
    """A value may be a secret: it is in no text, whatever is wrong with it (D10)."""
    canary = "canary-of-a-secret"
    for value in (canary, [canary], {"pin": canary}):
        assert canary not in str(fault(schema, value))


CREATED = obj({"name": text(), "id": text(), "n": whole()}, required=("name",))


def test_change_may_leave_everything_out_or_take_it_back() -> None:
    """A PATCH needs no member; null takes one back to its default, which what POST asks lacks."""
    assert fault(changes(CREATED), {}) is None
    assert fault(changes(CREATED), {"id": None, "n": 1}) is None
    assert "Expected type string on property name" == fault(changes(CREATED), {"name": None})


def test_change_does_not_reach_what_may_not_change() -> None:
    """Members of `without` are unknown in a PATCH, and what was unknown stays so."""
    patch = changes(CREATED, without=("id",))

    assert "Additional properties not allowed: id" == fault(patch, {"id": "x"})
    assert "Additional properties not allowed: x" == fault(patch, {"x": 1})
    assert "Too few properties defined, minimum: 1" == fault(changes(CREATED, least=1), {})


def test_very_many_faults_cost_no_more_than_one() -> None:
    """A body of a megabyte that is wrong everywhere is told one fault at little cost (I1)."""
    tracemalloc.start()
    try:
        told = fault(obj({"users": array(text())}), {"users": [1] * 200_000})
        _, peak_bytes = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert told is not None
    assert "users" in told
    assert peak_bytes < 16 * 1024 * 1024
