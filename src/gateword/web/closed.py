"""Legacy addresses that clients still try; they answer in a way that says so."""

from typing import Final, NoReturn

from gateword.domain.refusal import Refusal
from gateword.domain.refused import Refused
from gateword.web.endpoint import Visit

PATHS: Final = ("/oauth/ro", "/tokeninfo", "/delegation")
METHODS: Final = ("GET", "POST")


async def endpoint(_visit: Visit) -> NoReturn:
    """Refuse: Auth0 closed these for new tenants in 2017, and they are not built here."""
    raise Refused(Refusal.ENDPOINT_DISABLED)
