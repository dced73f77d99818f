"""How well a login fits what is known of its user, and where its address is."""

from collections.abc import Mapping
from datetime import datetime
from enum import Enum, unique

from gateword.values import dataclass, field


@unique
class Confidence(Enum):
    """How well it fits (Auth0: "Adaptive MFA")."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    NEUTRAL = "neutral"
    """Nothing can be said."""


@dataclass(frozen=True, slots=True)
class Assessment:
    """What one signal says.

    Attributes:
        code: Why, in the words that scripts and the log read.
    """

    confidence: Confidence
    code: str
    details: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Risk:
    """What a login was found to be, and what is learned of it once it is complete.

    Attributes:
        confidence: Of all signals together; low takes a second factor.
        assessments: By the name of the signal.
        user_key: Whose password was shown; scripts may make it another user's login.
        place: Address group of the end user.
        device: Digest of what tells the device; None when nothing does.
        is_learned: Nothing of it is new to the user's places and devices.
    """

    confidence: Confidence
    assessments: Mapping[str, Assessment]
    user_key: int
    place: str
    device: str | None
    is_learned: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What is known of a user's place and device; None is never, or too long ago.

    Attributes:
        place_at: When a login from the place was last complete.
        device_at: When one from the device was.
        any_device_at: When one from any device was.
    """

    place_at: datetime | None = None
    device_at: datetime | None = None
    any_device_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Location:
    """Where an address is, as far as a geo database knows; empty texts are not known.

    Attributes:
        country_code: Two letters (ISO 3166-1).
        latitude: Degrees.
        longitude: Degrees.
        accuracy_km: How far off that may be.
        is_anonymous: The address hides where its users are.
    """

    continent_code: str = ""
    country_code: str = ""
    country_name: str = ""
    subdivision_code: str = ""
    subdivision_name: str = ""
    city_name: str = ""
    time_zone: str = ""
    latitude: float | None = None
    longitude: float | None = None
    accuracy_km: float = 0.0
    is_anonymous: bool = False
