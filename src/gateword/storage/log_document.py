"""A log event in the member names of Auth0's `GET /api/v2/logs`, and its sortable id."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final

from gateword.domain.log_event import LogEvent
from gateword.policy.timestamp import written


def log_id(at: datetime, tenant: int, position: int) -> str:
    """Return 60 digits that sort by time, then by position; no two events share them."""
    utc = at.astimezone(UTC)
    return f"900{utc:%Y%m%d%H%M%S}{utc.microsecond // 1000:03d}{tenant:020d}{position:020d}"


_LOG_ID: Final = re.compile(r"900[0-9]{17}([0-9]{20})([0-9]{20})")
_ABSENT: Final[Mapping[str, object]] = {
    "organization_id": None,
    "organization_name": None,
    "location_info": None,
    "session_connection": None,
    "$event_schema": {"version": "1.0.0"},
}
"""Members that every event has and none of ours can tell of; they are not stored."""


def position_of(log_id: str, tenant: int) -> int | None:
    """Return the position that a log id of a tenant names; None when it is no such id."""
    match = _LOG_ID.fullmatch(log_id)
    if match is None or int(match[1]) != tenant:
        return None
    return int(match[2])


def completed(stored: Mapping[str, object]) -> Mapping[str, object]:
    """Return an event's wire form as it goes out."""
    return {**stored, **{name: _ABSENT[name] for name in _ABSENT if name not in stored}}


def document(event: LogEvent, log_id: str) -> dict[str, object]:
    """Return the event as it is stored; absent information is null or empty, as Auth0 writes it."""
    wire: dict[str, object] = {
        "_id": log_id,
        "log_id": log_id,
        "date": written(event.at),
        "type": event.code.value,
        "description": event.description,
        "connection": event.connection,
        "connection_id": event.connection_id,
        "client_id": event.client_id,
        "client_name": event.client_name,
        "ip": event.ip,
        "hostname": event.hostname,
        "user_agent": event.user_agent,
        "user_id": event.user_id,
        "user_name": event.user_name,
        "audience": event.audience,
        "scope": None if event.scope is None else " ".join(event.scope),
        "strategy": event.strategy,
        "strategy_type": event.strategy_type,
        "details": event.details,
        "isMobile": _is_mobile(event.user_agent),
    }
    if event.client_ip is not None:
        wire["client_ip"] = event.client_ip
    if event.auth0_client is not None:
        wire["auth0_client"] = event.auth0_client
    return wire


def _is_mobile(user_agent: str) -> bool:
    """Say whether the user agent calls itself a mobile one, as browsers on telephones do."""
    return "Mobi" in user_agent or "Android" in user_agent
