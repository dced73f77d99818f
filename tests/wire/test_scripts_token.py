"""The token that a tenant's scripts find is of no client, and opens what it is for alone."""

import pytest

from gateword.domain.tenant import SCRIPTS_CLIENT
from tests.support.house import House
from tests.unit.provision.applying import faults
from tests.wire.world import API, VALUES


async def called(house: House, **changed: object) -> int:
    """Return what the Management API says to a token like that of scripts."""
    tenant = await house.parts.stores.settings.get()
    now = int(house.clock.now().timestamp())
    claims: dict[str, object] = {
        "iss": tenant.issuer,
        "sub": f"{SCRIPTS_CLIENT}@clients",
        "aud": tenant.management_audience,
        "iat": now,
        "exp": now + 600,
        "scope": "read:users",
        "azp": SCRIPTS_CLIENT,
    }
    token = await house.parts.signer.sign(claims | changed, alg="RS256")
    headers = {"authorization": f"Bearer {token.reveal()}"}
    return (await house.http.get("/api/v2/users", headers=headers)).status_code


async def test_own_token_opens_the_management_api(house: House) -> None:
    """No client has its id, and none needs to."""
    assert 200 == await called(house)


@pytest.mark.parametrize(
    "changed",
    [
        {"sub": VALUES["ann"]},
        {"sub": "gateword-scripts@clients", "azp": "gateword-scripts"},
        {"aud": API},
        {"azp": None, "client_id": SCRIPTS_CLIENT},
    ],
)
async def test_whatever_differs_from_it_needs_a_client(
    house: House, changed: dict[str, object]
) -> None:
    """It is that token whole, or one of a client that is not there."""
    assert 401 == await called(house, **changed)


async def test_audience_beside_the_management_api_needs_a_client(house: House) -> None:
    """Tokens of users may have two audiences; the own one has not."""
    tenant = await house.parts.stores.settings.get()

    assert 401 == await called(house, aud=[tenant.management_audience, tenant.userinfo_audience])


async def test_no_file_makes_a_client_of_its_id(house: House) -> None:
    """The grammar of client ids leaves it out."""
    text = f"clients: [{{name: Nobody, client_id: '{SCRIPTS_CLIENT}'}}]"

    (line,) = await faults(house, text)

    assert "f.yaml:1: clients[0].client_id: holds 1 to 128 of A-Z a-z 0-9 . _ ~ -" == line
