"""`/mfa/device/…`: push devices enrol themselves, look what is asked of them, and answer."""

from http import HTTPStatus

from starlette.responses import Response

from gateword.domain.mfa_refusal import MfaRefusal
from gateword.domain.refused import Refused
from gateword.domain.secret import Secret
from gateword.login import devices
from gateword.login.devices import Device
from gateword.policy import device, token_params
from gateword.policy.caller import caller
from gateword.values import dataclass
from gateword.web import admission, peer, wire
from gateword.web.endpoint import Visit
from gateword.web.rate_limit import RateLimit


@dataclass(frozen=True, slots=True)
class DeviceEndpoint:
    """The device protocol (docs/reference/device-protocol.md).

    Attributes:
        per_address: Requests of an address, before anything is looked at.
        per_device: Requests of a device that has proved itself.
    """

    body_timeout_s: float
    trusted_proxies: tuple[str, ...]
    per_address: RateLimit
    per_device: RateLimit

    async def enroll(self, visit: Visit) -> Response:
        """Take a device in."""
        proof = self._presented(visit)
        body = await wire.read_body(visit.request, self.body_timeout_s, device.MAX_BODY_BYTES)
        members = token_params.members(visit.request.headers.get("content-type", ""), body)
        parts, tenant = visit.tenancy.parts, await visit.tenancy.tenant()
        who = caller(peer.read(visit.request, self.trusted_proxies), None)
        kept = await devices.enrolled(parts, tenant, device.new_device(members), proof, who)
        return wire.answer(wire.revealed(kept))

    async def challenge(self, visit: Visit) -> Response:
        """Answer what is asked of the device now."""
        asked = await self._proved(visit, device.CHALLENGE)
        return wire.answer(await devices.waiting(visit.tenancy.parts, asked))

    async def answer(self, visit: Visit) -> Response:
        """Note what the user said; the proof itself says it."""
        asked = await self._proved(visit, device.ANSWER)
        who = caller(peer.read(visit.request, self.trusted_proxies), None)
        await devices.answered(visit.tenancy.parts, asked, who)
        return Response(status_code=HTTPStatus.NO_CONTENT, headers=wire.NO_STORE)

    async def _proved(self, visit: Visit, path: str) -> Device:
        proof = self._presented(visit)
        tenant = await visit.tenancy.tenant()
        asked = await devices.proved(visit.tenancy.parts, tenant, path, proof)
        admission.take(visit, self.per_device, asked.authenticator.id)
        return asked

    def _presented(self, visit: Visit) -> Secret:
        """Return the proof of a request.

        Raises:
            Refused: RATE_LIMITED or DEVICE_PROOF_INVALID.
        """
        request = visit.request
        admission.take(visit, self.per_address, peer.read(request, self.trusted_proxies).address)
        scheme, _, text = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not text.strip():
            raise Refused(MfaRefusal.DEVICE_PROOF_INVALID, detail="no proof")
        return Secret(text.strip())
