"""Logins that a phone confirms: the tenant they happen in, and their steps."""

from dataclasses import dataclass, replace
from typing import Any, Final

import httpx

from gateword.domain.mfa_refusal import MfaRefusal
from gateword.ports.documents import Kept
from tests.support.house import House
from tests.support.phone import Phone, ticket_in
from tests.wire.world import API, VALUES

MFA: Final = "http://auth0.com/oauth/grant-type/mfa-"
APP: Final = {"client_id": VALUES["web"], "client_secret": VALUES["web_secret"]}


@dataclass(slots=True)
class Shop:
    """A tenant that demands a second factor of everybody, and its application."""

    house: House

    async def open(self) -> "Shop":
        """Switch push, codes and the policy on."""
        stores, at = self.house.parts.stores, self.house.clock.now()
        documents: dict[str, dict[str, object]] = {
            name: {"enabled": True} for name in ("otp", "push-notification")
        }
        documents["policies"] = {"policies": ["all-applications"]}
        for id_, document in documents.items():
            await stores.documents.put("guardian", Kept(id=id_, document=document), at)
        grants = tuple(MFA + name for name in ("otp", "oob"))
        await stores.clients.change(
            VALUES["web"], lambda app: replace(app, grant_types=(*app.grant_types, *grants)), at
        )
        return self

    async def log_in(
        self, name: str = "ann", *, audience: str = API, scope: str = "read:orders"
    ) -> str:
        """Return the `mfa_token` behind a right password."""
        answer = await self.house.token(
            grant_type="password", username=name, password=VALUES["password"],
            audience=audience, scope=scope, **APP,
        )  # fmt: skip
        return str(answer.json()["mfa_token"])

    async def associate(self, token: str) -> dict[str, Any]:
        """Begin to enrol a phone."""
        answer = await self.house.http.post(
            "/mfa/associate",
            headers={"authorization": f"Bearer {token}"},
            json={"authenticator_types": ["oob"], "oob_channels": ["auth0"]},
        )
        assert answer.is_success, answer.text
        return dict(answer.json())

    async def challenge(self, token: str) -> str:
        """Ask the phone; return the `oob_code`."""
        answer = await self.house.http.post(
            "/mfa/challenge", json={"mfa_token": token, "challenge_type": "oob", **APP}
        )
        return str(answer.raise_for_status().json()["oob_code"])

    async def poll(self, token: str, code: str) -> httpx.Response:
        """Ask what the phone has said."""
        return await self.house.token(grant_type=f"{MFA}oob", mfa_token=token, oob_code=code, **APP)

    async def enrolled(self) -> tuple[Phone, str, str]:
        """Return a phone that was enrolled and has approved nothing, with `mfa_token` and code."""
        token = await self.log_in()
        made = await self.associate(token)
        phone = Phone(self.house)
        (await phone.enroll(ticket_in(made["barcode_uri"]))).raise_for_status()
        return phone, token, made["oob_code"]

    async def confirmed(self) -> Phone:
        """Return a phone that has approved a login."""
        phone, token, code = await self.enrolled()
        await phone.answer((await phone.question() or {})["id"], accepted=True)
        (await self.poll(token, code)).raise_for_status()
        return phone

    async def listed(self, token: str) -> list[dict[str, Any]]:
        """Return the user's authenticators."""
        answer = await self.house.http.get(
            "/mfa/authenticators", headers={"authorization": f"Bearer {token}"}
        )
        return list(answer.raise_for_status().json())

    async def logged(self, code: str) -> list[dict[str, Any]]:
        """Return the log rows of a code."""
        return [
            dict(one.document) for one in await self.house.log() if one.document["type"] == code
        ]


def refusal_of(answer: httpx.Response) -> MfaRefusal | None:
    """Return the row of the table that an answer is."""
    told = answer.json() if answer.content else {}
    said = (answer.status_code, told.get("error"), told.get("error_description"))
    rows = (one for one in MfaRefusal if one.name.startswith("DEVICE_"))
    return next(
        (one for one in rows if said == (one.row.status, one.row.error, one.row.description)), None
    )
