"""A tenant in which there is nothing to mend, and what is said when there is."""

from typing import Any

from gateword.domain.client import Client, RefreshPolicy
from gateword.domain.connection import Connection
from gateword.domain.secret import Secret
from gateword.domain.tenant import Tenant
from gateword.policy import attack_protection
from gateword.policy.protection_extras import EXTRAS
from gateword.ports.documents import Kept
from gateword.provision.checkup import findings
from gateword.provision.draft import Draft
from tests.support.house import signing_key
from tests.support.stand_ins import START, HouseDice

GRANTS = ("password", "http://auth0.com/oauth/grant-type/password-realm")
KEYS = [signing_key("x.example", state) for state in ("current", "next")]


def a_draft(**client: Any) -> Draft:
    """Return a tenant in which nothing is to be said, but for what is changed of its client."""
    given: dict[str, Any] = {
        "client_id": "shop",
        "name": "Shop",
        "secret": Secret("s" * 32),
        "grant_types": (*GRANTS, "refresh_token"),
        "is_ip_header_trusted": True,
        "refresh": RefreshPolicy(rotating=True, absolute_s=600),
    }
    connection = Connection(
        key=1, id="con_1", name="D", strategy="auth0", enabled_clients=frozenset({"shop"})
    )
    extras = Kept(id=EXTRAS, document={"admin_email": "admin@x.example"})
    return Draft(
        documents={attack_protection.KIND: {EXTRAS: extras}},
        tenant=Tenant(key=1, name="default", domain="x.example", default_directory="D"),
        clients={"shop": Client(**given | client)},
        connections={"D": connection},
        apis={},
        grants={},
        roles={},
        dice=HouseDice("checkup"),
    )


def said(draft: Draft) -> list[tuple[str, str]]:
    """Return level and subject of each finding."""
    return [(one.level, one.about) for one in findings(draft, KEYS, START)]
