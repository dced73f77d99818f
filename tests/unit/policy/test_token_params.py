import json

import pytest

from gateword.domain.refusal import Refusal
from gateword.domain.refused import Refused
from gateword.domain.secret import Secret
from gateword.policy import token_params
from gateword.policy.json_text import MAX_DEPTH
from gateword.policy.token_params import (
    SECRETS,
    Fields,
    quoted,
    read,
)
from tests.unit.policy.bodies import FORM, JSON, nested, refusal_of


@pytest.mark.parametrize(
    "content_type",
    [FORM, f"{FORM}; charset=utf-8", f"{FORM.upper()} ;charset=UTF-8", "", "text/plain"],
)
def test_form_is_read_under_any_type_but_json(content_type: str) -> None:
    """A form is read whatever its content type says, as long as it is not JSON (§1.1)."""
    fields = read(content_type, b"grant_type=password&username=ada%40example.com&password=p+q")

    assert {"grant_type": "password", "username": "ada@example.com"} == dict(fields.params)
    assert {"password": Secret("p q")} == dict(fields.secrets)


@pytest.mark.parametrize(
    "content_type", [JSON, f"{JSON}; charset=utf-8", "Application/JSON;charset=utf-8"]
)
def test_json_is_read_when_the_type_says_so(content_type: str) -> None:
    """A JSON object is read member by member (§1.1)."""
    body = b'{"grant_type":"password","password":"p q","realm":"Employees"}'

    fields = read(content_type, body)

    assert {"grant_type": "password", "realm": "Employees"} == dict(fields.params)
    assert {"password": Secret("p q")} == dict(fields.secrets)


@pytest.mark.parametrize("name", sorted(SECRETS))
@pytest.mark.parametrize("content_type", [FORM, JSON])
def test_secret_is_wrapped_before_anyone_sees_it(name: str, content_type: str) -> None:
    """Each parameter that is secret comes out as a Secret and nowhere else."""
    body = f"{name}=hush".encode() if content_type == FORM else json.dumps({name: "hush"}).encode()

    fields = read(content_type, body)

    assert {name: Secret("hush")} == dict(fields.secrets)
    assert "hush" not in repr(fields)


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        (FORM, b"username=&password=&scope=&extra="),
        (FORM, b"username&password"),
        (JSON, b'{"username":"","password":null,"scope":null,"extra":null}'),
        (JSON, b'{"scope":""}'),
        (JSON, b'{"scope":[]}'),
        (JSON, b'{"scope":["",""]}'),
        (JSON, b"{}"),
        (JSON, b" \n{ }\t"),
        (FORM, b""),
        ("", b""),
    ],
)
def test_parameter_is_absent_when_empty_or_null(content_type: str, body: bytes) -> None:
    """Promise I3: empty and null are absent (RFC 6749 §3.2)."""
    assert Fields(params={}, secrets={}) == read(content_type, body)


@pytest.mark.parametrize(
    ("content_type", "body", "name"),
    [
        (FORM, b"scope=a&scope=b", "scope"),
        (FORM, b"scope=&scope=", "scope"),
        (FORM, b"username=a&user%6eame=b", "username"),
        (FORM, b"extra=1&extra=1", "extra"),
        (JSON, b'{"scope":"a","scope":"b"}', "scope"),
        (JSON, b'{"scope":null,"scope":null}', "scope"),
        (JSON, b'{"user\\u006eame":"a","username":"b"}', "username"),
        (JSON, b'{"extra":{"x":1,"x":2}}', "x"),
        (JSON, b'{"\\u00e9\\u000a":1,"\\u00e9\\u000a":2}', "??"),
    ],
)
def test_parameter_is_refused_when_repeated(content_type: str, body: bytes, name: str) -> None:
    """Promise I3: a repeated parameter is refused by name, also when both are the same."""
    expected = (Refusal.DUPLICATE_PARAMETER, f"Duplicate parameter: {name}")
    assert expected == refusal_of(content_type, body)


@pytest.mark.parametrize("value", ["1", "true", "0.5", "{}", '["a"]'])
@pytest.mark.parametrize("name", ["grant_type", "client_id", "password", "realm", "token"])
def test_known_parameter_is_refused_when_it_is_no_text(name: str, value: str) -> None:
    """Promise I3: types are never coerced."""
    expected = (Refusal.INVALID_PARAMETER, f"Invalid parameter: {name}")
    assert expected == refusal_of(JSON, f'{{"{name}":{value}}}'.encode())


@pytest.mark.parametrize("value", ["1", "true", "[1]", '{"a":"b"}'])
def test_extra_parameter_is_ignored_when_it_is_no_text(value: str) -> None:
    """Unknown parameters are ignored (§1.1)."""
    fields = read(JSON, f'{{"extra":{value},"realm":"r"}}'.encode())
    assert {"realm": "r"} == dict(fields.params)


