from gateword.domain.secret import Secret
from gateword.domain.user import NewUser
from tests.engines.house import NOON, House


async def test_hash_kinds_count_how_a_directorys_hashes_begin(house: House) -> None:
    """T2: each directory's own mixture, users without a password left out."""
    employees = await house.add_connection("Employees")
    customers = await house.add_connection("Customers")
    weak, strong = "$argon2id$v=19$m=8,t=1,p=1$", "$argon2i$m=65536,t=3,p=4$"
    hashes = [f"{weak}a$b", f"{weak}c$d", f"{strong}a$b", "$2b$10$abc", "no hash", None]
    for number, encoded in enumerate(hashes):
        new = NewUser(
            connection="Employees",
            email=f"{number}@x.test",
            password_hash=Secret(encoded) if encoded else None,
        )
        await house.stores.users.add(new, employees, NOON)

    assert {weak: 2, strong: 1, "$2b$10$": 1, "": 1} == await house.stores.users.hash_kinds(
        employees.key
    )
    assert {} == await house.stores.users.hash_kinds(customers.key)


async def test_imported_hashes_are_told_apart_by_what_they_cost(house: House) -> None:
    """T2: slow imported kinds count with their cost; fast ones are padded, and count as today's."""
    connection = await house.add_connection("Employees")
    hashes = [
        "$import-pbkdf2-sha256$i=10000,l=32$e=utf8,s=prefix$AA$AA",
        "$import-pbkdf2-sha256$i=20000,l=32$e=utf8,s=prefix$AA$AA",
        "$import-scrypt$n=16384,r=8,p=1,l=32$e=utf8,s=prefix$AA$AA",
        "$import-bcrypt$c=10$e=utf8,s=prefix$AA$AA",
        "$import-sha256$$e=utf8,s=prefix$AA$AA",
        "$import-hmac-sha1$$e=utf8,s=prefix,k=AA$AA$AA",
    ]
    for number, encoded in enumerate(hashes):
        new = NewUser(
            connection="Employees", email=f"{number}@x.test", password_hash=Secret(encoded)
        )
        await house.stores.users.add(new, connection, NOON)

    assert {
        "$import-pbkdf2-sha256$i=10000,l=32$": 1,
        "$import-pbkdf2-sha256$i=20000,l=32$": 1,
        "$import-scrypt$n=16384,r=8,p=1,l=32$": 1,
        "$import-bcrypt$c=10$": 1,
        "": 2,
    } == await house.stores.users.hash_kinds(connection.key)
