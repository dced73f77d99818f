"""What an operator should know of second factors that are demanded: who can never show one.

Rule: pure over what the stores hold.
"""

from collections.abc import Iterator
from typing import Final

from gateword.domain.client import Client
from gateword.policy import guardian_document as guardian
from gateword.provision.draft import Draft
from gateword.provision.finding import Finding

_PASSWORDS: Final = ("password", "http://auth0.com/oauth/grant-type/password-realm")
_FACTORS: Final = tuple(
    f"http://auth0.com/oauth/grant-type/mfa-{name}" for name in ("otp", "oob", "recovery-code")
)


def findings(draft: Draft) -> Iterator[Finding]:
    """Return the clients whose logins end at `mfa_required`."""
    kept = draft.documents.get(guardian.KIND, {}).get(guardian.POLICIES_ID)
    if not guardian.policies(kept.document if kept else None):
        return
    for client in draft.clients.values():
        if _is_stuck(client):
            text = f"its logins end at mfa_required: add {', '.join(_FACTORS)} to its grant_types"
            yield Finding(level="warning", about=f"client {client.name}", text=text)


def _is_stuck(client: Client) -> bool:
    takes_passwords = any(client.may_use(grant) for grant in _PASSWORDS)
    return takes_passwords and not any(client.may_use(grant) for grant in _FACTORS)