TRAPS = {
    "truncated": b'{"a":',
    "trailing text": b"{} {}",
    "byte order mark": b'\xef\xbb\xbf{"a":"b"}',
    "UTF-16": '{"a":"b"}'.encode("utf-16"),
    "UTF-16 without a mark": '{"a":"b"}'.encode("utf-16-le"),
    "UTF-32": '{"a":"b"}'.encode("utf-32"),
    "invalid UTF-8": b'{"a":"\xff"}',
    "overlong UTF-8": b'{"a":"\xc0\x80"}',
    "surrogate in UTF-8": b'{"a":"\xed\xa0\x80"}',
    "lone high surrogate": b'{"username":"\\ud800"}',
    "lone low surrogate": b'{"username":"\\udc00"}',
    "surrogate in a secret": b'{"password":"\\ud800"}',
    "surrogate in an unknown value": b'{"extra":"\\udfff"}',
    "surrogate in a name": b'{"\\ud800":"x"}',
    "surrogate in the name of nothing": b'{"\\ud800":null}',
    "surrogate in a scope": b'{"scope":["a","\\ud800"]}',
    "NaN": b'{"a":NaN}',
    "Infinity": b'{"a":Infinity}',
    "minus Infinity": b'{"a":-Infinity}',
    "float that overflows": b'{"a":1e400}',
    "integer of 301 digits": b'{"a":' + b"9" * 301 + b"}",
    "integer of 5000 digits": b'{"a":' + b"9" * 5000 + b"}",
    "integer of 60000 digits": b'{"a":' + b"9" * 60_000 + b"}",
    "list": b"[]",
    "text": b'"grant_type=password"',
    "number": b"1",
    "null": b"null",
    "nothing": b"",
    "form under JSON's name": b"grant_type=password",
    "nesting of 33": nested(MAX_DEPTH + 1),
    "nesting of 10000": nested(10_000),
    "open nesting": b'{"a":' + b"[" * 60_000,
    "open objects": b'{"a":' * 10_000,
    "control character": b'{"a":"\x01"}',
    "raw NUL": b'{"a":"\x00"}',
    "single quotes": b"{'a':'b'}",
}


@pytest.mark.parametrize("body", TRAPS.values(), ids=TRAPS.keys())
def test_json_is_malformed_when_it_is_a_trap(body: bytes) -> None:
    """Promise I2: whatever is not plain JSON in UTF-8 is 400 `invalid_body`, never a fault."""
    assert (Refusal.MALFORMED_BODY, "Bad Request") == refusal_of(JSON, body)


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        (FORM, b"username=%ff"),
        (FORM, b"username=%ED%A0%80"),
        (FORM, b"%ff=x"),
        (FORM, b"username=\xff"),
        (FORM, "username=ada".encode("utf-16")),
        ("text/plain", b"hello"),
        ("multipart/form-data; boundary=x", b"--x\r\n\r\n--x--"),
        ("text/xml", b"<a/>"),
    ],
)
def test_form_is_malformed_when_it_is_no_utf8_or_no_form(content_type: str, body: bytes) -> None:
    """Promise I2: bytes and escapes must be UTF-8; under a strange type it must be a form."""
    assert (Refusal.MALFORMED_BODY, "Bad Request") == refusal_of(content_type, body)


def test_form_keeps_a_byte_order_mark_as_part_of_the_name() -> None:
    """Promise I2: a byte order mark is nothing special, so the parameter is not found."""
    fields = read(FORM, b"\xef\xbb\xbfgrant_type=password")
    with pytest.raises(Refused) as refused:
        fields.require("grant_type")
    assert "Missing required parameter: grant_type" == refused.value.description


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        (FORM, b"realm=a%00b"),
        (FORM, b"a%00b=x"),
        (FORM, b"scope=a%00b"),
        (JSON, b'{"realm":"a\\u0000b"}'),
        (JSON, b'{"a\\u0000b":"x"}'),
        (JSON, b'{"scope":["\\u0000"]}'),
    ],
)
def test_nul_is_refused(content_type: str, body: bytes) -> None:
    """Promise I2: NUL, which PostgreSQL's text cannot hold, is refused by name."""
    assert Refusal.INVALID_PARAMETER == refusal_of(content_type, body)[0]


@pytest.mark.parametrize("name", ["username", "password"])
def test_nul_is_kept_where_an_answer_must_not_differ(name: str) -> None:
    """Promise T1: NUL in a name or password ends like a wrong password, not like a 400."""
    fields = read(FORM, f"{name}=a%00b".encode())
    assert "a\0b" == (fields.params.get(name) or fields.secrets[name].reveal())


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        (FORM, b"scope=b+a++b%09c"),
        (JSON, b'{"scope":" b a  b\\tc "}'),
        (JSON, b'{"scope":["b","a","b","c"]}'),
        (JSON, b'{"scope":["b a","c"]}'),
    ],
)
def test_scopes_keep_their_order_and_lose_duplicates(content_type: str, body: bytes) -> None:
    """Scopes are a set in the order of the request (RFC 6749 §3.3)."""
    assert ("b", "a", "c") == read(content_type, body).scope


@pytest.mark.parametrize(
    "value", ["1", "0", "true", "false", "{}", '{"a":1}', '["a",1]', "[null]", '[["a"]]', "[{}]"]
)
def test_scope_is_marked_when_it_is_no_text_and_no_list_of_texts(value: str) -> None:
    """A malformed scope is told apart, and refused only after the client is known (§1.4)."""
    fields = read(JSON, f'{{"scope":{value}}}'.encode())
    assert (None, True) == (fields.scope, fields.scope_is_malformed)


def test_required_parameter_is_returned_or_refused_by_name() -> None:
    """A missing parameter is refused with its name (§1.5 rows 11 to 13)."""
    fields = read(FORM, b"username=ada")

    assert "ada" == fields.require("username")
    with pytest.raises(Refused, match="PARAMETER_MISSING") as refused:
        fields.require("realm")
    assert "Missing required parameter: realm" == refused.value.description


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("password", "password"),
        ("a\nb\x7f\xe9\u2028", "a?b???"),
        ("x" * 64, "x" * 64),
        ("x" * 65, "x" * 64),
        ("", ""),
        ("{name}%s<script>", "{name}%s<script>"),
    ],
)
def test_quoted_text_is_printable_and_bounded(text: str, expected: str) -> None:
    """What an answer repeats of a request is printable ASCII of at most 64 characters."""
    assert expected == quoted(text)


def test_every_secret_is_a_known_parameter() -> None:
    """A secret that comes as a number is refused, never passed by."""
    assert token_params.SECRETS <= token_params.KNOWN
