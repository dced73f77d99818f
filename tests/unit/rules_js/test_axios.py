"""`require("axios")`: what goes to the host, and what a rule gets back."""

import base64
import json
from typing import Any

import pytest

from tests.unit.rules_js.sandbox import Sandbox, ScriptError, http, refusing

URL = "http://a.example/p"


def sent(script: str, body: str = "") -> dict[str, Any]:
    """Return the one request that a script with `axios` makes."""
    sandbox = Sandbox(http(body))
    sandbox.run(f'const axios = require("axios"); {script}')
    (args,) = sandbox.requests
    return args


@pytest.mark.parametrize(
    ("script", "method"),
    [
        ('await axios("http://a.example/p")', "GET"),
        ('await axios({ url: "http://a.example/p", method: "delete" })', "DELETE"),
        ('await axios("http://a.example/p", { method: "PUT" })', "PUT"),
        *(
            (f'await axios.{verb}("http://a.example/p")', verb.upper())
            for verb in ("get", "delete", "head", "options", "post", "put", "patch")
        ),
    ],
)
def test_method_when_it_is_said_in_any_way(script: str, method: str) -> None:
    """A request has the method of its verb or its configuration."""
    args = sent(script)
    assert (method, URL) == (args["method"], args["url"])
    assert "application/json, text/plain, */*" == args["headers"]["Accept"]


@pytest.mark.parametrize(
    ("config", "url"),
    [
        ({"params": {"a": "1 2", "b": [1, 2], "c": None}}, "/p?a=1+2&b%5B%5D=1&b%5B%5D=2"),
        ({"params": {"o": {"x": "á:$"}}}, "/p?o%5Bx%5D=%C3%A1:$"),
        ({"url": "http://a.example/p?z=1#h", "params": {"a": 1}}, "/p?z=1&a=1"),
        ({"baseURL": "http://a.example/b/", "url": "/p"}, "/b/p"),
        ({"baseURL": "http://other.example/", "url": "http://a.example/p"}, "/p"),
    ],
)
def test_address_when_params_are_given(config: dict[str, Any], url: str) -> None:
    """Parameters are added to the URL, which may be relative to a base."""
    script = f"await axios({json.dumps({'url': URL} | config)})"
    assert url == sent(script)["url"].removeprefix("http://a.example")


@pytest.mark.parametrize(
    ("data", "body", "content_type"),
    [
        ("{ a: 1 }", '{"a":1}', "application/json"),
        ('"a=1"', "a=1", "application/x-www-form-urlencoded"),
        (
            'new URLSearchParams({ a: "1 2" })',
            "a=1+2",
            "application/x-www-form-urlencoded;charset=utf-8",
        ),
    ],
)
def test_body_when_data_has_a_kind(data: str, body: str, content_type: str) -> None:
    """Objects are JSON; what is text already goes as it is."""
    globals_of_the_web = "Object.assign(globalThis, require('web-url'));"
    args = sent(f"{globals_of_the_web} await axios.post('{URL}', {data})")
    assert (body, content_type) == (args["body"], args["headers"]["Content-Type"])


def test_body_when_it_is_bytes() -> None:
    """Bytes go as they are."""
    args = sent(f"await axios.post('{URL}', require('buffer').Buffer.from([255, 0]))")
    assert b"\xff\x00" == base64.b64decode(args["body"])
    assert args["is_base64"]


def test_body_when_it_is_a_form() -> None:
    """`postForm` sends a multipart body."""
    args = sent(f"await axios.postForm('{URL}', {{ a: 1, b: ['x'] }})")
    boundary = args["headers"]["Content-Type"].partition("boundary=")[2]
    disposition = "Content-Disposition: form-data; name="
    assert args["body"].split("\r\n") == [
        f"--{boundary}", f'{disposition}"a"', "", "1",
        f"--{boundary}", f'{disposition}"b[]"', "", "x", f"--{boundary}--", "",
    ]  # fmt: skip


def test_headers_when_several_sources_name_them() -> None:
    """A request's headers win over its verb's, and those over the common ones."""
    args = sent(
        f"""const one = axios.create({{ headers: {{ common: {{ A: "1", B: "1", C: "1" }},
          post: {{ b: "2", c: "2" }}, get: {{ a: "x" }} }} }});
        one.defaults.headers.common["D"] = "1";
        const auth = {{ username: "u", password: "p" }};
        await one.post('{URL}', {{}}, {{ headers: {{ c: "3" }}, auth }})"""
    )
    headers = {name.lower(): value for name, value in args["headers"].items()}
    assert {"a": "1", "b": "2", "c": "3", "d": "1"}.items() <= headers.items()
    assert "Basic dTpw" == headers["authorization"]


