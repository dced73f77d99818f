"""Who may do what: token, then scope, and only then anything about what is asked (M1, K2)."""

import json
from typing import Any, Final

import pytest

from gateword.management.resource import MULTIPART, Verb
from gateword.provision.management_api import SCOPES
from tests.support.factories import CLIENT_CREDENTIALS, PASSWORD
from tests.support.house import DOMAIN, House, signing_key
from tests.support.management import management_token
from tests.support.stand_ins import START
from tests.support.verbs import VERBS, example, url
from tests.wire.forging import by_rsa, by_secret, forged
from tests.wire.test_forgeries import STRANGERS
from tests.wire.world import API, API_SECRET, ISSUER, MANAGEMENT, PASSWORDS, VALUES

NOW: Final = int(START.timestamp())
IDS: Final = ("nobody", VALUES["ann"], VALUES["web"], "x" * 2000)
BODIES: Final = (b"", b"{", b"[]", b'{"colour":"red"}', b"\xff")
QUERIES: Final = ("", "?colour=red", "?page=-1&per_page=1000&from=x", "?q=%FF")


def _fitting(verb: Verb) -> bytes:
    return b"" if verb.body is None else json.dumps(example(verb.body)).encode()


@pytest.mark.parametrize("name", VERBS)
async def test_call_without_the_scope_learns_nothing_else(house: House, name: str) -> None:
    """M1: without a scope of the verb the answer is 403, whatever id, query or body is sent."""
    verb = VERBS[name]
    type_ = "multipart/form-data; boundary=x" if verb.media == MULTIPART else "application/json"
    headers = {
        "authorization": f"Bearer {await management_token(house, 'none')}",
        "content-type": type_,
    }
    asks = [(IDS[0], "", body) for body in (*BODIES, _fitting(verb))]
    asks += [(IDS[0], query, b"") for query in QUERIES]
    asks += [(id_, "", b"") for id_ in IDS]
    answers = [
        await house.http.request(verb.method, url(verb, id_) + query, content=body, headers=headers)
        for id_, query, body in asks
    ]
    expected = {
        "statusCode": 403,
        "error": "Forbidden",
        "message": f"Insufficient scope, expected any of: {','.join(verb.scopes)}",
        "errorCode": "insufficient_scope",
    }

    assert [expected] * len(asks) == [answer.json() for answer in answers]
    assert {"fapi"} == {row.document["type"] for row in await house.log()}


HALVES: Final = [
    (name, half)
    for name, verb in VERBS.items()
    for pair in verb.scopes
    for half in pair.split()
    if " " in pair and half not in verb.scopes
]


@pytest.mark.parametrize(("name", "half"), HALVES)
async def test_half_of_what_is_needed_together_is_not_enough(
    house: House, name: str, half: str
) -> None:
    """M1: where a verb asks for two scopes together, one of them opens nothing."""
    verb = VERBS[name]
    headers = {"authorization": f"Bearer {await management_token(house, half)}"}
    answer = await house.http.request(verb.method, url(verb), headers=headers)

    assert (403, "insufficient_scope") == (answer.status_code, answer.json()["errorCode"])


@pytest.mark.parametrize("name", VERBS)
async def test_call_without_a_token_is_401(house: House, name: str) -> None:
    """M1: without a token the answer is 401 without a code, as the header is missing."""
    verb = VERBS[name]
    answer = await house.http.request(verb.method, url(verb), content=b"{")

    assert (401, "Missing authentication") == (answer.status_code, answer.json()["message"])
    assert "errorCode" not in answer.json()
    assert "Bearer" == answer.headers["www-authenticate"]


def test_scopes_of_the_verbs_can_be_granted() -> None:
    """A scope that opens a verb is one that the Management API's own API declares."""
    asked = {one for verb in VERBS.values() for scope in verb.scopes for one in scope.split()}

    assert set() == asked - set(SCOPES)


def _claims(**changed: Any) -> dict[str, Any]:
    claims = {
        "iss": ISSUER,
        "sub": f"{VALUES['machine']}@clients",
        "aud": MANAGEMENT,
        "iat": NOW,
        "exp": NOW + 3600,
        "scope": "read:rules_configs",
        "gty": "client-credentials",
        "azp": VALUES["machine"],
    } | changed
    return {name: value for name, value in claims.items() if value is not None}


async def _ours(house: House, **changed: Any) -> str:
    return (await house.parts.signer.sign(_claims(**changed), alg="RS256")).reveal()


async def _status(house: House, token: str) -> tuple[int, str]:
    headers = {"authorization": f"Bearer {token}"}
    answer = await house.http.get("/api/v2/rules-configs", headers=headers)
    return answer.status_code, "" if answer.is_success else answer.json()["message"]


async def test_token_for_the_management_api_opens_it(house: House) -> None:
    """The token by which the tests below measure is a good one."""
    assert (200, "") == await _status(house, await _ours(house))
    assert (200, "") == await _status(house, await _ours(house, aud=[API, MANAGEMENT]))


