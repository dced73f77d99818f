"""npm `auth0` 7's ManagementClient, unmodified, looks after people's second factors."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.compat.management_steps import Sdk, a_name, do, every
from tests.compat.shop import CONFIG, PASSWORD
from tests.support import served


@pytest.fixture(scope="module")
def sdk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sdk]:
    """The SDK, pointed at a served tenant that only these tests change."""
    with served.running(tmp_path_factory.mktemp("managed"), CONFIG) as instance:
        yield Sdk(instance, "auth0-management")


def a_person() -> dict[str, Any]:
    """Return a user to be made."""
    return {"connection": "Customers", "email": f"{a_name('p')}@example.com", "password": PASSWORD}


def test_methods_are_made_listed_changed_replaced_and_deleted(sdk: Sdk) -> None:
    """Auth0 "Manage Authentication Methods": each call of the SDK, from first to last."""
    app = {"type": "totp", "name": "App", "totp_secret": "JBSWY3DPEHPK3PXP"}
    phone = {"type": "phone", "phone_number": "+4915112345678", "name": "Mine"}
    _, made, read, listed, changed, enrolled, replaced, code, _, left, *_ = sdk.values(
        do("users.create", a_person(), name="u"),
        do("users.authenticationMethods.create", "$u.user_id", app, name="m"),
        do("users.authenticationMethods.get", "$u.user_id", "$m.id"),
        every("users.authenticationMethods.list", "$u.user_id", {"per_page": 1}),
        do("users.authenticationMethods.update", "$u.user_id", "$m.id", {"name": "Other"}),
        do("users.enrollments.get", "$u.user_id"),
        do("users.authenticationMethods.set", "$u.user_id", [phone]),
        do("users.regenerateRecoveryCode", "$u.user_id"),
        do("users.authenticationMethods.deleteAll", "$u.user_id"),
        every("users.authenticationMethods.list", "$u.user_id"),
        do("users.authenticators.deleteAll", "$u.user_id"),
        do("users.multifactor.deleteProvider", "$u.user_id", "google-authenticator"),
        do("users.multifactor.invalidateRememberBrowser", "$u.user_id"),
    )

    assert ("totp", "App") == (read["type"], read["name"])
    assert [made["id"]] == [one["id"] for one in listed]
    assert "Other" == changed["name"]
    assert ["confirmed"] == [one["status"] for one in enrolled]
    assert ["phone"] == [one["type"] for one in replaced]
    assert 24 == len(code["recovery_code"])
    assert [] == left


def test_link_to_enrol_is_made_and_a_factor_that_is_gone_is_told(sdk: Sdk) -> None:
    """Auth0 "Create Custom Enrollment Tickets": the link has the ticket in it."""
    app = {"type": "totp", "name": "App", "totp_secret": "JBSWY3DPEHPK3PXP"}
    _, ticket, _, read, _, gone = sdk.results(
        do("users.create", a_person(), name="u"),
        do("guardian.enrollments.createTicket", {"user_id": "$u.user_id"}),
        do("users.authenticationMethods.create", "$u.user_id", app, name="m"),
        do("guardian.enrollments.get", "$m.id"),
        do("guardian.enrollments.delete", "$m.id"),
        do("guardian.enrollments.get", "$m.id"),
    )

    made = ticket["value"]
    assert made["ticket_url"].endswith(f"/mfa/enrollment?ticket={made['ticket_id']}")
    assert "confirmed" == read["value"]["status"]
    assert (404, "enrollment_not_found") == (gone["error"]["status"], gone["error"]["code"])
