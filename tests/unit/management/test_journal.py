from typing import Any

import pytest

from gateword.domain.log_event import LogCode
from gateword.domain.management_refusal import ManagementRefusal
from gateword.domain.refused import Refused
from gateword.management.journal import HIDDEN, MAX_LOGGED_CHARS, MAX_LOGGED_ITEMS, Journal
from gateword.management.resource import Actor, Call, Verb
from gateword.management.schema import Schema, array, changes, nullable, obj, secret, text, whole
from tests.support.stand_ins import START

CANARY = "canary-of-a-secret"
JOURNAL = Journal(method="POST", target="/api/v2/things", hostname="tenant.example")
ACTOR = Actor(
    subject="m@clients",
    client_id="m",
    scopes=frozenset({"b", "a"}),
    jti="j",
    ip="203.0.113.9",
    user_agent="sdk",
)


async def _nothing(call: Call) -> None:
    del call


def a_verb(body: Schema | None = None, answer: Schema | None = None, **more: Any) -> Verb:
    """Return a verb with these bodies."""
    return Verb(
        method="POST",
        path="/things",
        scopes=("create:things",),
        run=_nothing,
        summary="Make a thing.",
        body=body,
        answer=answer,
        **more,
    )


def logged(verb: Verb, sent: Any, answer: object = None) -> dict[str, Any]:
    """Return the details of the row of a granted call."""
    nobody: Any = None
    given: dict[str, Any] = {"items": sent} if isinstance(sent, list) else {"body": sent}
    call = Call(parts=nobody, tenant=nobody, actor=ACTOR, at=START, **given)
    return dict(JOURNAL.granted(verb, call, 201, answer).details)


NESTED = obj({"inner": obj({"pin": secret()})})


@pytest.mark.parametrize(
    ("schema", "sent", "shown"),
    [
        (obj({"pin": secret()}), {"pin": CANARY}, {"pin": HIDDEN}),
        (obj({"pin": nullable(secret())}), {"pin": CANARY}, {"pin": HIDDEN}),
        (obj({"pin": nullable(secret())}), {"pin": None}, {"pin": None}),
        (NESTED, {"inner": {"pin": CANARY}}, {"inner": {"pin": HIDDEN}}),
        (changes(NESTED), {"inner": {"pin": CANARY}}, {"inner": {"pin": HIDDEN}}),
        (obj({"pins": array(secret())}), {"pins": [CANARY]}, {"pins": [HIDDEN]}),
        (
            obj({"all": nullable(array(obj({"pin": secret()})))}),
            {"all": [{"pin": CANARY}]},
            {"all": [{"pin": HIDDEN}]},
        ),
        (
            obj({"map": obj(others=secret())}),
            {"map": {"any": CANARY}},
            {"map": {"any": HIDDEN}},
        ),
        (obj(others=True), {"deep": {"password": CANARY}}, {"deep": {"password": HIDDEN}}),
        (None, {"x": [{"client_secret": CANARY}]}, {"x": [{"client_secret": HIDDEN}]}),
        (obj(others=True), {"refresh_token": CANARY}, {"refresh_token": HIDDEN}),
        (
            obj(others=True),
            {"refresh_token": {"leeway": 9, "access_token": CANARY}},
            {"refresh_token": {"leeway": 9, "access_token": HIDDEN}},
        ),
        (obj({"name": text()}), {"name": "shown"}, {"name": "shown"}),
    ],
)
def test_secret_is_hidden_wherever_it_stands(
    schema: Schema | None, sent: dict[str, object], shown: dict[str, object]
) -> None:
    """D10: marked members are hidden behind null, in lists, in maps; named ones everywhere."""
    details = logged(a_verb(body=schema), sent)

    assert shown == details["request"]["body"]


def test_secret_of_an_answer_is_hidden() -> None:
    """D10: what a call brought is logged without its secrets too."""
    verb = a_verb(answer=obj({"pin": secret(), "id": text()}))
    details = logged(verb, {}, {"pin": CANARY, "id": "x"})

    assert {"statusCode": 201, "body": {"pin": HIDDEN, "id": "x"}} == details["response"]


def test_members_that_a_verb_names_are_hidden() -> None:
    """D10: `hidden` holds names that are secrets only here."""
    details = logged(a_verb(hidden=frozenset({"script"})), {"script": CANARY})

    assert {"script": HIDDEN} == details["request"]["body"]


def test_long_list_is_cut() -> None:
    """A row of the log does not grow with what was sent."""
    details = logged(a_verb(body=array(whole())), list(range(MAX_LOGGED_ITEMS + 5)))

    assert list(range(MAX_LOGGED_ITEMS)) == details["request"]["body"]


def test_row_tells_who_asked_for_what() -> None:
    """The row has the members of recorded `sapi` events."""
    nobody: Any = None
    call = Call(
        parts=nobody, tenant=nobody, actor=ACTOR, at=START, path={"user_id": "u"}, query={"q": "x"}
    )
    event = JOURNAL.granted(a_verb(), call, 204, None)

    assert (LogCode.SAPI, "Make a thing", "m", "203.0.113.9", "u") == (
        event.code,
        event.description,
        event.client_id,
        event.ip,
        event.user_id,
    )
    assert {
        "method": "post",
        "path": "/api/v2/things",
        "query": {"q": "x"},
        "body": {},
        "channel": "api",
        "ip": "203.0.113.9",
        "userAgent": "sdk",
        "auth": {
            "user": {},
            "strategy": "jwt",
            "credentials": {"jti": "j", "scopes": ["a", "b"]},
        },
    } == event.details["request"]


def test_refused_call_is_logged_with_its_refusal() -> None:
    """`fapi` has status, code and text of the refusal."""
    nobody: Any = None
    call = Call(parts=nobody, tenant=nobody, actor=ACTOR, at=START)
    event = JOURNAL.refused(a_verb(), call, Refused(ManagementRefusal.NO_USER))
    response: Any = event.details["response"]

    assert (LogCode.FAPI, "The user does not exist.") == (event.code, event.description)
    assert 404 == response["statusCode"]
    assert "inexistent_user" == response["body"]["errorCode"]


def test_refusal_without_a_code_is_logged_without_one() -> None:
    """What Auth0 leaves out of an answer is not in its row either."""
    nobody: Any = None
    call = Call(parts=nobody, tenant=nobody, actor=ACTOR, at=START)
    event = JOURNAL.refused(a_verb(), call, Refused(ManagementRefusal.NO_ROLE))
    response: Any = event.details["response"]

    assert {"statusCode": 404, "message": "The role does not exist."} == response["body"]


def test_text_that_is_very_long_is_cut_in_the_log() -> None:
    """A rule of 100 kB does not fill the log with each of its versions."""
    script = "x" * (MAX_LOGGED_CHARS + 1)

    details = logged(a_verb(obj({"script": text()})), {"script": script})

    assert {"script": f"{'x' * MAX_LOGGED_CHARS}… ({len(script)} characters)"} == details[
        "request"
    ]["body"]
