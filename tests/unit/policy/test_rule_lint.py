"""What is seen of a rule without running it, by snippets."""

import pytest

from gateword.policy import rule_lint
from gateword.policy.rule_lint import notes
from gateword.policy.rule_note import Around, Note

KNOWN = Around(
    allowed_hosts=("api.example", "*.wide.example"), configuration={"SET"}, domain="tenant.example"
)


def rule(body: str) -> str:
    """Return a rule that calls back, with this in its second line."""
    return f"function (user, context, callback) {{\n{body}\ncallback(null, user, context); }}"


def found(source: str, around: Around = KNOWN) -> list[tuple[str, str, int]]:
    """Return level, code and line of each note."""
    return [(note.level, note.code, note.line) for note in notes(source, around)]


def only(source: str, around: Around = KNOWN) -> Note:
    """Return the one note there is."""
    (note,) = notes(source, around)
    return note


@pytest.mark.parametrize(
    "body",
    [
        "",
        "context.idToken['https://claims.example/plan'] = 1; require('request');",
        "const ns = 'https://a.example/'; fetch('https://api.example/'); context.idToken[ns] = 1;",
        "const ns = 'https://claims.example'; require('axios'); context.idToken[`${ns}/x`] = 1;",
        "const ns = configuration.SET || 'https://a.example'; fetch(1); context.idToken[ns] = 1;",
        "require('lodash@4.17.10'); require('@auth0/rule-utilities@0.2.0'); _.map([]); uuid.v4();",
        "auth0.users.updateAppMetadata(1, 2); auth0.users.updateUserMetadata(1, 2); auth0.domain;",
        "const auth0 = require('auth0'); auth0.ManagementClient;",
        "const {ManagementClient} = require('auth0@2.9.1'); ManagementClient.prototype;",
        "// context.redirect = 1; require('mongo'); mongo('x'); auth0.users.nothing();",
        "const s = 'context.redirect = 1';",
        "if (context.redirect === 1 || context.multifactor) callback();",
        "context.other.redirect = 1;",
        "const mongo = user.mongo; mongo.x(); user.window.open();",
        "function pg(x) { return x; } pg(1);",
        "configuration.SET; configuration['SET']; user.configuration.OTHER;",
        "request.get('https://api.example/x'); request.get('https://a.wide.example/y');",
        "request.get(`https://${configuration.SET}/x`); request.get('https://tenant.example/z');",
        "global.count = (global.count || 0) + 1;",
        "request.get('https://api.example/', { json: true }, (e, r, body) => body.score);",
        "const o = {}; o['json'] = 1; request(o, function (e, r, body) { body.score; });",
        "request.get('https://api.example/', (e, r, body) => JSON.parse(body).score);",
        "request(o, (e, r, body) => { body = JSON.parse(body); return body.score; });",
        "request.get('https://api.example/', (e, r, body) => body.length + body.trim());",
        "request.get('https://api.example/', (e, r) => r.body.score); const body = {}; body.score;",
        "axios.get('https://api.example/', (a, b, body) => body.score);",
        "context.accessToken.scope = ['a']; context.idToken.plan = 1; context.idToken.sub === 1;",
        "context.idToken['https://shop.example/sub'] = 1; context.idToken[name] = 1;",
    ],
)
def test_good_rule_is_let_be(body: str) -> None:
    """A warning that is none would be the last one that anybody reads."""
    assert [] == found(rule(body))


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("require('mongodb@3');", ("error", "module", 2)),
        ("\nrequire(`left-pad`);", ("error", "module", 3)),
        ("auth0.users.updateUser(1);", ("error", "auth0", 2)),
        ("auth0.roles.get();", ("error", "auth0", 2)),
        ("mongo('x', function () {});", ("error", "global", 2)),
        ("new XMLHttpRequest();", ("error", "global", 2)),
        ("context.redirect = {url: 'https://go.example'};", ("warning", "redirect", 2)),
        (
            "if (context.protocol !== 'oauth2-password') context.redirect = {url: 1};",
            ("hint", "redirect", 2),
        ),
        (
            "const { Auth0RedirectRuleUtilities } = require('@auth0/rule-utilities');",
            ("warning", "redirect", 2),
        ),
        ("context.multifactor = { provider: 'any' };", ("hint", "factor", 2)),
        ("request.post('https://other.example/x');", ("warning", "host", 2)),
        ("request.post('http://api.example:8080/x'); fetch('http://x.y/')", ("warning", "host", 2)),
        ("require('slack-notify@0.1.7')(configuration.SET);", ("warning", "host", 2)),
        ("fetch('https://wide.example');", ("warning", "host", 2)),
        ("configuration.OTHER; configuration.OTHER", ("warning", "configuration", 2)),
        ('configuration["OTHER"];', ("warning", "configuration", 2)),
        ("request(1, function (e, r, body) {\nbody.score; body.x; });", ("hint", "text", 3)),
        ("const r = require('request@2.88.2'); r.post(1, (e, a, b) => b.x);", ("hint", "text", 2)),
        ("context.idToken.sub = 1;", ("hint", "claim", 2)),
        ("\ncontext.accessToken['aud'] = 1;", ("hint", "claim", 3)),
        ("context.idToken['https://x.auth0.com/a'] = 1;", ("hint", "claim", 2)),
        ("context.idToken.scope = 'a';", ("hint", "claim", 2)),
        ("global.f = function () {};", ("hint", "global-function", 2)),
        ("global.f = global.f; global.g = async (a) => a;", ("hint", "global-function", 2)),
    ],
)
def test_thing_is_named_with_its_line(body: str, expected: tuple[str, str, int]) -> None:
    """Once each."""
    assert [expected] == found(rule(body))


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("function (u, c, next) { u.x = 1; }", "never mentions next"),
        ("\n\nfunction (user, context) {}", "has no parameter for the callback"),
        ("async (user, context, callback) => {}", "end with callback(null, user, context)"),
    ],
)
def test_rule_that_cannot_call_back_is_an_error(source: str, text: str) -> None:
    """It would end every login."""
    note = only(source)

    assert ("error", "callback") == (note.level, note.code)
    assert text in note.text
    assert source[: source.index("function") if "function" in source else 0].count("\n") + 1 == (
        note.line
    )


@pytest.mark.parametrize(
    "source", ["function (...all) { all[2](); }", "function (u, c, b) { arguments[2](); }"]
)
def test_rule_that_calls_back_in_another_way_is_let_be(source: str) -> None:
    """What is not sure is not said."""
    assert [] == found(source)


def test_rule_goes_by_its_own_names() -> None:
    """A context by another name is one."""
    source = "function (u, ctx, cb) { ctx.redirect = {}; cb(null, u, ctx); }"

    assert [("warning", "redirect", 1)] == found(source)


def test_size_counts_as_it_is_stored() -> None:
    """100,000 characters are the most."""
    source = rule("x;" * 50_000)

    assert ("error", "size", 0) in found(source)


def test_without_a_tenant_hosts_are_named_and_values_are_not_judged() -> None:
    """A file alone does not say what is allowed where it will run."""
    note = only(rule("fetch('https://api.example/'); configuration.ANY;"), Around())

    assert ("hint", "host") == (note.level, note.code)
    assert "list it in allowed_hosts of x-gateword-scripts" in note.text


def test_what_a_rule_wants_is_named_once() -> None:
    """Modules first, then what it expects of `auth0`, then globals."""
    source = rule("require('x-y'); mongo(1); auth0.users.find(1); auth0.users.find(2); pg(1);")

    assert ["x-y", "auth0.users.find", "mongo", "pg"] == rule_lint.wants(source)
