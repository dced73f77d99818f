"""`require("auth0")` and the global `auth0` of rules: calls of the Management API."""

import json
from typing import Any

import pytest

from tests.unit.rules_js.sandbox import Answer, Sandbox, ScriptError, http

CLIENT = """const { AuthenticationClient, ManagementClient } = require("auth0");
const client = new ManagementClient({ domain: "t.example", token: "tok" });
"""
API = "https://t.example/api/v2"


def sent(script: str) -> tuple[str, str, Any]:
    """Return method, path and body of the one call of a script with `client`."""
    sandbox = Sandbox(http("{}"))
    sandbox.run(CLIENT + script)
    (args,) = sandbox.requests
    assert "Bearer tok" == args["headers"]["authorization"]
    body = None if args["body"] is None else json.loads(args["body"])
    return args["method"], args["url"].removeprefix(API), body


@pytest.mark.parametrize(
    ("script", "call"),
    [
        ('getUser({ id: "auth0|1" })', ("GET", "/users/auth0%7C1", None)),
        ("getUser({ per_page: 5 })", ("GET", "/users?per_page=5", None)),
        ('getUsers({ q: "a:b", page: 0 })', ("GET", "/users?q=a%3Ab&page=0", None)),
        ("getUsers()", ("GET", "/users", None)),
        ('getUsersByEmail("a@b.c")', ("GET", "/users-by-email?email=a%40b.c", None)),
        ('createUser({ email: "e" })', ("POST", "/users", {"email": "e"})),
        ('updateUser({ id: "u" }, { name: "n" })', ("PATCH", "/users/u", {"name": "n"})),
        ('updateUserMetadata({ id: "u" }, { a: 1 })',
         ("PATCH", "/users/u", {"user_metadata": {"a": 1}})),
        ('updateAppMetadata({ id: "u" }, { a: 1 })',
         ("PATCH", "/users/u", {"app_metadata": {"a": 1}})),
        ('deleteUser({ id: "u" })', ("DELETE", "/users/u", None)),
        ('linkUsers("u", { user_id: "2", provider: "p" })',
         ("POST", "/users/u/identities", {"user_id": "2", "provider": "p"})),
        ('unlinkUsers({ id: "u", provider: "p", user_id: "2" })',
         ("DELETE", "/users/u/identities/p/2", None)),
        ('getUserRoles({ id: "u" })', ("GET", "/users/u/roles", None)),
        ('assignRolestoUser({ id: "u" }, { roles: ["r"] })',
         ("POST", "/users/u/roles", {"roles": ["r"]})),
        ('removeRolesFromUser({ id: "u" }, { roles: ["r"] })',
         ("DELETE", "/users/u/roles", {"roles": ["r"]})),
        ('getRole({ id: "r" })', ("GET", "/roles/r", None)),
        ('createRole({ name: "r" })', ("POST", "/roles", {"name": "r"})),
        ('getClient({ client_id: "c" })', ("GET", "/clients/c", None)),
        ('users.get({ id: "u", fields: "a,b" })', ("GET", "/users/u?fields=a%2Cb", None)),
        ('users.update({ id: "u" }, { name: "n" })', ("PATCH", "/users/u", {"name": "n"})),
        ('users.link({ id: "u" }, { link_with: "t" })',
         ("POST", "/users/u/identities", {"link_with": "t"})),
        ('usersByEmail.getByEmail({ email: "e" })', ("GET", "/users-by-email?email=e", None)),
        ("roles.getAll({ page: 1 })", ("GET", "/roles?page=1", None)),
        ('tickets.verifyEmail({ user_id: "u" })',
         ("POST", "/tickets/email-verification", {"user_id": "u"})),
    ],
)  # fmt: skip
def test_call_when_its_name_is_of_any_version(script: str, call: tuple[str, str, Any]) -> None:
    """The names of node-auth0 2, 3 and 4 are calls of the Management API."""
    assert call == sent(f"await client.{script}")


def test_answer_when_it_is_awaited() -> None:
    """Old names resolve to the data; those of groups have it as `data` too."""
    sandbox = Sandbox(http('{"user_id": "u"}', headers=(("x-a", "1"),)))
    got = sandbox.run(
        f"""{CLIENT} const old = await client.getUser({{ id: "u" }});
        const seen = await client.users.get({{ id: "u" }});
        const {{ data, status, headers }} = seen;
        return [old.user_id, "data" in old, seen.user_id, data.user_id, status, headers["x-a"],
          JSON.stringify(seen)];"""
    )
    assert ["u", False, "u", "u", 200, "1", '{"user_id":"u"}'] == got


def test_answer_when_it_is_a_list_or_nothing() -> None:
    """A list is its own data, and no body is no data."""
    script = (
        f"{CLIENT} const {{ data }} = await client.users.getAll(); return [data.length, data[0].a]"
    )
    assert [1, 1] == Sandbox(http('[{"a": 1}]')).run(script)
    gone = f"{CLIENT} return [(await client.users.delete({{ id: 'u' }})).data === undefined]"
    assert [True] == Sandbox(http("", 204)).run(gone)


def test_callback_when_it_is_given() -> None:
    """The last argument may be a callback, which gets the bare data."""
    script = f"""{CLIENT} return new Promise((done) =>
      client.getUsers({{ page: 0 }}, (error, users) => {{
        const returned = client.users.get({{ id: "u" }}, () => 0);
        done([error, users, returned === undefined]);
      }}));"""
    assert [None, [1], True] == Sandbox(http("[1]")).run(script)


