from dataclasses import replace
from typing import Any

import pytest

from gateword.domain.client import AuthMethod, Client, ClientKey, RefreshPolicy
from gateword.domain.secret import Secret
from gateword.policy import client_document
from gateword.policy.client_document import ClientMaker
from gateword.policy.members import Fault, Members

MADE = Secret("made secret")


def read_pem(pem: str) -> tuple[str, str]:
    """Read a key as the maker of the tests does."""
    if pem == "broken":
        raise ValueError("is no public key")
    return f"normal {pem}", f"thumbprint of {pem}"


MAKER = ClientMaker(new_secret=lambda: MADE, new_key_id=lambda: "cred_new", read_pem=read_pem)


def created(**document: Any) -> Client:
    """Return the client of a document without faults."""
    client, faults = attempt(**document)
    assert [] == faults
    return client


def attempt(stored: Client | None = None, **document: Any) -> tuple[Client, list[Fault]]:
    """Return what a document makes of a client, and its faults."""
    members = Members({"name": "Shop", **document}, (), [])
    if stored is None:
        client = client_document.created(members, "id", MAKER)
    else:
        client = client_document.changed(members, stored, MAKER)
    return client, members.faults


def test_new_client_never_has_a_password_grant() -> None:
    """Auth0's default grant types do not hold password (recorded creations)."""
    client = created()

    assert (
        "authorization_code", "implicit", "refresh_token", "client_credentials",
    ) == client.grant_types  # fmt: skip
    assert AuthMethod.POST is client.auth_method
    assert RefreshPolicy() == client.refresh
    assert MADE == client.secret


def test_grant_of_the_registry_is_possible() -> None:
    """A grant that plugs in may stand in `grant_types` without a further entry anywhere."""
    document = {"name": "Shop", "grant_types": ["urn:example:ticket"]}
    unknown, known = Members(document, (), []), Members(document, (), [])
    client_document.created(unknown, "id", MAKER)
    maker = replace(MAKER, grant_types=frozenset({"urn:example:ticket"}))

    assert ("urn:example:ticket",) == client_document.created(known, "id", maker).grant_types
    assert (1, 0) == (len(unknown.faults), len(known.faults))


@pytest.mark.parametrize("app_type", ["native", "spa"])
def test_public_app_types_have_no_secret(app_type: str) -> None:
    """What runs at the user's can keep no secret, so it proves itself by none."""
    client = created(app_type=app_type)

    assert (AuthMethod.NONE, None) == (client.auth_method, client.secret)
    assert "client_credentials" not in client.grant_types


def test_unset_members_keep_what_is_stored() -> None:
    """A change is a PATCH: it says only what it changes."""
    stored = created(
        client_secret="s" * 40,
        grant_types=["password"],
        description="kept",
        refresh_token={"expiration_type": "expiring", "token_lifetime": 60},
    )

    client, faults = attempt(stored, is_first_party=False)

    assert [] == faults
    assert stored.refresh == client.refresh
    assert (("password",), "kept") == (client.grant_types, client.document["description"])
    assert (Secret("s" * 40), False) == (client.secret, client.is_first_party)


def test_a_client_reads_back_what_it_renders() -> None:
    """An exported client imports again unchanged."""
    stored = created(
        app_type="regular_web",
        grant_types=["password", "refresh_token"],
        jwt_configuration={"alg": "PS256", "lifetime_in_seconds": 600},
        refresh_token={
            "rotation_type": "rotating",
            "expiration_type": "expiring",
            "leeway": 3,
            "token_lifetime": 600,
            "infinite_idle_token_lifetime": True,
        },
        web_origins=["https://shop.example"],
        client_metadata={"team": "red"},
        logo_uri="https://shop.example/logo.png",
    )

    again, faults = attempt(stored, **client_document.rendered(stored))

    assert [] == faults
    assert client_document.rendered(stored) == client_document.rendered(again)


def test_rotating_tokens_must_expire() -> None:
    """Auth0 refuses rotation for tokens that live forever."""
    _, faults = attempt(refresh_token={"rotation_type": "rotating"})

    assert [("refresh_token", "rotation_type")] == [fault.path for fault in faults]


def test_expiring_tokens_have_auth0s_lifetimes() -> None:
    """Switched on without numbers, 30 days absolute and 15 days idle."""
    client = created(refresh_token={"rotation_type": "rotating", "expiration_type": "expiring"})

    assert RefreshPolicy(rotating=True, absolute_s=2_592_000, idle_s=1_296_000) == client.refresh


def test_null_switches_refresh_policy_back() -> None:
    """Null stands for the default."""
    stored = created(refresh_token={"expiration_type": "expiring"})

    client, _ = attempt(stored, refresh_token=None)

    assert RefreshPolicy() == client.refresh


def test_origins_are_those_of_both_lists() -> None:
    """Browsers may call from web_origins and allowed_origins; paths are no part of an origin."""
    client = created(
        web_origins=["https://A.example/path"], allowed_origins=["http://localhost:3000"]
    )

    assert {"https://a.example", "http://localhost:3000"} == client.origins


@pytest.mark.parametrize("origin", ["shop.example", "http://[::1", ""])
def test_what_is_no_origin_is_refused(origin: str) -> None:
    """A browser would never send it."""
    _, faults = attempt(web_origins=["https://good.example", origin])

    assert [("web_origins", 1)] == [fault.path for fault in faults]


