"""Too many wrong passwords in a row for one account (Auth0: "Brute-force Protection").

Counted for the account at an address, or over all addresses where the tenant says so. Beyond Auth0:
a cap over all addresses together, after which only those are admitted from which the account
logged in before (NIST SP 800-63B §5.2.2).
"""

from typing import ClassVar

from gateword.domain.log_event import LogCode
from gateword.domain.refusal import Refusal
from gateword.policy.blocks import limit_at
from gateword.ports.attempts import EVERYWHERE, Tries
from gateword.ports.shield import NOTHING, Claims, Knock
from gateword.values import dataclass


@dataclass(frozen=True, slots=True)
class BruteForceShield:
    """Blocks an account at an address, or everywhere."""

    name: ClassVar[str] = "brute-force"
    refusal: ClassVar[Refusal] = Refusal.ACCOUNT_SHUT
    log: ClassVar[LogCode] = LogCode.LIMIT_WC
    text: ClassVar[str] = "Too many wrong passwords in a row for one account"

    def claims(self, knock: Knock) -> Claims:
        settings, extras = knock.protection.brute_force, knock.protection.extras
        option = knock.attempt.connection.options.get("brute_force_protection")
        if not settings.enabled or option is False or knock.is_listed(settings.allowlist):
            return NOTHING
        # Known addresses are spared what was guessed elsewhere, and have their own count; so a
        # success there does not open the door for those who guess elsewhere.
        spares_known = not settings.everywhere or extras.backs_off
        here, over_all = (
            Tries(
                shield=self.name,
                place=place,
                limit=limit_at(knock.protection, place),
                backs_off=extras.backs_off,
                spares_known=place == EVERYWHERE and spares_known,
                only_tells=not settings.blocks,
                is_own=place != EVERYWHERE or not spares_known,
            )
            for place in (knock.place, EVERYWHERE)
        )
        return Claims(tries=(over_all, here) if settings.everywhere else (here, over_all))
