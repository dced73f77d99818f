"""Linked accounts through the whole server: what the token endpoint answers, on each engine."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from gateword.domain.secret import Secret
from tests.support.house import DOMAIN, House, a_house
from tests.support.management import management_token
from tests.wire.world import API, CLIENTS, CUSTOMERS, VALUES, furnish

REALM_GRANT = "http://auth0.com/oauth/grant-type/password-realm"
ANN, CUSTOMER_ANN = VALUES["ann"], VALUES["customer_ann"]


@pytest.fixture
async def server(url: str, tmp_path: Path) -> AsyncIterator[House]:
    """A furnished server on each engine in turn."""
    async with a_house(tmp_path, database_url=url) as house:
        await furnish(house)
        yield house


async def subject_of_customer_ann(server: House) -> Any:
    """Log in with the customer's password; return whom the tokens are about, or the error."""
    web = CLIENTS["web"]
    answer = await server.token(
        grant_type=REALM_GRANT,
        realm=CUSTOMERS,
        username="ann@example.com",
        password=VALUES["customer_password"],
        client_id=web.client_id,
        client_secret=VALUES["web_secret"],
        audience=API,
    )
    if "error" in answer.json():
        return answer.json()["error"]
    claims = await server.parts.verifier.access_claims(
        Secret(answer.json()["access_token"]), f"https://{DOMAIN}/"
    )
    return None if claims is None else claims["sub"]


async def ask(server: House, method: str, path: str, body: object = None) -> Any:
    """Ask the Management API; return its answer's body."""
    token = await management_token(server)
    answer = await server.http.request(
        method, f"/api/v2/{path}", json=body, headers={"authorization": f"Bearer {token}"}
    )
    assert answer.is_success
    return answer.json() if answer.content else None


async def test_linked_password_opens_the_main_user(server: House) -> None:
    """Auth0 "User Account Linking": while the two are linked, the subject is the main user."""
    before = await subject_of_customer_ann(server)
    main = f"users/{quote(ANN, safe='')}"
    linked = await ask(
        server, "POST", f"{main}/identities", {"provider": "auth0", "user_id": CUSTOMER_ANN}
    )
    meanwhile = await subject_of_customer_ann(server)
    counted = (await ask(server, "GET", main))["logins_count"]
    [_, account] = linked
    await ask(server, "DELETE", f"{main}/identities/auth0/{account['user_id']}")
    afterwards = await subject_of_customer_ann(server)

    assert [CUSTOMER_ANN, ANN, CUSTOMER_ANN] == [before, meanwhile, afterwards]
    assert 1 == counted


async def test_deleted_main_user_leaves_nobody_to_log_in(server: House) -> None:
    """Auth0 "User Account Linking": deleting the main user deletes linked accounts too."""
    main = f"users/{quote(ANN, safe='')}"
    await ask(server, "POST", f"{main}/identities", {"provider": "auth0", "user_id": CUSTOMER_ANN})

    await ask(server, "DELETE", main)

    assert "invalid_grant" == await subject_of_customer_ann(server)
