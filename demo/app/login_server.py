"""What is asked of the token endpoint: log in, refresh, revoke, unlock the MFA API."""

import time
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Final

from . import token_view
from .browser import Browser
from .exchange import Record
from .problem import Failure, Problem
from .server_line import Reply, Request, ServerLine
from .settings import Settings

PASSWORD_REALM: Final = "http://auth0.com/oauth/grant-type/password-realm"
"""Auth0's extension grant: a password, and the realm to check it in."""
SCOPE: Final = "openid profile email offline_access read:timesheets read:orders read:reports"
"""Everything the application can use; the server grants what the user's roles allow."""
MFA_SCOPE: Final = "enroll read:authenticators remove:authenticators"
"""What a token for the MFA API may do."""

_LONG_S: Final = 3600
"""Nobody sits in front of a page that long."""

_BLOCKED: Final = "user is blocked"
"""Tells a blocked account from a rule's `UnauthorizedError`: both are `unauthorized`."""

_NO_FACTOR: Final = "A second factor is required, and there is none that could be used."
"""Tells a second factor that nobody can show from other reasons of `access_denied`."""


@dataclass(frozen=True, slots=True)
class Tokens:
    """One answer of the token endpoint.

    Attributes:
        access: Access token, a JWT for the demo API.
        refresh: Rotating refresh token: good for one exchange.
        identity: ID token.
        scope: Granted scopes.
        expires_at: Unix time, in seconds, at which the access token dies.
        lifetime_s: How long the access token lives from issue to death.
    """

    access: str = field(repr=False)
    refresh: str = field(repr=False)
    identity: str = field(repr=False)
    scope: tuple[str, ...]
    expires_at: float
    lifetime_s: int


@dataclass(frozen=True, slots=True)
class Key:
    """An access token for the MFA API: ten minutes in which a user may change their factors.

    Attributes:
        token: It stays on our server, too.
        expires_at: Unix time, seconds.
    """

    token: str = field(repr=False)
    expires_at: float


@dataclass(frozen=True, slots=True)
class Wanted:
    """The password was right, and a second factor is wanted (`mfa_required`).

    Attributes:
        mfa_token: What the login goes on with.
        challenge: Kinds of factors that the user can show.
        enroll: Kinds that can be set up, when the user has none.
    """

    mfa_token: str = field(repr=False)
    challenge: tuple[str, ...] = ()
    enroll: tuple[str, ...] = ()


class LoginServer:
    """A client of the token endpoint that turns its refusals into `Failure`.

    Args:
        settings: Who we are.
        line: To the server.
    """

    def __init__(self, settings: Settings, line: ServerLine) -> None:
        self._settings = settings
        self._line = line

    async def log_in(
        self, email: str, password: str, realm: str, browser: Browser, record: Record
    ) -> Tokens | Wanted:
        """Trade a password for tokens in one realm.

        Args:
            email: As typed.
            password: As typed; byte-exact.
            realm: Name of the connection.
            browser: Where the user sits.
            record: Where the exchange is noted.
        """
        form = {**_password(email, password, realm), "audience": self._settings.audience}
        reply = await self._token({**form, "scope": SCOPE}, browser, record)
        return wanted(reply) or self.tokens(reply)

    async def unlock(
        self, email: str, password: str, realm: str, browser: Browser, record: Record
    ) -> Key | Wanted:
        """Trade a password for a key to the MFA API."""
        form = {**_password(email, password, realm), "audience": self._settings.mfa_audience}
        reply = await self._token({**form, "scope": MFA_SCOPE}, browser, record)
        return wanted(reply) or self.key(reply)

    async def refresh(self, tokens: Tokens, browser: Browser, record: Record) -> Tokens | Wanted:
        """Exchange the refresh token; a refusal is the end of the session (`Problem.ENDED`)."""
        form = {"grant_type": "refresh_token", "refresh_token": tokens.refresh}
        reply = await self._token(form, browser, record)
        asked = wanted(reply)
        if asked is not None:
            return asked
        try:
            return self.tokens(reply)
        except Failure as failure:
            if failure.problem is Problem.WRONG_CREDENTIALS:
                raise Failure(Problem.ENDED, failure.status, failure.said) from failure
            raise

    async def revoke(self, tokens: Tokens, browser: Browser) -> None:
        """End the session at the server (RFC 7009): the whole refresh token family dies."""
        form = {"token": tokens.refresh, **identified(self._settings)}
        reply = await self._line.ask(Request("POST", "/oauth/revoke", browser, form=form))
        if not reply.is_success:
            raise failure_of(reply)

    def tokens(self, reply: Reply) -> Tokens:
        """Read an answer and check the ID token's claims.

        Its signature need not be checked: it came straight from the server over TLS (OpenID
        Connect Core 1.0, §3.1.3.7 item 6).

        Raises:
            Failure: The server said no, or something that cannot be used.
        """
        if not reply.is_success:
            raise failure_of(reply)
        body = reply.members
        try:
            raw, identity = str(body["access_token"]), str(body["id_token"])
            access, claims = token_view.decoded(raw).claims, token_view.decoded(identity).claims
            mine = (self._settings.issuer, self._settings.client_id) == (
                claims["iss"],
                claims["aud"],
            ) and claims["exp"] > time.time()
            tokens = Tokens(
                access=raw,
                refresh=str(body["refresh_token"]),
                identity=identity,
                scope=tuple(str(body.get("scope", "")).split()),
                expires_at=float(access["exp"]),
                lifetime_s=int(access["exp"] - access["iat"]),
            )
        except (KeyError, TypeError, ValueError) as error:
            raise Failure(Problem.BROKEN, 200, f"unusable answer: {error!r}") from error
        if not mine:
            raise Failure(Problem.BROKEN, 200, "unusable answer: the ID token is not for us")
        return tokens

    def key(self, reply: Reply) -> Key:
        """Read an answer whose token is for the MFA API.

        Raises:
            Failure: The server said no, or something that cannot be used.
        """
        if not reply.is_success:
            raise failure_of(reply)
        try:
            token = str(reply.members["access_token"])
            return Key(token, float(token_view.decoded(token).claims["exp"]))
        except (KeyError, TypeError, ValueError) as error:
            raise Failure(Problem.BROKEN, 200, f"unusable answer: {error!r}") from error

    async def _token(self, form: dict[str, str], browser: Browser, record: Record) -> Reply:
        form = {**form, **identified(self._settings)}
        return await self._line.ask(Request("POST", "/oauth/token", browser, form=form), record)


