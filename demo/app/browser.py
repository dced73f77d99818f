"""What a browser tells about itself, which the login server is told in turn."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Browser:
    """Who stands behind a request of ours.

    Attributes:
        address: The server counts wrong passwords and codes against it and not against us, and
            sees whether it is new, because this client is trusted to speak for its users.
        user_agent: Tells the server whether the device is new.
        choice: Kind of second factor that was chosen last in it; empty is none.
    """

    address: str
    user_agent: str = ""
    choice: str = ""
