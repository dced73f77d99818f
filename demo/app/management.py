"""The tenant's rules and second factors, read and changed through the Management API."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import quote

import httpx

from .problem import Failure, Problem
from .settings import Settings

_EARLY_S: Final = 30.0
"""A token is replaced so long before it dies."""

_log: Final = logging.getLogger("demo.management")


@dataclass(frozen=True, slots=True)
class Rule:
    """A script that runs at each login.

    Attributes:
        id: What the Management API calls it.
        name: What people call it.
        script: Its JavaScript.
        enabled: Whether it runs.
    """

    id: str
    name: str
    script: str
    enabled: bool


class ManagementApi:
    """A machine of its own: it may change rules and second factors, and nothing else of the tenant.

    Args:
        settings: Where the server is and who we are.
        http: Connection pool; it must trust the server's certificate.
        now: Unix time in seconds.
    """

    def __init__(
        self, settings: Settings, http: httpx.AsyncClient, now: Callable[[], float]
    ) -> None:
        self._settings = settings
        self._http = http
        self._now = now
        self._token = ""
        self._renew_at = 0.0

    async def rules(self) -> list[Rule]:
        """Return all rules in the order in which they run."""
        answer = await self._call("GET", "rules")
        try:
            return [
                Rule(one["id"], one["name"], one["script"], enabled=one["enabled"])
                for one in answer.json()
            ]
        except (KeyError, TypeError, ValueError) as error:
            raise Failure(Problem.BROKEN, answer.status_code, f"unusable: {error!r}") from error

    async def switch(self, rule: Rule, *, on: bool) -> None:
        """Turn a rule on or off."""
        await self._call("PATCH", f"rules/{rule.id}", {"enabled": on})

    async def configure(self, key: str, value: str) -> None:
        """Set what rules read as `configuration[key]`."""
        await self._call("PUT", f"rules-configs/{key}", {"value": value})

    async def policies(self) -> list[str]:
        """Return when a second factor is demanded; empty is never."""
        answer = await self._call("GET", "guardian/policies")
        try:
            return [str(one) for one in answer.json()]
        except (TypeError, ValueError) as error:
            raise Failure(Problem.BROKEN, answer.status_code, f"unusable: {error!r}") from error

    async def demand(self, policies: list[str]) -> None:
        """Set when a second factor is demanded."""
        await self._call("PUT", "guardian/policies", policies)

    async def factors(self) -> dict[str, bool]:
        """Return every kind of second factor, and whether it is on."""
        answer = await self._call("GET", "guardian/factors")
        try:
            return {str(one["name"]): one["enabled"] is True for one in answer.json()}
        except (KeyError, TypeError, ValueError) as error:
            raise Failure(Problem.BROKEN, answer.status_code, f"unusable: {error!r}") from error

    async def switch_factor(self, name: str, *, on: bool) -> None:
        """Turn a kind of second factor on or off."""
        await self._call("PUT", f"guardian/factors/{name}", {"enabled": on})

    async def forget_factors(self, email: str, realm: str) -> None:
        """Delete every second factor of a user; nothing happens when there is no such user."""
        answer = await self._call("GET", f"users-by-email?email={quote(email)}")
        try:
            found = [
                str(one["user_id"])
                for one in answer.json()
                if any(known["connection"] == realm for known in one["identities"])
            ]
        except (KeyError, TypeError, ValueError) as error:
            raise Failure(Problem.BROKEN, answer.status_code, f"unusable: {error!r}") from error
        for user_id in found:
            await self._call("DELETE", f"users/{quote(user_id, safe='')}/authenticators")

    async def _call(self, method: str, path: str, body: object = None) -> httpx.Response:
        token = await self._access_token()
        return await self._send(
            method, f"/api/v2/{path}", body, {"Authorization": f"Bearer {token}"}
        )

    async def _access_token(self) -> str:
        """Return a token for the Management API: the one we have, while it lives."""
        if self._now() < self._renew_at:
            return self._token
        asked: dict[str, object] = {
            "grant_type": "client_credentials",
            "client_id": self._settings.office_id,
            "client_secret": self._settings.office_secret,
            "audience": f"{self._settings.issuer}api/v2/",
        }
        answer = await self._send("POST", "/oauth/token", asked, {})
        try:
            got: dict[str, Any] = answer.json()
            self._token = str(got["access_token"])
            self._renew_at = self._now() + float(got["expires_in"]) - _EARLY_S
        except (KeyError, TypeError, ValueError) as error:
            raise Failure(Problem.BROKEN, answer.status_code, f"unusable: {error!r}") from error
        return self._token

    async def _send(
        self, method: str, path: str, body: object, headers: dict[str, str]
    ) -> httpx.Response:
        address = f"https://{self._settings.domain}{path}"
        try:
            answer = await self._http.request(method, address, json=body, headers=headers)
        except httpx.HTTPError as error:
            _log.warning("%s: no answer: %s", path, type(error).__name__)
            raise Failure(
                Problem.UNREACHABLE, said=f"no answer ({type(error).__name__})"
            ) from error
        if answer.is_success:
            return answer
        if answer.status_code == HTTPStatus.UNAUTHORIZED:
            self._renew_at = 0.0
        _log.warning("%s %s: %s", method, path, answer.status_code)
        busy = answer.status_code in (HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE)
        raise Failure(Problem.BUSY if busy else Problem.BROKEN, answer.status_code)
