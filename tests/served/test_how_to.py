"""The how-to pages for operators, their commands run as they stand."""

import base64
import json
import re
import subprocess
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from tests.served.test_documents import ROOT, play
from tests.support.served import GATEWORD
from tests.support.valkey import ValkeyProcess

PAGES = "docs/how-to"


def test_proxy_page_logs_the_clients_address(tmp_path: Path) -> None:
    """Behind a trusted proxy the address it forwards is the one in the log."""
    played = play(f"{PAGES}/run-behind-a-proxy.md", tmp_path)

    health, refused, logged = played.answers()
    assert {"status": "ok", "database": True} == health
    assert "access_denied" == refused["error"]
    assert ("feccft", "203.0.113.7") == (logged["type"], logged["ip"])


def test_rotation_page_rotates_and_revokes(tmp_path: Path) -> None:
    """The page shows two keys, then three, and ends with the first one revoked."""
    played = play(f"{PAGES}/rotate-signing-keys.md", tmp_path)

    tables = played.text.split("Key id")
    states = [[line.split()[1] for line in table.splitlines()[1:] if line] for table in tables[1:]]
    assert [
        ["current", "next"],
        ["current", "next", "previous"],
        ["current", "next", "revoked"],
    ] == states


def test_tenants_page_shows_two_issuers(tmp_path: Path) -> None:
    """The second tenant is chosen by Host, a stranger is misdirected, commands take `--tenant`."""
    played = play(f"{PAGES}/serve-several-tenants.md", tmp_path)

    discovered, misdirected = played.answers()
    assert str(discovered["issuer"]).startswith("https://acme.localhost:")
    assert "misdirected_request" == misdirected["error"]
    assert "shop" in played.text


def test_import_page_brings_users_along(tmp_path: Path) -> None:
    """Two of three items are stored, one of them logs in with the old password, both come out."""
    played = play(f"{PAGES}/import-users.md", tmp_path)

    refused, token = played.answers()
    assert {"email": "not an address"} == refused["user"]
    assert "access_token" in token
    assert "3 users: 2 inserted, 0 updated, 1 failed." in played.text
    assert "2 users: 0 inserted, 2 updated, 0 failed." in played.text
    assert "auth0|5f7c8ec7c33c6c004bbafe82,ann@example.com,gold" in played.text


def test_migration_page_moves_ann_in(tmp_path: Path) -> None:
    """Refused, then moved in by a script, then let in without one, under the old system's id."""
    played = play(f"{PAGES}/migrate-users-lazily.md", tmp_path)

    wrong, first, second = played.answers()
    assert ("invalid_grant", "Bearer", "Bearer") == (
        wrong["error"],
        first["token_type"],
        second["token_type"],
    )
    assert "auth0|4711" in played.text


def test_streams_page_finds_and_streams_what_happened(tmp_path: Path) -> None:
    """The refused ask is found, and in the file; the webhook on loopback names the setting."""
    played = play(f"{PAGES}/stream-logs.md", tmp_path)

    refused, archive, streamed, siem, delivery = played.answers()
    assert "access_denied" == refused["error"]
    assert any("feccft" in line and "nobody" in line for line in played.text.splitlines())
    assert ("file", "active") == (archive["type"], archive["status"])
    assert ("feccft", "nobody") == (streamed["type"], streamed["client_id"])
    assert "a-secret-of-the-other-side" not in str(siem)
    assert "log_stream_private_hosts is off" in str(delivery["error"])


def test_move_page_ends_with_the_same_user_id(tmp_path: Path) -> None:
    """From Auth0's exports to a login here: what has no place is named, `sub` stays."""
    played = play(f"{PAGES}/move-from-auth0.md", tmp_path)

    ann = played.answers()[-1]
    assert "auth0|5dea9f9c82dd7c0e76e4ec93" == ann["sub"]
    page = (ROOT / PAGES / "move-from-auth0.md").read_text(encoding="utf-8")
    promised = [line for line in page.splitlines() if line.startswith("tenant.yaml:")]
    assert 3 == len(promised)
    assert [] == [line for line in promised if line.partition(";")[0] not in played.text]
    for told in (line for line in page.splitlines() if line.startswith("warning ")):
        assert told in played.text
    assert "auth0|euclid" in played.text


