from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from gateword.domain.client import ClientKey
from gateword.policy import client_key_document
from gateword.policy.client_key_document import KeyMaker
from gateword.policy.members import Fault, Members

NOW = datetime(2026, 1, 1, 12, tzinfo=UTC)
MAKER = KeyMaker(
    new_key_id=lambda: "cred_new", read_pem=lambda pem: (pem, f"thumbprint of {pem}"), at=NOW
)
STORED = ClientKey(id="cred_1", name="one", kid="one", alg="RS256", pem="PEM", created_at=NOW)


def made(**document: Any) -> tuple[ClientKey | None, list[Fault]]:
    """Return the key that a document makes, and its faults."""
    members = Members({"pem": "PEM", **document}, (), [])
    return client_key_document.made(members, (), MAKER), members.faults


def assigned(*credentials: dict[str, Any]) -> tuple[tuple[ClientKey, ...], list[Fault]]:
    """Return a client's keys when these are listed, and the faults."""
    methods = {"private_key_jwt": {"credentials": list(credentials)}}
    members = Members({"client_authentication_methods": methods}, (), [])
    unassigned = replace(STORED, id="cred_2", kid="two", is_assigned=False)
    return client_key_document.assigned(members, (STORED, unassigned), MAKER), members.faults


def test_answer_shows_everything_but_the_key_itself() -> None:
    """The recorded members, times in UTC; a name that nobody gave is absent."""
    key, _ = made(expires_at="2026-06-30T02:00:00+02:00")
    assert key is not None

    assert {
        "id": "cred_new",
        "kid": "thumbprint of PEM",
        "credential_type": "public_key",
        "alg": "RS256",
        "created_at": "2026-01-01T12:00:00.000Z",
        "updated_at": "2026-01-01T12:00:00.000Z",
        "expires_at": "2026-06-30T00:00:00.000Z",
    } == client_key_document.rendered(key)


@pytest.mark.parametrize(
    ("document", "at"),
    [
        ({"expires_at": "2026-01-01T12:00:00Z"}, "expires_at"),
        ({"expires_at": "2027-01-01T12:00:00"}, "expires_at"),
        ({"expires_at": "next year"}, "expires_at"),
        ({"alg": "none"}, "alg"),
        ({"parse_expiry_from_cert": True}, "parse_expiry_from_cert"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_fault_names_its_member(document: dict[str, Any], at: str) -> None:
    """An end must be a time with its zone, and ahead."""
    _, faults = made(**document)

    assert [(at,)] == [fault.path for fault in faults]


def test_keys_that_are_listed_are_those_that_count() -> None:
    """A key that is not listed stays stored, and proves nothing."""
    keys, faults = assigned({"id": "cred_2"})

    assert [] == faults
    assert [("cred_1", False), ("cred_2", True)] == [(key.id, key.is_assigned) for key in keys]


def test_id_of_another_client_is_a_fault() -> None:
    """Keys are chosen among the client's own."""
    _, faults = assigned({"id": "cred_3"})

    path = ("client_authentication_methods", "private_key_jwt", "credentials", 0, "id")
    assert [path] == [fault.path for fault in faults]


@pytest.mark.parametrize(
    ("key", "proves"),
    [
        (STORED, True),
        (replace(STORED, is_assigned=False), False),
        (replace(STORED, expires_at=NOW + timedelta(seconds=1)), True),
        (replace(STORED, expires_at=NOW), False),
    ],
)
def test_key_proves_while_it_is_assigned_and_has_not_ended(key: ClientKey, *, proves: bool) -> None:
    """RFC 7523 leaves to us which keys count."""
    assert proves == key.proves(NOW)


def test_only_the_end_of_a_key_can_change() -> None:
    """Null takes the end away; anything else is not known."""
    ending = replace(STORED, expires_at=NOW + timedelta(days=1))
    good, bad = Members({"expires_at": None}, (), []), Members({"pem": "other"}, (), [])

    endless = client_key_document.changed(good, ending, NOW)
    client_key_document.changed(bad, ending, NOW)

    assert replace(STORED, updated_at=NOW) == endless
    assert [("pem",)] == [fault.path for fault in bad.faults]
