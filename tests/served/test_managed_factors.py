"""The how-to page about managing second factors, its commands run as they stand."""

import json
from pathlib import Path
from typing import Any

from tests.served.test_documents import play


def test_factors_page_gives_and_resets(tmp_path: Path) -> None:
    """A login is asked for a factor; a link and methods are made; in the end Ann has none."""
    played = play("docs/how-to/manage-second-factors.md", tmp_path)

    answers: list[Any] = played.answers()
    unenrolled, app, phone, enrolled, *_ = answers
    assert [{"type": "otp"}] == unenrolled["mfa_requirements"]["enroll"]
    assert {"challenge"} == set(enrolled["mfa_requirements"])
    assert ("totp", "XXXXXXXXX0000") == (app["type"], phone["phone_number"])
    assert "Use an authenticator app\nSend me a letter" in played.text
    lists = [json.loads(line) for line in played.text.splitlines() if line.startswith("[")]
    assert [2, 1, 0] == [len(one) for one in lists]
    assert "Second factors removed" in played.text
