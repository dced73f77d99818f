"""A shield: what it wants counted of a try, and how it says no."""

from ipaddress import ip_address
from typing import ClassVar, Protocol

from gateword.domain.log_event import LogCode
from gateword.domain.login import Attempt
from gateword.domain.protection import Networks, Protection
from gateword.domain.refusal import Refusal
from gateword.ports.attempts import Bucket, Crowd, Tries
from gateword.values import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Knock:
    """Somebody is about to try a secret.

    Attributes:
        subject: Whose: one text for all spellings of an account's names.
        place: Address group of the end user.
        protection: The tenant's settings.
        is_assessed: Once the password was right, how well the login fits its user is looked at.
    """

    attempt: Attempt
    subject: str
    place: str
    protection: Protection
    is_assessed: bool = False

    @property
    def ip(self) -> str:
        """Address of the end user, in canonical form."""
        return self.attempt.ask.caller.ip

    def is_listed(self, allowlist: Networks) -> bool:
        """Say whether an allow-list names the address, and it is sure whose address it is."""
        if not (allowlist and self.attempt.ask.caller.is_sure):
            return False
        try:
            host = ip_address(self.ip)
        except ValueError:  # a socket that has no addresses
            return False
        return any(host in network for network in allowlist)


@dataclass(frozen=True, slots=True, kw_only=True)
class Claims:
    """What one shield wants counted; together they make an `Entry`."""

    buckets: tuple[Bucket, ...] = ()
    tries: tuple[Tries, ...] = ()
    crowds: tuple[Crowd, ...] = ()


NOTHING = Claims()


class Shield(Protocol):
    """What every shield can do; it decides and fetches nothing.

    Attributes:
        name: Stands in its claims.
        refusal: Row of its no.
        log: Code of the event that tells of it: when tries reach their limit, and when a bucket
            refuses for the first time since it last admitted somebody.
        text: Description of that event.
    """

    name: ClassVar[str]
    refusal: ClassVar[Refusal]
    log: ClassVar[LogCode]
    text: ClassVar[str]

    def claims(self, knock: Knock) -> Claims:
        """Return what it wants counted of a try."""
        ...
