"""A client of the MFA API: list, delete, set up, ask; and of the three grants that go on."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import quote

from . import factors
from .browser import Browser
from .exchange import Record
from .factors import Authenticator, Kind
from .login_server import failure_of as password_failure
from .login_server import identified
from .problem import Failure, Problem
from .server_line import Reply, Request, ServerLine
from .settings import Settings

_GRANT: Final = "http://auth0.com/oauth/grant-type/mfa-"
_OOB_CHANNELS: Final = {
    Kind.PUSH: "auth0",
    Kind.SMS: "sms",
    Kind.VOICE: "voice",
    Kind.EMAIL: "email",
}


@dataclass(frozen=True, slots=True)
class Enrollment:
    """A factor that is being set up: what must be shown to the user, and proved with it.

    Attributes:
        secret: What an authenticator app is told, base32; empty for other kinds.
        barcode_uri: The same as a picture, or what a phone is told that will ask; empty else.
        oob_code: What a sent code, or a phone's answer, is asked for with; empty for an app.
        recovery_code: Shown once; empty when none came with it.
        target: Where codes go, as the user typed it.
    """

    kind: Kind
    secret: str = field(default="", repr=False)
    barcode_uri: str = field(default="", repr=False)
    oob_code: str = field(default="", repr=False)
    recovery_code: str = field(default="", repr=False)
    target: str = ""


class MfaApi:
    """Asks as this application; tokens are those of the user's login.

    Args:
        settings: Who we are.
        line: To the server.
    """

    def __init__(self, settings: Settings, line: ServerLine) -> None:
        self._settings = settings
        self._line = line

    async def authenticators(
        self, token: str, browser: Browser, record: Record
    ) -> tuple[Authenticator, ...]:
        """Return what the user has set up, also what was never proved."""
        request = Request("GET", "/mfa/authenticators", browser, bearer=token)
        reply = await self._line.ask(request, record)
        if not reply.is_success:
            raise failure_of(reply)
        found = []
        for one in reply.body if isinstance(reply.body, list) else []:
            kind = factors.by_id(str(one.get("id", "")))
            if kind is not None:
                name, is_active = str(one.get("name", "")), one.get("active") is True
                found.append(Authenticator(str(one["id"]), kind, name, is_active))
        return tuple(found)

    async def delete(
        self, key: str, authenticator_id: str, browser: Browser, record: Record
    ) -> None:
        """Delete an authenticator, and what goes together with it."""
        path = f"/mfa/authenticators/{quote(authenticator_id, safe='')}"
        reply = await self._line.ask(Request("DELETE", path, browser, bearer=key), record)
        if not reply.is_success:
            raise failure_of(reply)

    async def enroll(
        self, token: str, kind: Kind, target: str, browser: Browser, record: Record
    ) -> Enrollment:
        """Begin to set a factor up; codes for it are sent at once."""
        members: dict[str, object] = {"authenticator_types": ["otp"]}
        if kind is not Kind.APP:
            members = {"authenticator_types": ["oob"], "oob_channels": [_OOB_CHANNELS[kind]]}
        if kind in (Kind.SMS, Kind.VOICE):
            members["phone_number"] = target
        if kind is Kind.EMAIL:
            members["email"] = target
        request = Request("POST", "/mfa/associate", browser, json=members, bearer=token)
        reply = await self._line.ask(request, record)
        if not reply.is_success:
            raise failure_of(reply)
        body = reply.members
        codes = body.get("recovery_codes")
        return Enrollment(
            kind=kind,
            secret=str(body.get("secret", "")),
            barcode_uri=str(body.get("barcode_uri", "")),
            oob_code=str(body.get("oob_code", "")),
            recovery_code=str(codes[0]) if isinstance(codes, list) and codes else "",
            target=target,
        )

    async def challenge(
        self, mfa_token: str, one: Authenticator, browser: Browser, record: Record
    ) -> str:
        """Ask for a factor: send its code, or make the phone ask; return the `oob_code`."""
        members: dict[str, object] = {
            "mfa_token": mfa_token,
            "challenge_type": "otp" if one.kind is Kind.APP else "oob",
            "authenticator_id": one.id,
            **identified(self._settings),
        }
        reply = await self._line.ask(
            Request("POST", "/mfa/challenge", browser, json=members), record
        )
        if not reply.is_success:
            raise failure_of(reply)
        return str(reply.members.get("oob_code", ""))

    async def by_app(self, mfa_token: str, code: str, browser: Browser, record: Record) -> Reply:
        """Complete a login with a code of an app."""
        return await self._grant("otp", {"mfa_token": mfa_token, "otp": code}, browser, record)

    async def by_message(
        self, mfa_token: str, oob_code: str, code: str, browser: Browser, record: Record
    ) -> Reply:
        """Complete a login with a code that was sent."""
        form = {"mfa_token": mfa_token, "oob_code": oob_code, "binding_code": code}
        return await self._grant("oob", form, browser, record)

    async def by_phone(
        self, mfa_token: str, oob_code: str, browser: Browser, record: Record
    ) -> Reply | None:
        """Complete a login with what a phone has said; None while it has said nothing."""
        form = {"mfa_token": mfa_token, "oob_code": oob_code, **identified(self._settings)}
        form["grant_type"] = f"{_GRANT}oob"
        reply = await self._line.ask(Request("POST", "/oauth/token", browser, form=form), record)
        if reply.members.get("error") == "authorization_pending":
            return None
        return _complete(reply)

    async def by_recovery_code(
        self, mfa_token: str, code: str, browser: Browser, record: Record
    ) -> Reply:
        """Complete a login with the recovery code; the answer has the next one."""
        form = {"mfa_token": mfa_token, "recovery_code": code}
        return await self._grant("recovery-code", form, browser, record)

    async def _grant(
        self, name: str, form: Mapping[str, str], browser: Browser, record: Record
    ) -> Reply:
        whole = {"grant_type": f"{_GRANT}{name}", **form, **identified(self._settings)}
        return _complete(
            await self._line.ask(Request("POST", "/oauth/token", browser, form=whole), record)
        )


def _complete(reply: Reply) -> Reply:
    """Return an answer that goes on: tokens, or one more factor that is wanted."""
    if reply.is_success or reply.members.get("error") == "mfa_required":
        return reply
    raise failure_of(reply, is_code=True)


_BY_TEXT: Final = {
    "Malformed mfa_token": Problem.STEP_OVER,
    "Invalid otp_code.": Problem.CODE_WRONG,
    "Invalid binding_code.": Problem.SENT_CODE_WRONG,
    "Malformed oob_code": Problem.CODE_TOO_OLD,
    "MFA Authorization rejected.": Problem.RECOVERY_WRONG,
}
"""Texts of `invalid_grant`, which Auth0's own SDKs compare as well."""

