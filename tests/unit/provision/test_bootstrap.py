from collections.abc import Collection
from dataclasses import replace

import pytest

from gateword.domain.resource_server import ClientGrant
from gateword.provision.bootstrap import Bootstrapped, bootstrap, bring_up_to_date
from gateword.provision.management_api import SCOPES
from tests.support.house import House

OLDER = dict(list(SCOPES.items())[:-2])
TAKEN_AWAY = next(iter(OLDER))


async def begun(house: House) -> Bootstrapped:
    """Run bootstrap as init does."""
    parts = house.parts
    return await bootstrap(parts.stores, parts.key_maker.new, parts.clock, parts.dice)


async def grant_of(house: House, client_id: str) -> ClientGrant:
    """Return what a client may do at the Management API."""
    tenant = await house.parts.stores.settings.get()
    grant = await house.parts.stores.client_grants.find(client_id, tenant.management_audience)
    assert grant is not None
    return grant


async def test_bootstrap_makes_what_is_missing_and_a_second_run_nothing(house: House) -> None:
    """The first client may do everything at the Management API."""
    await house.parts.stores.signing_keys.add(house.parts.key_maker.new("current"))
    first = await begun_without_next(house)
    second = await begun(house)

    assert (True, False) == (first.created, second.created)
    assert first.client_id == second.client_id
    assert tuple(SCOPES) == (await grant_of(house, first.client_id)).scope


async def begun_without_next(house: House) -> Bootstrapped:
    """Run bootstrap when the keys are there; the house knows one new key only."""
    parts = house.parts
    key = replace(parts.key_maker.new("next"), kid="another")
    return await bootstrap(parts.stores, lambda _: key, parts.clock, parts.dice)


@pytest.mark.parametrize(
    ("held", "after_it"),
    [(OLDER, SCOPES), ([one for one in OLDER if one != TAKEN_AWAY],) * 2],
    ids=["all", "one was taken away"],
)
async def test_tenant_of_an_older_release_gets_the_new_scopes(
    house: House, held: Collection[str], after_it: Collection[str]
) -> None:
    """New scopes reach the API, and its first client if that still had all there were."""
    await house.parts.stores.signing_keys.add(house.parts.key_maker.new("current"))
    made = await begun_without_next(house)
    stores, now = house.parts.stores, house.clock.now()
    api = await stores.resource_servers.get(made.audience)
    assert api is not None
    await stores.resource_servers.put(replace(api, scopes=OLDER), now)
    grant = await grant_of(house, made.client_id)
    await stores.client_grants.put(replace(grant, scope=tuple(held)), now)

    changed = await bring_up_to_date(stores, house.clock)
    again = await bring_up_to_date(stores, house.clock)

    after = await stores.resource_servers.get(made.audience)
    assert after is not None
    assert list(SCOPES) == list(after.scopes)
    assert {*after_it} == {*(await grant_of(house, made.client_id)).scope}
    assert (True, False) == (changed, again)
