"""The globals of the web platform: `URL` and its kin."""

from typing import Any

import pytest

from tests.unit.rules_js.sandbox import Sandbox, ScriptError

WEB = """const {
  URL, URLSearchParams, TextDecoder, TextEncoder, structuredClone } = require("web-url");"""


def run(body: str, **given: object) -> Any:
    """Return what a script with the globals returns."""
    return Sandbox().run(WEB + body, **given)


def test_url_when_it_is_taken_apart() -> None:
    """A URL has the parts of the WHATWG's standard."""
    script = """const url = new URL("HTTPS://u:p@A.example:8443/x/../y z?q=1&q=2#h");
    const names = ["href", "origin", "protocol", "username", "password", "host", "hostname", "port",
      "pathname", "search", "hash"];
    return names.map((name) => url[name])"""
    assert run(script) == [
        "https://u:p@a.example:8443/y%20z?q=1&q=2#h", "https://a.example:8443", "https:", "u", "p",
        "a.example:8443", "a.example", "8443", "/y%20z", "?q=1&q=2", "#h",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("url", "base", "href"),
    [
        ("../b?c", "https://a.example/x/y", "https://a.example/b?c"),
        ("//b.example", "https://a.example/x", "https://b.example/"),
        ("mailto:a@b.example", None, "mailto:a@b.example"),
        ("http://[2001:DB8::1]:80/", None, "http://[2001:db8::1]/"),
        ("http://0x7f.1/", None, "http://127.0.0.1/"),
        ("https://münchen.example/ü", None, "https://xn--mnchen-3ya.example/%C3%BC"),
    ],
)
def test_url_when_it_is_normalised(url: str, base: str | None, href: str) -> None:
    """URLs are resolved and normalised."""
    assert href == run("return new URL(url, base || undefined).href", url=url, base=base)


@pytest.mark.parametrize("url", ["", "nowhere", "http://", "http://a:99999/"])
def test_url_when_it_is_none(url: str) -> None:
    """What is no URL is a TypeError."""
    with pytest.raises(ScriptError) as caught:
        run("new URL(url)", url=url)
    assert "TypeError" == caught.value.name


def test_params_when_they_change() -> None:
    """Parameters can be read and changed, and the URL follows."""
    script = """const url = new URL("https://a.example/?a=1&b=2&a=3");
    url.searchParams.append("c", "ä b");
    url.searchParams.delete("b");
    return [url.href, url.searchParams.getAll("a"), [...new URLSearchParams({ x: "1" })],
      String(new URLSearchParams([["k", "v&"]]))]"""
    assert ["https://a.example/?a=1&a=3&c=%C3%A4+b", ["1", "3"], [["x", "1"]], "k=v%26"] == run(
        script
    )


def test_text_when_it_is_coded() -> None:
    """Text is UTF-8 in bytes."""
    script = """const marked = Uint8Array.of(0xef, 0xbb, 0xbf, 0xc3, 0xa9);
    return [[...new TextEncoder().encode("é😀")], new TextDecoder().decode(marked),
      new TextDecoder("utf-8").decode(Uint8Array.from([0xff, 97])),
      new TextEncoder().encodeInto("aé", new Uint8Array(2))]"""
    assert [[195, 169, 240, 159, 152, 128], "é", "�a", {"read": 1, "written": 1}] == run(script)


@pytest.mark.parametrize(
    "script",
    [
        "new TextDecoder('latin1')",
        "new TextDecoder('utf-8', { fatal: true }).decode(Uint8Array.of(255))",
    ],
)
def test_text_when_it_cannot_be_decoded(script: str) -> None:
    """Other encodings are refused, and so are wrong bytes where that is asked for."""
    with pytest.raises(ScriptError):
        run(script)


def test_clone_when_values_are_nested() -> None:
    """A clone shares nothing with what it was made of."""
    script = """const made = { date: new Date(5), map: new Map([["k", { a: 1 }]]),
      list: [1, undefined], bytes: Uint8Array.of(1, 2) };
    made.self = made;
    const copy = structuredClone(made);
    made.map.get("k").a = 2;
    return [copy.self === copy, copy.date.getTime(), copy.map.get("k").a, copy.list.length,
      [...copy.bytes], copy !== made]"""
    assert [True, 5, 1, 2, [1, 2], True] == run(script)
    with pytest.raises(ScriptError, match="cannot be cloned"):
        run("structuredClone({ f() {} })")
