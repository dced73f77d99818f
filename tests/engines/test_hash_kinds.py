from gateword.domain.secret import Secret
from gateword.domain.user import NewUser
from tests.engines.house import NOON, House


async def test_hash_kinds_count_how_a_directorys_hashes_begin(house: House) -> None:
    """T2: each directory's own mixture, users without a password left out."""
    employees = await house.add_connection("Employees")
    customers = await house.add_connection("Customers")
    hashes = ["$argon2id$v=19$a", "$argon2id$v=19$b", "$2b$10$abc", None]
    for number, encoded in enumerate(hashes):
        new = NewUser(
            connection="Employees",
            email=f"{number}@x.test",
            password_hash=Secret(encoded) if encoded else None,
        )
        await house.stores.users.add(new, employees, NOON)

    assert {"$argon2": 2, "$2b$10$": 1} == await house.stores.users.hash_kinds(employees.key)
    assert {} == await house.stores.users.hash_kinds(customers.key)
