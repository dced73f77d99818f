"""Login names that a body gives a user, held against what the connection asks of them."""

from collections.abc import Mapping
from typing import Final

from gateword.accounts import elsewhere
from gateword.domain.connection import Connection
from gateword.domain.management_refusal import ManagementRefusal
from gateword.domain.refused import Refused
from gateword.policy import connection_options, signup
from gateword.policy.identifier import normal

STRATEGY = "auth0"


_ELSEWHERE: Final = "The users of this connection live in a database without a script for that: {}"


def refuse_users(connection: Connection) -> None:
    """Refuse to make a user where our own store answers for nobody and no script can.

    Raises:
        Refused: BODY_CONFLICT.
    """
    if not elsewhere.takes_users(connection):
        text = _ELSEWHERE.format("create and get_user")
        raise Refused(ManagementRefusal.BODY_CONFLICT, text=text)


def refuse_passwords(connection: Connection) -> None:
    """Refuse to take a password where our own store answers for nobody and no script can.

    Raises:
        Refused: BODY_CONFLICT.
    """
    if not elsewhere.takes_passwords(connection):
        text = _ELSEWHERE.format("change_password")
        raise Refused(ManagementRefusal.BODY_CONFLICT, text=text)


def check(body: Mapping[str, object], connection: Connection) -> None:
    """Refuse a name that no user of the connection can have.

    Raises:
        Refused: INVALID_BODY.
    """
    email, username = body.get("email"), body.get("username")
    if isinstance(email, str) and not signup.is_deliverable(normal(email)):
        raise _malformed("email")
    if isinstance(username, str) and not signup.is_username(normal(username), connection):
        raise _malformed("username")


def demand(names: Mapping[str, object], connection: Connection) -> None:
    """Refuse a user who lacks a name that the connection demands, or has none at all.

    Raises:
        Refused: INVALID_BODY.
    """
    required = set(connection_options.required(connection.options))
    if connection.requires_username:
        required.add("username")
    lacking = sorted(name for name in required if not names.get(name))
    if not lacking and not any(names.values()):
        lacking = ["email"]
    if lacking:
        fault = f"Missing required property: {lacking[0]}"
        raise Refused(ManagementRefusal.INVALID_BODY, fault=fault)


def _malformed(name: str) -> Refused:
    fault = f"Object didn't pass validation for format {name} on property {name}"
    return Refused(ManagementRefusal.INVALID_BODY, fault=fault)
