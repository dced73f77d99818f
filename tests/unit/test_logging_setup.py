import contextlib
import io
import json
import logging
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from gateword.domain.secret import Secret
from gateword.logging_setup import configure
from tests.support.factories import a_client

HUSH = "correct horse battery staple"
SECRET = Secret(HUSH)

Lines = Callable[[], list[dict[str, Any]]]


@pytest.fixture
def lines() -> Iterator[Lines]:
    """Configured logging, and what it wrote so far; afterwards all is as it was."""
    root, ours = logging.getLogger(), logging.getLogger("gateword")
    before = (root.handlers, root.level, ours.level)
    stderr = io.StringIO()
    with contextlib.redirect_stderr(stderr):
        configure()
        yield lambda: [json.loads(line) for line in stderr.getvalue().splitlines()]
    root.handlers = before[0]
    root.setLevel(before[1])
    ours.setLevel(before[2])


def fail() -> None:
    """Fail with a secret in reach of the traceback."""
    password = SECRET
    raise ValueError(password)


WAYS: dict[str, Callable[[logging.Logger], None]] = {
    "message": lambda log: log.error("%s %r", SECRET, SECRET),
    "f-string": lambda log: log.error(f"{SECRET}"),  # noqa: G004  one of the ways
    "member": lambda log: log.error("login", extra={"password": SECRET}),
    "member in a list": lambda log: log.error("login", extra={"all": [SECRET, {"p": SECRET}]}),
    "member in a dataclass": lambda log: log.error(
        "login", extra={"client": a_client("shop", secret=SECRET)}
    ),
    "repr of a dataclass": lambda log: log.error("%s", a_client("shop", secret=SECRET)),
}


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS.keys())
@pytest.mark.parametrize("name", ["gateword.web", "uvicorn.error"])
def test_secret_never_shows_in_a_line(
    lines: Lines, way: Callable[[logging.Logger], None], name: str
) -> None:
    """Promise D10: whatever way a Secret gets into a line, it stands there as `Secret(…)`."""
    way(logging.getLogger(name))
    (line,) = lines()
    assert HUSH not in str(line)
    assert "Secret(…)" in str(line)


def test_secret_never_shows_in_a_traceback(lines: Lines) -> None:
    """Promise D10: a logged exception says where, and not with what."""
    try:
        fail()
    except ValueError:
        logging.getLogger("gateword.web").exception("fault", extra={"error_id": "e1"})
    (line,) = lines()
    assert ("fault", "e1", "error") == (line["event"], line["error_id"], line["level"])
    assert "ValueError: Secret(…)" in line["exception"]
    assert HUSH not in str(line)


def test_line_says_when_how_grave_who_and_what(lines: Lines) -> None:
    """Each message is one JSON object on one line, the time in UTC."""
    logging.getLogger("gateword.web").warning("two\nlines", extra={"path": "/é"})
    (line,) = lines()
    assert line.pop("timestamp").endswith("+00:00")
    expected = {"level": "warning", "logger": "gateword.web", "event": "two\nlines", "path": "/é"}
    assert expected == line


def test_libraries_are_heard_from_warning_and_we_from_info(lines: Lines) -> None:
    """Our own word is worth a line from INFO on, others' from WARNING on."""
    for name in ("gateword.web", "uvicorn.error"):
        for level in (logging.DEBUG, logging.INFO, logging.WARNING):
            logging.getLogger(name).log(level, "said")
    assert [
        ("gateword.web", "info"),
        ("gateword.web", "warning"),
        ("uvicorn.error", "warning"),
    ] == [(line["logger"], line["level"]) for line in lines()]


@pytest.mark.parametrize(
    ("extra", "expected"),
    [({"path": "\ud800"}, "\ud800"), ({"path": {SECRET: 1, "a": SECRET}}, {"a": "Secret(…)"})],
)
def test_line_is_written_also_when_it_is_no_plain_json(
    lines: Lines, extra: dict[str, object], expected: object
) -> None:
    """Lone surrogates, as in undecodable file names, and strange keys lose no line."""
    logging.getLogger("gateword.web").error("name %s", "\udcff", extra=extra)
    (line,) = lines()
    assert ("name \udcff", expected) == (line["event"], line["path"])
