"""What the log is told of an attempt."""

from collections.abc import Mapping

from gateword.domain.log_event import Also, LogFacts
from gateword.domain.login import Attempt, Login
from gateword.domain.user import User
from gateword.policy import confidence
from gateword.policy.identifier import MAX_CHARS


def of(
    attempt: Attempt,
    user: User | None = None,
    *,
    also: tuple[Also, ...] = (),
    details: Mapping[str, object] | None = None,
) -> LogFacts:
    """Return the facts of an attempt; of a user only once somebody was recognised."""
    connection = attempt.connection
    return LogFacts(
        user_id=user.user_id if user else "",
        user_name=attempt.username[:MAX_CHARS],  # longer ones were never looked up
        connection=connection.name,
        connection_id=connection.id,
        strategy=connection.strategy,
        audience=attempt.audience,
        notes=attempt.notes,
        details=details or {},
        also=also,
    )


def of_login(login: Login, details: Mapping[str, object] | None = None) -> LogFacts:
    """Return the facts of a proved login, its user as stored."""
    return LogFacts(
        user_id=login.user.user_id,
        user_name=login.user.email or login.user.username or "",
        connection=login.connection.name,
        connection_id=login.connection.id,
        strategy=login.connection.strategy,
        audience=login.audience,
        notes=login.notes,
        details={**(details or {}), **_assessed(login)},
        also=login.also,
    )


def _assessed(login: Login) -> dict[str, object]:
    return {} if login.risk is None else {"riskAssessment": confidence.document(login.risk)}