def test_error_when_the_api_refuses() -> None:
    """A refusal is an APIError with what the API said."""
    answer = '{"statusCode": 404, "message": "The user does not exist.", "errorCode": "x"}'
    script = f"""{CLIENT} return client.getUser({{ id: "u" }}).catch((e) =>
      [e.name, e.message, e.statusCode, e.errorCode, e.requestInfo.method])"""
    got = Sandbox(http(answer, 404)).run(script)
    assert ["APIError", "The user does not exist.", 404, "x", "get"] == got


@pytest.mark.parametrize("script", ["client.deleteUser({})", "client.updateUser({ id: '' }, {})"])
def test_error_when_an_id_is_missing(script: str) -> None:
    """Nothing is sent for a path with a hole in it."""
    sandbox = Sandbox(http())
    with pytest.raises(ScriptError, match="cannot be null or undefined"):
        sandbox.run(f"{CLIENT} await {script}")
    assert [] == sandbox.requests


@pytest.mark.parametrize("options", ["", "{}", "{ domain: 't' }", "{ domain: 't', clientId: 'c' }"])
def test_error_when_options_are_wrong(options: str) -> None:
    """A client without domain and credentials cannot be made."""
    with pytest.raises(ScriptError) as caught:
        Sandbox().run(f'new (require("auth0").ManagementClient)({options})')
    assert "ArgumentError" == caught.value.name


def tokens() -> Answer:
    """Return a host whose tokens count up and last an hour."""
    given = iter(range(100))

    def answer(kind: str, args: dict[str, Any]) -> Any:
        body = "[]"
        if args["url"].endswith("/oauth/token"):
            body = json.dumps({"access_token": f"t{next(given)}", "expires_in": 3600})
        return http(body)(kind, args)

    return answer


def test_token_when_the_client_has_a_secret() -> None:
    """A client with a secret gets one token and keeps it."""
    sandbox = Sandbox(tokens())
    sandbox.run(
        """const { ManagementClient } = require("auth0");
        const client = new ManagementClient({
          domain: "t.example", clientId: "c", clientSecret: "s", scope: "read:users" });
        await client.getUsers();
        await client.getRoles();"""
    )
    asked, first, second = sandbox.requests
    assert "https://t.example/oauth/token" == asked["url"]
    assert json.loads(asked["body"]) == {
        "grant_type": "client_credentials",
        "client_id": "c",
        "client_secret": "s",
        "audience": f"{API}/",
        "scope": "read:users",
    }
    assert ["Bearer t0"] * 2 == [one["headers"]["authorization"] for one in (first, second)]


def test_grants_when_a_script_logs_in() -> None:
    """The Authentication API can be asked for tokens and profiles."""
    sandbox = Sandbox(tokens())
    got = sandbox.run(
        f"""{CLIENT} const options = {{ domain: "t.example", clientId: "c", clientSecret: "s" }};
        const one = new AuthenticationClient(options);
        const token = await one.passwordGrant({{ username: "u", password: "p", realm: "r" }});
        const {{ data }} = await one.oauth.clientCredentialsGrant({{ audience: "a" }});
        await one.getProfile("tok");
        return [token.access_token, data.access_token];"""
    )
    password, credentials, profile = sandbox.requests
    assert ["t0", "t1"] == got
    assert (
        "http://auth0.com/oauth/grant-type/password-realm"
        == json.loads(password["body"])["grant_type"]
    )
    assert "a" == json.loads(credentials["body"])["audience"]
    seen = (profile["url"], profile["headers"]["authorization"])
    assert ("https://t.example/userinfo", "Bearer tok") == seen


RULE = """const auth0 = require("rule-auth0")({ domain: "t.example",
  baseUrl: "https://t.example/api/v2", accessToken: "tok" });"""


@pytest.mark.parametrize(
    ("method", "name"),
    [("updateUserMetadata", "user_metadata"), ("updateAppMetadata", "app_metadata")],
)
def test_metadata_when_a_rule_updates_it(method: str, name: str) -> None:
    """The global `auth0` changes metadata by the Management API and resolves to the user."""
    sandbox = Sandbox(http('{"user_id": "auth0|1", "name": "Zoë"}'))
    got = sandbox.run(
        f"{RULE} return [await auth0.users.{method}('auth0|1', {{ a: 1 }}), auth0.domain]"
    )
    (args,) = sandbox.requests
    assert [{"user_id": "auth0|1", "name": "Zoë"}, "t.example"] == got
    assert ("PATCH", f"{API}/users/auth0%7C1") == (args["method"], args["url"])
    assert {name: {"a": 1}} == json.loads(args["body"])
    assert "Bearer tok" == args["headers"]["authorization"]


@pytest.mark.parametrize(
    ("body", "message"),
    [('{"error": "Bad Request", "message": "no"}', "no"), ("<p>", "<p>"), ("", "answered 400")],
)
def test_metadata_when_the_api_refuses(body: str, message: str) -> None:
    """A refusal rejects with what the API said."""
    with pytest.raises(ScriptError, match=message):
        Sandbox(http(body, 400)).run(f"{RULE} await auth0.users.updateUserMetadata('u', {{}})")
