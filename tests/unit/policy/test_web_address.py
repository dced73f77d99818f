import pytest

from gateword.policy.web_address import is_web_address, origin_of, with_query


@pytest.mark.parametrize(
    ("text", "origin"),
    [
        ("https://app.example/done?x=1#y", "https://app.example"),
        ("https://APP.example:443/", "https://app.example"),
        ("http://localhost:3000/cb", "http://localhost:3000"),
        ("http://[::1]:80/", "http://[::1]"),
        ("javascript:alert(1)", None),
        ("data:text/html,x", None),
        ("//app.example/", None),
        ("/path", None),
        ("", None),
        ("https://", None),
        ("https://user:secret@app.example/", None),
        ("https://app.example:port/", None),
        ("https://app.example/a b", None),
        ("https://app.example/\r\nset-cookie: x", None),
        ("https://app.example;script-src *", None),
        ("https://app.example/'unsafe-inline'", None),
        ("https://" + "a" * 2048, None),
    ],
)
def test_origin_is_that_of_browsers(text: str, origin: str | None) -> None:
    """An origin may stand in a header; whatever could break out of one is no address."""
    assert origin == origin_of(text)
    assert (origin is not None) == is_web_address(text)


def test_query_keeps_what_was_there() -> None:
    """Further parameters stand behind the ones of the address, encoded."""
    assert "https://app.example/done?x=1&email=a%2Bb%40c&ok=true#top" == with_query(
        "https://app.example/done?x=1#top", {"email": "a+b@c", "ok": "true"}
    )
