"""Every scenario. A new one is one file or one value, and one line here."""

from typing import Final

from gateword.cli.rehearsal.acts import Scenario
from gateword.cli.rehearsal.answers import ENUMERATION, LEAKED_PASSWORDS
from gateword.cli.rehearsal.crowds import SPRAYING, STUFFING
from gateword.cli.rehearsal.flood import FLOOD
from gateword.cli.rehearsal.guessing import BRUTE_FORCE, DISTRIBUTED, IPV6
from gateword.cli.rehearsal.headers import SPOOFING
from gateword.cli.rehearsal.people import LOCK_OUT, RIGHT_LOGINS

SCENARIOS: Final[tuple[Scenario, ...]] = (
    BRUTE_FORCE,
    DISTRIBUTED,
    IPV6,
    STUFFING,
    SPRAYING,
    LOCK_OUT,
    SPOOFING,
    RIGHT_LOGINS,
    ENUMERATION,
    LEAKED_PASSWORDS,
    FLOOD,
)
