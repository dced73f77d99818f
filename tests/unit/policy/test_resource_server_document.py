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
    expected = ResourceServer(id="id", identifier=AUDIENCE, name=AUDIENCE, implied=api.implied)
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
    assert resource_server_document.rendered(stored) == resource_server_document.rendered(again)


def test_what_nobody_has_set_is_not_shown() -> None:
    """Recorded creations: no name, no scopes, no RBAC members unless they were sent."""
    api, _ = attempt()

    assert {
        "id": "id",
        "identifier": AUDIENCE,
        "signing_alg": "RS256",
        "token_lifetime": 86400,
        "token_lifetime_for_web": 7200,
        "allow_offline_access": False,
        "skip_consent_for_verifiable_first_party_clients": False,
        "subject_type_authorization": {
            "user": {"policy": "allow_all"},
            "client": {"policy": "require_client_grant"},
        },
    } == resource_server_document.rendered(api)


def test_null_takes_a_member_out_of_sight() -> None:
    """What is taken back acts with its default and is not shown."""
    stored, _ = attempt(name="Orders", enforce_policies=True)

    api, faults = attempt(stored, name=None, enforce_policies=None)

    assert [] == faults
    assert (AUDIENCE, False) == (api.name, api.enforce_policies)
    assert {"name", "enforce_policies"}.isdisjoint(resource_server_document.rendered(api))


def test_lifetime_for_browsers_is_never_the_longer() -> None:
    """Unset it follows; set, it must fit, also when the other shrinks."""
    short, _ = attempt(token_lifetime=60)
    stored, _ = attempt(token_lifetime=7200, token_lifetime_for_web=3600)
    _, grown = attempt(token_lifetime=60, token_lifetime_for_web=61)
    _, shrunk = attempt(stored, token_lifetime=60)

    assert 60 == resource_server_document.rendered(short)["token_lifetime_for_web"]
    assert [("token_lifetime_for_web",)] == [fault.path for fault in grown]
    assert [("token_lifetime",)] == [fault.path for fault in shrunk]
