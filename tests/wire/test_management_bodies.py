"""What a body may hold is declared; what is secret in it is in no log (M2, M3, D10)."""

import json
from collections.abc import Iterator, Mapping
from typing import Any, Final

import pytest

from gateword.management.resource import JSON, MULTIPART, Verb
from gateword.management.schema import SECRET_MARK
from tests.support.house import House
from tests.support.management import management_token
from tests.support.verbs import CANARY, VERBS, example, url

STRANGER: Final = "colour_of_nobody"
WITH_BODY: Final = [name for name, verb in VERBS.items() if verb.body is not None]


def _is_closed(schema: Mapping[str, Any] | None) -> bool:
    return schema is not None and schema.get("additionalProperties") is False


CLOSED: Final = [name for name in WITH_BODY if _is_closed(VERBS[name].body)]
SECRETIVE: Final = [
    name for name in WITH_BODY if f'"{SECRET_MARK}"' in json.dumps(VERBS[name].body)
]


async def _send(house: House, verb: Verb, body: Any) -> tuple[int, Any]:
    headers = {"authorization": f"Bearer {await management_token(house)}"}
    if verb.media == MULTIPART:
        files = {name: (None, str(value)) for name, value in body.items()}
        answer = await house.http.request(verb.method, url(verb), files=files, headers=headers)
    else:
        answer = await house.http.request(
            verb.method,
            url(verb),
            content=json.dumps(body).encode(),
            headers=headers | {"content-type": JSON},
        )
    return answer.status_code, json.loads(answer.content or b"null")


@pytest.mark.parametrize("name", CLOSED)
async def test_unknown_member_is_refused_by_its_name(house: House, name: str) -> None:
    """M2: a member that is not declared is refused before anything else about the body."""
    verb = VERBS[name]
    body = example(verb.body or {}) | {STRANGER: "red"}

    status, answer = await _send(house, verb, body)

    assert (400, "invalid_body") == (status, answer["errorCode"])
    assert STRANGER in answer["message"]


@pytest.mark.parametrize("name", WITH_BODY)
async def test_body_of_another_kind_is_refused(house: House, name: str) -> None:
    """A body that is no JSON, or a number, is refused with the fault and no more."""
    verb = VERBS[name]
    if verb.media == MULTIPART:
        status, answer = await _send(house, verb, {})
        assert (400, "invalid_body") == (status, answer["errorCode"])
        return

    status, answer = await _send(house, verb, 7)

    assert (400, "invalid_body") == (status, answer["errorCode"])


def _secrets(schema: Mapping[str, Any], at: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    if schema.get(SECRET_MARK):
        yield at
    for form in schema.get("anyOf", ()):
        yield from _secrets(form, at)
    for name, member in schema.get("properties", {}).items():
        yield from _secrets(member, (*at, name))


def _filled(schema: Mapping[str, Any]) -> Any:
    """Return a body with each secret in it, deep or not."""
    if "items" in schema:
        return [_filled(schema["items"])]
    body = example(schema)
    for way in _secrets(schema):
        place = body
        for name in way[:-1]:
            place = place.setdefault(name, {}) if isinstance(place, dict) else {}
        if way and isinstance(place, dict):
            place[way[-1]] = CANARY
    return body


@pytest.mark.parametrize("name", SECRETIVE)
async def test_secret_of_a_body_is_in_no_log(house: House, name: str) -> None:
    """D10: what a schema marks as secret is in no row of the log, carried out or refused."""
    verb = VERBS[name]
    body = _filled(verb.body or {})
    await _send(house, verb, body)
    strange = {STRANGER: "red"}
    await _send(house, verb, [*body, strange] if isinstance(body, list) else body | strange)

    rows = [json.dumps(dict(row.document), default=str) for row in await house.log()]

    assert rows
    assert [] == [row for row in rows if CANARY in row]


def test_secrets_are_found_wherever_they_stand() -> None:
    """The walk above finds secrets in nested members and behind null."""
    assert "PUT /rules-configs/{key}" in SECRETIVE


def _maker(verb: Verb) -> Verb | None:
    """Return the verb that makes what another one changes."""
    base = verb.path.rpartition("/")[0] if verb.path.endswith("}") else verb.path
    return VERBS.get(f"POST {base}")


def _takes_null(schema: Mapping[str, Any]) -> bool:
    return any(form.get("type") == "null" for form in schema.get("anyOf", ()))


def _indispensable() -> Iterator[tuple[str, str]]:
    """Yield each verb that changes something, and each member that this cannot be without."""
    for name, verb in VERBS.items():
        maker = _maker(verb)
        if verb.method != "PATCH" or verb.body is None or maker is None or maker.body is None:
            continue
        made: Any = maker.body.get("properties", {})
        changed: Any = verb.body.get("properties", {})
        for member in maker.body.get("required", ()):
            if member in changed and not _takes_null(made[member]):
                yield name, member


INDISPENSABLE: Final = list(_indispensable())


def test_walk_of_what_cannot_be_null_finds_resources() -> None:
    """The test below is about something."""
    assert INDISPENSABLE.count(("PATCH /roles/{id}", "name"))
    assert len(INDISPENSABLE) > 10


@pytest.mark.parametrize(("name", "member"), INDISPENSABLE)
async def test_what_nothing_can_be_made_without_cannot_be_taken_away(
    house: House, name: str, member: str
) -> None:
    """Null takes a member back to its default; what POST requires has none."""
    status, answer = await _send(house, VERBS[name], {member: None})

    assert (400, "invalid_body") == (status, answer["errorCode"])
    assert member in answer["message"]
