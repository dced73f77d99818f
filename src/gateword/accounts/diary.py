"""How the log tells of what people do with their own accounts."""

from collections.abc import Mapping
from datetime import datetime

from gateword.domain.client import Client
from gateword.domain.connection import Connection
from gateword.domain.log_event import LogCode, LogEvent
from gateword.domain.login import Caller
from gateword.domain.user import User


def event(
    code: LogCode,
    at: datetime,
    caller: Caller | None,
    *,
    description: str | None = None,
    client: Client | None = None,
    client_id: str = "",
    connection: Connection | None = None,
    user: User | None = None,
    user_name: str = "",
    details: Mapping[str, object] | None = None,
) -> LogEvent:
    """Return one row of the log.

    Args:
        code: What happened.
        at: When.
        caller: From where; None when the server itself did it.
        description: What more there is to say.
        client: The application, if it is known.
        client_id: As it was sent, when the application is not known.
        connection: The directory.
        user: Whom it is about; None when there is nobody.
        user_name: The name that was typed.
        details: Further facts; no secrets.
    """
    return LogEvent(
        code=code,
        at=at,
        description=description,
        client_id=client.client_id if client else client_id,
        client_name=client.name if client else "",
        ip=caller.ip if caller else "",
        hostname=caller.hostname if caller else "",
        user_agent=caller.user_agent if caller else "",
        auth0_client=caller.auth0_client if caller else None,
        user_id=user.user_id if user else "",
        user_name=user_name or (user and (user.email or user.username)) or "",
        connection=connection.name if connection else "",
        connection_id=connection.id if connection else "",
        strategy=connection.strategy if connection else "",
        strategy_type="database" if connection else "",
        details=details or {},
    )
