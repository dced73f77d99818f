"""What `gateword doctor` says of how one-time codes leave the house."""

from typing import Any

import pytest

from gateword.policy import guardian_document, sealed
from gateword.ports.documents import Kept
from gateword.provision.code_findings import findings
from gateword.settings import Settings
from tests.unit.provision.checked import a_draft

WEBHOOK: Any = {"phone_webhook_url": "https://x.example", "phone_webhook_secret": "k" * 32}
TWILIO = {"provider": "twilio"}
ACCOUNT = {"sid": "AC1", "from": "+441632960000"}


def told(
    stored: dict[str, dict[str, object]], auth_token: str = "", **settings: Any
) -> list[tuple[str, str]]:
    """Return level and text of each finding about a served tenant with these settings."""
    draft = a_draft()
    draft.documents[guardian_document.KIND] = {
        path: Kept(
            id=path,
            document=document,
            secret=sealed.closed({"auth_token": auth_token} if auth_token else {}),
        )
        for path, document in stored.items()
    }
    return [(one.level, one.text) for one in findings(draft, Settings(**{"tls": "off"} | settings))]


ON: dict[str, dict[str, object]] = {"sms": {"enabled": True}}


@pytest.mark.parametrize("stored", [{}, {"sms": {"enabled": False}}])
def test_nothing_is_said_of_what_is_off(stored: dict[str, dict[str, object]]) -> None:
    """Settings of a factor that nobody uses hurt nobody."""
    assert [] == told({**stored, "phone/selected-provider": TWILIO})


@pytest.mark.parametrize("factor", ["sms", "email"])
def test_codes_on_the_terminal_are_a_warning(factor: str) -> None:
    """Who serves others has somebody reading the terminal who is not the user."""
    stored: dict[str, dict[str, object]] = {factor: {"enabled": True}}

    [(level, text)] = told(stored)

    assert ("warning", True) == (level, "on the server's terminal" in text)
    assert [] == told(stored, tls="dev")
    assert [] == told(stored, smtp_url="smtp://mail", **WEBHOOK)


def test_hook_without_a_receiver_is_an_error() -> None:
    """Nobody who has this factor gets in, in development as well."""
    stored = {**ON, "phone/selected-provider": {"provider": "phone-message-hook"}}

    [(level, text)] = told(stored, tls="dev")

    assert ("error", True) == (level, "phone_webhook_url is not set" in text)
    assert [] == told(stored, **WEBHOOK)


def test_what_twilio_lacks_is_named() -> None:
    """All of it at once."""
    stored = {**ON, "sms/selected-provider": TWILIO}

    assert [("error", "sends no code: twilio is selected, and has no sid, auth_token, from")] == (
        told(stored)
    )
    assert [] == told({**stored, "sms/providers/twilio": ACCOUNT}, "a-token")


def test_calls_without_a_number_are_a_warning() -> None:
    """A messaging service sends text messages and calls nobody."""
    stored = {
        **ON,
        "phone/selected-provider": TWILIO,
        "phone/providers/twilio": {"sid": "AC1", "messaging_service_sid": "MG1"},
    }
    speaking: dict[str, dict[str, object]] = {"phone/message-types": {"message_types": ["voice"]}}

    assert [] == told(stored, "a-token")
    assert [("warning", "makes no calls: twilio has no number to call from (from)")] == (
        told({**stored, **speaking}, "a-token")
    )


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("{% for x in y %}{{code}}{% endfor %}", "uses a loop"),
        ("Welcome!", "has no {{code}}"),
    ],
)
def test_text_that_brings_no_code_is_a_warning(source: str, expected: str) -> None:
    """A template that cannot be used, or forgets what it is for."""
    templates: dict[str, object] = {
        "enrollment_message": "{{code}}",
        "verification_message": source,
    }

    [(level, text)] = told({**ON, "phone/templates": templates}, **WEBHOOK)

    assert ("warning", True) == (level, expected in text)
