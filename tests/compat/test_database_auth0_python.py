"""Auth0's Python SDK at the users' own doors: sign-up, a weak password, a forgotten one."""

import auth0
import pytest
from auth0.authentication import Database, GetToken
from auth0.authentication.exceptions import Auth0Error

from tests.compat.shop import CLIENT_ID, CLIENT_SECRET
from tests.support import ran_against
from tests.support.served import Served

pytestmark = pytest.mark.usefixtures("trust")

SENT = "We've just sent you an email to reset your password."


@pytest.fixture
def database(shop: Served) -> Database:
    """The SDK's client of the database doors, in an environment that trusts the CA."""
    ran_against.note("auth0-python", auth0.__version__)
    return Database(shop.domain, CLIENT_ID)


def test_new_user_signs_up_and_logs_in(database: Database, shop: Served) -> None:
    """The answer has the id without a prefix; the user logs in at once."""
    answer = database.signup(
        "Una@Guest.example", "Strong-enough-1", "Customers", user_metadata={"plan": "gold"}
    )
    tokens = GetToken(shop.domain, CLIENT_ID, client_secret=CLIENT_SECRET).login(
        "una@guest.example", "Strong-enough-1", realm="Customers"
    )

    assert ("una@guest.example", False) == (answer["email"], answer["email_verified"])
    assert 24 == len(answer["_id"])
    assert "access_token" in tokens


def test_weak_password_is_told_as_such(database: Database) -> None:
    """The SDK's error has code and message of the body."""
    with pytest.raises(Auth0Error) as refused:
        database.signup("weak@guest.example", "weak", "Customers")

    assert (400, "invalid_password") == (refused.value.status_code, refused.value.error_code)
    assert "Password is too weak" == refused.value.message


def test_taken_address_gets_the_generic_answer(database: Database) -> None:
    """Nobody learns from a sign-up alone who has an account."""
    with pytest.raises(Auth0Error) as refused:
        database.signup("ann@example.com", "Strong-enough-1", "Customers")

    assert "invalid_signup" == refused.value.error_code


def test_forgotten_password_is_answered_with_auth0s_sentence(database: Database) -> None:
    """The SDK hands the text on, for somebody and for nobody."""
    for email in ("ann@example.com", "nobody@example.com"):
        assert SENT == database.change_password(email, "Customers")


def test_unknown_database_is_an_error_of_its_own(database: Database) -> None:
    """The SDK reads the shape of the OAuth endpoints here too."""
    with pytest.raises(Auth0Error) as refused:
        database.signup("una@guest.example", "Strong-enough-1", "Nowhere")

    assert "the connection was not found" == refused.value.message
