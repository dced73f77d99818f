"""Which clients a list is asked for."""

import pytest

from gateword.domain.resource_server import ClientGrant
from tests.support.factories import a_client, an_api
from tests.support.house import House
from tests.support.management import CALLER, management_token

GLOBAL = "All Applications"


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("is_global=false", ["Machine", "Phone", "Shop"]),
        ("is_global=true", [GLOBAL]),
        ("q=", ["Machine", "Phone", "Shop", GLOBAL]),
        ("app_type=native,spa", ["Phone"]),
        ("app_type=spa", []),
        ("external_client_id=https%3A%2F%2Fx.example", ["Shop"]),
        ("is_first_party=false", ["Phone"]),
        ("is_first_party=true", ["Machine", "Shop", GLOBAL]),
        ("client_ids=phone-client-id,nobody", ["Phone"]),
        ("q=client_grant.allow_any_organization:true", ["Shop"]),
        ("q=client_grant.allow_any_organization:false", ["Machine"]),
        ("q=client_grant.allow_any_organization:true AND client_grant.organization_id:org_1", []),
    ],
)
async def test_filter_lets_through_what_it_names(
    house: House, query: str, names: list[str]
) -> None:
    """The hidden global client is there unless a filter says what it is not."""
    stores, now = house.parts.stores, house.clock.now()
    await stores.signing_keys.add(house.parts.key_maker.new("current"))
    await stores.clients.put(a_client(CALLER), now)
    await stores.clients.put(
        a_client("phone", is_first_party=False, document={"app_type": "native"}), now
    )
    await stores.clients.put(
        a_client("shop", document={"external_client_id": "https://x.example"}), now
    )
    await stores.resource_servers.put(an_api("urn:api"), now)
    for name, is_open in (("shop", True), (CALLER, False)):
        grant = ClientGrant(
            id=f"cgr_{name}", client_id=f"{name}-client-id", audience="urn:api",
            document={"allow_any_organization": is_open},
        )  # fmt: skip
        await stores.client_grants.put(grant, now)
    token = await management_token(house, "read:clients")

    answer = await house.http.get(
        f"/api/v2/clients?{query}", headers={"authorization": f"Bearer {token}"}
    )

    assert names == [client["name"] for client in answer.json()]
