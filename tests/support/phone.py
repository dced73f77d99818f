"""A phone that speaks the device protocol, written with libraries that are not ours."""

import json
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

import httpx
import jwt
from cryptography.hazmat.primitives.asymmetric import ec
from jwt.algorithms import ECAlgorithm

from tests.support.house import DOMAIN, House

BASE: Final = f"https://{DOMAIN}"


def ticket_in(barcode_uri: str) -> str:
    """Return the `enrollment_tx_id` of a barcode."""
    return parse_qs(urlsplit(barcode_uri).query)["enrollment_tx_id"][0]


@dataclass(slots=True)
class Phone:
    """One device, with its key and what the server gave it.

    Attributes:
        id: The server's name for it; empty before it is enrolled.
        counter: Of its last request.
    """

    house: House
    key: ec.EllipticCurvePrivateKey = field(
        default_factory=lambda: ec.generate_private_key(ec.SECP256R1())
    )
    id: str = ""
    seed: str = ""
    counter: int = 0

    @property
    def jwk(self) -> dict[str, Any]:
        """The public key."""
        return dict(json.loads(ECAlgorithm.to_jwk(self.key.public_key())))

    def proof(self, path: str, **claims: object) -> str:
        """Return a signed proof for a path; `None` leaves a claim out."""
        self.counter += 1
        whole = {
            "iss": self.id,
            "aud": BASE + path,
            "iat": int(self.house.clock.now().timestamp()),
            "counter": self.counter,
        } | claims
        kept = {name: value for name, value in whole.items() if value is not None}
        return jwt.encode(kept, self.key, "ES256")

    async def enroll(self, ticket: str, name: str = "Ann's phone", **claims: Any) -> httpx.Response:
        """Redeem a ticket."""
        body = {"enrollment_tx_id": ticket, "name": name, "public_key": self.jwk}
        proof = self.proof("/mfa/device/enroll", **{"iss": None, "sub": ticket, **claims})
        answer = await self.house.http.post("/mfa/device/enroll", json=body, headers=bearer(proof))
        if answer.is_success:
            self.id, self.seed = answer.json()["id"], answer.json()["totp"]["secret"]
        return answer

    async def waiting(self, **claims: object) -> httpx.Response:
        """Ask what is asked."""
        proof = self.proof("/mfa/device/challenge", **claims)
        return await self.house.http.get("/mfa/device/challenge", headers=bearer(proof))

    async def question(self) -> dict[str, Any] | None:
        """Return what is asked now."""
        answer = await self.waiting()
        found: dict[str, Any] | None = answer.raise_for_status().json()["challenge"]
        return found

    async def answer(self, id_: str, accepted: object, **claims: object) -> httpx.Response:
        """Answer a challenge."""
        proof = self.proof("/mfa/device/answer", sub=id_, accepted=accepted, **claims)
        return await self.house.http.post("/mfa/device/answer", headers=bearer(proof))


def bearer(proof: str) -> dict[str, str]:
    """Return the header that carries a proof."""
    return {"authorization": f"Bearer {proof}"}
