"""A log stream as Auth0's Management API writes it: where events go, and which.

Rule 1: pure. Rule 2: what is kept is the wire form without `id`, and members that begin with `_`
are ours alone. The authorization of a webhook stands elsewhere. `file` is a type of our own.
Source: Auth0 Management API v2 "Log Streams"; members as typed in auth0-python.
"""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final
from urllib.parse import urlsplit

from gateword.policy.log_category import CATEGORIES, category
from gateword.policy.members import Members

KIND: Final = "log_stream"
ID_PREFIX: Final = "lst_"
HTTP: Final = "http"
FILE: Final = "file"
TYPES: Final = (HTTP, FILE)
ACTIVE: Final = "active"
SUSPENDED: Final = "suspended"
STATUSES: Final = (ACTIVE, "paused")
"""What a caller may set; `suspended` is set here, when delivery has failed for long."""

FORMATS: Final = ("JSONLINES", "JSONARRAY", "JSONOBJECT")
FILE_NAME: Final = r"^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$"
SECRET: Final = "httpAuthorization"
MAX_NAME_CHARS: Final = 128
MAX_URL_CHARS: Final = 2048
_FILE_NAME: Final = re.compile(FILE_NAME)
_HEADER: Final = re.compile(r"[\x20-\x7e]{0,255}")
_AUTHORIZATION: Final = re.compile(r"[\x20-\x7e]{1,4096}")


def created(members: Members, start_at: str, *, without_name: str) -> dict[str, object]:
    """Return the stream that a document creates.

    Args:
        members: The document.
        start_at: Time of the first event when `startFrom` does not say.
        without_name: Its name when the document has none.
    """
    kind = members.text("type", "", choices=TYPES)
    if not kind:
        members.fault("type is required")
    if members.given("sink") is None:
        members.fault("sink is required")
    start = members.optional_text("startFrom", None)
    if start is not None and moment(start) is None:
        members.fault("must be a time such as 2026-01-31T12:00:00Z", "startFrom")
    fresh = {
        "name": without_name,
        "type": kind,
        "status": ACTIVE,
        "filters": [],
        "isPriority": False,
        "sink": {},
        "_start_at": start or start_at,
    }
    return changed(members, fresh, start_at)


def changed(members: Members, stored: Mapping[str, object], at: str) -> dict[str, object]:
    """Return a kept stream with what a document says of it; a `sink` is replaced as a whole.

    Args:
        members: The document.
        stored: Before.
        at: Time of the change.
    """
    for known in ("id", "type", "startFrom"):
        members.given(known)
    name = members.text("name", str(stored["name"]))
    if not 0 < len(name) <= MAX_NAME_CHARS:
        members.fault(f"must be 1 to {MAX_NAME_CHARS} characters", "name")
    status = members.text("status", str(stored["status"]), ACTIVE, choices=STATUSES)
    is_back = status == ACTIVE and stored["status"] != ACTIVE
    stream = {
        **stored,
        "name": name,
        "status": status,
        "filters": _filters(members, stored["filters"]),
        "isPriority": members.flag("isPriority", kept=stored["isPriority"] is True, reset=False),
        "sink": stored["sink"],
        "_active_since": at if is_back else stored.get("_active_since", at),
    }
    if members.given("sink") is not None:
        stream["sink"] = _sink(members.member("sink"), str(stored["type"]))
    members.only()
    return stream


def suspended(stored: Mapping[str, object]) -> dict[str, object]:
    """Return a stream that is not tried any more until somebody sets it to active."""
    return {**stored, "status": SUSPENDED}


def shown(id_: str, stream: Mapping[str, object]) -> dict[str, object]:
    """Return a stream's wire form, which its authorization is no part of."""
    return {"id": id_, **{name: stream[name] for name in stream if not name.startswith("_")}}


def wants(stream: Mapping[str, object], code: str) -> bool:
    """Say whether events of a type go to a stream; without filters all do."""
    filters = stream["filters"]
    if not isinstance(filters, list | tuple) or not filters:
        return True
    names = {one.get("name") for one in filters if isinstance(one, Mapping)}
    return category(code) in names


def server(stream: Mapping[str, object]) -> str:
    """Return the scheme, host and port that a stream's events go to; empty for a file."""
    sink = stream["sink"]
    url = urlsplit(str(sink.get("httpEndpoint", ""))) if isinstance(sink, Mapping) else urlsplit("")
    return f"{url.scheme}://{url.netloc.lower()}"


def moment(text: str) -> datetime | None:
    """Return the time that a text says, UTC when it names no zone; None when it says none."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return None
    return at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)


def _filters(members: Members, kept: object) -> object:
    items = members.items("filters")
    if items is None:
        return kept
    found = []
    for item in items:
        kind = item.text("type", "category", "category", choices=("category",))
        if "name" not in item:
            item.fault("name is required")
        found.append({"type": kind, "name": item.text("name", "", choices=CATEGORIES)})
        item.only()
    return found


def _sink(members: Members, kind: str) -> dict[str, object]:
    sink = _http(members) if kind == HTTP else _file(members)
    members.only()
    return sink


def _http(members: Members) -> dict[str, object]:
    endpoint = members.required_text("httpEndpoint")
    if wrong := _bad_url(endpoint):
        members.fault(wrong, "httpEndpoint")
    content_type = members.text("httpContentType", "application/json", "application/json")
    if not _HEADER.fullmatch(content_type):
        members.fault("holds printable ASCII, at most 255 characters", "httpContentType")
    authorization = members.given(SECRET)
    if authorization is not None and not (
        isinstance(authorization, str) and _AUTHORIZATION.fullmatch(authorization)
    ):
        members.fault("holds printable ASCII, 1 to 4096 characters", SECRET)
    return {
        "httpEndpoint": endpoint,
        "httpContentType": content_type,
        "httpContentFormat": members.text(
            "httpContentFormat", FORMATS[0], FORMATS[0], choices=FORMATS
        ),
    }


def _file(members: Members) -> dict[str, object]:
    name = members.required_text("fileName")
    if not _FILE_NAME.fullmatch(name):
        members.fault("holds letters, digits, dots, hyphens and underscores", "fileName")
    return {"fileName": name}


def _bad_url(text: str) -> str:
    try:
        url = urlsplit(text)
        is_reachable = bool(url.hostname) and url.port != 0
    except ValueError:
        return "is no URL"
    if url.scheme not in ("https", "http") or not is_reachable:
        return "must be an https URL"
    if url.username is not None or url.fragment:
        return "holds neither user nor fragment; authorization goes into httpAuthorization"
    return ""
