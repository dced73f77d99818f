"""What people and operators say at the doors and the Management API is written nowhere (D10)."""

import json
import re
import secrets
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

import httpx
import pytest

from tests.served.asks import login
from tests.served.house import CHEAP_HASHES, LENIENT, PASSWORD, REALM, STEADY, prepared
from tests.served.test_jobs import bearer, done
from tests.served.what_is_written import database, is_written, tenant_log
from tests.support.postgres import PostgresServer
from tests.support.served import Served

NEWCOMER: Final = "newcomer@example.com"
IMPORTED: Final = "imported@example.com"
SAID: Final = {
    name: f"canary-{secrets.token_hex(12)}-{suffix}"
    for name, suffix in {
        "password at sign-up": "Pässwörd",
        "password with a request for a link": "Unread",
        "new password behind a link": "Next",
        "second try that differs": "Differs",
        "password of a user who is made": "Made",
        "password of a change": "Changed",
        "password of a change that is refused": "Refused",
        "password in broken JSON": "Broken",
        "value of a rules config": "Config",
        "secret of an action": "Action",
        "authorization of a log stream": "Stream",
        "configuration of a connection": "Connection",
        "credentials of an e-mail provider": "Provider",
        "hash of an item that is refused": "Hash",
        "second factor of an import": "Factor",
        "password of the mail server": "Smtp",
        "token for the metrics": "Metrics",
        "wrong token for the metrics": "Guessed",
        "secret of a changed client": "Client",
        "token of a provider of phone messages": "Twilio",
        "key of the phone webhook": "Hook",
    }.items()
}
BCRYPT: Final = "$2b$10$abcdefghijklmnopqrstuuyQv8vsWhQjcCeXJ4PJbGCDPdxsB6RNO"
SEED: Final = "JBSWY3DPEHPK3PXP"
_HIDDEN: Final = re.compile(r'name="(ticket|seal)" value="([^"]+)"')
_STRONG: Final = "Aa1!"


@dataclass
class Told:
    """What was said, what was answered, and all that was written meanwhile.

    Attributes:
        handed_out: Secrets that the server made, by the name of what they are.
        statuses: Of each answer, by what was asked.
    """

    handed_out: dict[str, str] = field(default_factory=dict)
    statuses: dict[str, int] = field(default_factory=dict)
    database: bytes = b""
    logs: bytes = b""

    def note(self, what: str, answer: httpx.Response) -> Any:
        """Note an answer, and return its body if that is JSON."""
        self.statuses[what] = answer.status_code
        is_json = "json" in answer.headers.get("content-type", "")
        return answer.json() if is_json else None


def said(name: str) -> str:
    """Return a canary that a strong policy takes as a password."""
    return SAID[name] + _STRONG


@pytest.fixture(scope="module", params=["sqlite", "postgres"])
def told(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Told]:
    """All doors and writing verbs that take a secret, on each engine in turn."""
    folder = tmp_path_factory.mktemp("doors")
    settings = {
        **CHEAP_HASHES,
        # Nobody listens there: what is said of the failed delivery is searched as well.
        "smtp_url": f"smtp://post:{SAID['password of the mail server']}@127.0.0.1:1",
        "metrics_token": SAID["token for the metrics"],
        "log_stream_private_hosts": True,
        "phone_webhook_url": f"http://hook:{SAID['key of the phone webhook']}@127.0.0.1:1/",
        "phone_webhook_secret": SAID["key of the phone webhook"],
    }
    if request.param == "sqlite":
        yield _played(prepared(folder, "", settings), "")
        return
    server: PostgresServer = request.getfixturevalue("postgres")
    with server.database() as url:
        yield _played(prepared(folder, url, settings), url)


