"""Whether bcrypt hashes are checked side by side, where users have any."""

from collections.abc import Callable, Collection
from typing import Final

from gateword.crypto.lanes import Kernel, installed, proven
from gateword.domain.connection import Connection
from gateword.ports.users import Users
from gateword.provision.finding import Finding

_BCRYPT: Final = ("$2a$", "$2b$", "$2y$")
_ABOUT: Final = "bcrypt"


async def lane_findings(
    users: Users,
    connections: Collection[Connection],
    load: Callable[[], Kernel | None] = installed,
) -> list[Finding]:
    """Return what keeps bcrypt hashes from being checked side by side; nothing when none is there.

    Args:
        users: Of the tenant.
        connections: Of the tenant.
        load: Brings the extension, if there is one.
    """
    names = [one.name for one in connections if await _has_bcrypt(users, one)]
    if not names:
        return []
    kernel, fault = proven(load)
    if kernel:
        return []
    if fault:
        text = f"hashes are checked one by one, since gateword-lanes is not to be trusted: {fault}"
        return [Finding(level="warning", about=_ABOUT, text=text)]
    text = (
        f"users of {', '.join(names)} have such hashes, and they are checked one by one: install "
        "gateword[lanes] for about three times as many logins a second"
    )
    return [Finding(level="hint", about=_ABOUT, text=text)]


async def _has_bcrypt(users: Users, connection: Connection) -> bool:
    return any(kind.startswith(_BCRYPT) for kind in await users.hash_kinds(connection.key))
