import bcrypt
import pytest

from gateword.accounts import passwords
from gateword.domain.secret import Secret
from tests.support.house import House
from tests.unit.provision.applying import SHOP, applied, faults, fits, user


async def test_imported_hash_logs_in_and_is_not_brought_back(house: House) -> None:
    """A login renews an imported hash; applying the file again must not undo that."""
    await applied(house, "databases: [{name: D}]")
    encoded = bcrypt.hashpw(b"old password", bcrypt.gensalt(4)).decode()
    text = f"x-gateword-users: [{{connection: D, username: ann, password_hash: '{encoded}'}}]"
    await applied(house, text)
    fitted = await fits(house, "D", "ann", "old password")
    ann, home = await user(house, "D", "ann"), await house.parts.stores.connections.named("D")
    assert home is not None
    renewed = await house.parts.hasher.hash(Secret("old password"))
    await passwords.replaced(house.parts, ann, home, renewed)

    changes = await applied(house, text)

    assert (True, []) == (fitted, changes)
    assert renewed == await house.parts.stores.users.password_hash(ann.key, home.key)


async def test_another_password_replaces_the_stored_one(house: House) -> None:
    """The file says what the password is."""
    await applied(house, SHOP)

    changes = await applied(house, SHOP.replace("Correct horse", "Battery staple"))

    assert [("password",)] == [change.members for change in changes]
    assert await fits(house, "Customers", "ann@example.com", "Battery staple")
    assert not await fits(house, "Customers", "ann@example.com", "Correct horse")


async def test_metadata_merges_at_the_first_level(house: House) -> None:
    """Null takes a key away, others stay (Auth0: "Update a user")."""
    await applied(house, SHOP)

    await applied(house, SHOP.replace("{colour: red}", "{colour: null, size: {eu: 40}}"))

    ann = await user(house, "Customers", "ann@example.com")
    assert {"size": {"eu": 40}} == ann.user_metadata


async def test_one_address_in_two_realms_is_two_users(house: House) -> None:
    """An e-mail address is unique per connection only."""
    await applied(
        house,
        SHOP + "  - {connection: Employees, email: ann@example.com, password: Another one}\n",
    )

    customer = await user(house, "Customers", "ann@example.com")
    employee = await user(house, "Employees", "ann@example.com")
    assert customer.user_id != employee.user_id


async def test_given_user_id_is_kept_and_cannot_change(house: House) -> None:
    """It becomes the `sub` of the user's tokens, with the prefix of our own store."""
    text = "databases: [{name: D}]\nx-gateword-users: [{connection: D, username: ann, user_id: %s}]"
    await applied(house, text % "one")

    lines = [
        *(await faults(house, text % "two")),
        *(await faults(house, (text % "one").replace("ann", "ben"))),
        *(await faults(house, text % "auth0|one")),
    ]

    assert "auth0|one" == (await user(house, "D", "ann")).user_id
    assert [
        "the user there is has the id auth0|one, which cannot change",
        "auth0|one is another user",
        "is given without the prefix auth0|",
    ] == [line.partition("user_id: ")[2] for line in lines[:3]]


async def test_names_of_two_users_are_refused(house: House) -> None:
    """An item that means two people changes neither."""
    await applied(
        house,
        "databases: [{name: D}]\nx-gateword-users:\n"
        "  - {connection: D, email: ann@example.com}\n  - {connection: D, username: ben}\n",
    )

    (line,) = await faults(
        house,
        "x-gateword-users: [{connection: D, email: ann@example.com, username: ben}]",
    )

    assert "belong to different users" in line


@pytest.mark.parametrize(
    ("member", "fault"),
    [
        ("email: no-address", "is no e-mail address"),
        ("username: a@b.example", "is no e-mail address"),
        ("phone_number: 12345", "must be text"),
        ('phone_number: "12345"', "is no phone number"),
        ("password_hash: md5", "is neither Argon2"),
        ("app_metadata: {user_id: x}", "is a reserved name"),
        (f"password: {'x' * 1025}", "is longer than 1024 bytes"),
        ("password: weak", "Password is too weak: At least 8 characters in length; Contain at"),
        ("roles: [Nobody]", "no role is named Nobody"),
        ("blocked: maybe", "must be true or false"),
    ],
)
async def test_bad_user_is_refused(house: House, member: str, fault: str) -> None:
    """Users are checked before the first of them is written."""
    name = "email: u@example.com" if "email:" not in member else "username: u"
    if member.startswith("username"):
        name = "email: u@example.com"
    text = f"databases: [{{name: D}}]\nx-gateword-users: [{{connection: D, {name}, {member}}}]"

    lines = await faults(house, text)

    assert fault in lines[0]
    assert lines[0].startswith("f.yaml:2: x-gateword-users[0].")


async def test_user_twice_in_a_file_is_refused(house: House) -> None:
    """Login names are compared in their normal form."""
    (line,) = await faults(
        house,
        "databases: [{name: D}]\nx-gateword-users:\n"
        "  - {connection: D, username: ann}\n  - {connection: D, username: ANN}\n",
    )

    assert line.startswith("f.yaml:4: x-gateword-users[1]: ann stands in the file twice")


async def test_new_password_reaches_the_user_it_was_written_for(house: House) -> None:
    """Of several users in several databases only the one whose line changed has another one."""
    await applied(house, "databases: [{name: D}, {name: E}]")
    people = """
x-gateword-users:
  - {connection: E, username: bob, password: quiet-Harbour-7}
  - {connection: D, username: ann, password: PASSWORD}
"""
    await applied(house, people.replace("PASSWORD", "quiet-Harbour-5"))

    await applied(house, people.replace("PASSWORD", "quiet-Harbour-6"))

    assert await fits(house, "D", "ann", "quiet-Harbour-6")
    assert not await fits(house, "D", "ann", "quiet-Harbour-5")
    assert await fits(house, "E", "bob", "quiet-Harbour-7")


async def test_password_of_a_user_who_lives_elsewhere_is_refused(house: House) -> None:
    """Scripts decide there: a hash that nobody would ever ask for is not kept."""
    scripted = "databases: [{name: D, options: {enabledDatabaseCustomization: true}}]\n"
    person = "x-gateword-users: [{connection: D, email: u@example.com, user_id: u1}]"

    lines = await faults(house, scripted + person.replace("}]", ", password: Str0ng-enough!}]"))
    changes = await applied(house, scripted + person)

    assert ["f.yaml:2: x-gateword-users[0].password"] == [line[:38] for line in lines]
    assert "scripts decide every login" in lines[0]
    assert any("u@example.com" in str(change) for change in changes)
