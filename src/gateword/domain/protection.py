"""A tenant's attack protection as it acts: Auth0's objects and ours.

Source: Auth0 Management API v2 "Attack Protection"; attack-protection §5, §7.
"""

from ipaddress import IPv4Network, IPv6Network
from typing import TypeAlias

from gateword.values import dataclass

Networks: TypeAlias = tuple[IPv4Network | IPv6Network, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class BruteForce:
    """Too many wrong passwords for one account.

    Attributes:
        blocks: Not only counted and logged.
        everywhere: Counted over all addresses together (Auth0: account lockout).
        limit: Failures in a row.
    """

    enabled: bool
    blocks: bool
    notifies: bool
    everywhere: bool
    limit: int
    allowlist: Networks


@dataclass(frozen=True, slots=True)
class Rate:
    """Tokens at once, and milliseconds for one more."""

    size: int
    refill_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SuspiciousIp:
    """Too much from one address.

    Attributes:
        login: Failed logins of an address.
        signup: Sign-ups of an address, good or bad.
    """

    enabled: bool
    blocks: bool
    notifies_admin: bool
    allowlist: Networks
    login: Rate
    signup: Rate


@dataclass(frozen=True, slots=True)
class LeakedShields:
    """What happens to a password that is known from a breach."""

    blocks: bool
    notifies_user: bool
    notifies_admin: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Breached:
    """Passwords that are known from a breach.

    Attributes:
        frequency: How often the admin is told: immediately, daily, weekly, monthly.
    """

    enabled: bool
    login: LeakedShields
    signup: LeakedShields
    change: LeakedShields
    frequency: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Bots:
    """Logins that look like a robot's.

    Attributes:
        policy: When a password login must be verified: never, when_risky, always.
        reset_policy: The same for a forgotten password.
        level: How much it takes to be risky: low catches least, high most.
        monitors: What would happen is only logged.
    """

    policy: str
    reset_policy: str
    level: str
    allowlist: Networks
    monitors: bool

    @property
    def is_on(self) -> bool:
        """Whether any login is looked at."""
        return self.policy != "never" or self.monitors


@dataclass(frozen=True, slots=True, kw_only=True)
class Extras:
    """The object `x-gateword`; None stands for a number that is switched off."""

    backs_off: bool
    account_cap: int | None
    same_user: int | None
    client_ceiling: int | None
    strangers: int | None
    names: int | None
    strict: bool
    alarms: bool
    admin_email: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Protection:
    """Everything that is set."""

    brute_force: BruteForce
    suspicious_ip: SuspiciousIp
    breached: Breached
    bots: Bots
    extras: Extras