def test_sign_up_page_prints_two_letters(tmp_path: Path) -> None:
    """A user signs up, a weak password is refused, and both letters are on the terminal."""
    played = play(f"{PAGES}/let-users-sign-up.md", tmp_path)

    signed_up, weak = played.answers()
    assert ("una@example.com", False) == (signed_up["email"], signed_up["email_verified"])
    assert "PasswordStrengthError" == weak["name"]
    assert "We've just sent you an email to reset your password." in played.text
    for path in ("u/email-verification?ticket=", "u/reset-password?ticket="):
        assert 1 == played.text.count(path)


def test_watch_page_counts_a_login_and_a_wrong_password(tmp_path: Path) -> None:
    """The numbers that the page shows are those that its commands make."""
    played = play(f"{PAGES}/watch-it.md", tmp_path)

    page = (ROOT / PAGES / "watch-it.md").read_text(encoding="utf-8")
    promised = [line for line in page.splitlines() if line.startswith("gateword_")]
    assert 3 <= len(promised)
    assert [] == [line for line in promised if line not in played.text.splitlines()]


def test_breached_page_refuses_a_password_that_others_know(tmp_path: Path) -> None:
    """The seed, an import, a login that is refused, and the log that says why."""
    played = play(f"{PAGES}/check-for-breached-passwords.md", tmp_path)

    leaked, wrong = played.answers()
    assert ["password_leaked", "invalid_grant"] == [leaked["error"], wrong["error"]]
    assert "Known: it is among 30,000 passwords of package zxcvbn" in played.text
    assert "Imported 3 passwords in " in played.text
    assert "Known: it is among 3 passwords of file leaked.txt." in played.text
    assert "Known: it is one of the test passwords." in played.text
    assert 1 == sum("pwd_leak" in line for line in played.text.splitlines())


def _statuses(text: str) -> list[str]:
    """Return the statuses that curl wrote; the server may write a letter between two of them."""
    return re.findall(r"(?<![\w.:-])(403|429) ", text)


