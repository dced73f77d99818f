"""An authenticator app: a seed that both sides keep, and a code of it every 30 seconds."""

from typing import ClassVar, Final

from gateword.domain.mfa import Authenticator, Kind
from gateword.policy import totp
from gateword.ports.factor import Asked, Asking, Enrolled

_SEED_HEX: Final = 2 * totp.SEED_CHARS


class OtpFactor:
    """Time-based one-time passwords (RFC 6238)."""

    challenge_type: ClassVar[str] = "otp"

    async def enroll(self, asking: Asking) -> Enrolled:
        seed = totp.seed_of(bytes.fromhex(asking.dice.hex(_SEED_HEX)))
        uri = totp.uri(seed, asking.issuer, asking.label)
        return Enrolled(
            authenticators=(asking.authenticator(Kind.TOTP, seed=seed),),
            answer={"secret": seed.reveal(), "barcode_uri": uri},
        )

    async def ask(self, asking: Asking, authenticator: Authenticator) -> Asked | None:  # noqa: ARG002
        return None