def _played(served: Served, database_url: str) -> Told:
    told = Told()
    served.start()
    try:
        with served.client() as http:
            user_id = _at_the_doors(told, http)
            shown = _metrics(told, http)
            http.headers.update(bearer(served, http))
            _behind_links(told, http, user_id)
            _users(told, http, user_id)
            _configuration(told, http)
            _import(told, http)
            shown += http.get("/api/v2/logs", params={"per_page": 100}).text
            shown += tenant_log(served)
            shown += http.get("/api/v2/gateword/export").text
        told.database = database(served, database_url)
    finally:
        served.stop()
    told.logs = shown.encode() + served.log.read_bytes()
    return told


def _at_the_doors(told: Told, http: httpx.Client) -> str:
    who = {"client_id": STEADY.client_id, "connection": REALM, "email": NEWCOMER}
    body = who | {"password": said("password at sign-up")}
    signed_up = told.note("sign-up", http.post("/dbconnections/signup", json=body))
    told.note("sign-up again", http.post("/dbconnections/signup", json=body))
    body = who | {"password": said("password with a request for a link")}
    told.note("request for a link", http.post("/dbconnections/change_password", json=body))
    return f"auth0|{signed_up['_id']}"


def _metrics(told: Told, http: httpx.Client) -> str:
    pages = ""
    for what in ("token for the metrics", "wrong token for the metrics"):
        answer = http.get("/metrics", headers={"authorization": f"Bearer {SAID[what]}"})
        told.note(what, answer)
        pages += answer.text
    return pages


def _behind_links(told: Told, http: httpx.Client, user_id: str) -> None:
    for purpose in ("email-verification", "password-change"):
        for use in ("unused", "used"):
            made = http.post(f"/api/v2/tickets/{purpose}", json={"user_id": user_id}).json()
            link = made["ticket"].removesuffix("#")
            told.handed_out[f"{purpose} ticket, {use}"] = link.partition("ticket=")[2]
        form = dict(_HIDDEN.findall(http.get(link).text))
        page = link.partition("?")[0]
        if purpose == "password-change":
            new, other = said("new password behind a link"), said("second try that differs")
            told.note(
                "link, differs", http.post(page, data=form | {"password": new, "again": other})
            )
            form |= {"password": new, "again": new}
        told.note(f"link, {purpose}", http.post(page, data=form))
        told.note(f"link, {purpose}, again", http.post(page, data=form))


def _users(told: Told, http: httpx.Client, user_id: str) -> None:
    made = {"connection": REALM, "email": "made@example.com"}
    body = made | {"password": said("password of a user who is made")}
    told.note("user", http.post("/api/v2/users", json=body))
    url = f"/api/v2/users/{user_id}"
    told.note("change", http.patch(url, json={"password": said("password of a change")}))
    refused = {"password": said("password of a change that is refused"), "colour": "red"}
    told.note("refused change", http.patch(url, json=refused))
    broken = json.dumps({"password": said("password in broken JSON")})[:-1]
    json_type = {"content-type": "application/json"}
    told.note("broken change", http.patch(url, content=broken, headers=json_type))
    told.note("login", http.post("/oauth/token", data=login(STEADY, NEWCOMER, PASSWORD)))