def test_keys_replace_the_shared_secret() -> None:
    """private_key_jwt needs public keys only; the key id is the thumbprint when none is given."""
    client = created(
        client_authentication_methods={
            "private_key_jwt": {"credentials": [{"name": "k", "pem": "PEM", "alg": "PS256"}]}
        }
    )

    key = ClientKey(id="cred_new", name="k", kid="thumbprint of PEM", alg="PS256", pem="normal PEM")
    assert (AuthMethod.PRIVATE_KEY_JWT, (key,), None) == (
        client.auth_method, client.keys, client.secret,
    )  # fmt: skip


def test_key_that_cannot_be_read_is_a_fault_at_its_pem() -> None:
    """The reason of the key reader stands where the key stands."""
    _, faults = attempt(
        client_authentication_methods={
            "private_key_jwt": {"credentials": [{"pem": "PEM"}, {"pem": "broken"}]}
        }
    )

    path = ("client_authentication_methods", "private_key_jwt", "credentials", 1, "pem")
    assert [Fault(path, "is no public key")] == faults


def test_secret_and_keys_exclude_each_other() -> None:
    """client_authentication_methods replaces token_endpoint_auth_method."""
    _, faults = attempt(
        token_endpoint_auth_method="client_secret_post",
        client_authentication_methods={"private_key_jwt": {"credentials": [{"pem": "PEM"}]}},
    )

    assert [("token_endpoint_auth_method",)] == [fault.path for fault in faults]


def test_going_back_from_keys_makes_a_secret() -> None:
    """A confidential client always has a proof; its keys stay stored, and prove nothing."""
    stored = created(
        client_authentication_methods={"private_key_jwt": {"credentials": [{"pem": "PEM"}]}}
    )

    client, _ = attempt(stored, token_endpoint_auth_method="client_secret_basic")

    assert (AuthMethod.BASIC, MADE) == (client.auth_method, client.secret)
    assert [False] == [key.is_assigned for key in client.keys]


def test_client_metadata_merges_and_is_bounded() -> None:
    """Null removes a key; more than ten are refused (Auth0: "Application metadata")."""
    stored = created(client_metadata={"a": "1", "b": "2"})

    client, faults = attempt(stored, client_metadata={"a": None, "c": "3"})
    _, too_many = attempt(client_metadata={str(number): "x" for number in range(11)})

    assert ({"b": "2", "c": "3"}, []) == (client.document["client_metadata"], faults)
    assert [("client_metadata",)] == [fault.path for fault in too_many]


def test_what_nobody_has_set_is_not_shown() -> None:
    """Recorded creations: no app_type, no method, no alg, no lists that were not sent."""
    assert {
        "client_id": "id",
        "name": "Shop",
        "is_first_party": True,
        "is_token_endpoint_ip_header_trusted": False,
        "oidc_conformant": False,
        "sso_disabled": False,
        "cross_origin_authentication": False,
        "custom_login_page_on": True,
        "grant_types": ["authorization_code", "implicit", "refresh_token", "client_credentials"],
        "jwt_configuration": {"secret_encoded": False, "lifetime_in_seconds": 36000},
        "refresh_token": {
            "rotation_type": "non-rotating",
            "expiration_type": "non-expiring",
            "leeway": 0,
            "token_lifetime": 2592000,
            "infinite_token_lifetime": True,
            "infinite_idle_token_lifetime": True,
            "idle_token_lifetime": 1296000,
        },
    } == client_document.rendered(created())


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        (None, {"secret_encoded": False, "lifetime_in_seconds": 36000}),
        ({}, {"secret_encoded": False}),
        ({"alg": "PS256"}, {"secret_encoded": False, "alg": "PS256"}),
        (
            {"secret_encoded": True, "scopes": {"a": "b"}, "lifetime_in_seconds": 1},
            {"secret_encoded": True, "scopes": {"a": "b"}, "lifetime_in_seconds": 1},
        ),
    ],
)
def test_jwt_configuration_shows_what_was_set(given: Any, shown: dict[str, Any]) -> None:
    """Recorded creations: only what the request sets, plus secret_encoded."""
    assert shown == client_document.rendered(created(jwt_configuration=given))["jwt_configuration"]


def test_null_takes_a_method_back_to_that_of_the_type() -> None:
    """Without a method a client behaves as its type does."""
    stored = created(app_type="spa", token_endpoint_auth_method="client_secret_basic")

    client, faults = attempt(stored, token_endpoint_auth_method=None)

    assert [] == faults
    assert AuthMethod.NONE is client.auth_method
    assert "token_endpoint_auth_method" not in client_document.rendered(client)


def test_endless_tokens_keep_the_lengths_that_were_sent() -> None:
    """What does not act comes back as it came, so an import equals its export."""
    sent = {
        "rotation_type": "non-rotating",
        "expiration_type": "non-expiring",
        "leeway": 0,
        "token_lifetime": 31557600,
        "infinite_token_lifetime": False,
        "infinite_idle_token_lifetime": True,
        "idle_token_lifetime": 2592000,
    }

    client = created(refresh_token=sent)

    assert RefreshPolicy() == client.refresh
    assert sent == client_document.rendered(client)["refresh_token"]


def test_older_name_of_a_member_is_its_newer_one() -> None:
    """`cross_origin_auth` is what `cross_origin_authentication` was called."""
    shown = client_document.rendered(created(cross_origin_auth=True))

    assert shown["cross_origin_authentication"] is True
    assert "cross_origin_auth" not in shown


def test_metadata_is_short_text() -> None:
    """Names and values of up to 255 characters."""
    good, long = "x" * 255, "x" * 256
    _, value = attempt(client_metadata={"a": long})
    _, name = attempt(client_metadata={long: "a"})

    assert {good: good} == created(client_metadata={good: good}).document["client_metadata"]
    assert [1, 1] == [len(value), len(name)]
