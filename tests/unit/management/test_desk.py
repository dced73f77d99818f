import pytest

from gateword.domain.management_refusal import ManagementRefusal
from gateword.domain.refused import Refused
from gateword.management.desk import Directory
from gateword.management.resource import Call, Resource, Verb


async def _nothing(call: Call) -> None:
    del call


def a_verb(method: str, path: str) -> Verb:
    """Return a verb that does nothing."""
    return Verb(method=method, path=path, scopes=("x",), run=_nothing, summary=f"{method} {path}")


VERBS = (
    a_verb("GET", "/users/{id}"),
    a_verb("PATCH", "/users/{id}"),
    a_verb("GET", "/users/search"),
    a_verb("GET", "/users"),
    a_verb("POST", "/users"),
    a_verb("GET", "/users/{id}/roles"),
    a_verb("GET", "/users/{id}/identities/{provider}"),
)
DIRECTORY = Directory([Resource(name="users", doc="", verbs=VERBS)])


@pytest.mark.parametrize(
    ("method", "path", "found", "values"),
    [
        ("GET", "users", "GET /users", {}),
        ("GET", "users/search", "GET /users/search", {}),
        ("GET", "users/auth0%7C1", "GET /users/{id}", {"id": "auth0|1"}),
        ("PATCH", "users/x", "PATCH /users/{id}", {"id": "x"}),
        ("PATCH", "users/search", "PATCH /users/{id}", {"id": "search"}),
        ("GET", "users/a%2Fb", "GET /users/{id}", {"id": "a/b"}),
        ("GET", "users/a%252Fb", "GET /users/{id}", {"id": "a%2Fb"}),
        ("GET", "users/%FF", "GET /users/{id}", {"id": "\N{REPLACEMENT CHARACTER}"}),
        ("GET", "us%65rs", "GET /users", {}),
        (
            "GET",
            "users/u/identities/p",
            "GET /users/{id}/identities/{provider}",
            {"id": "u", "provider": "p"},
        ),
    ],
)
def test_path_finds_its_verb(method: str, path: str, found: str, values: dict[str, str]) -> None:
    """Names are one segment, percent-decoded once; fixed words win over names."""
    one = DIRECTORY.find(method, path)

    assert (found, values) == (one.verb.summary, one.values)


@pytest.mark.parametrize(
    "path",
    [
        "", "/", "nowhere", "users/u/roles/r/s", "users//roles", "userss",
        "users/", "/users", "users/u/", "users/u/roles/", "users//",
    ],
)  # fmt: skip
def test_path_that_is_nowhere_is_not_found(path: str) -> None:
    """There is nothing at other paths; an empty name is no name, nor what stands before it."""
    with pytest.raises(Refused) as raised:
        DIRECTORY.find("GET", path)

    assert raised.value.refusal is ManagementRefusal.NO_SUCH_ENDPOINT


@pytest.mark.parametrize(
    ("path", "allowed"), [("users", "GET, POST"), ("users/search", "GET, PATCH")]
)
def test_other_method_is_told_which_there_are(path: str, allowed: str) -> None:
    """405 lists the methods of every verb that the path could mean."""
    with pytest.raises(Refused) as raised:
        DIRECTORY.find("DELETE", path)

    assert raised.value.refusal is ManagementRefusal.METHOD_NOT_ALLOWED
    assert allowed == raised.value.detail
