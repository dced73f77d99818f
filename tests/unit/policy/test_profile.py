import pytest

from gateword.domain.user import NewUser
from gateword.policy.profile import completed

# MD5 of "ada@example.com", worked out apart from the code.
PICTURE = "https://s.gravatar.com/avatar/3e3417d7ef77d5932a6734b916515ed5?s=480&r=pg"


@pytest.mark.parametrize("email", ["ada@example.com", " Ada@Example.COM "])
def test_email_gives_name_nickname_and_picture(email: str) -> None:
    """A new user is called by the e-mail address, nicknamed by its local part."""
    made = completed(NewUser(connection="Employees", email=email))
    assert "ada@example.com" == made.email
    assert {"name": "ada@example.com", "nickname": "ada", "picture": PICTURE} == dict(made.profile)


def test_username_stands_in_for_the_email() -> None:
    """Without an e-mail address there is no picture, and the username is the name."""
    made = completed(NewUser(connection="Employees", username=" ADA "))
    assert "ada" == made.username
    assert {"name": "ada", "nickname": "ada"} == dict(made.profile)


def test_phone_number_stands_in_for_both() -> None:
    """A user known by phone alone is called by the number."""
    made = completed(NewUser(connection="Employees", phone_number="+15551234567"))
    assert {"name": "+15551234567", "nickname": "+15551234567"} == dict(made.profile)


def test_given_members_win_over_the_defaults() -> None:
    """What somebody said of the user stays."""
    given = {"name": "Ada Lovelace", "picture": "https://example.com/a.png", "family_name": "L"}
    made = completed(NewUser(connection="Employees", email="ada@example.com", profile=given))
    assert given | {"nickname": "ada"} == dict(made.profile)


def test_empty_login_names_are_absent() -> None:
    """An empty text is no login name."""
    made = completed(NewUser(connection="Employees", email="", username=""))
    assert (None, None) == (made.email, made.username)
