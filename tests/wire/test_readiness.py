"""`/readyz` says which part of what a grant needs is missing."""

import pytest

from gateword.storage.engine import Tx
from gateword.storage.statement import AcrossTenants
from tests.support.house import House

OLD_TABLES = AcrossTenants("UPDATE alembic_version SET version_num = '0001'")
NO_KEY = AcrossTenants("UPDATE signing_keys SET state = 'previous' WHERE state = 'current'")


@pytest.mark.parametrize(("change", "missing"), [(OLD_TABLES, "tables"), (NO_KEY, "keys")])
async def test_node_without_tables_or_keys_is_not_ready(
    house: House, change: AcrossTenants, missing: str
) -> None:
    """Tables of an older program, no key to sign with: 503, though the database answers."""

    async def work(tx: Tx) -> None:
        await tx.run(change)

    await house.engines.database.transact(work)
    ready, alive = await house.http.get("/readyz"), await house.http.get("/livez")

    parts = {"staying": True, "database": True, "tables": True, "keys": True}
    assert 503 == ready.status_code
    assert {"status": "unavailable", **parts, missing: False} == ready.json()
    assert 200 == alive.status_code
