import json

import pytest

from gateword.domain.refusal import Refusal
from gateword.policy.json_text import MAX_DEPTH
from gateword.policy.token_params import (
    MAX_FIELDS,
    MAX_SCOPES,
    MAX_VALUE_CHARS,
    read,
)
from tests.unit.policy.bodies import FORM, JSON, nested, refusal_of


@pytest.mark.parametrize("depth", [2, MAX_DEPTH - 1, MAX_DEPTH])
def test_json_may_nest_up_to_the_bound(depth: int) -> None:
    """Promise I1: 32 levels are read."""
    assert {} == dict(read(JSON, nested(depth)).params)


@pytest.mark.parametrize("digits", [1, 299, 300])
def test_json_integer_may_have_digits_up_to_the_bound(digits: int) -> None:
    """Promise I1: an integer of 300 digits is no trap yet."""
    assert {} == dict(read(JSON, b'{"extra":' + b"9" * digits + b"}").params)


@pytest.mark.parametrize("content_type", [FORM, JSON])
@pytest.mark.parametrize(
    ("length", "accepted"),
    [(MAX_VALUE_CHARS - 1, True), (MAX_VALUE_CHARS, True), (MAX_VALUE_CHARS + 1, False)],
)
@pytest.mark.parametrize("name", ["realm", "audience", "client_id", "extra"])
def test_value_is_bounded(name: str, length: int, accepted: bool, content_type: str) -> None:  # noqa: FBT001  pytest's parameter
    """Promise I1: a value may have 2048 characters, not one more."""
    text = "x" * length
    body = json.dumps({name: text}) if content_type == JSON else f"{name}={text}"
    if accepted:
        assert {name: text} == dict(read(content_type, body.encode()).params)
    else:
        expected = (Refusal.INVALID_PARAMETER, f"Invalid parameter: {name}")
        assert expected == refusal_of(content_type, body.encode())


@pytest.mark.parametrize(
    ("length", "accepted"),
    [(MAX_VALUE_CHARS - 1, True), (MAX_VALUE_CHARS, True), (MAX_VALUE_CHARS + 1, False)],
)
def test_name_is_bounded(length: int, accepted: bool) -> None:  # noqa: FBT001  pytest's parameter
    """Promise I1: names are bounded like values, and quoted only in part."""
    name = "n" * length
    if accepted:
        assert {name: "x"} == dict(read(FORM, f"{name}=x".encode()).params)
    else:
        expected = (Refusal.INVALID_PARAMETER, f"Invalid parameter: {'n' * 64}")
        assert expected == refusal_of(FORM, f"{name}=x".encode())


@pytest.mark.parametrize("name", ["username", "password", "refresh_token", "client_secret"])
def test_long_value_is_left_to_its_owner(name: str) -> None:
    """§1.7: a username or password too long gets the answer of a wrong one, not a 400."""
    fields = read(FORM, f"{name}={'x' * 5000}".encode())
    assert 5000 == len(fields.params.get(name) or fields.secrets[name].reveal())


@pytest.mark.parametrize(
    ("count", "accepted"), [(MAX_SCOPES - 1, True), (MAX_SCOPES, True), (MAX_SCOPES + 1, False)]
)
def test_scopes_are_bounded_in_number(count: int, accepted: bool) -> None:  # noqa: FBT001  pytest's parameter
    """Promise I1: 100 scopes may be asked, not one more."""
    scopes = [f"s{number}" for number in range(count)]
    body = json.dumps({"scope": scopes}).encode()
    if accepted:
        assert tuple(scopes) == read(JSON, body).scope
    else:
        expected = (Refusal.INVALID_PARAMETER, "Invalid parameter: scope")
        assert expected == refusal_of(JSON, body)


@pytest.mark.parametrize("length", [MAX_VALUE_CHARS + 1, 5000])
def test_scope_is_bounded_in_length(length: int) -> None:
    """Promise I1: scope is bounded like any other value, also as a list."""
    expected = (Refusal.INVALID_PARAMETER, "Invalid parameter: scope")
    assert expected == refusal_of(FORM, b"scope=" + b"s" * length)
    assert expected == refusal_of(JSON, json.dumps({"scope": ["s"] * length}).encode())


@pytest.mark.parametrize(
    ("count", "accepted"), [(MAX_FIELDS - 1, True), (MAX_FIELDS, True), (MAX_FIELDS + 1, False)]
)
@pytest.mark.parametrize("content_type", [FORM, JSON])
def test_parameters_are_bounded_in_number(content_type: str, count: int, accepted: bool) -> None:  # noqa: FBT001  pytest's parameter
    """Promise I1: 100 parameters are read, not one more."""
    members = {f"p{number}": "x" for number in range(count)}
    form = "&".join(f"{name}=x" for name in members)
    body = (json.dumps(members) if content_type == JSON else form).encode()
    if accepted:
        assert members == dict(read(content_type, body).params)
    else:
        assert Refusal.MALFORMED_BODY == refusal_of(content_type, body)[0]
