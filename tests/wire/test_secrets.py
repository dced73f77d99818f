"""Where secrets end: not in a proved login, not in the log, not in what is printed."""

from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from typing import Any, Final

import pytest

from gateword.domain.login import Attempt, Login, Peer, TokenAsk
from gateword.domain.secret import Secret
from gateword.login import credentials
from gateword.policy.caller import caller
from gateword.policy.refresh import decide
from gateword.ports.parts import Plugs
from gateword.realms.database import DatabaseRealm
from tests.support.factories import MFA_OOB, MFA_OTP, PASSWORD, REFRESH_TOKEN
from tests.support.house import House
from tests.support.management import management_token
from tests.support.stand_ins import START
from tests.wire.givens import carry_out
from tests.wire.mfa_values import letters
from tests.wire.world import API, CLIENTS, EMPLOYEES, PASSWORDS, VALUES


def _reachable(value: object, path: str) -> Iterator[str]:
    """Yield the path of every Secret that can be reached from a value."""
    if isinstance(value, Secret):
        yield path
    elif is_dataclass(value):
        for one in fields(value):
            yield from _reachable(getattr(value, one.name), f"{path}.{one.name}")
    elif isinstance(value, Mapping):
        for name, member in value.items():
            yield from _reachable(member, f"{path}[{name}]")
    elif isinstance(value, tuple | list | frozenset):
        for member in value:
            yield from _reachable(member, f"{path}[]")


async def _attempt(house: House) -> Attempt:
    connection = await house.parts.stores.connections.named(EMPLOYEES)
    assert connection is not None
    ask = TokenAsk(
        tenant=await house.parts.stores.settings.get(),
        grant_type=PASSWORD,
        client=CLIENTS["web"],
        caller=caller(Peer(address="198.51.100.7"), None),
        params={"username": "ann"},
        secrets={"password": Secret(PASSWORDS["password"]), "client_secret": Secret("x")},
        scope=None,
        at=START,
    )
    return Attempt(
        ask=ask,
        connection=connection,
        username="ann",
        password=ask.secrets["password"],
        audience=None,
        api=None,
    )


async def test_proved_login_holds_no_secret_of_its_ask(house: House) -> None:
    """R1: once proved, a login holds neither password nor handle; only the client's own key."""
    parts = house.parts
    attempt = await _attempt(house)
    plugs = Plugs(realms={"auth0": DatabaseRealm(parts.stores.users, parts.hasher)})
    login = await credentials.check(parts, plugs, attempt)

    assert isinstance(login, Login)
    assert ["login.ask.client.secret"] == list(_reachable(login, "login"))


CANARIES: Final = {
    "password": PASSWORDS["password"],
    "wrong password": "canary-wrong-password-7d1f",
    "client secret": VALUES["web_secret"],
    "wrong client secret": "canary-wrong-secret-9a3e",
    "basic secret": "canary-basic-secret-51cc",
    "unknown refresh token": "v1.canary-refresh-token-e0b2",
}


async def _scenario(house: House) -> list[str]:
    """Do a little of everything with secrets in it; return the secrets that came of it."""
    web = {"client_id": VALUES["web"], "client_secret": VALUES["web_secret"]}
    login = {
        "grant_type": PASSWORD,
        "username": "ann",
        "scope": "openid offline_access",
        "audience": API,
    }
    granted = await house.token(password=PASSWORDS["password"], **web, **login)
    tokens: dict[str, Any] = granted.json()
    refresh = tokens["refresh_token"]
    await house.token(password=CANARIES["wrong password"], **web, **login)
    await house.token(password=PASSWORDS["password"], **login, client_id=VALUES["web"])
    await house.token(
        **login,
        password=PASSWORDS["password"],
        client_id=VALUES["web"],
        client_secret=CANARIES["wrong client secret"],
    )
    await house.http.post(
        "/oauth/token",
        data={**login, "password": PASSWORDS["password"]},
        headers={"authorization": "Basic d2ViOmNhbmFyeS1iYXNpYy1zZWNyZXQtNTFjYw=="},
    )
    for token in (refresh, CANARIES["unknown refresh token"], tokens["access_token"]):
        await house.token(grant_type=REFRESH_TOKEN, refresh_token=token, **web)
        await house.http.post("/oauth/introspect", data={"token": token, **web})
    await house.http.get("/userinfo", headers={"authorization": f"Bearer {refresh}"})
    await house.http.post("/oauth/revoke", data={"token": refresh, **web})
    house.engines.watched.broken = "logins_count"
    await house.token(password=PASSWORDS["password"], **web, **login)
    return [tokens["access_token"], refresh, tokens["id_token"]]


