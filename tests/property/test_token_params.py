"""Form and JSON say the same, and any bytes give parameters or a refusal."""

import json
from urllib.parse import urlencode

from hypothesis import example, given
from hypothesis import strategies as st

from gateword.domain.refusal import Refusal
from gateword.domain.refused import Refused
from gateword.policy.token_params import KNOWN, MAX_VALUE_CHARS, SECRETS, Fields, read

FORM = "application/x-www-form-urlencoded"
JSON = "application/json"
ROWS = {Refusal.MALFORMED_BODY, Refusal.DUPLICATE_PARAMETER, Refusal.INVALID_PARAMETER}

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
names = st.one_of(st.sampled_from(sorted(KNOWN | {"scope"})), texts.filter(bool))
members = st.dictionaries(names, st.one_of(texts, st.just("x" * 2049)), max_size=8)
values = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=10)),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4)
    ),
    max_leaves=12,
)
types = st.sampled_from([FORM, JSON, "", "text/plain", f"{JSON}; charset=utf-16"])


def outcome(content_type: str, body: bytes) -> Fields | tuple[Refusal, str]:
    """Return the parameters of a body, or the row and the text that refuse it."""
    try:
        return read(content_type, body)
    except Refused as refused:
        return refused.refusal, refused.description


@given(members)
def test_form_and_json_say_the_same(said: dict[str, str]) -> None:
    """Promise I3: the same parameters mean the same in both forms, refusals included."""
    form = outcome(FORM, urlencode(said).encode())
    assert form == outcome(JSON, json.dumps(said).encode())
    assert form == outcome(JSON, json.dumps(said, ensure_ascii=False).encode())


@given(members)
def test_what_is_read_is_what_was_said(said: dict[str, str]) -> None:
    """Promise I3: no value is changed, added or lost, but those that are empty."""
    fields = outcome(FORM, urlencode(said).encode())
    if isinstance(fields, Fields):
        seen = dict(fields.params) | {name: held.reveal() for name, held in fields.secrets.items()}
        given_ = {name: value for name, value in said.items() if value and name != "scope"}
        assert given_ == seen
        assert tuple(dict.fromkeys(said.get("scope", "").split())) == (fields.scope or ())


@given(members)
def test_secrets_are_apart(said: dict[str, str]) -> None:
    """Promise D10: no secret parameter is ever among those that show."""
    fields = outcome(JSON, json.dumps(said).encode())
    if isinstance(fields, Fields):
        assert set() == SECRETS & set(fields.params)
        assert set(fields.secrets) <= SECRETS


@given(members, st.data())
def test_any_repetition_is_refused(said: dict[str, str], data: st.DataObject) -> None:
    """Promise I3: whichever parameter is repeated, wherever, whatever its value."""
    pairs = [*said.items(), ("realm", "r")]
    name, _ = data.draw(st.sampled_from(pairs))
    pairs.insert(data.draw(st.integers(0, len(pairs))), (name, data.draw(texts)))
    body = ", ".join(f"{json.dumps(one)}:{json.dumps(value)}" for one, value in pairs)
    for seen in (outcome(FORM, urlencode(pairs).encode()), outcome(JSON, f"{{{body}}}".encode())):
        assert isinstance(seen, tuple)
        assert Refusal.DUPLICATE_PARAMETER == seen[0]


@given(st.dictionaries(names | st.text(max_size=5), values, max_size=6))
@example({"scope": {}, "\ud800": None})
def test_any_json_gives_parameters_or_a_refusal(said: dict[str, object]) -> None:
    """Promise I2: whatever JSON is sent, what comes out can be stored and is bounded."""
    fields = outcome(JSON, json.dumps(said).encode())
    if isinstance(fields, tuple):
        assert fields[0] in ROWS
        return
    for name, value in fields.params.items():
        assert len(f"{name}{value}".encode()) > 0
        assert "\0" not in name
        assert name == "username" or (len(value) <= MAX_VALUE_CHARS and "\0" not in value)
    for held in fields.secrets.values():
        assert held.reveal().encode()


@given(types, st.binary(max_size=300))
def test_any_bytes_give_parameters_or_a_refusal(content_type: str, body: bytes) -> None:
    """Promise I2: no bytes whatever are a fault, and a refusal quotes printable ASCII alone."""
    seen = outcome(content_type, body)
    if isinstance(seen, tuple):
        assert seen[0] in ROWS
        assert seen[1].isascii()
        assert seen[1].isprintable()
