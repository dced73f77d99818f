"""Carries out what `policy.refresh` decides of a presented refresh token, in one transaction."""

from datetime import datetime
from typing import Final

from gateword.domain.client import RefreshPolicy
from gateword.domain.secret import Secret
from gateword.domain.token import RefreshToken
from gateword.policy.refresh import Convert, Keep, Refuse, Rotate, decide, ends_at, family_details
from gateword.ports.token_stores import Exchange, Exchanged, NewAccess, NotExchanged
from gateword.storage.columns import digest, ms, ms_or_none
from gateword.storage.statement import Statement
from gateword.storage.tenant_database import TenantTx
from gateword.storage.token_rows import (
    HOLD_TOKEN,
    REVOKE_FAMILY,
    add_access,
    add_family,
    add_token,
    refresh_token,
)
from gateword.values import dataclass

_KEEP: Final = Statement("""
    UPDATE refresh_tokens SET idle_expires_at = :idle_expires_at
    WHERE tenant = :tenant AND key = :key
""")
_USE: Final = Statement("""
    UPDATE refresh_tokens SET used_at = :at
    WHERE tenant = :tenant AND key = :key AND used_at IS NULL
""")
_COUNT_UP: Final = Statement("""
    UPDATE refresh_families SET latest_counter = :counter
    WHERE tenant = :tenant AND key = :key AND latest_counter < :counter
""")
_END_NON_ROTATING: Final = Statement("""
    UPDATE refresh_families SET revoked_at = :at
    WHERE tenant = :tenant AND user_key = :user_key AND client_id = :client_id
        AND COALESCE(audience, '') = :audience AND key <> :key AND revoked_at IS NULL
        AND NOT EXISTS (
            SELECT 1 FROM refresh_tokens AS token
            WHERE token.family_key = refresh_families.key AND token.rotating = 1
        )
""")


@dataclass(frozen=True, slots=True, kw_only=True)
class Presented:
    """A refresh token that wants to be exchanged.

    Attributes:
        refresh: What was presented.
        client_id: By whom.
        successor: Becomes a token of the family when the client's tokens rotate.
        policy: The client's present settings.
        access: The access token that is answered with it.
        at: Now.
    """

    refresh: Secret
    client_id: str
    successor: Secret
    policy: RefreshPolicy
    access: NewAccess
    at: datetime

    @property
    def idle_expires_at(self) -> datetime | None:
        """When a token that is used now ends without further use."""
        return ends_at(self.at, self.policy.idle_s)


async def exchange(tx: TenantTx, presented: Presented) -> Exchange:
    """Decide on the locked rows, and do it."""
    row = await tx.one(HOLD_TOKEN, hash=digest(presented.refresh))
    token = None if row is None else refresh_token(row)
    decision = decide(token, presented.client_id, presented.policy, presented.at)
    if isinstance(decision, Refuse):
        return await _refuse(tx, token, decision, presented.at)
    if token is None:
        raise LookupError("an unknown refresh token was not refused")
    match decision:
        case Keep():
            if token.idle_expires_at != presented.idle_expires_at:
                await tx.run(
                    _KEEP, key=token.key, idle_expires_at=ms_or_none(presented.idle_expires_at)
                )
            await add_access(tx, presented.access, token.family_key)
            return Exchanged(rotated=False)
        case Rotate(counter=counter):
            await _succeed(tx, token, presented, counter)
        case Convert(rotating=True):
            await _end_non_rotating(tx, token, presented.at)
            await _succeed(tx, token, presented, token.counter + 1)
        case Convert():
            await _begin_again(tx, token, presented)
    return Exchanged(rotated=True)


async def _refuse(
    tx: TenantTx, token: RefreshToken | None, decision: Refuse, at: datetime
) -> NotExchanged:
    if token is None:
        return NotExchanged(decision.reason, {})
    if decision.retire:
        await tx.run(REVOKE_FAMILY, key=token.family_key, at=ms(at))
    return NotExchanged(decision.reason, family_details(token))


async def _succeed(tx: TenantTx, token: RefreshToken, presented: Presented, counter: int) -> None:
    """Use the token up and give its family a rotating successor of that generation."""
    await tx.run(_USE, key=token.key, at=ms(presented.at))
    await tx.run(_COUNT_UP, key=token.family_key, counter=counter)
    await add_token(
        tx,
        token.family_key,
        presented.successor,
        counter=counter,
        rotating=True,
        idle_expires_at=presented.idle_expires_at,
    )
    await add_access(tx, presented.access, token.family_key)


async def _end_non_rotating(tx: TenantTx, token: RefreshToken, at: datetime) -> None:
    """End the other families of user, client and audience that never rotated."""
    await tx.run(
        _END_NON_ROTATING,
        key=token.family_key,
        user_key=token.grant.user_key,
        client_id=token.grant.client_id,
        audience=token.grant.audience or "",
        at=ms(at),
    )


async def _begin_again(tx: TenantTx, token: RefreshToken, presented: Presented) -> None:
    """End the rotating family and found one that does not rotate, with the same grant and end."""
    await tx.run(REVOKE_FAMILY, key=token.family_key, at=ms(presented.at))
    family_key = await add_family(tx, token.grant)
    await add_token(
        tx,
        family_key,
        presented.successor,
        counter=1,
        rotating=False,
        idle_expires_at=presented.idle_expires_at,
    )
    await add_access(tx, presented.access, family_key)
