from typing import Any

import pytest

from gateword.domain.resource_server import ResourceServer
from gateword.domain.secret import Secret
from gateword.policy import resource_server_document
from gateword.policy.members import Fault, Members

AUDIENCE = "https://orders.example/"
MADE = Secret("made")


def attempt(
    stored: ResourceServer | None = None, **document: Any
) -> tuple[ResourceServer, list[Fault]]:
    """Return what a document makes of an API, and its faults."""
    members = Members({"identifier": AUDIENCE, **document}, (), [])
    if stored is None:
        api = resource_server_document.created(members, AUDIENCE, "id", lambda: MADE)
    else:
        api = resource_server_document.changed(members, stored, lambda: MADE)
    return api, members.faults


def test_new_api_has_auth0s_defaults() -> None:
    """RS256, a day, no refresh tokens, no RBAC; machines need a client grant."""
    api, faults = attempt()

    assert [] == faults
    expected = ResourceServer(id="id", identifier=AUDIENCE, name=AUDIENCE)
    assert expected == api


def test_scopes_keep_their_order() -> None:
    """Granted scopes are answered in the order of their definition."""
    api, _ = attempt(scopes=[{"value": "b", "description": "B"}, {"value": "a"}])

    assert [("b", "B"), ("a", "")] == list(api.scopes.items())


@pytest.mark.parametrize(
    ("document", "path"),
    [
        ({"scopes": [{"value": "a"}, {"value": "a"}]}, ("scopes", 1, "value")),
        ({"scopes": [{"value": "a b"}]}, ("scopes", 0, "value")),
        ({"scopes": ["a"]}, ("scopes", 0)),
        ({"token_lifetime": 2_592_001}, ("token_lifetime",)),
        ({"signing_alg": "none"}, ("signing_alg",)),
        ({"token_dialect": "access_token_authz"}, ("token_dialect",)),
        ({"signing_alg": "HS256", "signing_secret": "short"}, ("signing_secret",)),
        ({"allow_offline": True}, ("allow_offline",)),
    ],
)
def test_fault_names_its_member(document: dict[str, Any], path: tuple[str | int, ...]) -> None:
    """Each fault stands at the member that is wrong."""
    _, faults = attempt(**document)

    assert [path] == [fault.path for fault in faults]


def test_hs256_without_a_secret_gets_one() -> None:
    """An API that is signed for by a shared secret always has one."""
    api, _ = attempt(signing_alg="HS256")

    assert MADE == api.signing_secret


def test_an_api_reads_back_what_it_renders() -> None:
    """An exported API imports again unchanged."""
    stored, _ = attempt(
        name="Orders",
        scopes=[{"value": "read:orders", "description": "See"}],
        enforce_policies=True,
        token_dialect="rfc9068_profile_authz",
        subject_type_authorization={"user": {"policy": "require_client_grant"}},
        token_lifetime_for_web=60,
    )

    again, faults = attempt(stored, **resource_server_document.rendered(stored))

    assert [] == faults
    assert stored == again
