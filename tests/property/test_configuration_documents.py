"""What an answer shows may be sent back, and changes nothing."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from gateword.domain.secret import Secret
from gateword.domain.tenant import Tenant
from gateword.policy import client_document, resource_server_document, tenant_document
from gateword.policy.client_document import ClientMaker
from gateword.policy.members import Fault, Members

MAKER = ClientMaker(
    new_secret=lambda: Secret("made"),
    new_key_id=lambda: "cred_made",
    read_pem=lambda pem: (pem, f"thumbprint of {pem}"),
    at=datetime(2026, 1, 1, tzinfo=UTC),
)
flags = st.booleans()
texts = st.text("abc-", min_size=1, max_size=4)
seconds = st.integers(1, 2_592_000)
keys = st.fixed_dictionaries(
    {"pem": texts}, optional={"name": texts, "alg": st.sampled_from(["RS256", "PS256"])}
)
methods = st.one_of(
    st.just({}),
    st.builds(
        lambda method: {"token_endpoint_auth_method": method},
        st.sampled_from(["none", "client_secret_post", "client_secret_basic", None]),
    ),
    st.builds(
        lambda keys: {"client_authentication_methods": {"private_key_jwt": {"credentials": keys}}},
        st.lists(keys, min_size=1, max_size=1),
    ),
)


def _is_believed_without_proof(document: Mapping[str, Any]) -> bool:
    proves = document.get("token_endpoint_auth_method") or (
        "none" if document.get("app_type") in ("native", "spa") else "some"
    )
    by_key = "client_authentication_methods" in document
    is_trusted = document.get("is_token_endpoint_ip_header_trusted") is True
    return is_trusted and proves == "none" and not by_key


clients = st.builds(
    lambda document, proof: {"name": "Shop", **document, **proof},
    st.fixed_dictionaries(
        {},
        optional={
            "app_type": st.sampled_from(["native", "spa", "regular_web", None]),
            "grant_types": st.lists(st.sampled_from(client_document.GRANT_TYPES), unique=True),
            "is_first_party": flags,
            "is_token_endpoint_ip_header_trusted": flags,
            "oidc_conformant": flags,
            "cross_origin_auth": flags,
            "description": texts | st.none(),
            "callbacks": st.lists(texts),
            "web_origins": st.just(["https://shop.example"]),
            "client_metadata": st.dictionaries(texts, texts | st.none(), max_size=5),
            "jwt_configuration": st.none()
            | st.fixed_dictionaries(
                {},
                optional={
                    "alg": st.sampled_from(["RS256", "PS256", None]),
                    "lifetime_in_seconds": seconds | st.none(),
                    "secret_encoded": flags,
                },
            ),
            "refresh_token": st.none()
            | st.fixed_dictionaries(
                {"expiration_type": st.sampled_from(["expiring", "non-expiring"])},
                optional={
                    "leeway": st.integers(0, 60),
                    "token_lifetime": seconds,
                    "idle_token_lifetime": seconds,
                    "infinite_idle_token_lifetime": flags,
                },
            ),
        },
    ),
    methods,
).filter(lambda document: not _is_believed_without_proof(document))
apis = st.fixed_dictionaries(
    {},
    optional={
        "name": texts | st.none(),
        "scopes": st.lists(texts, unique=True).map(lambda all_: [{"value": one} for one in all_]),
        "signing_alg": st.sampled_from(["RS256", "HS256", None]),
        "token_lifetime": st.integers(7200, 2_592_000) | st.none(),
        "token_lifetime_for_web": st.integers(1, 7200) | st.none(),
        "allow_offline_access": flags,
        "enforce_policies": flags | st.none(),
        "token_dialect": st.sampled_from(["access_token", "rfc9068_profile", None]),
        "consent_policy": texts | st.none(),
    },
)
settings = st.fixed_dictionaries(
    {},
    optional={
        "friendly_name": texts | st.none(),
        "session_lifetime": st.integers(1, 8760) | st.none(),
        "idle_session_lifetime_in_minutes": st.integers(1, 8760 * 60) | st.none(),
        "flags": st.dictionaries(st.sampled_from(["enable_sso", "universal_login"]), flags),
        "default_directory": st.sampled_from(["Employees", "", None]),
        "sandbox_version": st.sampled_from([*tenant_document.SANDBOX_VERSIONS, None]),
    },
)


@given(document=clients)
def test_client_that_is_sent_back_stays_as_it_was(document: Mapping[str, Any]) -> None:
    """PATCH of a client with its own rendering changes nothing that anybody sees."""
    faults: list[Fault] = []
    made = client_document.created(Members(document, (), faults), "id", MAKER)
    shown = client_document.rendered(made)

    again = client_document.changed(Members(shown, (), faults), made, MAKER)

    assert [] == faults
    assert shown == client_document.rendered(again)
    assert (made.secret, made.refresh, made.origins) == (again.secret, again.refresh, again.origins)


@given(document=apis)
def test_api_that_is_sent_back_stays_as_it_was(document: Mapping[str, Any]) -> None:
    """PATCH of an API with its own rendering changes nothing that anybody sees."""
    faults: list[Fault] = []
    made = resource_server_document.created(
        Members(document, (), faults), "urn:api", "id", lambda: Secret("made")
    )
    shown = resource_server_document.rendered(made)

    again = resource_server_document.changed(
        Members(shown, (), faults), made, lambda: Secret("another")
    )

    assert [] == faults
    assert shown == resource_server_document.rendered(again)
    assert made.signing_secret == again.signing_secret


@given(document=settings)
def test_settings_that_are_sent_back_stay_as_they_were(document: Mapping[str, Any]) -> None:
    """PATCH of the settings with their own rendering changes nothing that anybody sees."""
    faults: list[Fault] = []
    tenant = Tenant(key=1, name="t", domain="t.example")
    made = tenant_document.changed(Members(document, (), faults), tenant, {"Employees"}, ())
    shown = tenant_document.rendered(made)

    again = tenant_document.changed(Members(shown, (), faults), made, {"Employees"}, ())

    assert [] == faults
    assert shown == tenant_document.rendered(again)
