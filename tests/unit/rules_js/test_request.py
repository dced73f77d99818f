"""`require("request")`: what goes to the host, and what a rule gets back."""

import base64
from typing import Any

import pytest

from tests.unit.rules_js.sandbox import Sandbox, ScriptError, http, refusing

ASK = """
const request = require("request");
const ask = (...given) => new Promise((resolve, reject) =>
  request(...given, (error, response, body) => {
    if (error) reject(error);
    else resolve({ status: response.statusCode, body, headers: response.headers });
  }));
"""


def sent(options: object, body: str = "") -> dict[str, Any]:
    """Return the one request that goes out for these options."""
    sandbox = Sandbox(http(body))
    sandbox.run(f"{ASK} await ask(options);", options=options)
    (args,) = sandbox.requests
    return args


def test_request_when_it_is_plain() -> None:
    """A URL alone is a GET that follows ten redirects and has no body."""
    assert sent({"url": "http://a.example/x?y=1"}) == {
        "method": "GET",
        "url": "http://a.example/x?y=1",
        "headers": {},
        "body": None,
        "is_base64": False,
        "redirects": 10,
    }


@pytest.mark.parametrize(
    ("options", "url"),
    [
        (
            {"uri": "http://a.example", "qs": {"q": "a b", "l": [1, 2]}},
            "/?q=a%20b&l%5B0%5D=1&l%5B1%5D=2",
        ),
        ({"url": "http://a.example/?q=1&r=2", "qs": {"q": 3}}, "/?r=2&q=3"),
        ({"url": "/p", "baseUrl": "http://a.example/"}, "/p"),
        ({"url": "http://a.example/p#there"}, "/p"),
        ({"url": "http://a.example/auth0|1 é%20?q=ü"}, "/auth0%7C1%20%C3%A9%20?q=%C3%BC"),
        (
            {"url": "http://a.example/", "qs": {"o": {"a": None, "b": True}}},
            "/?o%5Ba%5D=&o%5Bb%5D=true",
        ),
    ],
)
def test_address_when_a_query_is_given(options: object, url: str) -> None:
    """The query of the options joins the URL's own and wins where both name a parameter."""
    assert sent(options)["url"].removeprefix("http://a.example") in {url, url.removeprefix("/")}


@pytest.mark.parametrize(
    ("options", "body", "content_type"),
    [
        (
            {"form": {"a": "1 2", "b": ["x"]}},
            "a=1%202&b%5B0%5D=x",
            "application/x-www-form-urlencoded",
        ),
        ({"form": "a=1"}, "a=1", "application/x-www-form-urlencoded"),
        ({"json": {"a": 1}}, '{"a":1}', "application/json"),
        ({"json": True, "body": {"a": 1}}, '{"a":1}', "application/json"),
        ({"json": True, "form": {"a": 1}}, "a=1", "application/x-www-form-urlencoded"),
        ({"body": "text"}, "text", None),
    ],
)
def test_body_when_it_has_a_kind(options: dict[str, Any], body: str, content_type: str) -> None:
    """The option that holds the body says how it is written and labelled."""
    args = sent({"url": "http://a.example", "method": "post", **options})
    assert body == args["body"]
    assert content_type == args["headers"].get("content-type")
    assert 0 == args["redirects"]


def test_body_when_it_is_multipart() -> None:
    """Form data of texts and files is one multipart body."""
    file = {"value": "é", "options": {"filename": "f.txt", "contentType": "text/plain"}}
    args = sent({"url": "http://a.example", "method": "POST", "formData": {"a": "1", "f": file}})
    boundary = args["headers"]["content-type"].partition("boundary=")[2]
    lines = base64.b64decode(args["body"]).decode().split("\r\n")
    assert lines == [
        f"--{boundary}",
        'Content-Disposition: form-data; name="a"',
        "",
        "1",
        f"--{boundary}",
        'Content-Disposition: form-data; name="f"; filename="f.txt"',
        "Content-Type: text/plain",
        "",
        "é",
        f"--{boundary}--",
        "",
    ]


