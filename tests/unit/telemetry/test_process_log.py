import json
import logging
from collections.abc import Sequence

import pytest

from gateword.logging_setup import HEADERS, TRACE, JsonLines
from gateword.settings import BadSettings, load


def line(headers: Sequence[tuple[bytes, bytes]], trace: str = "") -> dict[str, object]:
    """Return what is logged while a request with these headers is answered."""
    set_headers, set_trace = HEADERS.set(headers), TRACE.set(trace)
    try:
        text = JsonLines().format(logging.makeLogRecord({"msg": "said"}))
    finally:
        HEADERS.reset(set_headers)
        TRACE.reset(set_trace)
    written: dict[str, object] = json.loads(text)
    return written


def test_line_names_the_request_and_its_trace() -> None:
    """What a proxy calls a request is in every line that is logged for it."""
    said = line([(b"host", b"x"), (b"x-request-id", b"4f2a-1")], "0af7")

    assert ("4f2a-1", "0af7") == (said["request_id"], said["trace_id"])


@pytest.mark.parametrize("value", [b"", b"a b", b'"', b"\xff", b"x" * 129, b"a\tb"])
def test_strange_request_id_is_not_repeated(value: bytes) -> None:
    """A name that nobody would give is left out: the log is no place to write into."""
    assert "request_id" not in line([(b"x-request-id", value)])


def test_line_outside_of_a_request_has_neither() -> None:
    """What the server does by itself belongs to no request."""
    assert {"timestamp", "level", "logger", "event"} == set(line([]))


@pytest.mark.parametrize(
    ("name", "value", "fault"),
    [("metrics", "everybody", "metrics is off, local or open"), ("otel", "yes", "otel is auto")],
)
def test_setting_of_another_word_is_refused(name: str, value: str, fault: str) -> None:
    """A word that means nothing stops the start instead of meaning something else."""
    with pytest.raises(BadSettings, match=fault):
        load({}, **{name: value})
