"""What the reference device says to the server (docs/reference/device-protocol.md).

Rule: a request ends within seconds, whatever the server does.
"""

import re
import ssl
import time
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

import httpx

from gateword.cli.device_home import Account
from gateword.cli.trust import unreachable
from gateword.crypto.own_device_key import DeviceKey
from gateword.domain.secret import Secret
from gateword.policy import device
from gateword.values import dataclass

_TIMEOUT_S: Final = 10.0
_UNAUTHORIZED: Final = 401
_NOT_FOUND: Final = 404
_REPLAYED: Final = "replayed"
_ID: Final = re.compile(r"push\|dev_[A-Za-z0-9]{1,32}")
_SEED: Final = re.compile(r"[A-Z2-7]{16,256}")


class Unanswered(Exception):
    """The server did not do what it was asked; the argument says why, and what to do.

    Attributes:
        is_final: Asking again will not help.
    """

    def __init__(self, text: str, *, is_final: bool = False) -> None:
        super().__init__(text)
        self.is_final = is_final


@dataclass(frozen=True, slots=True)
class Question:
    """What a user has to decide.

    Attributes:
        id: The answer is signed over it.
        application: Who asks.
        ip: Where the login comes from, as the application tells it.
        browser: The same.
        asked_at: ISO 8601.
        expires_in_s: Seconds left to answer.
        is_enrollment: The device itself is being set up.
    """

    id: str
    application: str
    ip: str
    browser: str
    asked_at: str
    expires_in_s: int
    is_enrollment: bool

    def asks(self, account: Account) -> str:
        """Return what is to be decided, as a question."""
        what = "Set up this device" if self.is_enrollment else "Log in"
        return f"{what} as {account.account} at {account.issuer}?"

    def facts(self) -> list[tuple[str, str]]:
        """Return what helps to decide, each with its name."""
        return [
            ("Application", self.application or "unknown"),
            ("Address", self.ip or "unknown"),
            ("Browser", self.browser or "unknown"),
            ("Asked", f"{self.asked_at}, {self.expires_in_s} s left"),
        ]


@dataclass(frozen=True, slots=True)
class Talk:
    """Speaks for a device.

    Attributes:
        trust: Whose certificates are believed.
    """

    trust: ssl.SSLContext

    def enroll(self, uri: str, name: str) -> Account:
        """Redeem a `barcode_uri` with a new key.

        Raises:
            ValueError: It is no such URI; the argument says what would be one.
            Unanswered: The server refused.
        """
        base, ticket = _scanned(uri)
        key = DeviceKey.made()
        body = {"enrollment_tx_id": ticket, "name": name, "public_key": key.public_jwk}
        found = self._asked(base, "POST", device.ENROLL, key, {"sub": ticket}, body)
        id_, seed = str(found.get("id")), str(dict(found.get("totp") or {}).get("secret"))
        if not _ID.fullmatch(id_) or not _SEED.fullmatch(seed):
            raise Unanswered(f"{base} does not answer like Gateword", is_final=True)
        return Account(
            id=id_,
            url=base,
            issuer=_plain(found.get("issuer")),
            account=_plain(found.get("account")),
            private_key=key.private_pem,
            totp_secret=Secret(seed),
        )

    def waiting(self, account: Account) -> Question | None:
        """Return what the user is asked now.

        Raises:
            Unanswered: The server did not say.
        """
        key = DeviceKey.read(account.private_key)
        answer = self._asked(account.url, "GET", device.CHALLENGE, key, {"iss": account.id})
        found = answer.get("challenge")
        if not isinstance(found, dict):
            return None
        return Question(
            id=str(found.get("id")),
            application=_plain(found.get("application")),
            ip=_plain(found.get("ip")),
            browser=_plain(found.get("user_agent")),
            asked_at=_plain(found.get("created_at")),
            expires_in_s=int(found.get("expires_in") or 0),
            is_enrollment=found.get("is_enrollment") is True,
        )

    def answer(self, account: Account, question_id: str, *, accepted: bool) -> None:
        """Answer a question.

        Raises:
            Unanswered: It is not asked any more, or the server did not take the answer.
        """
        key = DeviceKey.read(account.private_key)
        claims = {"iss": account.id, "sub": question_id, "accepted": accepted}
        self._asked(account.url, "POST", device.ANSWER, key, claims)

    def _asked(
        self,
        base: str,
        method: str,
        path: str,
        key: DeviceKey,
        claims: dict[str, object],
        body: object = None,
    ) -> dict[str, Any]:
        answer = self._sent(base, method, path, _proof(key, base + path, claims), body)
        if _error(answer) == _REPLAYED:  # another window of this device was faster
            answer = self._sent(base, method, path, _proof(key, base + path, claims), body)
        if not answer.is_success:
            raise _refused(base, answer)
        try:
            return dict(answer.json()) if answer.content else {}
        except ValueError:
            raise Unanswered(f"{base} does not answer like Gateword", is_final=True) from None

    def _sent(
        self, base: str, method: str, path: str, proof: Secret, body: object
    ) -> httpx.Response:
        headers = {"authorization": f"Bearer {proof.reveal()}"}
        try:
            with httpx.Client(verify=self.trust, timeout=_TIMEOUT_S) as http:
                return http.request(method, base + path, headers=headers, json=body)
        except httpx.HTTPError as error:
            raise Unanswered(f"{base} {unreachable(error)}") from None


def _proof(key: DeviceKey, url: str, claims: dict[str, object]) -> Secret:
    now_us = time.time_ns() // 1000
    return key.signed({**claims, "aud": url, "iat": now_us // 1_000_000, "counter": now_us})


def _scanned(uri: str) -> tuple[str, str]:
    parts = urlsplit(uri.strip())
    members = {name: values[0] for name, values in parse_qs(parts.query).items()}
    base, ticket = members.get("base_url", "").rstrip("/"), members.get("enrollment_tx_id", "")
    if parts.scheme == "otpauth" and "secret" in members:
        raise ValueError(
            "this barcode is for an authenticator app; ask for a push enrolment: "
            '{"authenticator_types":["oob"],"oob_channels":["auth0"]}'
        )
    server = urlsplit(base)
    if parts.scheme != "otpauth" or not ticket or server.scheme != "https" or not server.netloc:
        raise ValueError("no barcode_uri of a push enrolment: otpauth://…?enrollment_tx_id=…")
    return base, ticket


def _error(answer: httpx.Response) -> str:
    return str(_members(answer).get("error", ""))


def _members(answer: httpx.Response) -> dict[str, Any]:
    try:
        document = answer.json()
    except ValueError:
        return {}
    return document if isinstance(document, dict) else {}


def _refused(base: str, answer: httpx.Response) -> Unanswered:
    error, told = _error(answer), _plain(_members(answer).get("error_description"))
    if answer.status_code == _UNAUTHORIZED and error == "invalid_token":
        text = f"{base} does not know this device (any more). Enrol it again"
        return Unanswered(text, is_final=True)
    is_final = error in ("invalid_ticket", "invalid_request", "clock_off")
    return Unanswered(f"{base} refused: {told or answer.status_code}", is_final=is_final)


def _plain(value: object) -> str:
    """Return a text from elsewhere as it may stand on a terminal."""
    text = "" if value is None else str(value)
    return "".join(char if char.isprintable() else "?" for char in text)[:300]