_BY_ERROR: Final = {
    "expired_token": Problem.STEP_EXPIRED,
    "access_denied": Problem.NOT_AVAILABLE,
    "slow_down": Problem.TOO_FAST,
    "unsupported_challenge_type": Problem.NOT_AVAILABLE,
    "association_required": Problem.NOT_AVAILABLE,
    "invalid_phone_number": Problem.BAD_PHONE,
    "invalid_token": Problem.KEY_EXPIRED,
    "insufficient_scope": Problem.KEY_EXPIRED,
    "not_found": Problem.GONE,
}
_ALREADY: Final = "User is already enrolled"


def failure_of(reply: Reply, *, is_code: bool = False) -> Failure:
    """Sort a refusal of the MFA API, or of a grant that completes a login.

    Args:
        reply: What was answered.
        is_code: It answers a code, or the question whether a phone has said anything.
    """
    error = str(reply.members.get("error", ""))
    text = str(reply.members.get("error_description", ""))
    problem = _BY_ERROR.get(error)
    if error == "invalid_grant":
        problem = _BY_TEXT.get(text, Problem.STEP_OVER)
    elif error == "too_many_attempts":
        problem = Problem.TOO_MANY_CODES if is_code else Problem.TOO_MANY_MESSAGES
    elif error == "access_denied" and text == _ALREADY:
        problem = Problem.ALREADY_ENROLLED
    elif error == "access_denied" and is_code:
        problem = Problem.PUSH_DENIED
    elif error == "invalid_request" and text.endswith("email"):
        problem = Problem.BAD_EMAIL
    if problem is None:
        return password_failure(reply)
    return Failure(problem, reply.status, reply.said, reply.retry_after_s)
