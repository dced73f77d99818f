"""`require("slack-notify")`: messages to an incoming webhook."""

import json
from urllib.parse import parse_qs

import pytest

from tests.unit.rules_js.sandbox import Sandbox, ScriptError, http

SLACK = 'const slack = require("slack-notify")("https://hooks.example/x");'


def payload(sandbox: Sandbox) -> dict[str, object]:
    """Return the message in the one request so far."""
    (args,) = sandbox.requests
    assert ("POST", "https://hooks.example/x") == (args["method"], args["url"])
    found: dict[str, object] = json.loads(parse_qs(args["body"])["payload"][0])
    return found


@pytest.mark.parametrize(
    ("call", "channel", "username"),
    [
        ('alert("é")', "#alerts", "Alert"),
        ('bug("é")', "#bugs", "Bug"),
        ('note("é")', "#alerts", "Note"),
        ('success({ text: "é" })', "#alerts", "Hoorah"),
        ('send("é")', None, "Robot"),
        ('extend({ channel: "#c", username: "U" })("é")', "#c", "U"),
    ],
)
def test_message_when_its_kind_is_known(call: str, channel: str | None, username: str) -> None:
    """Each kind of message has a channel, an icon and a name."""
    sandbox = Sandbox(http("ok"))
    sandbox.run(f"{SLACK} await slack.{call}")
    message = payload(sandbox)
    assert ("é", channel, username) == (
        message["text"],
        message.get("channel"),
        message["username"],
    )


def test_message_when_it_has_fields() -> None:
    """Fields become a table in an attachment."""
    sandbox = Sandbox(http("ok"))
    long = "x" * 30
    sandbox.run(f"{SLACK} await slack.alert({{ text: 't', fields: {{ A: 1, B: '{long}' }} }})")
    message = payload(sandbox)
    assert message["attachments"] == [
        {
            "fallback": "Alert details",
            "fields": [
                {"title": "A", "value": 1, "short": True},
                {"title": "B", "value": long, "short": False},
            ],
        }
    ]


def test_callback_when_slack_accepts() -> None:
    """A callback without an error says that the message is there."""
    sandbox = Sandbox(http("ok"))
    script = (
        f"{SLACK} return new Promise((r) => slack.send('t', (error) => r(error === undefined)))"
    )
    assert sandbox.run(script)


def test_errors_when_slack_refuses() -> None:
    """Whatever is not "ok" goes to the callback, the handler and the promise."""
    sandbox = Sandbox(http("no_service", 404))
    got = sandbox.run(
        f"""{SLACK} const seen = [];
        slack.onError = (error) => seen.push(error.message);
        const see = (error) => seen.push(error.message);
        await slack.send("t", see).catch(see);
        return seen;"""
    )
    assert ["no_service"] * 3 == got


def test_error_when_there_is_no_address() -> None:
    """Without a webhook nothing is sent."""
    sandbox = Sandbox(http("ok"))
    with pytest.raises(ScriptError, match="No Slack URL"):
        sandbox.run('await require("slack-notify")().send("t")')
    assert [] == sandbox.requests
