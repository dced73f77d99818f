"""A tenant: one issuer with its own clients, realms, APIs, users, keys and logs."""

from collections.abc import Mapping
from typing import Final

from gateword.values import dataclass, field

SCRIPTS_CLIENT: Final = "gateword:scripts"
"""Stands in the tokens that a tenant's scripts find; no client's id has a colon."""


class NoSuchTenant(Exception):
    """No tenant has that name; its arguments are the name and those that there are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tenant:
    """Settings of one tenant.

    Attributes:
        key: Number of the tenant inside the database; every row of every store carries it.
        name: Short name for commands (`default`, `acme`).
        domain: `host` or `host:port` under which clients reach the tenant.
        default_directory: Name of the connection that grant `password` asks.
        default_audience: API identifier used when a request names none.
        flags: Switches by name; the ones that act here are read through `flag`.
        document: The other members of Auth0's tenant settings, stored and returned unchanged.
    """

    key: int
    name: str
    domain: str
    default_directory: str | None = None
    default_audience: str | None = None
    flags: Mapping[str, bool] = field(default_factory=dict)
    document: Mapping[str, object] = field(default_factory=dict)

    @property
    def issuer(self) -> str:
        """The `iss` of every token: `https://{domain}/` with the trailing slash."""
        return f"https://{self.domain}/"

    @property
    def userinfo_audience(self) -> str:
        """The audience that opens `/userinfo`."""
        return f"{self.issuer}userinfo"

    @property
    def management_audience(self) -> str:
        """Identifier of the Management API, present in each tenant."""
        return f"{self.issuer}api/v2/"

    @property
    def title(self) -> str:
        """What apps and devices show of the tenant: its friendly name, or its own."""
        friendly = self.document.get("friendly_name")
        return friendly if isinstance(friendly, str) and friendly else self.name

    @property
    def mfa_audience(self) -> str:
        """The audience that opens `/mfa/…`; no row stands for it."""
        return f"{self.issuer}mfa/"

    def flag(self, name: str, *, default: bool = False) -> bool:
        """Say whether a switch is on."""
        return self.flags.get(name, default)