@pytest.mark.parametrize(
    ("options", "header"),
    [
        ({"auth": {"user": "u", "pass": "p"}}, "Basic dTpw"),
        ({"auth": {"username": "u", "password": "p"}}, "Basic dTpw"),
        ({"auth": {"bearer": "t"}}, "Bearer t"),
        ({"url": "http://u:p@a.example/"}, "Basic dTpw"),
        ({"headers": {"Authorization": "Own"}}, "Own"),
    ],
)
def test_credentials_when_they_are_given(options: dict[str, Any], header: str) -> None:
    """Credentials become the header Authorization, whichever way they are said."""
    headers = sent({"url": "http://a.example", **options})["headers"]
    assert header == next(v for k, v in headers.items() if k.lower() == "authorization")


def test_answer_when_it_is_json() -> None:
    """With `json` the body is parsed where it parses, and text otherwise."""
    sandbox = Sandbox(http('{"a": 1}'))
    assert {"a": 1} == sandbox.run(
        f"{ASK} return (await ask('http://a.example', {{json: true}})).body"
    )
    sandbox = Sandbox(http("<p>"))
    assert "<p>" == sandbox.run(
        f"{ASK} return (await ask('http://a.example', {{json: true}})).body"
    )
    sandbox = Sandbox(http('{"a": 1}'))
    assert '{"a": 1}' == sandbox.run(f"{ASK} return (await ask('http://a.example')).body")


def test_answer_when_it_is_bytes() -> None:
    """Without an encoding the body is a Buffer."""
    sandbox = Sandbox(http(b"\xff\x00"))
    options = {"url": "http://a.example", "encoding": None}
    script = f"{ASK} return (await ask(options)).body.toString('hex')"
    assert "ff00" == sandbox.run(script, options=options)


def test_headers_when_a_name_comes_twice() -> None:
    """Cookies are a list, other repeated headers one text."""
    lines = (("set-cookie", "a=1"), ("set-cookie", "b=2"), ("x", "1"), ("x", "2"))
    sandbox = Sandbox(http("", headers=lines))
    headers = sandbox.run(f"{ASK} return (await ask('http://a.example')).headers")
    assert {"set-cookie": ["a=1", "b=2"], "x": "1, 2"} == headers


def test_error_when_the_host_refuses() -> None:
    """What the host refuses reaches the callback with its code."""
    sandbox = Sandbox(refusing("EACCES", "not on the list"))
    with pytest.raises(ScriptError) as caught:
        sandbox.run(f"{ASK} await ask('http://a.example')")
    assert ("EACCES", "not on the list") == (caught.value.code, caught.value.message)


@pytest.mark.parametrize("url", ["", "nowhere", "ftp://a.example", "http://"])
def test_error_when_there_is_no_address(url: str) -> None:
    """A URL that no request can go to is an error of the callback."""
    sandbox = Sandbox(http())
    with pytest.raises(ScriptError):
        sandbox.run(f"{ASK} await ask(options)", options={"url": url})
    assert [] == sandbox.requests


def test_error_when_redirects_never_end() -> None:
    """An answer that still redirects after the last one that was allowed is an error."""
    sandbox = Sandbox(http("", 302, (("location", "/"),)))
    with pytest.raises(ScriptError, match="Exceeded maxRedirects"):
        sandbox.run(f"{ASK} await ask('http://a.example')")


@pytest.mark.parametrize(
    ("options", "redirects"),
    [
        ({"followRedirect": False}, 0),
        ({"maxRedirects": 3}, 3),
        ({"method": "POST"}, 0),
        ({"method": "POST", "followAllRedirects": True}, 10),
    ],
)
def test_redirects_when_options_speak_of_them(options: dict[str, Any], redirects: int) -> None:
    """Only what may be repeated follows redirects, unless all are asked for."""
    assert redirects == sent({"url": "http://a.example", **options})["redirects"]


