from collections.abc import Mapping
from datetime import UTC, datetime

import pytest

from gateword.domain.log_event import LogCode
from gateword.policy import log_category
from gateword.policy import log_stream_document as policy
from gateword.policy.members import Fault, Members

NOON = "2026-01-05T12:00:00.000Z"
HOOK = {"type": "http", "sink": {"httpEndpoint": "https://logs.example/in"}}


def created(document: Mapping[str, object]) -> tuple[dict[str, object], list[str]]:
    """Return the stream that a document creates, and where it is at fault."""
    faults: list[Fault] = []
    stream = policy.created(Members(document, (), faults), NOON, without_name="lst_1")
    return stream, [".".join(map(str, fault.path)) for fault in faults]


def test_stream_has_a_name_and_is_active() -> None:
    """What the document leaves out has a default."""
    stream, faults = created(HOOK)

    assert [] == faults
    assert {
        "id": "lst_1",
        "name": "lst_1",
        "type": "http",
        "status": "active",
        "filters": [],
        "isPriority": False,
        "sink": {
            "httpEndpoint": "https://logs.example/in",
            "httpContentType": "application/json",
            "httpContentFormat": "JSONLINES",
        },
    } == policy.shown("lst_1", stream)


@pytest.mark.parametrize(
    "url",
    [
        "ftp://logs.example", "logs.example", "https://", "https://a:b@logs.example",
        "https://logs.example/#x", "https://logs.example:99999/", "https://[::1/", "file:///etc",
    ],
)  # fmt: skip
def test_url_that_no_webhook_has_is_a_fault(url: str) -> None:
    """Said when it is set, not when the first event is lost."""
    assert ["sink.httpEndpoint"] == created({**HOOK, "sink": {"httpEndpoint": url}})[1]


@pytest.mark.parametrize("secret", ["Bearer a\r\nx-evil: 1", "", "a\0", "ü"])
def test_authorization_cannot_bring_headers_along(secret: str) -> None:
    """A line break would end the header."""
    sink = {"httpEndpoint": "https://logs.example", "httpAuthorization": secret}

    assert ["sink.httpAuthorization"] == created({**HOOK, "sink": sink})[1]


@pytest.mark.parametrize("name", ["../x", "/x", "..", ".x", "", "a/b", "a\\b", "x" * 129])
def test_file_name_that_leads_elsewhere_is_a_fault(name: str) -> None:
    """A stream writes into its own folder and nowhere else."""
    assert "sink.fileName" in created({"type": "file", "sink": {"fileName": name}})[1]


def test_stream_without_filters_wants_everything() -> None:
    """With filters, only their categories."""
    stream, _ = created(HOOK)
    narrow = {**stream, "filters": [{"type": "category", "name": "auth.login.fail"}]}

    assert [True, True] == [policy.wants(stream, code) for code in ("fp", "sapi")]
    assert [True, False] == [policy.wants(narrow, code) for code in ("fp", "sapi")]


@pytest.mark.parametrize("code", [code.value for code in LogCode])
def test_every_event_has_a_category(code: str) -> None:
    """A filter can name it; what has none of its own is `other`."""
    assert log_category.category(code) in log_category.CATEGORIES


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("2026-01-31T12:00:00Z", datetime(2026, 1, 31, 12, tzinfo=UTC)),
        ("2026-01-31T13:00:00+01:00", datetime(2026, 1, 31, 12, tzinfo=UTC)),
        ("2026-01-31", datetime(2026, 1, 31, tzinfo=UTC)),
        ("tomorrow", None),
        ("", None),
    ],
)
def test_moment_is_utc_without_a_zone(text: str, at: datetime | None) -> None:
    """Nobody's local time counts."""
    assert at == policy.moment(text)
