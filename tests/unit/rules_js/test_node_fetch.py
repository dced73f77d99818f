"""`require("node-fetch")`, which is the global `fetch` too."""

import pytest

from tests.unit.rules_js.sandbox import Sandbox, ScriptError, http, refusing

FETCH = 'const fetch = require("node-fetch"); const url = "http://a.example/p";'


def test_request_when_it_has_a_body() -> None:
    """Method, headers and body go as they are given."""
    sandbox = Sandbox(http())
    sandbox.run(
        f"{FETCH} await fetch(url, {{ method: 'post', body: 'b', headers: {{ 'X-A': '1' }} }})"
    )
    (args,) = sandbox.requests
    assert ("POST", "b", 20) == (args["method"], args["body"], args["redirects"])
    headers = {"x-a": "1", "content-type": "text/plain;charset=UTF-8", "accept": "*/*"}
    assert headers == args["headers"]


def test_request_when_it_is_an_object() -> None:
    """A Request and Headers can be made beforehand."""
    sandbox = Sandbox(http())
    sandbox.run(
        f"""{FETCH} const {{ Headers, Request }} = fetch;
        const headers = new Headers([["a", "1"], ["a", "2"]]);
        await fetch(new Request(url, {{ headers, method: "PUT" }}));"""
    )
    (args,) = sandbox.requests
    assert ("PUT", "1, 2") == (args["method"], args["headers"]["a"])


def test_response_when_it_is_read() -> None:
    """A response can be read once, in any form, and has status and headers."""
    sandbox = Sandbox(http('{"a": 1}', 404, (("set-cookie", "a=1"), ("set-cookie", "b=2"))))
    got = sandbox.run(
        f"""{FETCH} const response = await fetch(url);
        const {{ ok, status, statusText, headers }} = response;
        const copies = [response.clone(), response.clone(), response.clone()];
        const again = await response.json();
        return [again, await copies[0].text(), (await copies[1].buffer()).length,
          (await copies[2].arrayBuffer()).byteLength, ok, status, statusText,
          headers.get("Set-Cookie"), headers.raw(), [...headers], response.url,
          response.bodyUsed];"""
    )
    cookies = {"set-cookie": ["a=1", "b=2"]}
    joined = "a=1, b=2"
    assert got == [
        {"a": 1}, '{"a": 1}', 8, 8, False, 404, "Not Found", joined, cookies,
        [["set-cookie", joined]], "http://a.example/p", True,
    ]  # fmt: skip


def test_response_when_it_is_read_twice() -> None:
    """A body that was read is gone."""
    with pytest.raises(ScriptError, match="body used already"):
        Sandbox(http()).run(f"{FETCH} const r = await fetch(url); await r.text(); await r.text()")


def test_response_when_it_is_no_json() -> None:
    """What does not parse is a FetchError."""
    with pytest.raises(ScriptError, match="invalid json response body") as caught:
        Sandbox(http("<p>")).run(f"{FETCH} await (await fetch(url)).json()")
    assert "FetchError" == caught.value.name


@pytest.mark.parametrize(
    ("redirect", "seen"),
    [("follow", "max-redirect"), ("error", "no-redirect"), ("manual", 302)],
)
def test_redirect_when_an_answer_asks_for_it(redirect: str, seen: object) -> None:
    """A redirect is followed, refused or handed over."""
    sandbox = Sandbox(http("", 302, (("location", "/"),)))
    script = f"{FETCH} return fetch(url, {{ redirect }}).then((r) => r.status, (e) => e.type)"
    assert seen == sandbox.run(script, redirect=redirect)
    assert (20 if redirect == "follow" else 0) == sandbox.requests[0]["redirects"]


def test_error_when_the_host_refuses() -> None:
    """What the host refuses is a FetchError with its code."""
    sandbox = Sandbox(refusing("ENOTFOUND", "no such host"))
    script = f"{FETCH} return fetch(url).catch((e) => [e.name, e.code, e.type, e.message])"
    message = "request to http://a.example/p failed, reason: no such host"
    assert ["FetchError", "ENOTFOUND", "system", message] == sandbox.run(script)


def test_error_when_the_address_is_relative() -> None:
    """Only absolute URLs can be fetched."""
    with pytest.raises(ScriptError, match="Only absolute URLs"):
        Sandbox(http()).run('await require("node-fetch")("/p")')
