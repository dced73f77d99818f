"""The three things asked of the login server: log in, refresh, revoke."""

import logging
import time
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, Final

import httpx

from . import token_view
from .problem import Failure, Problem
from .settings import Settings

PASSWORD_REALM: Final = "http://auth0.com/oauth/grant-type/password-realm"
"""Auth0's extension grant: a password, and the realm to check it in."""
SCOPE: Final = "openid profile email offline_access read:timesheets read:orders read:reports"
"""Everything the application can use; the server grants what the user's roles allow."""

_log: Final = logging.getLogger("demo.login_server")


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


class LoginServer:
    """A client of the token endpoint that turns its refusals into `Failure`.

    Args:
        settings: Where the server is and who we are.
        http: Connection pool; it must trust the server's certificate.
    """

    def __init__(self, settings: Settings, http: httpx.AsyncClient) -> None:
        self._settings = settings
        self._http = http

    async def log_in(self, email: str, password: str, realm: str, address: str) -> Tokens:
        """Trade a password for tokens in one realm.

        Args:
            email: As typed.
            password: As typed; byte-exact.
            realm: Name of the connection.
            address: The browser's address. The server counts wrong passwords against it and not
                against us, because this client is trusted to speak for its users.
        """
        answer = await self._post(
            "/oauth/token",
            {
                "grant_type": PASSWORD_REALM,
                "username": email,
                "password": password,
                "realm": realm,
                "audience": self._settings.audience,
                "scope": SCOPE,
            },
            address,
        )
        return self._tokens(answer)

    async def refresh(self, tokens: Tokens, address: str) -> Tokens:
        """Exchange the refresh token; a refusal is the end of the session (`Problem.ENDED`)."""
        form = {"grant_type": "refresh_token", "refresh_token": tokens.refresh}
        try:
            return self._tokens(await self._post("/oauth/token", form, address))
        except Failure as failure:
            if failure.problem is Problem.WRONG_CREDENTIALS:
                raise Failure(Problem.ENDED, failure.status, failure.said) from failure
            raise

    async def revoke(self, tokens: Tokens, address: str) -> None:
        """End the session at the server (RFC 7009): the whole refresh token family dies."""
        await self._post("/oauth/revoke", {"token": tokens.refresh}, address)

    async def _post(self, path: str, form: dict[str, str], address: str) -> dict[str, Any]:
        """Post a form as this client and return the body of a 200."""
        identified = {
            **form,
            "client_id": self._settings.client_id,
            "client_secret": self._settings.client_secret,
        }
        try:
            answer = await self._http.post(
                f"https://{self._settings.domain}{path}",
                data=identified,
                headers={"auth0-forwarded-for": address},
            )
        except httpx.HTTPError as error:
            _log.warning("%s: no answer: %s", path, type(error).__name__)
            raise Failure(
                Problem.UNREACHABLE, said=f"no answer ({type(error).__name__})"
            ) from error
        body = _json_object(answer)
        if answer.is_success:
            return body
        failure = failure_of(answer.status_code, body, answer.headers.get("retry-after", ""))
        _log.warning("%s: %s %s", path, failure.status, failure.said)
        raise failure

    def _tokens(self, body: dict[str, Any]) -> Tokens:
        """Read an answer and check the ID token's claims.

        Its signature need not be checked: it came straight from the server over TLS (OpenID
        Connect Core 1.0, §3.1.3.7 item 6).
        """
        try:
            access = token_view.decoded(body["access_token"]).claims
            identity = token_view.decoded(body["id_token"]).claims
            wanted = (self._settings.issuer, self._settings.client_id)
            mine = wanted == (identity["iss"], identity["aud"]) and identity["exp"] > time.time()
            tokens = Tokens(
                access=body["access_token"],
                refresh=body["refresh_token"],
                identity=body["id_token"],
                scope=tuple(str(body.get("scope", "")).split()),
                expires_at=float(access["exp"]),
                lifetime_s=int(access["exp"] - access["iat"]),
            )
        except (KeyError, TypeError, ValueError) as error:
            raise Failure(Problem.BROKEN, 200, f"unusable answer: {error!r}") from error
        if not mine:
            raise Failure(Problem.BROKEN, 200, "unusable answer: the ID token is not for us")
        return tokens


def _json_object(answer: httpx.Response) -> dict[str, Any]:
    try:
        body = answer.json()
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}


def failure_of(status: int, body: dict[str, Any], retry_after: str) -> Failure:
    """Sort a refusal of the token endpoint by its status and `error`.

    Texts are compared in two cases only, where one code has two meanings (`_problem_of`).
    """
    error, text = str(body.get("error", "")), str(body.get("error_description", ""))
    said = f"{error or 'no error code'}: {text or 'no description'}"
    wait_s = int(retry_after) if retry_after.isascii() and retry_after.isdigit() else None
    if status == HTTPStatus.TOO_MANY_REQUESTS and (wait_s or 0) > _LONG_S:
        return Failure(Problem.SHUT, status, said)
    problem = _problem_of(status, error, text)
    return Failure(problem, status, said, wait_s, text if problem is Problem.DENIED else "")


_LONG_S = 3600
"""Nobody sits in front of a page that long."""

_BLOCKED = "user is blocked"
"""Tells a blocked account from a rule's `UnauthorizedError`: both are `unauthorized`."""

_NO_FACTOR = "A second factor is wanted, which cannot be asked for yet."
"""Tells a second factor that is wanted from other reasons of `access_denied`."""


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
        return Problem.SECOND_FACTOR if text == _NO_FACTOR else Problem.REFUSED
    return by_error.get(error, Problem.BROKEN)
