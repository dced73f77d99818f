"""Second factors that came along with users: sealed as they came, until somebody asks for them.

Whoever reads a user's authenticators finds them among these (`SqlAuthenticators.of_user`): an
import of a million users writes one row for each who has any, and no seed is opened twice.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Final

from gateword.domain.mfa import Authenticator, Kind
from gateword.domain.secret import Secret
from gateword.policy import brought_factors
from gateword.policy.brought_factors import Brought
from gateword.ports.crypto import Vault
from gateword.storage.engine import Value
from gateword.storage.many_rows import inserting, numbered
from gateword.storage.statement import Statement
from gateword.storage.tenant_database import TenantTx

THERE: Final = Statement(
    "SELECT user_key FROM imported_factors WHERE tenant = :tenant AND user_key = :user_key"
)
_COLUMNS: Final = ("user_key", "sealed")
_TAKE: Final = Statement("""
    DELETE FROM imported_factors WHERE tenant = :tenant AND user_key = :user_key RETURNING sealed
""")
_LOCAL_ID: Final = Statement("""
    SELECT local_id FROM identities
    WHERE tenant = :tenant AND user_key = :user_key AND position = 0
""")


def read(factors: Secret) -> list[Brought]:
    """Return factors as an item of an import has them, which was checked when it came."""
    return brought_factors.factors(json.loads(factors.reveal()))


def kinds(factors: Secret | None) -> str:
    """Return the kinds of factors as they stand with their user."""
    return "" if factors is None else " ".join(brought_factors.kinds(read(factors)))


async def put(tx: TenantTx, vault: Vault, factors: Sequence[tuple[int, str, Secret]]) -> None:
    """Keep factors of users, who had none that wait: key, local id and factors of each."""
    rows: list[Mapping[str, Value]] = [
        {"user_key": key, "sealed": vault.seal(one, context(local_id))}
        for key, local_id, one in factors
    ]
    if rows:
        await tx.run(inserting("imported_factors", _COLUMNS, len(rows)), **numbered(rows))


async def take(tx: TenantTx, vault: Vault, user_key: int) -> list[Brought]:
    """Return what waits of a user, and keep it here no longer; the user's row must be held."""
    row, identity = await tx.one(_TAKE, user_key=user_key), None
    if row is not None:
        identity = await tx.one(_LOCAL_ID, user_key=user_key)
    return [] if row is None or identity is None else read(vault.open(row[0], context(identity[0])))


def new_ones(owned: Sequence[Authenticator], brought: Sequence[Brought]) -> list[Brought]:
    """Return what a user brings and does not have yet."""
    known = {_what(one.kind, one.target, one.seed) for one in owned if one.is_confirmed}
    return [one for one in brought if _what(one.kind, one.target, one.seed) not in known]


def written(owned: Sequence[Authenticator]) -> Secret | None:
    """Return confirmed authenticators as an import takes them, each once; None when none can be."""
    items: list[dict[str, dict[str, str]]] = []
    for one in owned:
        item: dict[str, dict[str, str]] = {}
        if one.seed is not None and one.kind is Kind.TOTP:
            item = {"totp": {"secret": one.seed.reveal()}}
        elif one.kind in (Kind.SMS, Kind.VOICE):
            item = {"phone": {"value": one.target}}
        elif one.kind is Kind.EMAIL:
            item = {"email": {"value": one.target}}
        if item and one.is_confirmed and item not in items:
            items.append(item)
    return Secret(json.dumps(items[: brought_factors.MOST])) if items else None


def context(local_id: str) -> str:
    """Return what a user's imported factors are sealed for."""
    return f"imported_factors/{local_id}"


def _what(kind: Kind, target: str, seed: Secret | None) -> tuple[Kind, str]:
    return kind, target or (seed.reveal() if seed else "")
