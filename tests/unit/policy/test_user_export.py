from datetime import UTC, datetime
from typing import Any

import pytest

from gateword.domain.secret import Secret
from gateword.domain.user import Identity, User
from gateword.domain.user_import import Credentials
from gateword.policy.hash_import import custom_password_hash
from gateword.policy.user_document import rendered
from gateword.policy.user_export import Field, cell, chosen, import_item
from tests.support.hash_vectors import VECTORS

AT = datetime(2026, 1, 5, 12, 0, tzinfo=UTC)


def a_user(**more: Any) -> User:
    """Return a user with members changed."""
    given: dict[str, Any] = {
        "key": 1,
        "user_id": "auth0|1",
        "created_at": AT,
        "updated_at": AT,
        "email": "ann@example.com",
        "identities": (Identity(connection="Db", provider="auth0", local_id="1"),),
    }
    return User(**given | more)


@pytest.mark.parametrize("case", VECTORS)
def test_exported_hash_is_stored_as_it_was(case: str) -> None:
    """import(export) changes nothing: every kind of hash comes back to the same stored text."""
    stored = custom_password_hash(VECTORS[case])
    item = import_item(a_user(), Credentials(stored, None))
    if "password_hash" in item:
        assert stored == Secret(str(item["password_hash"]))
        return
    custom = item["custom_password_hash"]
    assert isinstance(custom, dict)
    assert stored == custom_password_hash(custom)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("email", "ann@example.com"),
        ("user_metadata.a.b", 1),
        ("identities[0].connection", "Db"),
        ("identities[1].connection", None),
        ("email.x", None),
        ("email[0]", None),
        ("nobody", None),
    ],
)
def test_field_is_found_by_its_path(name: str, expected: object) -> None:
    """A path that leads nowhere gives nothing."""
    members = rendered(a_user(user_metadata={"a": {"b": 1}}))
    found = chosen(members, [Field(name, "x")])
    assert ({} if expected is None else {"x": expected}) == found


@pytest.mark.parametrize(
    ("value", "expected"),
    [(None, ""), ("a", "a"), (True, "true"), (5, "5"), ({"ü": [1]}, '{"ü": [1]}')],
)
def test_cell_holds_text_or_json(value: object, expected: str) -> None:
    """What is no text stands as JSON in a CSV file."""
    assert expected == cell(value)
