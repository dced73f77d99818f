"""Passwords that are known from a breach."""

from typing import Protocol

from gateword.domain.secret import Secret


class Breaches(Protocol):
    """What is known of leaked passwords; the same for all tenants, and asked of nobody outside."""

    async def holds(self, password: Secret) -> bool:
        """Say whether a password is known from a breach.

        Auth0's documented test passwords are, whatever corpus is in force.
        """
        ...
