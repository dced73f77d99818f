"""One rule outside a login: what it is given, what it changed, what the client would be told."""

from typing import Any

import pytest

from gateword.domain.script import Fault, Script, ScriptFault, ScriptResult
from gateword.domain.script_settings import ScriptSettings
from gateword.policy import rule_trial
from gateword.policy.script_answer import Answer, of_rule

RULE = Script("rule", "rule Mine", "")
REDIRECTION = "Redirection is not available on /oauth/token endpoint."
MASKED = ScriptSettings(mask_runtime_errors=True)
INTERACTS = ScriptSettings(redirect_error_is_interaction=True)


def test_samples_stand_in() -> None:
    """A user in whole, a context member by member."""
    alone = rule_trial.job(RULE, None, None, {}).given
    own = rule_trial.job(RULE, {"email": "b@example.com"}, {"protocol": "x"}, {}).given
    context: Any = own["context"]

    assert (rule_trial.SAMPLE_USER, rule_trial.SAMPLE_CONTEXT) == (alone["user"], alone["context"])
    assert {"email": "b@example.com"} == own["user"]
    assert ("x", "default") == (context["protocol"], context["tenant"])


def test_changes_are_told_by_their_place() -> None:
    """As deep as both are objects; lists are one value."""
    before = {"a": {"b": 1, "c": [1]}, "gone": 1, "same": {"x": None}}
    after = {"a": {"b": 2, "c": [1, 2]}, "same": {"x": None}, "https://x/y": {"z": 1}}

    told = [(one.path, one.before, one.after) for one in rule_trial.changes("c", before, after)]

    assert [
        ("c.a.b", 1, 2),
        ("c.a.c", [1], [1, 2]),
        ("c.gone", 1, None),
        ('c["https://x/y"]', None, {"z": 1}),
    ] == told


def test_claims_that_no_token_has_are_named() -> None:
    """The scope of the access token is no claim, that of the ID token would be one."""
    context = {
        "accessToken": {"scope": ["a"], "sub": "x", "plan": 1},
        "idToken": {"scope": "a", "https://x.auth0.com/y": 1, "https://ok.example/y": 1},
    }

    assert [
        "context.accessToken.sub",
        "context.idToken.scope",
        "context.idToken.https://x.auth0.com/y",
    ] == rule_trial.dropped(context)


def test_run_without_user_and_context_is_a_fault() -> None:
    """A rule may call back with anything."""
    odd = rule_trial.fault_of(ScriptResult(value={"user": 1, "context": {}}))

    assert odd is not None
    assert rule_trial.NO_OBJECT == odd.message
    assert rule_trial.fault_of(ScriptResult(value={"user": {}, "context": {}})) is None
    assert {} == rule_trial.left(ScriptResult(value={"user": 1}), "user")


def fault(kind: Fault) -> ScriptFault:
    """Return a no of this kind."""
    return ScriptFault(kind, "why", None)


@pytest.mark.parametrize(
    ("said", "context", "settings", "status", "body"),
    [
        (None, {}, ScriptSettings(), 200, None),
        (fault(Fault.UNAUTHORIZED), {}, MASKED, 401, ("unauthorized", "why")),
        (fault(Fault.DENIED), {}, MASKED, 403, ("access_denied", "why")),
        (fault(Fault.THREW), {}, ScriptSettings(), 403, ("access_denied", "why")),
        (fault(Fault.LIMIT), {}, MASKED, 403, ("access_denied", "why")),
        (None, {"redirect": {"url": "x"}}, MASKED, 400, ("invalid_request", REDIRECTION)),
        (None, {"redirect": {"url": "x"}}, INTERACTS, 403, ("interaction_required", REDIRECTION)),
        (None, {"multifactor": {"provider": "none"}}, MASKED, 200, None),
    ],
)
def test_client_is_told_by_the_table(
    said: ScriptFault | None,
    context: dict[str, object],
    settings: ScriptSettings,
    status: int,
    body: tuple[str, str] | None,
) -> None:
    """Status and body are those of the refusal's row."""
    answer = of_rule(said, context, settings)
    words = body and {"error": body[0], "error_description": body[1]}

    assert Answer(status, words) == answer


def test_masked_exception_and_wanted_factor_are_no_tokens() -> None:
    """What an exception says is kept back; a second factor ends the first step."""
    masked = of_rule(fault(Fault.THREW), {}, MASKED)

    assert masked.body is not None
    assert "why" not in masked.body["error_description"]
    assert 403 == of_rule(None, {"multifactor": {"provider": "any"}}, MASKED).status
