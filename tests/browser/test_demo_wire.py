"""What the demo says to clients that are no browsers, and how its command behaves."""

import re
import ssl
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from tests.browser.running import Demo


def the_form(visitor: httpx.Client) -> dict[str, str]:
    """Fetch the login form and return its hidden seal."""
    seal = re.search(r'name="seal" value="([^"]+)"', visitor.get("/login").text)
    assert seal is not None
    return {
        "seal": seal[1],
        "email": "ann.hale@pine.example",
        "password": "x",
        "realm": "Employees",
    }


@pytest.mark.parametrize(
    "path", ["/", "/login", "/about", "/rules", "/policy", "/inbox", "/session-ended", "/nowhere"]
)
def test_page_carries_the_protective_headers(visitor: httpx.Client, path: str) -> None:
    """No page may be framed, sniffed, cached or made to run a foreign script."""
    headers = visitor.get(path).headers

    assert "script-src 'self'" in headers["content-security-policy"]
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert "nosniff" == headers["x-content-type-options"]
    assert "no-store" == headers["cache-control"]


def test_session_cookie_is_out_of_reach_of_scripts(visitor: httpx.Client) -> None:
    """The cookie is HttpOnly and does not travel with other sites' posts."""
    cookie = visitor.get("/login").headers["set-cookie"]

    assert "HttpOnly" in cookie
    assert "samesite=lax" in cookie.lower()


def test_post_when_origin_foreign_is_refused(visitor: httpx.Client) -> None:
    """A post from another site's page is refused, even with a right seal."""
    answer = visitor.post(
        "/login", data=the_form(visitor), headers={"Origin": "http://evil.example"}
    )

    assert 403 == answer.status_code
    assert "not sent from our page" in answer.text


def test_post_when_seal_missing_is_refused(visitor: httpx.Client, demo: Demo) -> None:
    """A post without the seal of this browser is refused."""
    form = {**the_form(visitor), "seal": ""}
    answer = visitor.post("/login", data=form, headers={"Origin": demo.url})

    assert 403 == answer.status_code
    assert "not sent from our page" in answer.text


def test_host_when_foreign_is_refused(visitor: httpx.Client) -> None:
    """A name that merely points at this address (DNS rebinding) gets nothing."""
    answer = visitor.get("/login", headers={"Host": "evil.example"})

    assert 400 == answer.status_code


def test_api_without_token_asks_for_one(demo: Demo) -> None:
    """Without a token the challenge names the scheme and no error (RFC 6750 §3.1)."""
    answer = httpx.get(f"{demo.api_url}/api/timesheet", trust_env=False)

    assert 401 == answer.status_code
    assert 'Bearer realm="Harbour and Pine API"' == answer.headers["www-authenticate"]


def test_api_when_token_garbage_says_invalid_token(demo: Demo) -> None:
    """A token that is none gets 401 `invalid_token`."""
    answer = httpx.get(
        f"{demo.api_url}/api/timesheet", headers={"Authorization": "Bearer x.y.z"}, trust_env=False
    )

    assert 401 == answer.status_code
    assert 'error="invalid_token"' in answer.headers["www-authenticate"]


def test_command_prints_lines_that_work_when_pasted(demo: Demo) -> None:
    """The printed lines log in and get data from the API, in a plain shell."""
    told = (demo.data / "demo-output.txt").read_text()
    lines = told[told.index("\n. ") : told.index("\n\nCtrl-C")]
    done = subprocess.run(["/bin/sh", "-c", lines], capture_output=True, text=True, check=False)

    assert "HTTP/1.1 200 OK" in done.stdout
    assert '"week_of"' in done.stdout


def test_about_page_when_read_shows_no_secret(visitor: httpx.Client, demo: Demo) -> None:
    """The page with the curl line names the file of the secret, never the secret."""
    text = visitor.get("/about").text

    assert "demo.env" in text
    assert not [name for name, secret in demo.secrets.items() if secret in text]


def test_rules_page_when_read_shows_no_secret(visitor: httpx.Client, demo: Demo) -> None:
    """The page that changes the tenant shows nothing that could."""
    text = visitor.get("/rules").text

    assert "Closed at weekends" in text
    assert not [name for name, secret in demo.secrets.items() if secret in text]


def test_office_client_may_change_rules_and_factors_and_nothing_else(demo: Demo) -> None:
    """The client behind the pages of rules and second factors holds what these need."""
    asked = {
        "grant_type": "client_credentials",
        "client_id": "harbour-pine-office",
        "client_secret": demo.secrets["DEMO_OFFICE_SECRET"],
        "audience": f"https://{demo.domain}/api/v2/",
    }
    trust = ssl.create_default_context(cafile=str(demo.data / "tls" / "ca.pem"))
    answer = httpx.post(
        f"https://{demo.domain}/oauth/token", data=asked, verify=trust, trust_env=False
    )

    assert {
        *("read:rules", "update:rules", "update:rules_configs"),
        *("read:mfa_policies", "update:mfa_policies"),
        *("read:guardian_factors", "update:guardian_factors"),
        *("read:users", "delete:guardian_enrollments"),
    } == set(answer.json()["scope"].split())


def test_secret_file_is_closed_to_others(demo: Demo) -> None:
    """Only its owner may read the file with the client secret and the passwords."""
    assert 0o600 == (demo.data / "demo.env").stat().st_mode & 0o777


def test_command_when_port_taken_names_the_option(demo: Demo, tmp_path: Path) -> None:
    """A taken port is told with the option that chooses another one."""
    taken = demo.url.rpartition(":")[2]
    command = [str(Path(sys.executable).with_name("gateword")), "demo", "--data", str(tmp_path)]
    done = subprocess.run(
        [*command, "--app-port", taken, "--port", "0", "--api-port", "0"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert 1 == done.returncode
    assert f"Port {taken} is taken. Choose another one with --app-port." in done.stderr
