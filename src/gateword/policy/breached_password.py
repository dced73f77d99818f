"""Which passwords count as breached so that somebody can try what happens then.

Rule 1: pure. Source: Auth0 "Breached Password Detection", "Verify detection configuration".
"""

from typing import Final

_TEST_PREFIX: Final = "AUTH0-TEST-"
_TEST_PASSWORDS: Final = frozenset({"Paaf213XXYYZZ", "Paat739!!WWXXYYZZ"})


def is_for_tests(password: str) -> bool:
    """Say whether a password is a documented one that is breached everywhere."""
    return password.startswith(_TEST_PREFIX) or password in _TEST_PASSWORDS
