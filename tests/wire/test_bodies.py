"""What a body may look like, how big it may be, and that nothing in it is guessed at."""

import base64
import json
from collections.abc import AsyncIterator, Mapping
from typing import Any, Final

import pytest

from tests.support.factories import PASSWORD
from tests.support.house import House
from tests.wire.assertions import assertion
from tests.wire.world import PASSWORDS, VALUES

JSON: Final = {"content-type": "application/json"}
FORM: Final = {"content-type": "application/x-www-form-urlencoded"}
GOOD: Final = {
    "grant_type": PASSWORD,
    "username": "ann",
    "password": PASSWORDS["password"],
    "scope": "email",
    "client_id": VALUES["web"],
    "client_secret": VALUES["web_secret"],
}
LIMIT: Final = 65536


def _form_of(size: int) -> bytes:
    head = b"grant_type=password&filler="
    return head + b"x" * (size - len(head))


@pytest.mark.parametrize(("size", "status"), [(LIMIT - 1, 400), (LIMIT, 400), (LIMIT + 1, 413)])
async def test_body_has_a_size(house: House, size: int, status: int) -> None:
    """I1: 64 KiB are read, one byte more is 413."""
    answer = await house.http.post("/oauth/token", content=_form_of(size), headers=FORM)

    assert status == answer.status_code


@pytest.mark.parametrize(("size", "status"), [(LIMIT, 400), (LIMIT + 1, 413)])
async def test_chunked_body_has_a_size(house: House, size: int, status: int) -> None:
    """I1: a body that does not say its length is counted while it is read."""

    async def chunks() -> AsyncIterator[bytes]:
        body = _form_of(size)
        for begin in range(0, size, 8192):
            yield body[begin : begin + 8192]

    answer = await house.http.post("/oauth/token", content=chunks(), headers=FORM)

    assert status == answer.status_code


def _nested(depth: int) -> dict[str, Any]:
    value: Any = "x"
    for _ in range(depth - 1):
        value = [value]
    return {**GOOD, "extra": value}


AT_THE_EDGE: Final = {
    "nested 32 deep": (_nested(32), 200),
    "nested 33 deep": (_nested(33), 400),
    "100 members": ({**GOOD, **{f"extra{n}": "x" for n in range(94)}}, 200),
    "101 members": ({**GOOD, **{f"extra{n}": "x" for n in range(95)}}, 400),
    "100 scopes": ({**GOOD, "scope": [f"s{n}" for n in range(100)]}, 200),
    "101 scopes": ({**GOOD, "scope": [f"s{n}" for n in range(101)]}, 400),
    "scope of 2 KiB": ({**GOOD, "scope": "s" * 2048}, 200),
    "scope over 2 KiB": ({**GOOD, "scope": "s" * 2049}, 400),
    "extra value of 2 KiB": ({**GOOD, "extra": "x" * 2048}, 200),
    "extra value over 2 KiB": ({**GOOD, "extra": "x" * 2049}, 400),
    "name of 320": ({**GOOD, "username": "a" * 320}, 403),
    "name of 321": ({**GOOD, "username": "a" * 321}, 403),
    "password of 1024": ({**GOOD, "password": "x" * 1024}, 403),
    "password of 4097": ({**GOOD, "password": "x" * 4097}, 403),
    "integer of 300 digits": ({**GOOD, "extra": 10**299}, 200),
    "integer of 301 digits": ({**GOOD, "extra": 10**300}, 400),
}


@pytest.mark.parametrize(("body", "status"), AT_THE_EDGE.values(), ids=AT_THE_EDGE)
async def test_member_has_a_bound(house: House, body: Mapping[str, Any], status: int) -> None:
    """I1: depth, number and length of members are bounded, each exactly there."""
    answer = await house.http.post("/oauth/token", json=body)

    assert status == answer.status_code


TRAPS: Final = {
    "byte order mark": b"\xef\xbb\xbf{}",
    "invalid UTF-8": b'{"grant_type":"\xff"}',
    "overlong UTF-8": b'{"grant_type":"\xc0\xaf"}',
    "UTF-16": '{"grant_type":"password"}'.encode("utf-16"),
    "UTF-32": '{"grant_type":"password"}'.encode("utf-32-le"),
    "lone surrogate": b'{"username":"\\ud800"}',
    "lone surrogate in a name": b'{"\\udfff":"x"}',
    "NaN": b'{"extra":NaN}',
    "infinity": b'{"extra":-Infinity}',
    "overflowing number": b'{"extra":1e999}',
    "integer of 5000 digits": b'{"extra":' + b"9" * 5000 + b"}",
    "nested 20000 deep": b'{"extra":' + b"[" * 20000 + b"]" * 20000 + b"}",
    "objects nested 5000 deep": b'{"extra":' * 5000 + b"1" + b"}" * 5000,
    "repeated member": b'{"grant_type":"password","grant_type":"password"}',
    "repeated nested member": b'{"extra":{"a":1,"a":2}}',
    "list": b"[]",
    "text": b'"grant_type"',
    "number": b"1",
    "null": b"null",
    "nothing": b"",
    "trailing comma": b'{"grant_type":"password",}',
    "two objects": b"{}{}",
    "comment": b'{"grant_type":"password"/**/}',
    "single quotes": b"{'grant_type':'password'}",
    "raw NUL": b'{"grant_type":"pass\0word"}',
    "NUL in a realm": b'{"grant_type":"password","realm":"a\\u0000b"}',
    "NUL in a client id": b'{"grant_type":"password","client_id":"a\\u0000b"}',
    "NUL in a scope": b'{"grant_type":"password","scope":"a\\u0000b"}',
}


