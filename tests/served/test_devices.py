"""The real `gateword device` beside a real server: a second process, files, TLS, and a browser."""

import asyncio
import json
import re
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import httpx
import pytest
from typer.testing import CliRunner, Result

from gateword.app import opened
from gateword.cli.main import application
from gateword.ports.documents import Kept
from tests.served.house import (
    AUDIENCE,
    CHEAP_HASHES,
    PASSWORD,
    PASSWORD_REALM,
    PEOPLE,
    REALM,
    STEADY,
    serving,
    settings_of,
)
from tests.served.test_documents import ROOT, play
from tests.support.served import GATEWORD, Served

MFA: Final = "http://auth0.com/oauth/grant-type/mfa-oob"
PATIENCE_S: Final = 20


@dataclass(frozen=True, slots=True)
class Phone:
    """`gateword device`, with a folder of its own."""

    served: Served
    home: Path

    def run(self, *arguments: str, stdin: str = "") -> Result:
        """Run a command in this process."""
        words = [str(one) for one in self._command(arguments)]
        return CliRunner().invoke(application(["device"]), words, input=stdin)

    def process(self, *arguments: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
        """Run a command as users do."""
        return subprocess.run(
            [str(GATEWORD), *self._command(arguments)],
            input=stdin,
            capture_output=True,
            text=True,
            timeout=PATIENCE_S * 2,
            check=False,
        )

    def _command(self, arguments: Sequence[str]) -> list[str]:
        ca = ["--ca", str(self.served.ca_cert)] if arguments[0] in ("enroll", "watch") else []
        return ["device", *arguments, "--home", str(self.home), *ca]

    @contextmanager
    def page(self) -> Iterator[httpx.Client]:
        """Show the page, and stop it."""
        command = ["device", "page", "--home", str(self.home), "--ca", str(self.served.ca_cert)]
        with subprocess.Popen(
            [str(GATEWORD), *command], stdout=subprocess.PIPE, text=True
        ) as process:
            assert process.stdout is not None
            url = process.stdout.readline().strip()
            with httpx.Client(base_url=url, follow_redirects=True, timeout=PATIENCE_S) as browser:
                yield browser
            process.terminate()


@dataclass(frozen=True, slots=True)
class Login:
    """One login that waits for the phone."""

    served: Served
    token: str

    def enrolment(self) -> dict[str, Any]:
        """Begin to enrol a phone."""
        bearer = {"authorization": f"Bearer {self.token}"}
        body = {"authenticator_types": ["oob"], "oob_channels": ["auth0"]}
        return self._post("/mfa/associate", headers=bearer, json=body).json()

    def challenge(self) -> str:
        """Ask the phone."""
        body = {"mfa_token": self.token, "challenge_type": "oob", **STEADY.proof()}
        return str(self._post("/mfa/challenge", json=body).json()["oob_code"])

    def polled(self, code: str) -> httpx.Response:
        """Return the answer, once there is one."""
        form = {"grant_type": MFA, "mfa_token": self.token, "oob_code": code, **STEADY.proof()}
        give_up = time.monotonic() + PATIENCE_S
        while time.monotonic() < give_up:
            answer = self._post("/oauth/token", data=form)
            if answer.json().get("error") not in ("authorization_pending", "slow_down"):
                return answer
            time.sleep(0.2)
        raise TimeoutError(code)

    def _post(self, path: str, **request: Any) -> httpx.Response:
        with self.served.client() as http:
            return http.post(path, **request)


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A served tenant that demands a second factor of everybody."""
    with serving(tmp_path_factory.mktemp("devices"), settings=CHEAP_HASHES) as served:
        asyncio.run(_demand_more(served))
        yield served


async def _demand_more(served: Served) -> None:
    async with opened(settings_of(served)) as house:
        stores, at = house.parts.stores, datetime.now(UTC)
        for id_, document in (
            ("push-notification", {"enabled": True}),
            ("policies", {"policies": ["all-applications"]}),
        ):
            await stores.documents.put("guardian", Kept(id=id_, document=document), at)
        await stores.clients.change(
            STEADY.client_id, lambda app: replace(app, grant_types=(*app.grant_types, MFA)), at
        )


def begun(served: Served, who: str) -> Login:
    """Log in with the password alone."""
    form = {"username": who, "password": PASSWORD, "realm": REALM, "audience": AUDIENCE}
    form |= {"grant_type": PASSWORD_REALM, **STEADY.proof()}
    give_up = time.monotonic() + PATIENCE_S
    with served.client() as http:
        while time.monotonic() < give_up:
            document = http.post("/oauth/token", data=form).json()
            if "mfa_token" in document:
                return Login(served, str(document["mfa_token"]))
            time.sleep(0.1)  # the server has not seen yet that the policy changed
    raise TimeoutError(document)


def test_device_approves_and_denies(shop: Served, tmp_path: Path) -> None:
    """Enrol, approve: tokens. Asked again, deny: 400. Its files are nobody else's to read."""
    phone, login = Phone(shop, tmp_path / "home"), begun(shop, PEOPLE[0])
    made = login.enrolment()

    enrolled = phone.process("enroll", "--name", "Phone", stdin=made["barcode_uri"])
    approved = phone.process("watch", "--approve", "--once", "--timeout", "20", "--json")
    tokens = login.polled(made["oob_code"])
    second = begun(shop, PEOPLE[0])
    code = second.challenge()
    denied = phone.run("watch", "--deny", "--once", "--timeout", "20")
    refused = second.polled(code)

    assert (0, 0, 0) == (enrolled.returncode, approved.returncode, denied.exit_code)
    told = json.loads(approved.stdout)
    assert ("approved", True) == (told["answer"], told["challenge"]["is_enrollment"])
    assert 200 == tokens.status_code
    assert {"access_token", "expires_in", "token_type"} <= tokens.json().keys()
    assert f"Log in as {PEOPLE[0]}" in denied.stdout
    assert (400, "access_denied") == (refused.status_code, refused.json()["error"])
    [kept] = (tmp_path / "home").iterdir()
    assert (0o600, 0o700) == (kept.stat().st_mode & 0o777, kept.parent.stat().st_mode & 0o777)


def test_page_shows_the_question_and_takes_the_answer(shop: Served, tmp_path: Path) -> None:
    """A barcode is pasted, a button pressed, and the login goes on; strangers find nothing."""
    phone, login = Phone(shop, tmp_path / "home"), begun(shop, PEOPLE[1])
    made = login.enrolment()
    with phone.page() as browser:
        first = browser.get("")
        wrong = browser.post("enroll", data={"uri": "otpauth://totp/x?secret=ABC"})
        asked = browser.post("enroll", data={"uri": made["barcode_uri"]})
        form = dict(re.findall(r'name="(device|challenge)" value="([^"]+)"', asked.text))
        foreign = browser.post(
            "answer", data=form | {"answer": "approve"}, headers={"origin": "https://evil.example"}
        )
        rebound = browser.get("", headers={"host": "evil.example"})
        guessed = browser.get(browser.base_url.join("/"))
        said = browser.post("answer", data=form | {"answer": "approve"})
        late = browser.post("answer", data=form | {"answer": "deny"})

    assert ("Barcode URI" in first.text, "refresh" in first.text) == (True, False)
    assert (409, True) == (wrong.status_code, "authenticator app" in wrong.text)
    assert f"Set up this device as {PEOPLE[1]}" in asked.text
    assert [404, 404, 404] == [one.status_code for one in (foreign, rebound, guessed)]
    assert ("Approved." in said.text, "Nothing is asked." in said.text) == (True, True)
    assert (409, True) == (late.status_code, "not asked" in late.text)
    assert 200 == login.polled(made["oob_code"]).status_code


def test_command_says_what_to_do_next(shop: Served, tmp_path: Path) -> None:
    """Nothing enrolled, a used barcode, no authority, nobody to ask, nothing asked in time."""
    phone, uri = Phone(shop, tmp_path / "home"), begun(shop, PEOPLE[2]).enrolment()["barcode_uri"]
    words = ["device", "enroll", uri, "--home", str(tmp_path), "--data", str(tmp_path)]
    untrusted = CliRunner().invoke(application(["device"]), words)
    empty = phone.run("code")
    assert 0 == phone.run("enroll", uri).exit_code
    used = phone.run("enroll", uri, "--json")
    nobody = phone.run("watch", "--once")
    assert 0 == phone.run("watch", "--deny", "--once", "--timeout", "20").exit_code
    late = phone.run("watch", "--approve", "--once", "--timeout", "1")

    assert (1, True) == (untrusted.exit_code, "--ca FILE" in flat(untrusted.stderr))
    assert (2, True) == (empty.exit_code, "gateword device enroll" in flat(empty.stderr))
    assert (1, True) == (used.exit_code, "Begin a new one" in json.loads(used.stdout)["faults"][0])
    assert (2, True) == (nobody.exit_code, "--approve or --deny" in flat(nobody.stderr))
    assert (1, True) == (late.exit_code, "nothing was asked within 1 s" in flat(late.stderr))


def test_code_of_the_device_is_of_the_pair(shop: Served, tmp_path: Path) -> None:
    """The device shows six digits, lists what it holds, and forgets it when told."""
    phone = Phone(shop, tmp_path / "home")
    phone.run("enroll", begun(shop, PEOPLE[3]).enrolment()["barcode_uri"])

    code = json.loads(phone.run("code", "--json").stdout)
    [listed] = json.loads(phone.run("list", "--json").stdout)
    removed = phone.run("remove", "--yes")

    assert re.fullmatch(r"[0-9]{6}", code["code"])
    assert (code["id"], PEOPLE[3], shop.base_url) == (
        listed["id"], listed["account"], listed["url"],
    )  # fmt: skip
    assert "still has the device" in flat(removed.stdout)
    assert "[]\n" == phone.run("list", "--json").stdout


def test_push_page_approves_and_denies(tmp_path: Path) -> None:
    """The how-to's device enrols, approves its own enrolment, and denies the next login."""
    played = play("docs/how-to/use-push.md", tmp_path)

    pending, granted, denied = played.answers()
    assert ("authorization_pending", "access_denied") == (pending["error"], denied["error"])
    assert "access_token" in granted
    assert "Set up this device as ann@example.com" in played.text
    assert re.search(r"^[0-9]{6} ", played.text, re.MULTILINE)


def flat(text: str) -> str:
    """Return what a terminal wrapped as one line."""
    return " ".join(text.split())


def test_documented_device_completes_an_enrolment(shop: Served) -> None:
    """The Python example of the protocol's page runs as it stands, without anything of ours."""
    page = (ROOT / "docs/reference/device-protocol.md").read_text(encoding="utf-8")
    login = begun(shop, PEOPLE[4])
    made = login.enrolment()
    code = page.partition("```python\n")[2].partition("```")[0]

    ran = subprocess.run(
        [sys.executable, "-I", "-c", code],
        env={"BARCODE_URI": made["barcode_uri"], "SSL_CERT_FILE": str(shop.ca_cert)},
        capture_output=True,
        text=True,
        timeout=PATIENCE_S * 2,
        check=False,
    )

    assert ("Steady asks from 127.0.0.1\n", "") == (ran.stdout, ran.stderr)
    assert 200 == login.polled(made["oob_code"]).status_code
