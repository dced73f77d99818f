"""Second factors that came along with users are theirs, from the first question on."""

import json

import pytest

from gateword.policy.brought_factors import UNREAD
from gateword.storage.migrate import downgrade, upgrade
from tests.engines.house import NOON, House
from tests.engines.importing import Imports, always, an_arrival, an_import
from tests.engines.test_migrations import NOWHERE, run


@pytest.fixture
async def imports(house: House) -> Imports:
    """An import into the database Customers."""
    return await an_import(house)


async def test_imported_factors_are_authenticators(imports: Imports) -> None:
    """What a user brings is confirmed when somebody first asks, once, and the user says so."""
    brought = [
        {"totp": {"secret": "JBSWY3DPEHPK3PXP"}},
        {"phone": {"value": "+15550100"}},
        {"email": {"value": "a@x.test"}},
    ]
    await imports.land(an_arrival(email="a@x.test", mfa_factors=brought))
    user = await imports.user("a@x.test")
    authenticators = imports.house.stores.authenticators

    asked = [await authenticators.of_user(user.key, NOON) for _ in range(3)]

    assert ("email", "sms", "totp") == user.factors
    assert {("totp", ""), ("sms", "+15550100"), ("email", "a@x.test")} == {
        (one.kind.value, one.target) for one in asked[0] if one.confirmed_at == NOON
    }
    assert asked[0] == asked[1] == asked[2]
    assert user.factors == (await imports.user("a@x.test")).factors


async def test_imported_factors_come_out_after_they_were_asked_for(imports: Imports) -> None:
    """An export says what the user has now; the same factor imported again is no second one."""
    brought = [{"totp": {"secret": "JBSWY3DPEHPK3PXP"}}]
    await imports.land(an_arrival(email="a@x.test", mfa_factors=brought))
    user = await imports.user("a@x.test")
    stores = imports.house.stores
    await stores.authenticators.of_user(user.key, NOON)
    more = [*brought, {"phone": {"value": "+15550100"}}]

    await imports.land(an_arrival(email="a@x.test", mfa_factors=more), may_replace=always)
    owned = await stores.authenticators.of_user(user.key, NOON)
    found = await stores.user_imports.credentials(imports.connection.key, [user.key])

    assert ["sms", "totp"] == sorted(one.kind.value for one in owned)
    factors = found[user.key].factors
    assert factors is not None
    assert ["phone", "totp"] == sorted(next(iter(one)) for one in json.loads(factors.reveal()))


def test_factors_that_came_before_are_marked_with_their_user(url: str) -> None:
    """Promise D7: nobody knows their kinds before they are opened, but that there are some."""
    upgrade(url, data_dir=NOWHERE)
    downgrade(url, "0004", data_dir=NOWHERE)
    user = (
        "INSERT INTO users (tenant, key, user_id, email_verified, phone_verified, blocked, profile,"
        " user_metadata, app_metadata, created_at, updated_at, logins_count)"
        " VALUES (7, {0}, 'auth0|{0}', 0, 0, 0, '{{}}', '{{}}', '{{}}', 1, 1, 0)"
    )
    run(
        url,
        "INSERT INTO tenants (key, name, domain, document) VALUES (7, 't', 't.example', '{}')",
        user.format(1),
        user.format(2),
        "INSERT INTO imported_factors (tenant, user_key, sealed) VALUES (7, 2, 'x')",
    )

    upgrade(url, data_dir=NOWHERE)

    [found] = run(url, "SELECT key, factors FROM users ORDER BY key")
    assert [(1, ""), (2, UNREAD)] == found
