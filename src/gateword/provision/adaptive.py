"""What an operator should know about adaptive MFA, where it is on.

Rule: pure. A signal that cannot see is told: else nobody would miss it.
"""

from collections.abc import Iterator
from typing import Final

from gateword.domain.client import Client
from gateword.policy import guardian_document
from gateword.policy.client_document import PASSWORD, PASSWORD_REALM
from gateword.policy.guardian import in_force
from gateword.policy.mfa_demand import ADAPTIVE
from gateword.provision.draft import Draft
from gateword.provision.finding import Finding, Level
from gateword.settings import Settings

_ABOUT: Final = "adaptive MFA"


def findings(draft: Draft, settings: Settings) -> Iterator[Finding]:
    """Yield what there is to say; nothing while the policy is off.

    Args:
        draft: The tenant's configuration.
        settings: The server's.
    """
    kept = draft.documents.get(guardian_document.KIND, {})
    policies = kept.get(guardian_document.POLICIES_ID)
    if ADAPTIVE not in guardian_document.policies(policies.document if policies else None):
        return
    if not in_force((id_, one.document) for id_, one in kept.items()).factors:
        yield _found("warning", "no factor is on: who is asked for one is refused; enable one")
    if not settings.geo_database:
        yield _found(
            "hint",
            "says nothing of impossible travel without a geo database; set geo_database to an "
            ".mmdb file of cities",
        )
    if settings.tls == "off" and not settings.trusted_proxies:
        yield _found(
            "warning",
            "tls is off and trusted_proxies is empty: behind a proxy all users come from its "
            "address, and no address is new; list the proxy in trusted_proxies",
        )
    for client in sorted(draft.clients.values(), key=lambda one: one.name):
        if _hides_users(client):
            yield _found(
                "warning",
                f"all users of client {client.name} come from its own address, which is new to "
                "each of them once; set is_token_endpoint_ip_header_trusted: true, and have it "
                "send auth0-forwarded-for",
            )


def _hides_users(client: Client) -> bool:
    takes_passwords = client.may_use(PASSWORD) or client.may_use(PASSWORD_REALM)
    return takes_passwords and client.is_confidential and not client.is_ip_header_trusted


def _found(level: Level, text: str) -> Finding:
    return Finding(level=level, about=_ABOUT, text=text)
