"""Second factors: what a user has enrolled, a login that waits for one, a code under way."""

from collections.abc import Mapping
from datetime import datetime
from enum import Enum, unique
from typing import Final

from gateword.domain.login import FactorWish
from gateword.domain.risk import Risk
from gateword.domain.secret import Secret
from gateword.domain.user import User
from gateword.values import dataclass, field


@unique
class Kind(Enum):
    """What an authenticator is; begins its id, as in `totp|dev_…`."""

    PUSH = "push"
    TOTP = "totp"
    SMS = "sms"
    VOICE = "voice"
    EMAIL = "email"
    RECOVERY_CODE = "recovery-code"

    @property
    def factor(self) -> str:
        """The factor it belongs to, in the words of `mfa_requirements`."""
        return FACTORS[self]

    @property
    def is_prompted(self) -> bool:
        """Its code is typed where the user logs in (`binding_method`: `prompt`)."""
        return self in (Kind.SMS, Kind.VOICE, Kind.EMAIL)


FACTORS: Final[Mapping[Kind, str]] = {
    Kind.PUSH: "push-notification",
    Kind.TOTP: "otp",
    Kind.SMS: "phone",
    Kind.VOICE: "phone",
    Kind.EMAIL: "email",
    Kind.RECOVERY_CODE: "recovery-code",
}
"""In the order in which one is chosen when the client names none."""

STRONG: Final = frozenset({Kind.PUSH, Kind.TOTP, Kind.SMS, Kind.VOICE})
"""Kinds that count as enrolled where Auth0 asks for no challenge of others: an address alone is no
provider, and a recovery code stands for a factor that was lost."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Authenticator:
    """Something that a user proves to have.

    Attributes:
        id: Kind and 16 characters: `totp|dev_…`.
        name: What the user, or an administrator, calls it.
        target: Phone number or e-mail address that codes go to; empty for other kinds.
        seed: Secret of a TOTP (base32), or public key of a push device (PEM); None for others.
        group: The same for those that go together: a push device and its TOTP, text messages and
            calls of one phone; of a phone it may begin with the preferred kind: `voice:…`. Of a
            recovery code, the id of what was enrolled together with it.
        last_step: The last 30 seconds, counted from 1970, whose code was accepted; of a push
            device the counter of its last request.
        failures: Wrong codes in a row.
        confirmed_at: When it was first proved; None until then.
        expires_at: End of an enrolment that was not confirmed; None once it was.
    """

    id: str
    user_key: int
    kind: Kind
    created_at: datetime
    name: str = ""
    target: str = ""
    seed: Secret | None = None
    group: str = ""
    last_step: int = 0
    failures: int = 0
    confirmed_at: datetime | None = None
    last_used_at: datetime | None = None
    expires_at: datetime | None = None

    @property
    def is_confirmed(self) -> bool:
        """It can prove a login."""
        return self.confirmed_at is not None

    @property
    def is_preferred(self) -> bool:
        """Of a phone's: it is the one that is asked first."""
        return self.group.startswith(f"{self.kind.value}:")


@dataclass(frozen=True, slots=True, kw_only=True)
class HalfLogin:
    """A login that waits for a second factor: everything its tokens will be made of.

    It is kept sealed. Client, user, connection and API are looked up again when it goes on.

    Attributes:
        client_id: Nobody else may go on with it.
        grant_type: Grant that began it; its answer is the one that is owed.
        password_reset: When the user's password was last changed; another time ends it.
        requires: Factors among which the user may choose; empty is any.
        is_enrollment: A factor is to be set up even if there are others.
        overrides: The switches of the factors play no part.
        refresh_token: The one to be exchanged, when a refresh began it.
        params: Parameters of the ask that are no secret.
        scope: Asked scopes.
        described: As `Login.described`, as are the members behind it.
        wishes: Factors that Actions still want, as they said so: the next after this one first.
    """

    client_id: str
    user_key: int
    user_id: str
    connection: str
    grant_type: str
    created_at: datetime
    expires_at: datetime
    password_reset: datetime | None
    requires: tuple[str, ...] = ()
    is_enrollment: bool = False
    overrides: bool = False
    refresh_token: str | None = None
    params: Mapping[str, str] = field(default_factory=dict)
    scope: tuple[str, ...] | None = None
    audience: str | None = None
    gty: str | tuple[str, ...] = ""
    auth_time: datetime
    scopes: tuple[str, ...] = ()
    permissions: tuple[str, ...] | None = None
    granted: tuple[str, ...] | None = None
    described: User | None = None
    access_claims: Mapping[str, object] = field(default_factory=dict)
    id_claims: Mapping[str, object] = field(default_factory=dict)
    rules_run: tuple[str, ...] = ()
    has_primary_user: bool = False
    wishes: tuple[FactorWish, ...] = ()
    actions_run: tuple[str, ...] = ()
    told: Mapping[str, object] = field(default_factory=dict)
    methods: tuple[str, ...] = ()
    refresh_expires_at: datetime | None = None
    refresh_idle_expires_at: datetime | None = None
    risk: Risk | None = None


@unique
class Verdict(Enum):
    """What has become of a challenge that is answered elsewhere."""

    PENDING = "pending"
    APPROVED = "approved"
    DENIED = "denied"


@dataclass(frozen=True, slots=True, kw_only=True)
class Challenge:
    """A code, or a question to a device, that is under way.

    Attributes:
        authenticator_id: Whose it is; a new one ends the one before.
        session: Digest of the `mfa_token` it belongs to; of the access token's user else.
        code: Keyed digest of the code that was sent; empty when a device answers.
        verdict: What the device said.
        id: Name by which a device answers it, and no other; empty until it is kept.
    """

    user_key: int
    authenticator_id: str
    session: bytes
    code: str
    created_at: datetime
    expires_at: datetime
    verdict: Verdict = Verdict.PENDING
    details: Mapping[str, object] = field(default_factory=dict)
    id: str = ""
