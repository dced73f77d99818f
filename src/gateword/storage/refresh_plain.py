"""Exchanges that are as good as decided before the rows are locked: most of them."""

from collections.abc import Mapping

from gateword.domain.token import RefreshToken
from gateword.policy.refresh import Keep, Rotate, decide
from gateword.storage.columns import digest, ms, ms_or_none, to_json
from gateword.storage.refresh_exchange import Presented


def asked(known: RefreshToken, presented: Presented) -> Mapping[str, object] | None:
    """Return an exchange as `gathered` takes it; None where it takes a closer look.

    Plain is a token that was never used, and stays or is followed by one of the next generation.
    """
    decision = decide(known, presented.client_id, presented.policy, presented.at)
    if isinstance(decision, Rotate) and not decision.sibling:
        follows: dict[str, object] = {
            "successor": digest(presented.successor).hex(),
            "counter": decision.counter,
        }
    elif isinstance(decision, Keep):
        follows = {}
    else:
        return None
    access = presented.access
    return {
        "token": known.key,
        "family": known.family_key,
        "latest": known.latest_counter,
        "idle": ms_or_none(known.idle_expires_at),
        "ends": ms_or_none(known.grant.expires_at),
        "at": ms(presented.at),
        "idle_ends": ms_or_none(presented.idle_expires_at),
        **follows,
        "access": digest(access.token).hex(),
        "opaque": int(access.opaque),
        "user_id": access.user_id,
        "client_id": access.client_id,
        "scopes": to_json(access.scopes),
        "issued_at": ms(access.issued_at),
        "expires_at": ms(access.expires_at),
    }