def _configuration(told: Told, http: httpx.Client) -> None:
    api = "/api/v2"
    rotated = told.note("rotation", http.post(f"{api}/clients/{LENIENT.client_id}/rotate-secret"))
    told.handed_out["rotated client secret"] = rotated["client_secret"]
    secret = {"client_secret": SAID["secret of a changed client"]}
    told.note("client", http.patch(f"{api}/clients/strict", json=secret))
    value = {"value": SAID["value of a rules config"]}
    told.note("rules config", http.put(f"{api}/rules-configs/KEY", json=value))
    action = {
        "name": "enrich",
        "supported_triggers": [{"id": "post-login", "version": "v3"}],
        "secrets": [{"name": "API_KEY", "value": SAID["secret of an action"]}],
        "deploy": True,
    }
    told.note("action", http.post(f"{api}/actions/actions", json=action))
    sink = {
        "httpEndpoint": "http://127.0.0.1:1/in",
        "httpAuthorization": SAID["authorization of a log stream"],
    }
    stream = {"name": "hook", "type": "http", "sink": sink}
    told.note("log stream", http.post(f"{api}/log-streams", json=stream))
    [connection] = http.get(f"{api}/connections", params={"name": REALM}).json()
    told.handed_out["id"] = connection["id"]
    options = connection["options"] | {
        "configuration": {"KEY": SAID["configuration of a connection"]}
    }
    url = f"{api}/connections/{connection['id']}"
    told.note("connection", http.patch(url, json={"options": options}))
    provider = {
        "name": "sendgrid",
        "credentials": {"api_key": SAID["credentials of an e-mail provider"]},
    }
    told.note("e-mail provider", http.post(f"{api}/emails/provider", json=provider))
    account = {"sid": "AC1", "auth_token": SAID["token of a provider of phone messages"]}
    url = f"{api}/guardian/factors/phone/providers/twilio"
    told.note("phone provider", http.put(url, json=account))


def _import(told: Told, http: httpx.Client) -> None:
    odd = {"totp": {"secret": SAID["second factor of an import"]}}
    items = [
        {"email": IMPORTED, "password_hash": BCRYPT, "mfa_factors": [{"totp": {"secret": SEED}}]},
        {"email": "bad@example.com", "password_hash": SAID["hash of an item that is refused"]},
        {"email": "odd@example.com", "mfa_factors": [odd]},
    ]
    begun = http.post(
        "/api/v2/jobs/users-imports",
        data={"connection_id": told.handed_out.pop("id")},
        files={"users": ("users.json", json.dumps(items))},
    )
    told.note("import", begun)
    job = done(http, begun)
    told.note("errors", http.get(f"/api/v2/jobs/{job['id']}/errors"))


def test_everything_was_said_and_taken(told: Told) -> None:
    """The search is about something: each door answered as it should."""
    assert {
        "sign-up": 200, "sign-up again": 400, "request for a link": 200,
        "token for the metrics": 200, "wrong token for the metrics": 401,
        "link, differs": 400, "link, email-verification": 200, "link, password-change": 200,
        "link, email-verification, again": 410, "link, password-change, again": 410,
        "user": 201, "change": 200, "refused change": 400, "broken change": 400, "login": 403,
        "rotation": 200, "client": 200, "rules config": 200, "action": 201, "log stream": 200,
        "connection": 200, "e-mail provider": 201, "phone provider": 200, "import": 202,
        "errors": 200,
    } == told.statuses  # fmt: skip


def test_search_finds_what_may_be_written(told: Told) -> None:
    """Names are in the tables, and codes in the log."""
    assert [] == [
        name for name in (NEWCOMER, IMPORTED, "API_KEY") if not is_written(name, told.database)
    ]
    assert [] == [
        name for name in (NEWCOMER, "sapi", "fapi", "scp") if not is_written(name, told.logs)
    ]


@pytest.mark.parametrize("name", SAID)
def test_what_was_said_is_nowhere(told: Told, name: str) -> None:
    """Not in a table, not in what the server prints, not in the tenant's log, not in metrics."""
    assert (False, False) == (
        is_written(SAID[name], told.database),
        is_written(SAID[name], told.logs),
    )


def test_what_was_handed_out_is_nowhere(told: Told) -> None:
    """Links, used or not, and a rotated secret are with those who got them alone."""
    everything = told.database + told.logs

    assert 5 == len(told.handed_out)
    assert [] == [name for name, one in told.handed_out.items() if is_written(one, everything)]


def test_hash_that_came_along_is_in_no_log(told: Told) -> None:
    """Neither is its owner's second factor, which is sealed in the tables besides."""
    assert not is_written(BCRYPT, told.logs)
    assert not is_written(SEED, told.logs + told.database)
