"""Ann and her logins under adaptive MFA, with an app that shows codes."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

import pyotp

from gateword.ports.documents import Kept
from tests.support.house import PEER, House
from tests.wire.world import API, VALUES

MFA_OTP: Final = "http://auth0.com/oauth/grant-type/mfa-otp"
ADAPTIVE: Final = "confidence-score"
HOME: Final = PEER
ELSEWHERE: Final = "203.0.113.99"
_WEB: Final = {"client_id": VALUES["web"], "client_secret": VALUES["web_secret"]}


@dataclass(slots=True)
class Ann:
    """Ann's application: its server tells her address, and she has an app once she enrolled one.

    Attributes:
        seed: Of the app.
    """

    house: House
    seed: str = ""

    async def adapt(self, *policies: str) -> None:
        """Switch policies on, and one-time passwords; the client may go on with a login."""
        await self.put("guardian", "policies", {"policies": list(policies or (ADAPTIVE,))})
        await self.put("guardian", "otp", {"enabled": True})
        await self.house.parts.stores.clients.change(
            VALUES["web"],
            lambda client: replace(client, grant_types=(*client.grant_types, MFA_OTP)),
            self.house.clock.now(),
        )

    async def put(self, kind: str, id_: str, document: Mapping[str, object]) -> None:
        """Store a document of the tenant."""
        kept = Kept(id=id_, name=id_, document=document)
        await self.house.parts.stores.documents.put(kind, kept, self.house.clock.now())

    async def add_rule(self, script: str) -> None:
        """Add a rule that runs."""
        rule = {"name": "Mine", "script": script, "enabled": True, "order": 1}
        await self.put("rule", "rul_0000000000000001", {**rule, "stage": "login_success"})

    async def post(self, form: Mapping[str, str], ip: str, agent: str) -> Any:
        """Ask for a token from an address by a browser."""
        headers = {"user-agent": agent, "auth0-forwarded-for": ip}
        return await self.house.http.post("/oauth/token", data={**form, **_WEB}, headers=headers)

    async def log_in(self, ip: str = HOME, agent: str = "golden", **changed: str) -> Any:
        """Log in with the password."""
        form = {"grant_type": "password", "username": "ann", "password": VALUES["password"]}
        wanted = {"audience": API, "scope": "read:orders offline_access"}
        return await self.post(form | wanted | changed, ip, agent)

    async def complete(self, asked: Any, ip: str = HOME) -> Any:
        """Go on with a login that waits: enrol an app if there is none, and show its code."""
        token = asked.json()["mfa_token"]
        if "enroll" in asked.json()["mfa_requirements"]:
            made = await self.house.http.post(
                "/mfa/associate",
                headers={"authorization": f"Bearer {token}"},
                json={"authenticator_types": ["otp"]},
            )
            self.seed = made.json()["secret"]
        self.later(30)  # the app shows its next code
        code = pyotp.TOTP(self.seed).at(self.house.clock.now())
        return await self.post(
            {"grant_type": MFA_OTP, "mfa_token": token, "otp": code}, ip, "golden"
        )

    async def settle_in(self, ip: str = HOME, agent: str = "golden") -> None:
        """Log in and show a code: place and browser are hers from now on."""
        answer = await self.complete(await self.log_in(ip, agent), ip)
        if answer.status_code != 200:  # OK
            raise LookupError(answer.text)

    def later(self, seconds: float) -> None:
        """Let time go by."""
        self.house.clock.passed_s += seconds

    async def places(self) -> set[str]:
        """Return the places that are known to be hers."""
        user = await self.house.parts.stores.users.by_id(VALUES["ann"])
        if user is None:
            raise LookupError("ann is gone")
        return set(await self.house.parts.stores.attempts.known_places(user.key))

    async def found(self) -> tuple[str, dict[str, str]]:
        """Return what the log says of her last login: the confidence, and the code by signal."""
        rows = [one.document for one in await self.house.log()]
        told: Any = [row["details"] for row in rows if "riskAssessment" in str(row)][-1]
        risk = told["riskAssessment"]
        return risk["confidence"], {name: one["code"] for name, one in risk["assessments"].items()}
