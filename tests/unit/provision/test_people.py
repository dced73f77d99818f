import pytest

from gateword.domain.connection import Connection
from gateword.provision.people import BadUser, connection_named
from tests.support.house import House
from tests.support.stand_ins import START


async def test_only_databases_are_named_as_databases(house: House) -> None:
    """A social connection that is only kept is no place for users, and is not offered as one."""
    for name, strategy in (("Customers", "auth0"), ("Social", "google-oauth2")):
        connection = Connection(key=0, id=f"con_{name}", name=name, strategy=strategy)
        await house.parts.stores.connections.put(connection, START)

    with pytest.raises(BadUser) as refused:
        await connection_named(house.parts, "Social")

    assert "no database is named Social. There are: Customers" == str(refused.value)