async def test_log_holds_no_secret(house: House, caplog: pytest.LogCaptureFixture) -> None:
    """D10: no password, client secret or token is in the tenant's log or in the process's."""
    tokens = await _scenario(house)
    text = "\n".join([*(str(row.document) for row in await house.log()), caplog.text])

    assert [] == [name for name, secret in CANARIES.items() if secret in text]
    assert [] == [token for token in tokens if token in text]
    assert "sepft" in text
    assert "fault" in text


async def test_stored_refresh_token_names_nothing_of_the_handle(house: House) -> None:
    """R1: what the store gives back of a refresh token holds no Secret either."""
    login = await house.token(
        grant_type=PASSWORD,
        username="ann",
        password=PASSWORDS["password"],
        scope="offline_access",
        client_id=VALUES["web"],
        client_secret=VALUES["web_secret"],
    )
    stored = await house.parts.stores.tokens.find_refresh(Secret(login.json()["refresh_token"]))

    assert stored is not None
    assert [] == list(_reachable(stored, "stored"))
    assert [] == list(
        _reachable(decide(stored, VALUES["web"], CLIENTS["web"].refresh, START), "decision")
    )


async def test_what_the_management_api_hands_out_is_in_no_log(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    """D10: passwords, new secrets, links and the token itself are in no log, OpenAPI or metric."""
    bearer = await management_token(house)
    headers = {"authorization": f"Bearer {bearer}"}
    person = {"connection": "Customers", "email": "zoe@mail.example", "password": "Canary-pass-1"}
    asks: list[tuple[str, str, Any]] = [
        ("POST", "users", person),
        ("POST", "users", person | {"password": "Canary-pass-2"}),
        ("PATCH", f"users/{VALUES['customer_ann'].replace('|', '%7C')}", {"password": "Canary-3!"}),
        ("POST", f"clients/{VALUES['web']}/rotate-secret", None),
        ("POST", "clients", {"name": "New"}),
        ("POST", "tickets/password-change", {"user_id": VALUES["customer_ann"]}),
        ("POST", "resource-servers", {"identifier": "urn:x", "signing_alg": "HS256"}),
    ]
    answers = [
        (await house.http.request(method, f"/api/v2/{path}", json=body, headers=headers)).json()
        for method, path, body in asks
    ]
    await house.http.post("/dbconnections/signup", json=person | {"password": "Canary-pass-4"})
    handed_out = [answers[3]["client_secret"], answers[4]["client_secret"]]
    handed_out += [answers[5]["ticket"].partition("ticket=")[2].strip("#")]
    handed_out += [answers[6]["signing_secret"], bearer, bearer.rpartition(".")[2]]
    told = [(await house.http.get(path)).text for path in ("/api/v2/openapi.json", "/metrics")]
    text = "\n".join([*(str(row.document) for row in await house.log()), caplog.text, *told])

    typed = ["Canary-pass-1", "Canary-pass-2", "Canary-3!", "Canary-pass-4"]
    assert [] == [secret for secret in (*typed, *handed_out) if secret in text]
    assert "sapi" in text
    assert "zoe@mail.example" in text


async def test_log_holds_nothing_of_a_second_factor(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    """D10: neither codes, seeds, recovery codes, whole numbers nor the tokens of the MFA API."""
    for sentence in ("factors otp, sms, recovery-code are on", _ALWAYS):
        await carry_out(house, sentence)
    app = {"client_id": VALUES["app"], "client_secret": VALUES["app_secret"]}
    login = {"grant_type": PASSWORD, "username": "ann", "password": PASSWORDS["password"]}
    known = {"number": "+44207183875044"}
    sms = {"authenticator_types": ["oob"], "oob_channels": ["sms"], "phone_number": known["number"]}
    for body in ({"authenticator_types": ["otp"]}, sms):
        known["mfa_token"] = (await house.token(**login, **app)).json()["mfa_token"]
        bearer = {"authorization": f"Bearer {known['mfa_token']}"}
        answer = await house.http.post("/mfa/associate", json=body, headers=bearer)
        known |= {name: value for name, value in answer.json().items() if name in _HANDED_OUT}
        known["recovery_code"] = answer.json()["recovery_codes"][0]
    await letters(house, known)
    wrong = {"mfa_token": known["mfa_token"], "oob_code": known["oob_code"]}
    for code in ("314159", known["code"]):
        await house.token(grant_type=MFA_OOB, binding_code=code, **wrong, **app)
    await house.token(grant_type=MFA_OTP, otp="271828", mfa_token=known["mfa_token"], **app)
    text = "\n".join([*(str(row.document) for row in await house.log()), caplog.text])

    typed = {"typed": "314159", "typed too": "271828"}
    assert [] == [name for name, secret in {**known, **typed}.items() if secret in text]
    assert {"secret", "barcode_uri", "oob_code", "recovery_code", "code"} <= known.keys()
    assert "gd_enrollment_complete" in text


_ALWAYS: Final = "the policy of second factors is all-applications"
_HANDED_OUT: Final = frozenset({"secret", "barcode_uri", "oob_code"})
