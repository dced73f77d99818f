"""A custom database's scripts as jobs, and the profile that one of them answers.

Rule 1: pure. Rule 2: a password is given as a secret, never among what else is given.
Source: Auth0 "Custom Database Action Scripts".
"""

from collections.abc import Mapping
from typing import Final

from gateword.domain.connection import Connection
from gateword.domain.script import Kind, Script, ScriptJob
from gateword.domain.secret import Secret

LOGIN: Final = "login"
GET_USER: Final = "get_user"
CREATE: Final = "create"
VERIFY: Final = "verify"
CHANGE_PASSWORD: Final = "change_password"
CHANGE_EMAIL: Final = "change_email"
DELETE: Final = "delete"
ASKED: Final = (LOGIN, GET_USER, CREATE, VERIFY, CHANGE_PASSWORD, CHANGE_EMAIL, DELETE)
"""Scripts of a database whose users live elsewhere."""

MOVING_IN: Final = (LOGIN, GET_USER)
"""Scripts of a database whose users move in: who has done so is ours."""


def source(connection: Connection, operation: str) -> str:
    """Return the text of a script; empty when the database has none for the operation."""
    scripts = connection.options.get("customScripts")
    found = scripts.get(operation) if isinstance(scripts, Mapping) else None
    return found if connection.is_scripted and isinstance(found, str) and found.strip() else ""


def job(
    connection: Connection,
    operation: str,
    given: Mapping[str, object],
    secret: Secret | None = None,
) -> ScriptJob | None:
    """Return the job of a database's script; None when it has none for the operation.

    Args:
        connection: The database.
        operation: Which script.
        given: Its arguments, by the names of `rules/kinds/database.js`.
        secret: The password among them.
    """
    text = source(connection, operation)
    if not text:
        return None
    has_context = connection.options.get("enable_script_context") is True
    context: dict[str, object] = {"context": {}} if has_context else {}
    return ScriptJob(
        kind=Kind.DATABASE,
        scripts=[Script(f"{connection.id}.{operation}", name(connection, operation), text)],
        configuration={key: one.value for key, one in connection.configuration.items()},
        given={"operation": operation, **context, **given},
        secret_given={} if secret is None else {"password": secret},
    )


def name(connection: Connection, operation: str) -> str:
    """Return what the log calls a script."""
    return f"script {operation} of {connection.name}"
