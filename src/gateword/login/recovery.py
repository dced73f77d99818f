"""Recovery codes: 24 characters of an alphabet that nobody misreads, 120 bits (mfa-api §10)."""

from typing import Final

from gateword.domain.mfa import Authenticator, Kind
from gateword.domain.secret import Secret
from gateword.domain.user import User
from gateword.ports.factor import ID_CHARS
from gateword.ports.parts import Parts
from gateword.values import dataclass

ALPHABET: Final = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
CODE_CHARS: Final = 24


def new_code(parts: Parts) -> Secret:
    """Return a new recovery code."""
    data = bytes.fromhex(parts.dice.hex(2 * CODE_CHARS))
    return Secret("".join(ALPHABET[byte & 31] for byte in data))


def normal(code: Secret) -> Secret:
    """Return a typed code as it was shown: people write dashes and spaces into it."""
    return Secret(code.reveal().replace(" ", "").replace("-", "").upper())


@dataclass(frozen=True, slots=True)
class NewCode:
    """A recovery code with what is kept of it."""

    authenticator: Authenticator
    code: Secret


def made(parts: Parts, user: User, *, is_confirmed: bool) -> NewCode:
    """Return a new recovery code of a user; unconfirmed it waits for the first factor."""
    at = parts.clock.now()
    return NewCode(
        Authenticator(
            id=f"{Kind.RECOVERY_CODE.value}|dev_{parts.dice.letters(ID_CHARS)}",
            user_key=user.key,
            kind=Kind.RECOVERY_CODE,
            created_at=at,
            confirmed_at=at if is_confirmed else None,
        ),
        new_code(parts),
    )