def identified(settings: Settings) -> dict[str, str]:
    """Return who we are, and the proof."""
    return {"client_id": settings.client_id, "client_secret": settings.client_secret}


def _password(email: str, password: str, realm: str) -> dict[str, str]:
    return {
        "grant_type": PASSWORD_REALM,
        "username": email,
        "password": password,
        "realm": realm,
    }


def wanted(reply: Reply) -> Wanted | None:
    """Return what an answer wants besides the password; None when it wants nothing more."""
    if reply.members.get("error") != "mfa_required":
        return None
    needs = reply.members.get("mfa_requirements")
    needs = needs if isinstance(needs, dict) else {}
    return Wanted(
        mfa_token=str(reply.members.get("mfa_token", "")),
        challenge=_types(needs.get("challenge")),
        enroll=_types(needs.get("enroll")),
    )


def _types(listed: object) -> tuple[str, ...]:
    items = listed if isinstance(listed, list) else []
    return tuple(str(one["type"]) for one in items if isinstance(one, dict) and "type" in one)


def failure_of(reply: Reply) -> Failure:
    """Sort a refusal of the token endpoint by its status and `error`.

    Texts are compared in two cases only, where one code has two meanings (`_problem_of`).
    """
    error = str(reply.members.get("error", ""))
    text = str(reply.members.get("error_description", ""))
    if reply.status == HTTPStatus.TOO_MANY_REQUESTS and (reply.retry_after_s or 0) > _LONG_S:
        return Failure(Problem.SHUT, reply.status, reply.said)
    problem = _problem_of(reply.status, error, text)
    reason = text if problem is Problem.DENIED else ""
    return Failure(problem, reply.status, reply.said, reply.retry_after_s, reason)


def _problem_of(status: int, error: str, text: str) -> Problem:
    by_status = {429: Problem.TOO_MANY, 503: Problem.BUSY}
    by_error = {
        "invalid_grant": Problem.WRONG_CREDENTIALS,
        "unauthorized": Problem.BLOCKED if text == _BLOCKED else Problem.DENIED,
        "password_leaked": Problem.LEAKED,
        "requires_verification": Problem.UNSURE,
        # We always send every required parameter, so what is invalid can only be the realm.
        "invalid_request": Problem.REALM_UNAVAILABLE,
    }
    if status in by_status:
        return by_status[status]
    if status == HTTPStatus.FORBIDDEN and error == "access_denied":
        return Problem.NO_FACTOR if text == _NO_FACTOR else Problem.REFUSED
    return by_error.get(error, Problem.BROKEN)
