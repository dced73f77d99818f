"""What a rule's lines are in an Action, by snippets."""

import pytest

from gateword.policy.rule_report import draft, uses

DENIED = "the client is answered 403 access_denied instead of 401 unauthorized"


@pytest.mark.parametrize(
    ("line", "becomes"),
    [
        ("cb(new UnauthorizedError('no'))", "api.access.deny(reason)"),
        ("return cb(new Error('no'))", "api.access.deny(reason)"),
        ("cb(err)", "api.access.deny(reason)"),
        ("cb(null, u, ctx)", "return"),
        ("ctx.idToken['https://a/b'] = 1", "api.idToken.setCustomClaim(name, value)"),
        ("ctx.idToken[ns] = 1", "api.idToken.setCustomClaim(name, value)"),
        ("ctx.idToken.plan = 1", "api.idToken.setCustomClaim(name, value)"),
        ("ctx.accessToken.plan = 1", "api.accessToken.setCustomClaim(name, value)"),
        (
            "ctx.accessToken.scope = []",
            "api.accessToken.addScope(scope), api.accessToken.removeScope(scope)",
        ),
        ("ctx.multifactor = {}", "api.multifactor.enable(provider, options)"),
        ("ctx.redirect = {}", "api.redirect.sendUserTo(url)"),
        ("util.doRedirect('x')", "api.redirect.sendUserTo(url)"),
        ("ctx.primaryUser = 'a|b'", "api.authentication.setPrimaryUser(user_id)"),
        ("ctx.samlConfiguration.audience = 'x'", "api.samlResponse"),
        ("auth0.users.updateAppMetadata(a, b)", "api.user.setAppMetadata(name, value)"),
        ("auth0.users.updateUserMetadata(a, b)", "api.user.setUserMetadata(name, value)"),
        ("auth0.accessToken", None),
        ("configuration.KEY", "event.secrets"),
        ("global.cache = 1", "api.cache.get(key), api.cache.set(key, value)"),
        (
            "u.app_metadata.seen = true",
            "api.user.setAppMetadata(name, value), api.user.setUserMetadata(name, value)",
        ),
        ("u.nickname = 'x'", None),
        ("f(ctx.clientID)", "event.client.client_id"),
        ("f(ctx.protocol)", "event.transaction.protocol"),
        ("f(ctx.stats.loginsCount)", "event.stats.logins_count"),
        ("f(ctx.sso)", None),
    ],
)
def test_line_has_its_counterpart(line: str, becomes: str | None) -> None:
    """By whatever names the rule calls its parameters."""
    (use,) = uses(f"function (u, ctx, cb) {{\n  {line}\n}}")

    assert (2, line, becomes) == (use.line, use.code, use.becomes)


@pytest.mark.parametrize(
    "line", ["// ctx.redirect = 1", "'ctx.redirect = 1'", "f(u.email)", "other.idToken.x = 1", "x"]
)
def test_line_that_is_the_same_is_not_told_of(line: str) -> None:
    """Nor what only stands in a comment or a string."""
    assert [] == uses(f"function (u, ctx, cb) {{\n  {line}\n}}")


def test_changed_answer_is_said() -> None:
    """What a client sees must not change unawares."""
    (use,) = uses("function (user, context, callback) { callback(new UnauthorizedError('x')); }")

    assert DENIED == use.remark


def test_draft_has_every_line_as_a_comment() -> None:
    """It is a frame that runs and does nothing, not a translation."""
    script = "function (user, context, callback) {\n  /* why */ callback(null, user, context);\n}"

    lines = draft('Say "hi"', script).splitlines()

    assert "exports.onExecutePostLogin = async (event, api) => {" in lines
    assert "  //   /* why */ callback(null, user, context);" in lines
    assert "  //   => return (changes are made by api alone)" in lines
    code = [line for line in lines if not line.lstrip().startswith("//")]
    assert ["exports.onExecutePostLogin = async (event, api) => {", "};"] == code