@pytest.mark.parametrize("body", TRAPS.values(), ids=TRAPS)
@pytest.mark.parametrize("path", ["/oauth/token", "/oauth/revoke", "/oauth/introspect"])
async def test_trap_is_refused(house: House, path: str, body: bytes) -> None:
    """I2: what JSON does not allow, and what Python would stumble over, is 400 and no fault."""
    answer = await house.http.post(path, content=body, headers=JSON)

    assert 400 == answer.status_code
    assert answer.json()["error"] in {"invalid_body", "invalid_request"}


@pytest.mark.parametrize(
    "body",
    [b"grant_type=%ff", b"grant_type=\xff", b"grant_type=%C0%AF", b"realm=a%00b", b"%ff=x"],
)
async def test_form_trap_is_refused(house: House, body: bytes) -> None:
    """I2: a form must be UTF-8, and only names and secrets may hold NUL."""
    answer = await house.http.post("/oauth/token", content=body, headers=FORM)

    assert 400 == answer.status_code


async def test_nul_in_a_name_is_nobody(house: House) -> None:
    """I2: NUL in username or password is a wrong login, and its log row can be written."""
    answer = await house.token(**{**GOOD, "username": "a\0nn", "password": "x\0"})

    assert 403 == answer.status_code
    assert ["fu", "fepft"] == [row.document["type"] for row in await house.log()]


@pytest.mark.parametrize("value", [5, 1.5, True, False, [], ["x"], {}, {"a": 1}])
@pytest.mark.parametrize(
    "name",
    ["grant_type", "client_id", "client_secret", "username", "password", "realm", "audience"],
)
async def test_type_is_not_coerced(house: House, name: str, value: object) -> None:
    """I3: a parameter that is no text is 400 and names the parameter."""
    answer = await house.http.post("/oauth/token", json={**GOOD, name: value})

    assert (400, f"Invalid parameter: {name}") == (
        answer.status_code,
        answer.json()["error_description"],
    )


@pytest.mark.parametrize("name", GOOD)
async def test_parameter_is_not_read_from_the_query(house: House, name: str) -> None:
    """I3: a parameter missing in the body is missing, whatever the query says."""
    form = {key: value for key, value in GOOD.items() if key != name}
    inside = await house.http.post("/oauth/token", data=form)
    beside = await house.http.post("/oauth/token", data=form, params={name: GOOD[name]})

    assert inside.status_code == beside.status_code
    if name != "scope":
        assert inside.content == beside.content
        assert inside.is_client_error


BASIC: Final = base64.b64encode(f"{VALUES['web']}:{VALUES['web_secret']}".encode()).decode()
MECHANISMS: Final = {
    "basic": ({"authorization": f"Basic {BASIC}"}, {}),
    "post": ({}, {"client_id": VALUES["web"], "client_secret": VALUES["web_secret"]}),
    "assertion": (
        {},
        {
            "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
            "client_assertion": assertion("good", 1767614400),
        },
    ),
}


@pytest.mark.parametrize("path", ["/oauth/token", "/oauth/revoke", "/oauth/introspect"])
@pytest.mark.parametrize(
    "names", [("basic", "post"), ("basic", "assertion"), ("post", "assertion"), tuple(MECHANISMS)]
)
async def test_two_mechanisms_are_refused(house: House, path: str, names: tuple[str, ...]) -> None:
    """I4: a client proves itself in exactly one way."""
    headers: dict[str, str] = {}
    form = {"grant_type": "client_credentials", "token": "x"}
    for name in names:
        more_headers, more_form = MECHANISMS[name]
        headers |= more_headers
        form |= more_form
    answer = await house.http.post(path, data=form, headers=headers)

    assert (400, "invalid_request") == (answer.status_code, answer.json()["error"])


async def test_good_body_is_good_in_both_shapes(house: House) -> None:
    """The body that the tests above bend is granted when nothing is bent."""
    as_form = await house.http.post("/oauth/token", data=GOOD)
    as_json = await house.http.post("/oauth/token", content=json.dumps(GOOD), headers=JSON)

    assert (200, 200) == (as_form.status_code, as_json.status_code)