@pytest.mark.parametrize(
    "changed",
    [
        {"iss": "https://another.example/"},
        {"iss": None},
        {"exp": None},
        {"iat": NOW + 3600},
        {"azp": "nobody"},
        {"azp": None},
        {"sub": None},
    ],
    ids=str,
)
async def test_token_with_a_claim_changed_opens_nothing(
    house: House, changed: dict[str, Any]
) -> None:
    """K2: signed by us, but not what we issue: another issuer, out of its time, nobody's."""
    assert (401, "Invalid token") == await _status(house, await _ours(house, **changed))


async def test_expired_token_is_told_so(house: House) -> None:
    """management-api §1: `Expired token …`; an SDK fetches a new one."""
    refused = (401, "Expired token received for JSON Web Token validation")

    assert refused == await _status(house, await _ours(house, exp=NOW - 60))


async def test_token_that_has_ended_says_so(house: House) -> None:
    """K2: a token of ours that was good once opens nothing, and its owner learns why."""
    refused = (401, "Expired token received for JSON Web Token validation")

    assert refused == await _status(house, await _ours(house, exp=NOW - 60))


@pytest.mark.parametrize("audience", [API, f"{ISSUER}userinfo", f"{ISSUER}api/v2", ISSUER])
async def test_token_for_another_audience_says_so(house: House, audience: str) -> None:
    """K2: a token for another API is told its own audience, and opens nothing."""
    refused = (401, f"Bad audience: {audience}")

    assert refused == await _status(house, await _ours(house, aud=audience))


async def test_tokens_of_another_kind_open_nothing(house: House) -> None:
    """K2: ID, refresh and userinfo tokens, users' tokens and HS256 ones are refused."""
    form = {
        "grant_type": PASSWORD,
        "username": "ann",
        "password": PASSWORDS["password"],
        "scope": "openid offline_access",
        "client_id": VALUES["web"],
        "client_secret": VALUES["web_secret"],
    }
    user = (await house.token(audience=API, **form)).json()
    opaque = (await house.token(**form)).json()
    hs256 = (await house.token(audience="https://hs256.example", **form)).json()
    tokens = [
        user["id_token"],
        user["refresh_token"],
        user["access_token"],
        opaque["access_token"],
        hs256["access_token"],
        forged({"alg": "HS256", "typ": "JWT"}, _claims(), by_secret(API_SECRET.encode())),
    ]

    assert [401] * len(tokens) == [(await _status(house, token))[0] for token in tokens]


async def test_users_token_is_told_what_it_is_for(house: House) -> None:
    """An ID token names its application, an opaque one the user's profile; a dead one nothing."""
    form = {"client_id": VALUES["web"], "client_secret": VALUES["web_secret"]}
    granted = (
        await house.token(
            grant_type=PASSWORD,
            username="ann",
            password=PASSWORDS["password"],
            scope="openid",
            audience=f"{ISSUER}userinfo",
            **form,
        )
    ).json()

    assert (401, f"Bad audience: {VALUES['web']}") == await _status(house, granted["id_token"])
    opaque = granted["access_token"]
    assert (401, f"Bad audience: {ISSUER}userinfo") == await _status(house, opaque)
    house.clock.passed_s += 2 * 86400
    assert (401, "Invalid token") == await _status(house, opaque)


async def test_machine_gets_no_token_that_its_grants_do_not_give(house: House) -> None:
    """K2: a client without a grant for the Management API cannot ask for its token."""
    form = {"client_id": VALUES["machine"], "client_secret": VALUES["machine_secret"]}
    answer = await house.token(grant_type=CLIENT_CREDENTIALS, audience=MANAGEMENT, **form)

    assert 403 == answer.status_code


async def test_token_of_another_tenant_opens_nothing(house: House) -> None:
    """K2: keys are the tenant's own; what another tenant signed is nothing here, and back."""
    another = await house.add_tenant("another", "another.example")
    theirs = (await another.signer.sign(_claims(), alg="RS256")).reveal()
    claims = _claims(iss="https://another.example/", aud="https://another.example/api/v2/")
    genuine = (await another.signer.sign(claims, alg="RS256")).reveal()

    assert (401, "Invalid token") == await _status(house, theirs)
    assert (401, "Invalid token") == await _status(house, genuine)


async def test_forged_tokens_open_nothing(house: House) -> None:
    """K2: a stranger's key and no key at all are nobody's."""
    header = {"alg": "RS256", "typ": "JWT", "kid": signing_key(DOMAIN, "current").kid}
    forgeries = [
        forged(header, _claims(), by_rsa(STRANGERS)),
        forged(header | {"alg": "none"}, _claims(), lambda _: b""),
    ]

    assert [(401, "Invalid token")] * 2 == [await _status(house, token) for token in forgeries]