def test_valkey_page_counts_for_both_workers(
    tmp_path: Path, valkey: ValkeyProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Three logins of the address fail over two workers, the others are throttled."""
    monkeypatch.setenv("VALKEY_URL", valkey.url)

    played = play(f"{PAGES}/share-counters-with-valkey.md", tmp_path)

    lines = played.text.splitlines()
    assert ["403"] * 3 + ["429"] * 2 == _statuses(played.text)[:5]
    assert 1 == sum(line.startswith("gateword_velocity_asks_total") for line in lines)


def test_protection_page_shuts_one_address_and_opens_it(tmp_path: Path) -> None:
    """Ten guesses are looked at; then neither a guess nor the right password, but elsewhere."""
    played = play(f"{PAGES}/protect-logins.md", tmp_path)

    assert ["403"] * 10 + ["429"] == _statuses(played.text)[:11]
    assert "too_many_attempts" in played.text
    assert "203.0.113.7" in played.text
    assert "limit_wc" in played.text
    statuses = [line.split()[0] for line in played.text.splitlines() if line.startswith("200")]
    assert ["200", "200"] == statuses


def test_mfa_page_enrols_and_proves(tmp_path: Path) -> None:
    """From `mfa_required` to an app, a recovery code and a letter; then the app is deleted."""
    played = play(f"{PAGES}/log-in-with-mfa.md", tmp_path)

    enrol, begun, wrong, enrolled, *later = played.answers()
    assert {"enroll": [{"type": "otp"}]} == enrol["mfa_requirements"]
    assert str(begun["barcode_uri"]).startswith("otpauth://totp/Harbour%20%26%20Pine:ann%40")
    assert "Invalid otp_code." == wrong["error_description"]
    assert "access_token" in enrolled
    challenges = [one["mfa_requirements"] for one in later if "mfa_requirements" in one]
    recovery, mail = {"type": "recovery-code"}, {"type": "email"}
    assert [
        {"challenge": [{"type": "otp"}, recovery]},
        {"challenge": [{"type": "otp"}, recovery]},
        {"challenge": [{"type": "otp"}, recovery, mail]},
        {"challenge": [{"type": "otp"}, recovery, mail]},
    ] == challenges
    assert 4 == sum("access_token" in one for one in later)
    assert 2 == sum("recovery_code" in one for one in later)
    lines = played.text.splitlines()
    lists = [json.loads(line) for line in lines if line.startswith("[")]
    assert [[], ["email", "otp", "recovery-code"], ["email", "recovery-code"]] == [
        sorted(one["type"] for one in found) for found in lists
    ]
    assert "204" in lines, played.text
    for code in ("mfar", "gd_enrollment_complete", "gd_auth_failed", "sercft", "gd_unenroll"):
        assert code in played.text


def test_bring_your_rules(tmp_path: Path) -> None:
    """One rule adds a claim, the other says no and prints why."""
    played = play(f"{PAGES}/bring-your-rules.md", tmp_path)

    said = '{"error":"unauthorized","error_description":"The shop is closed to you today."}'
    token = json.loads((tmp_path / "ann.json").read_text(encoding="utf-8"))["access_token"]
    body = token.split(".")[1]
    claims = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
    assert said in played.text
    assert "gold" == claims["https://shop.example/plan"]
    assert "rule Closed: closed to bob@example.com" in played.text


def test_try_a_rule(tmp_path: Path) -> None:
    """Without a server: a rule passes, falls over, is looked through, and is told as an Action."""
    played = play(f"{PAGES}/try-a-rule.md", tmp_path)

    page = (ROOT / PAGES / "try-a-rule.md").read_text(encoding="utf-8")
    blocks = re.findall(r"\n\n```\n(.*?)```\n", page, re.DOTALL)
    lines = [line for block in blocks for line in block.splitlines()]
    promised = [line for line in lines if "(1" not in line]  # how long it took
    assert 8 <= len(promised)
    assert [] == [line for line in promised if line not in played.text]
    assert "status 1" in played.text
    assert "score.example:443 is not allowed; --allow-host lets a try ask it" in played.text
    assert "getaddrinfo ENOTFOUND score.example" in played.text
    assert "exports.onExecutePostLogin" in played.text
    assert "plan of ann@example.com in us" in played.text
    assert "plan of una@example.com in us" in played.text
    assert "2 rules: 1 with notes, 1 without" in played.text
    listed = [line.split()[:3] for line in played.text.splitlines()[-2:]]
    assert [["1", "Check", "score"], ["2", "Add", "plan"]] == listed
    rule = (tmp_path / "check-score.js").read_text(encoding="utf-8")
    assert ["Not today.", None] == [_scored(rule, tmp_path, score) for score in (4, 5)]


def _scored(rule: str, folder: Path, score: int) -> str | None:
    """Try the page's rule against a server that knows a score; return how the client is refused."""
    body = json.dumps({"score": score}).encode()

    class Scores(BaseHTTPRequestHandler):
        def do_GET(self) -> None:  # the library's name
            self.send_response(200)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    path = folder / "scored.js"
    with ThreadingHTTPServer(("127.0.0.1", 0), Scores) as server:
        Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        origin = f"http://127.0.0.1:{server.server_port}"
        path.write_text(rule.replace("https://score.example", origin), encoding="utf-8")
        ran = subprocess.run(
            [GATEWORD, "rules", "try", path, "--allow-host", "127.0.0.1", "--json"],
            capture_output=True, text=True, timeout=30, check=False,
        )  # fmt: skip
        server.shutdown()
    answer = json.loads(ran.stdout)["answer"]["body"]
    return str(answer["error_description"]) if answer else None


def test_bring_your_actions(tmp_path: Path) -> None:
    """One Action counts, also for who is refused by the other; a machine has one of its own."""
    played = play(f"{PAGES}/bring-your-actions.md", tmp_path)

    said = '{"error":"access_denied","error_description":"The shop is closed to you today."}'
    assert said in played.text
    assert 2 == _claims(tmp_path / "ann.json")["https://shop.example/visits"]
    assert "Shop" == _claims(tmp_path / "machine.json")["https://shop.example/machine"]
    assert "Action Closed: closed to bob@example.com visits 1" in played.text
    assert "Welcome back" == _claims(tmp_path / "greeted.json")["https://shop.example/greeting"]
    assert "checked" == _claims(tmp_path / "stamped.json")["https://shop.example/stamp"]
    assert "Welcome back" == _claims(tmp_path / "again.json")["https://shop.example/greeting"]
    statuses = [line for line in played.text.splitlines() if line in ("built", "failed")]
    assert ["built", "failed"] == statuses
    assert "'id': 'compile_error'" in played.text


def _claims(answer: Path) -> dict[str, object]:
    token = json.loads(answer.read_text(encoding="utf-8"))["access_token"]
    body = token.split(".")[1]
    claims: dict[str, object] = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
    return claims
