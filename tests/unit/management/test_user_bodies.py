"""What nobody may set of a user stays out of bodies."""

from dataclasses import fields

import pytest

from gateword.domain.user import Identity, User
from gateword.management import user_identities, users
from gateword.management.schema import Schema
from gateword.management.validation import fault
from gateword.policy.user_document import NAMES, PROFILE

SETTABLE = {
    *NAMES, *PROFILE, "email_verified", "phone_verified", "blocked", "user_metadata",
    "app_metadata", "user_id", "provider", "connection",
}  # fmt: skip
"""Fields of the domain that one body or another may hold under their own name."""

BODIES = [
    (f"{verb.method} {verb.path}", verb.body)
    for resource in (users.RESOURCE, user_identities.RESOURCE)
    for verb in resource.verbs
    if verb.body is not None
]
NEVER_SET = sorted(
    {field.name for noun in (User, Identity) for field in fields(noun)} - SETTABLE
    | {"_id", "tenant", "password_hash", "isSocial", "profileData", "multifactor", "roles"}
)


@pytest.mark.parametrize("name", NEVER_SET)
@pytest.mark.parametrize(("verb", "body"), BODIES, ids=[name for name, _ in BODIES])
def test_member_that_is_not_declared_is_refused(verb: str, body: Schema, name: str) -> None:
    """Promise M2: ids, counters, times and hashes are set by nobody."""
    assert verb
    assert f"Additional properties not allowed: {name}" == fault(body, {name: None})


def test_id_of_a_user_cannot_be_changed() -> None:
    """A user keeps the id; only a new one may bring one along."""
    [patch] = [body for verb, body in BODIES if verb.startswith("PATCH")]

    assert "Additional properties not allowed: user_id" == fault(patch, {"user_id": "auth0|x"})
