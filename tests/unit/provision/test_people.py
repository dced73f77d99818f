import pytest

from gateword.domain.connection import Connection
from gateword.domain.secret import Secret
from gateword.domain.user import NewUser
from gateword.provision.people import BadUser, connection_named, set_password
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


async def test_password_of_a_user_who_lives_elsewhere_is_not_set_here(house: House) -> None:
    """Scripts decide there; the command says where such a password is changed."""
    options = {"enabledDatabaseCustomization": True}
    connection = Connection(key=0, id="con_1", name="D", strategy="auth0", options=options)
    await house.parts.stores.connections.put(connection, START)
    home = await connection_named(house.parts, "D")
    user = await house.parts.stores.users.add(NewUser(connection="D", email="u@x.y"), home, START)
    assert user is not None

    with pytest.raises(BadUser, match="change_password"):
        await set_password(house.parts, user, home, Secret("Str0ng-enough!"))