def test_verbs_when_they_are_called() -> None:
    """Each verb of the callable is its method."""
    sandbox = Sandbox(http())
    sandbox.run(
        """const request = require("request");
        const verbs = ["get", "post", "put", "patch", "del", "delete", "head", "options"];
        await Promise.all(verbs.map((verb) => new Promise((done) =>
          request[verb]("http://a.example", { headers: { a: "1" } }, done))));"""
    )
    methods = ["GET", "POST", "PUT", "PATCH", "DELETE", "DELETE", "HEAD", "OPTIONS"]
    assert methods == [one["method"] for one in sandbox.requests]


def test_defaults_when_they_are_set() -> None:
    """Defaults hold where a request says nothing; headers are joined."""
    sandbox = Sandbox(http("{}"))
    sandbox.run(
        """const request = require("request").defaults({ json: true, headers: { A: "1" } });
        const headers = { b: "2" };
        await new Promise((done) => request.post("http://a.example", { headers }, done));"""
    )
    assert {"A": "1", "b": "2", "accept": "application/json"} == sandbox.requests[0]["headers"]


def test_events_when_nobody_calls_back() -> None:
    """Listeners, credentials and forms that are added in the same turn are heeded."""
    sandbox = Sandbox(http("text"))
    got = sandbox.run(
        """const request = require("request");
        return new Promise((done) => {
          const seen = [];
          const one = request.post("http://a.example").auth("u", "p");
          one.form().append("a", "1");
          one.on("response", (response) => seen.push(response.statusCode))
            .on("data", (chunk) => seen.push(chunk)).on("end", () => seen.push("end"))
            .on("complete", () => done(seen));
        });"""
    )
    assert [200, "text", "end"] == got
    headers = sandbox.requests[0]["headers"]
    assert "Basic dTpw" == headers["authorization"]
    assert headers["content-type"].startswith("multipart/form-data; boundary=")


def test_pipe_when_it_is_called() -> None:
    """There are no streams, and `pipe` says so."""
    with pytest.raises(ScriptError, match="no streams"):
        Sandbox(http()).run('require("request")("http://a.example").pipe({})')


def test_callback_when_it_throws() -> None:
    """An exception in a callback surfaces, and is no second call of it."""
    sandbox = Sandbox(http())
    sandbox.run(
        """let calls = 0;
        await new Promise((done) => {
          setTimeout(() => setTimeout(() => setTimeout(done)));
          require("request")("http://a.example", () => { calls += 1; throw new Error("mine"); });
        });
        if (calls !== 1) throw new Error("called " + calls);"""
    )
    assert ["uncaught", "Error: mine"] in sandbox.log


def test_oauth_when_a_request_is_signed() -> None:
    """OAuth 1.0 signs method, address, query and form (the example of its guide by Twitter)."""
    args = sent(
        {
            "url": "https://api.twitter.com/1.1/statuses/update.json?include_entities=true",
            "method": "POST",
            "form": {"status": "Hello Ladies + Gentlemen, a signed OAuth request!"},
            "oauth": {
                "consumer_key": "xvz1evFS4wEEPTGEFPHBog",
                "consumer_secret": "kAcSOqF21Fu85e7zjz7ZN2U4ZRhfV3WpwPAoE3Z7kBw",
                "nonce": "kYjzVBB8Y0ZFabxSWbWovY3uYSQ2pTgmZeNu2VS4cg",
                "timestamp": "1318622958",
                "token": "370773112-GmHxMAgYyLbNEtIKZeRNFsMKPR9EyMZeS9weJAEb",
                "token_secret": "LswwdoUaIvS8ltyTt5jkRh4J50vUPVVHtR2YPi5kE",
            },
        }
    )
    header = args["headers"]["authorization"]
    assert 'oauth_signature="hCtSmYh%2BiHYCEqBWrE7C7hYmtUk%3D"' in header
    assert header.startswith('OAuth oauth_consumer_key="xvz1evFS4wEEPTGEFPHBog",')
    assert "secret" not in header
