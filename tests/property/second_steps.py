"""What must come of second factors, told from plain lists: nothing is counted in a store."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

TOTP: Final = "totp"
SMS: Final = "sms"
RECOVERY: Final = "recovery-code"
SWITCHES: Final = {TOTP: "otp", SMS: "sms", RECOVERY: "recovery-code"}
"""Kind of authenticator to the name of its switch."""

MOST: Final = 20
MOST_WRONG: Final = 5
STEP_S: Final = 30
WAITS: Final = timedelta(minutes=10)
SENT: Final = timedelta(minutes=5)

Answer = tuple[int, str]

TOKENS: Final = (200, "")
REQUIRED: Final = (403, "Multifactor authentication required")
NO_FACTOR: Final = (403, "A second factor is required, and there is none that could be used.")
BLOCKED: Final = (401, "user is blocked")
WRONG_PASSWORD: Final = (403, "Wrong email or password.")
MALFORMED: Final = (403, "Malformed mfa_token")
EXPIRED: Final = (401, "mfa_token is expired")
INVALID: Final = (401, "Invalid MFA token")
OTP_WRONG: Final = (403, "Invalid otp_code.")
BINDING_WRONG: Final = (403, "Invalid binding_code.")
OOB_MALFORMED: Final = (403, "Malformed oob_code")
REJECTED: Final = (403, "MFA Authorization rejected.")
NO_RECOVERY: Final = (403, "User does not have a recovery-code.")
NOT_ENROLLED: Final = (
    401,
    "User is not enrolled. You can use /mfa/associate endpoint to enroll the first authenticator.",
)
NO_SUCH: Final = (
    401,
    "User does not have any enrolled authenticator with the supported challenge type ({})",
)
ALREADY: Final = (403, "User is already enrolled")
OFF: Final = (403, "Requested factor is not enabled")
WRONG: Final = (OTP_WRONG, BINDING_WRONG, REJECTED)
"""What is counted against the login."""

TOO_MANY: Final = (403, "The user has as many authenticators as one may have.")


@dataclass(eq=False)
class Enrolled:
    """An authenticator; of a recovery code also what it came with, and what it says.

    Attributes:
        ends: Of an enrolment that nobody has confirmed.
    """

    kind: str
    ends: datetime
    id: str = ""
    seed: str = ""
    code: str = ""
    came_with: "Enrolled | None" = None
    is_confirmed: bool = False
    is_there: bool = True
    last_step: int = 0


@dataclass(eq=False)
class Session:
    """A login that waits, or has waited."""

    token: str
    client: str
    owner: int
    password: int
    ends: datetime
    failures: int = 0
    is_used: bool = False


@dataclass(eq=False)
class Sent:
    """A code that went to a phone."""

    handle: str
    session: Session
    of: Enrolled
    code: str
    ends: datetime
    is_used: bool = False


@dataclass
class Person:
    """Somebody, all that they have, and how the tenant's switches stand.

    Attributes:
        owner: Changes when the user is deleted and another one is made under the same address.
        password: Which one it is.
    """

    now: datetime
    owner: int = 0
    password: int = 0
    is_blocked: bool = False
    on: set[str] = field(default_factory=lambda: set(SWITCHES))
    enrolled: list[Enrolled] = field(default_factory=list)
    sent: list[Sent] = field(default_factory=list)

    def owned(self) -> list[Enrolled]:
        """Return what is there: confirmed, or to be confirmed in time."""
        return [
            one
            for one in self.enrolled
            if one.is_there and (one.is_confirmed or self.now < one.ends)
        ]

    def usable(self, *kinds: str) -> list[Enrolled]:
        """Return what can be shown."""
        return [one for one in self.owned() if one.is_confirmed and one.kind in self.on & {*kinds}]

    def is_enrolled(self) -> bool:
        """Say whether there is more to show than a recovery code."""
        return bool(self.usable(TOTP, SMS))

    def factors(self) -> set[str]:
        """Return the kinds that are confirmed, whether switched on or not."""
        return {one.kind for one in self.owned() if one.is_confirmed}

    def password_answer(self) -> Answer:
        """Return what a right password is answered."""
        if self.is_blocked:
            return BLOCKED
        return REQUIRED if self.is_enrolled() or self.on & {TOTP, SMS} else NO_FACTOR

    def requirements(self) -> dict[str, list[dict[str, str]]]:
        """Return `mfa_requirements`."""
        names = {TOTP: "otp", SMS: "phone", RECOVERY: "recovery-code"}
        if self.is_enrolled():
            able = [kind for kind in names if self.usable(kind)]
            return {"challenge": [{"type": names[kind]} for kind in able]}
        able = [kind for kind in (TOTP, SMS) if kind in self.on]
        return {"enroll": [{"type": names[kind]} for kind in able]}

    def refusal(self, session: Session, client: str) -> Answer | None:
        """Return how an `mfa_token` is refused to a client; None when the login goes on."""
        is_gone = session.is_used or session.failures >= MOST_WRONG or session.owner != self.owner
        if is_gone or session.client != client:
            return MALFORMED
        if self.now >= session.ends:
            return EXPIRED
        return MALFORMED if self.is_blocked or session.password != self.password else None

    def bearer_refusal(self, session: Session) -> Answer | None:
        """Return how it is refused as a bearer token."""
        refusal = self.refusal(session, session.client)
        return INVALID if refusal == MALFORMED else refusal

    def enrolment(self, session: Session, kind: str) -> Answer:
        """Return what a wish to set a factor up is answered."""
        refusal = self.bearer_refusal(session)
        if refusal is not None:
            return refusal
        if kind not in self.on:
            return OFF
        if self.is_enrolled():
            return ALREADY
        wanted = 2 if self.gets_code() else 1
        return TOKENS if len(self.owned()) + wanted <= MOST else TOO_MANY

    def gets_code(self) -> bool:
        """Say whether an enrolment comes with a recovery code."""
        return RECOVERY in self.on and not any(one.is_confirmed for one in self.owned())

    def ask(self, session: Session, types: str) -> Answer:
        """Return what a wish for a challenge is answered."""
        refusal = self.refusal(session, session.client)
        if refusal is not None:
            return refusal
        if not self.is_enrolled():
            return NOT_ENROLLED
        kinds = [kind for kind, type_ in ((TOTP, "otp"), (SMS, "oob")) if type_ in types.split()]
        return TOKENS if self.usable(*kinds) else (NO_SUCH[0], NO_SUCH[1].format(types))

    def open_totps(self) -> list[Enrolled]:
        """Return the apps whose codes count: those that are confirmed, or wait for the first."""
        if self.is_enrolled():
            return self.usable(TOTP)
        waiting = [one for one in self.owned() if one.kind == TOTP and not one.is_confirmed]
        return waiting if TOTP in self.on else []

    def otp(self, session: Session, client: str, of: Enrolled | None, step: int) -> Answer:
        """Return what the code of an app is answered; of None it is no app's."""
        refusal = self.refusal(session, client)
        if refusal is not None:
            return refusal
        found = self.open_totps()
        if not found:
            no_such = (NO_SUCH[0], NO_SUCH[1].format("otp"))
            return no_such if self.is_enrolled() else NOT_ENROLLED
        near = abs(step - int(self.now.timestamp()) // STEP_S) <= 1
        return TOKENS if of in found and near and step > of.last_step else OTP_WRONG

    def oob(self, session: Session, client: str, sent: Sent, code: str) -> Answer:
        """Return what a code that was sent is answered."""
        refusal = self.refusal(session, client)
        if refusal is not None:
            return refusal
        is_open = not sent.is_used and self.now < sent.ends and sent.session is session
        fits = sent.of in self.owned() and sent.of.is_confirmed is self.is_enrolled()
        if not (is_open and fits and SMS in self.on):
            return OOB_MALFORMED
        return TOKENS if code == sent.code else BINDING_WRONG

    def recovery(self, session: Session, client: str, code: str) -> Answer:
        """Return what a recovery code is answered."""
        refusal = self.refusal(session, client)
        if refusal is not None:
            return refusal
        found = self.usable(RECOVERY) if self.is_enrolled() else []
        if not found:
            return NO_RECOVERY
        return TOKENS if code == found[0].code else REJECTED

    def confirm(self, one: Enrolled) -> None:
        """Note that an authenticator was proved; the code that came with it counts, no other."""
        one.is_confirmed = True
        waiting = [each for each in self._of_kind(RECOVERY) if not each.is_confirmed]
        if mine := next((each for each in waiting if each.came_with is one), None):
            mine.is_confirmed = True
            for other in waiting:
                other.is_there = other is mine

    def remove(self, one: Enrolled) -> None:
        """Note that an authenticator is gone, with what was sent to it."""
        one.is_there = False
        for sent in self.sent:
            sent.is_used |= sent.of is one

    def _of_kind(self, kind: str) -> Iterable[Enrolled]:
        return (one for one in self.owned() if one.kind == kind)
