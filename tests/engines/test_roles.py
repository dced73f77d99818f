from dataclasses import replace

from gateword.domain.resource_server import Role
from gateword.domain.user import NewUser, User
from tests.engines.house import API, NOON, Furnished, House

READ = (API, "read:orders")
WRITE = (API, "write:orders")
READER = Role(id="rol_1", name="reader", description="Reads", permissions=frozenset({READ}))
WRITER = Role(id="rol_2", name="writer", permissions=frozenset({WRITE}))


async def another_user(house: House, furnished: Furnished, name: str) -> User:
    """Add a user to the furnished connection."""
    new = NewUser(connection=furnished.connection.name, email=f"{name}@example.test")
    user = await house.stores.users.add(new, furnished.connection, NOON)
    assert user is not None
    return user


async def test_added_role_is_found_by_its_id(house: House) -> None:
    """Nothing of a role is lost on its way through the database."""
    added = await house.stores.roles.add(READER)

    assert added
    assert READER == await house.stores.roles.by_id("rol_1")
    assert None is await house.stores.roles.by_id("rol_2")


async def test_add_when_the_name_is_taken_changes_nothing(house: House) -> None:
    """A new role never replaces one."""
    await house.stores.roles.add(READER)

    added = await house.stores.roles.add(replace(WRITER, name="reader"))

    assert not added
    assert (READER,) == tuple(await house.stores.roles.all())


async def test_renamed_role_keeps_permissions_and_holders(
    house: House, furnished: Furnished
) -> None:
    """The id is what counts."""
    roles = house.stores.roles
    await roles.add(READER)
    await roles.give(["rol_1"], [furnished.user.key])

    renamed = await roles.rename(Role(id="rol_1", name="viewer"))

    assert renamed
    assert (replace(READER, name="viewer", description=None),) == tuple(
        await roles.of_user(furnished.user.key)
    )


async def test_rename_to_a_taken_name_changes_nothing(house: House) -> None:
    """Names are unique; a role's own name is no other's."""
    roles = house.stores.roles
    await roles.add(READER)
    await roles.add(WRITER)

    renamed = [
        await roles.rename(role)
        for role in (replace(READER, name="writer"), READER, replace(READER, id="rol_none"))
    ]

    assert [False, True, False] == renamed
    assert (READER, WRITER) == tuple(await roles.all())


async def test_removed_role_gives_nothing_any_more(house: House, furnished: Furnished) -> None:
    """Its permissions and its holders go with it."""
    roles = house.stores.roles
    await roles.add(READER)
    await roles.give(["rol_1"], [furnished.user.key])

    removed = [await roles.remove("rol_1"), await roles.remove("rol_1")]
    await roles.add(replace(READER, permissions=frozenset()))

    assert [True, False] == removed
    assert frozenset() == await roles.permissions_of(furnished.user.key, API)
    assert 0 == await roles.count_members("rol_1")


async def test_permissions_are_added_and_taken_one_by_one(house: House) -> None:
    """What is there already stays, what is not there is gone already."""
    roles = house.stores.roles
    await roles.add(READER)

    done = [
        await roles.permit("rol_1", {READ, WRITE}),
        await roles.forbid("rol_1", {READ, (API, "none")}),
        await roles.permit("rol_none", {READ}),
        await roles.forbid("rol_none", {READ}),
    ]

    assert [True, True, False, False] == done
    assert (replace(READER, permissions=frozenset({WRITE})),) == tuple(await roles.all())


async def test_give_when_a_role_does_not_exist_gives_none(
    house: House, furnished: Furnished
) -> None:
    """Either all roles are given or none."""
    await house.stores.roles.add(READER)

    given = await house.stores.roles.give(["rol_1", "rol_none"], [furnished.user.key])

    assert not given
    assert () == tuple(await house.stores.roles.of_user(furnished.user.key))


async def test_roles_are_taken_from_those_who_have_them(house: House, furnished: Furnished) -> None:
    """Other roles and other holders stay."""
    bob = await another_user(house, furnished, "bob")
    roles, ann = house.stores.roles, furnished.user
    await roles.add(READER)
    await roles.add(WRITER)
    await roles.give(["rol_1", "rol_2"], [ann.key, bob.key])

    await roles.take(["rol_1", "rol_none"], [ann.key])

    assert (WRITER,) == tuple(await roles.of_user(ann.key))
    assert (READER, WRITER) == tuple(await roles.of_user(bob.key))
    assert (READER.name, WRITER.name) == tuple(await roles.names_of_user(bob.key))


async def test_members_of_a_role_are_read_page_by_page(house: House, furnished: Furnished) -> None:
    """By position and by the last one seen, oldest first."""
    roles = house.stores.roles
    people = [furnished.user, *[await another_user(house, furnished, f"u{n}") for n in range(3)]]
    await another_user(house, furnished, "stranger")
    await roles.add(READER)
    await roles.give(["rol_1"], [user.key for user in people])

    by_position = await roles.members("rol_1", start=1, limit=2)
    behind = await roles.members("rol_1", after=people[1].key, limit=9)

    assert people[1:3] == list(by_position)
    assert people[2:] == list(behind)
    assert 4 == await roles.count_members("rol_1")


async def test_direct_permissions_stand_beside_those_of_roles(
    house: House, furnished: Furnished
) -> None:
    """Taking a direct one leaves the same one of a role."""
    roles, key = house.stores.roles, furnished.user.key
    await roles.add(READER)
    await roles.give(["rol_1"], [key])

    await roles.permit_user(key, {READ, WRITE})
    held = await roles.direct_permissions(key)
    await roles.forbid_user(key, {READ, WRITE})

    assert frozenset({READ, WRITE}) == held
    assert frozenset() == await roles.direct_permissions(key)
    assert frozenset({"read:orders"}) == await roles.permissions_of(key, API)


async def test_tenants_do_not_reach_each_others_roles(house: House, furnished: Furnished) -> None:
    """Rule R9: an id of another tenant is nobody's, and no user of another can be given one."""
    roles, key = house.stores.roles, furnished.user.key
    await roles.add(READER)
    await roles.give(["rol_1"], [key])
    other = (await house.neighbour()).stores.roles
    await other.add(replace(WRITER, id="rol_3"))

    await other.give(["rol_3"], [key])
    await other.permit_user(key, {WRITE})
    await other.forbid("rol_1", {READ})
    await other.take(["rol_1"], [key])

    assert (False, False) == (await other.rename(READER), await other.remove("rol_1"))
    assert (0, []) == (
        await other.count_members("rol_1"), list(await other.members("rol_1", limit=9)),
    )  # fmt: skip
    assert (READER,) == tuple(await roles.of_user(key))
    assert frozenset() == await roles.direct_permissions(key)
