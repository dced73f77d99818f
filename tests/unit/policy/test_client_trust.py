"""Which client may be trusted to tell its users' addresses."""

from dataclasses import replace
from typing import Any

import pytest

from gateword.domain.client import Client
from gateword.domain.secret import Secret
from gateword.policy import client_document
from gateword.policy.client_document import ClientMaker
from gateword.policy.members import Fault, Members

MAKER = ClientMaker(
    new_secret=lambda: Secret("made"),
    new_key_id=lambda: "cred_new",
    read_pem=lambda pem: (pem, "thumbprint"),
)
HEADER = "is_token_endpoint_ip_header_trusted"


def attempt(stored: Client | None, **document: Any) -> tuple[Client, list[Fault]]:
    """Return what a document makes of a client, and its faults."""
    members = Members({"name": "Shop", **document}, (), [])
    if stored is None:
        client = client_document.created(members, "id", MAKER)
    else:
        client = client_document.changed(members, stored, MAKER)
    return client, members.faults


def created(**document: Any) -> Client:
    """Return the client of a document without faults."""
    client, faults = attempt(None, **document)
    assert [] == faults
    return client


@pytest.mark.parametrize(
    ("before", "document"),
    [
        (None, {HEADER: True, "token_endpoint_auth_method": "none"}),
        (None, {HEADER: True, "app_type": "native"}),
        ({"token_endpoint_auth_method": "none"}, {HEADER: True}),
        ({"app_type": "spa"}, {HEADER: True}),
        ({HEADER: True}, {"token_endpoint_auth_method": "none"}),
        ({HEADER: True}, {"app_type": "spa"}),
    ],
)
def test_who_proves_nothing_tells_no_addresses(
    before: dict[str, Any] | None, document: dict[str, Any]
) -> None:
    """attack-protection §3: whichever comes first, the method or the trust."""
    _, faults = attempt(None if before is None else created(**before), **document)

    assert [(HEADER,)] == [fault.path for fault in faults]


@pytest.mark.parametrize(
    "document",
    [
        {"token_endpoint_auth_method": "none", HEADER: False},
        {"token_endpoint_auth_method": "none", HEADER: None},
        {"token_endpoint_auth_method": "client_secret_basic"},
    ],
)
def test_trust_and_method_may_change_together(document: dict[str, Any]) -> None:
    """Only what comes of it counts."""
    assert [] == attempt(created(**{HEADER: True}), **document)[1]


def test_old_trust_without_proof_stays_until_it_is_named() -> None:
    """What an older release let pass does not stand in the way of other changes."""
    stored = replace(created(app_type="native"), is_ip_header_trusted=True)

    assert [] == attempt(stored, description="x")[1]
    assert [(HEADER,)] == [fault.path for fault in attempt(stored, **{HEADER: True})[1]]
