from collections.abc import Collection

import pytest

from gateword.domain.resource_server import ResourceServer
from gateword.policy.scopes import (
    CURRENT_USER,
    OIDC,
    Granted,
    for_user,
    narrowed,
    still_permitted,
)
from tests.support.factories import an_api

ORDERS = an_api("https://orders")
OWN = ("read:orders", "write:orders")
MANAGEMENT = an_api("https://auth.example.com/api/v2/", is_system=True, scopes={"read:users": ""})
GREEDY = an_api("https://greedy", scopes={"offline_access": "", "email": "", "read:all": ""})


def granted(
    requested: tuple[str, ...] | None,
    api: ResourceServer | None = ORDERS,
    *,
    permissions: Collection[str] | None = None,
    consented: Collection[str] | None = None,
    offline: bool = False,
    expand_openid: bool = True,
) -> Granted:
    """Return what is granted where nothing limits it but what the test says."""
    return for_user(
        requested,
        api,
        permissions=permissions,
        consented=consented,
        offline=offline,
        expand_openid=expand_openid,
    )


@pytest.mark.parametrize("api", [None, ORDERS])
def test_everything_is_granted_when_nothing_is_asked(api: ResourceServer | None) -> None:
    """§2.2: standard scopes first, then the API's in the order of their definition."""
    assert Granted((*OIDC, *(OWN if api else ()))) == granted(None, api)


def test_permitted_scopes_are_granted_when_nothing_is_asked_under_rbac() -> None:
    """§2.2: RBAC cuts the default to the user's permissions, in the API's order."""
    expected = Granted((*OIDC, "read:orders"))
    assert expected == granted(None, permissions={"read:orders", "read:else"})


def test_standard_scopes_alone_are_granted_when_nothing_is_asked_of_a_client_grant() -> None:
    """§2.2: a client grant for users must be asked scope by scope."""
    assert Granted(OIDC) == granted(None, consented={"read:orders"})


@pytest.mark.parametrize("api", [None, ORDERS])
def test_openid_alone_stands_for_all_standard_scopes(api: ResourceServer | None) -> None:
    """§2.2: only `openid` asked grants all OIDC scopes, unless the tenant switched that off."""
    assert Granted(OIDC) == granted(("openid",), api)
    assert Granted(("openid",)) == granted(("openid",), api, expand_openid=False)


def test_openid_beside_others_stands_for_itself() -> None:
    """§2.2: `openid` expands only when it is alone."""
    assert Granted(("openid", "email")) == granted(("openid", "email"))


def test_asked_scopes_are_granted_in_the_order_of_the_request() -> None:
    """§2.2: what is registered or standard passes, the rest is named as dropped."""
    asked = ("write:orders", "email", "read:else", "openid", "READ:orders", "read:orders")
    assert granted(asked) == Granted(
        ("write:orders", "email", "openid", "read:orders"), ("read:else", "READ:orders")
    )


def test_nothing_is_granted_when_all_is_unknown() -> None:
    """§2.2: unknown scopes are dropped, also when nothing is left."""
    assert Granted((), ("read:orders",)) == granted(("read:orders",), None)


@pytest.mark.parametrize(
    ("permissions", "consented", "expected"),
    [
        (None, None, OWN),
        (OWN, None, OWN),
        ((), None, ()),
        (None, (), ()),
        (("read:orders",), OWN, ("read:orders",)),
        (OWN, ("write:orders",), ("write:orders",)),
        (("read:orders",), ("write:orders",), ()),
        (("read:else",), None, ()),
    ],
)
def test_asked_scopes_are_cut_by_permissions_and_client_grant(
    permissions: tuple[str, ...] | None,
    consented: tuple[str, ...] | None,
    expected: tuple[str, ...],
) -> None:
    """§2.2: requested, registered, permitted and consented: all four, or not granted."""
    assert expected == granted(OWN, permissions=permissions, consented=consented).scopes


@pytest.mark.parametrize("api", [None, ORDERS])
def test_offline_access_is_granted_only_when_client_and_api_allow_it(
    api: ResourceServer | None,
) -> None:
    """§2: without the conditions `offline_access` is dropped, with no error."""
    asked = ("openid", "offline_access")
    assert Granted(asked) == granted(asked, api, offline=True)
    assert Granted(("openid",), ("offline_access",)) == granted(asked, api)


@pytest.mark.parametrize("permissions", [None, ("offline_access", "email", "read:all")])
def test_api_cannot_give_standard_scopes_or_refresh_tokens(
    permissions: tuple[str, ...] | None,
) -> None:
    """An API that registers `offline_access` does not thereby allow refresh tokens."""
    asked = ("offline_access", "read:all")
    assert Granted((*OIDC, "read:all")) == granted(None, GREEDY, permissions=permissions)
    assert Granted(("read:all",), ("offline_access",)) == granted(
        asked, GREEDY, permissions=permissions
    )


def test_users_may_only_touch_themselves_at_the_management_api() -> None:
    """§2.1: a user's token for the Management API has the `current_user` scopes alone."""
    assert Granted((*OIDC, *CURRENT_USER)) == granted(None, MANAGEMENT)
    assert Granted(("read:current_user",), ("read:users",)) == granted(
        ("read:users", "read:current_user"), MANAGEMENT
    )


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        (None, ("openid", "email", "read:orders")),
        (("email",), ("email",)),
        (("read:orders", "openid"), ("read:orders", "openid")),
        (("email", "write:orders", "offline_access"), ("email",)),
        (("write:orders",), ()),
    ],
)
def test_refreshed_scopes_are_a_part_of_the_original(
    asked: tuple[str, ...] | None, expected: tuple[str, ...]
) -> None:
    """§3: nothing asked is all of it; what lies outside is dropped without a word."""
    assert expected == narrowed(("openid", "email", "read:orders"), asked)


@pytest.mark.parametrize(
    ("api", "permissions", "expected"),
    [
        (ORDERS, None, ("openid", "offline_access", "read:orders")),
        (ORDERS, ("read:orders",), ("openid", "offline_access", "read:orders")),
        (ORDERS, (), ("openid", "offline_access")),
        (None, None, ("openid", "offline_access")),
        (MANAGEMENT, None, ("openid", "offline_access")),
    ],
)
def test_refreshed_scopes_are_cut_to_what_is_permitted_now(
    api: ResourceServer | None, permissions: tuple[str, ...] | None, expected: tuple[str, ...]
) -> None:
    """§3: permissions are computed anew at each exchange."""
    held = ("openid", "offline_access", "read:orders", "read:gone")
    assert expected == still_permitted(held, api, permissions)