@pytest.mark.parametrize(
    ("kind", "data"),
    [
        ("undefined", {"a": 1}),
        ('"json"', {"a": 1}),
        ('"text"', '{"a": 1}'),
        ('"arraybuffer"', "7b2261223a20317d"),
    ],
)
def test_data_when_a_kind_of_answer_is_asked_for(kind: str, data: object) -> None:
    """Data is parsed JSON unless text or bytes are asked for."""
    sandbox = Sandbox(http('{"a": 1}', headers=(("x-a", "1"),)))
    got = sandbox.run(
        f"""const {"{ data, status, statusText, headers }"} = await require("axios").get('{URL}', {{
          responseType: {kind} }});
        const shown = data.buffer ? data.toString("hex") : data;
        return [shown, status, statusText, headers["x-a"], headers.get("X-A")];"""
    )
    assert [data, 200, "OK", "1", "1"] == got


def test_error_when_the_status_is_bad() -> None:
    """A bad status rejects with an AxiosError that holds the response."""
    sandbox = Sandbox(http('{"m": 1}', 404))
    got = sandbox.run(
        f"""const axios = require("axios");
        return axios.get('{URL}').catch((error) => [
          axios.isAxiosError(error), error.message, error.code, error.response.status,
          error.response.data, error.config.url, error.toJSON().status,
          error instanceof axios.AxiosError]);"""
    )
    message = "Request failed with status code 404"
    assert [True, message, "ERR_BAD_REQUEST", 404, {"m": 1}, URL, 404, True] == got


def test_error_when_validate_status_accepts_it() -> None:
    """`validateStatus` says which status is good."""
    sandbox = Sandbox(http("", 404))
    script = (
        f"return (await require('axios').get('{URL}', {{ validateStatus: () => true }})).status"
    )
    assert 404 == sandbox.run(script)


@pytest.mark.parametrize(
    ("code", "seen"),
    [("ENOTFOUND", ["ENOTFOUND", "m"]), ("ETIMEDOUT", ["ECONNABORTED", "timeout of 5ms exceeded"])],
)
def test_error_when_the_host_refuses(code: str, seen: list[str]) -> None:
    """What the host refuses has its code, and a timeout the one that axios gives it."""
    sandbox = Sandbox(refusing(code, "m"))
    script = f"""return require("axios").get('{URL}', {{ timeout: 5 }})
      .catch(({{ code, message, response, request }}) =>
        [code, message, response === undefined, !!request])"""
    assert [*seen, True, True] == sandbox.run(script)


def test_interceptors_when_they_are_used() -> None:
    """Interceptors see requests last in first out, and responses in order."""
    sandbox = Sandbox(http('"x"'))
    got = sandbox.run(
        f"""const axios = require("axios").create();
        const add = (text) => (config) => {{
          config.headers["X"] = (config.headers["X"] || "") + text;
          return config;
        }};
        axios.interceptors.request.use(add("1"));
        axios.interceptors.request.use(add("2"));
        const gone = axios.interceptors.request.use(add("3"));
        axios.interceptors.request.eject(gone);
        axios.interceptors.response.use((response) => response.data);
        axios.interceptors.response.use((data) => data + "!");
        return axios.get('{URL}');"""
    )
    assert ("x!", "21") == (got, sandbox.requests[0]["headers"]["X"])


def test_transforms_when_they_are_given() -> None:
    """Transforms make the body that goes out and the data that comes in."""
    sandbox = Sandbox(http('{"a": 1}'))
    got = sandbox.run(
        f"""const axios = require("axios");
        const transformRequest = [(data) => data.a];
        const options = {{ transformRequest, transformResponse: (text) => text.length }};
        return (await axios.post('{URL}', {{ a: "sent" }}, options)).data;"""
    )
    assert (8, "sent") == (got, sandbox.requests[0]["body"])


def test_helpers_when_promises_are_joined() -> None:
    """`all`, `spread` and `default` are there."""
    script = """const axios = require("axios").default;
    return axios.all([1, 2]).then(axios.spread((a, b) => a + b));"""
    assert 3 == Sandbox().run(script)


def test_cancel_when_it_comes_first() -> None:
    """A request that was cancelled before it went out never does."""
    sandbox = Sandbox(http())
    script = f"""const axios = require("axios");
    const {{ token, cancel }} = axios.CancelToken.source();
    cancel("no");
    return axios.get('{URL}', {{ cancelToken: token }})
      .catch((error) => [axios.isCancel(error), error.message]);"""
    assert [True, "no"] == sandbox.run(script)
    assert [] == sandbox.requests


def test_header_when_it_has_a_line_break() -> None:
    """A value cannot begin a header of its own."""
    sandbox = Sandbox(http())
    with pytest.raises(ScriptError, match="Invalid character"):
        sandbox.run(
            f"""await require("axios").get('{URL}', {{ headers: {{ A: "1\\r\\nB: 2" }} }})"""
        )
    assert [] == sandbox.requests
