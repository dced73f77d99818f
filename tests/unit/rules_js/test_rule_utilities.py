"""`require("@auth0/rule-utilities")`: redirects and changes of users in rules."""

import json
from typing import Any

import pytest

from tests.unit.rules_js.sandbox import Sandbox, ScriptError, http

REDIRECT = """const { Auth0RedirectRuleUtilities } = require("@auth0/rule-utilities");
const jwt = require("jsonwebtoken");
const user = { user_id: "auth0|1" };
const configuration = { SESSION_TOKEN_SECRET: "secret", ...given };
const utils = (context) => new Auth0RedirectRuleUtilities(user, context, configuration);
const request = { ip: "192.0.2.1", hostname: "t.example", query: {} };
"""
USER = """const { Auth0UserUpdateUtilities } = require("@auth0/rule-utilities");
const user = { user_id: "u", app_metadata: { old: 1 } };
const auth0 = { domain: "t.example", accessToken: "tok" };
const utils = new Auth0UserUpdateUtilities(user, auth0, namespace);
"""


def redirect(body: str, given: object = None, **more: object) -> Any:
    """Return what a script with `utils(context)` returns."""
    return Sandbox().run(REDIRECT + body, given=given, **more)


@pytest.mark.parametrize(
    ("context", "can"),
    [
        ({"protocol": "oidc-basic-profile"}, True),
        ({"protocol": "oidc-basic-profile", "request": {"query": {"prompt": "none"}}}, False),
        ({"protocol": "oidc-basic-profile", "multifactor": {"provider": "any"}}, False),
        ({"protocol": "oidc-basic-profile", "redirect": {"url": "x"}}, False),
        *(({"protocol": name}, False)
          for name in ("oauth2-password", "oauth2-refresh-token", "oauth2-resource-owner",
                       "redirect-callback")),
    ],
)  # fmt: skip
def test_redirect_when_it_may_be(context: object, can: bool) -> None:  # noqa: FBT001  # a case
    """A rule may redirect where a browser is there and nobody else wants it."""
    script = """const one = utils(context);
    if (one.canRedirect) one.doRedirect("https://r.example/");
    else try { one.doRedirect("https://r.example/"); } catch (error) { return error.message; }
    return context.redirect.url;"""
    context = {"request": {"hostname": "t.example"}} | context  # type: ignore[operator]
    came = redirect(script, context=context)
    assert (came == "Cannot redirect") is not can


def test_redirect_when_a_token_goes_along() -> None:
    """The URL gets a session token that comes back valid."""
    script = """const context = { protocol: "oidc-basic-profile", request };
    utils(context).doRedirect("https://r.example/p");
    const [address, token] = context.redirect.url.split("?session_token=");
    const query = { session_token: token };
    const back = utils({ protocol: "redirect-callback", request: { ...request, query } });
    const { iat, exp, ...claims } = back.validateSessionToken();
    return [address, exp - iat, claims, back.isRedirectCallback, back.queryParams === query]"""
    claims = {"ip": "192.0.2.1", "iss": "https://t.example/", "sub": "auth0|1"}
    assert ["https://r.example/p", 3 * 86400, claims, True, True] == redirect(script)


def test_redirect_when_a_token_is_given() -> None:
    """A token of the rule's own, or none, goes along when that is asked for."""
    script = """const url = (given) => {
      const context = { protocol: "oidc-basic-profile", request };
      utils(context).doRedirect("https://r.example/?a=1", given);
      return context.redirect.url;
    };
    return [url("tok"), url({ sessionToken: "tok" }), url({})]"""
    address = "https://r.example/?a=1"
    assert [f"{address}&session_token=tok"] * 2 + [address] == redirect(script)


@pytest.mark.parametrize(
    ("claims", "message"),
    [
        ({"sub": "auth0|2", "iss": "https://t.example/", "exp": 4e9}, "jwt subject invalid"),
        ({"sub": "auth0|1", "iss": "https://x.example/", "exp": 4e9}, "jwt issuer invalid"),
        ({"sub": "auth0|1", "iss": "https://t.example/"}, "Expired token"),
        ({"sub": "auth0|1", "iss": "https://t.example/", "exp": 1}, "jwt expired"),
    ],
)
def test_token_when_it_is_not_of_this_login(claims: object, message: str) -> None:
    """A session token of another user, place or time is refused."""
    script = """const token = jwt.sign(claims, "secret");
    utils({ request: { ...request, query: { session_token: token } } }).validateSessionToken()"""
    with pytest.raises(ScriptError, match=message):
        redirect(script, claims=claims)


def test_token_when_it_is_configured() -> None:
    """Claims can be added and the lifetime configured."""
    script = "return jwt.decode(utils({ request }).createSessionToken({ a: 1 }))"
    claims = redirect(script, given={"SESSION_TOKEN_EXPIRES_IN": "1h"})
    assert (1, 3600) == (claims["a"], claims["exp"] - claims["iat"])


@pytest.mark.parametrize("namespace", [None, "n"])
def test_metadata_when_it_has_a_namespace(namespace: str | None) -> None:
    """Metadata is read and written under the namespace, where there is one."""
    sandbox = Sandbox(http("{}"))
    got = sandbox.run(
        f"""{USER} utils.setAppMeta("a", 1); utils.setUserMeta("b", 2); utils.setUser("name", "N");
        await utils.updateAppMeta(); await utils.updateUserMeta(); await utils.updateUser();
        const kept = [utils.getAppMeta("a"), utils.getUserMeta("b")];
        return [...kept, user.name, utils.getAppMeta("old")]""",
        namespace=namespace,
    )
    bodies = [json.loads(one["body"]) for one in sandbox.requests]
    if namespace:
        assert [1, 2, "N", None] == got
        assert {"app_metadata": {"old": 1, "n": {"a": 1}}} == bodies[0]
        assert {"user_metadata": {"n": {"b": 2}}} == bodies[1]
    else:
        assert [1, 2, "N", 1] == got
        assert [{"app_metadata": {"old": 1, "a": 1}}, {"user_metadata": {"b": 2}}] == bodies[:2]
    assert {"name": "N"} == bodies[2]
    assert {"https://t.example/api/v2/users/u"} == {one["url"] for one in sandbox.requests}
