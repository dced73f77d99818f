"""Nothing is granted that was not asked, registered and permitted."""

from typing import TypeAlias

from hypothesis import given
from hypothesis import strategies as st

from gateword.domain.resource_server import ResourceServer
from gateword.policy.scopes import OFFLINE_ACCESS, OIDC, for_user, narrowed, still_permitted
from tests.support.factories import an_api

Scopes: TypeAlias = tuple[str, ...]
Maybe: TypeAlias = tuple[str, ...] | None
Api: TypeAlias = ResourceServer | None

pool = ("read:a", "write:a", "read:b", "Read:a", "openid", "email", "profile", OFFLINE_ACCESS)
some = st.lists(st.sampled_from(pool), unique=True).map(tuple)
maybe = st.none() | some
apis = st.none() | st.builds(
    lambda scopes: an_api("https://api", scopes=dict.fromkeys(scopes, "")), some
)


@given(
    asked=some,
    api=apis,
    permissions=maybe,
    consented=maybe,
    offline=st.booleans(),
    expand=st.booleans(),
)
def test_granted_is_asked_registered_permitted_and_consented(
    *, asked: Scopes, api: Api, permissions: Maybe, consented: Maybe, offline: bool, expand: bool
) -> None:
    """§2.2: each granted scope passes every gate, and every scope that passes is granted."""
    granted = for_user(
        asked,
        api,
        permissions=permissions,
        consented=consented,
        offline=offline,
        expand_openid=expand,
    )

    def passes(scope: str) -> bool:
        if scope in OIDC:
            return True
        if scope == OFFLINE_ACCESS:
            return offline
        gates = [() if api is None else tuple(api.scopes), permissions, consented]
        return all(gate is None or scope in gate for gate in gates)

    if asked == ("openid",) and expand:
        assert OIDC == granted.scopes
    else:
        assert tuple(filter(passes, asked)) == granted.scopes
        assert set(asked) - set(granted.scopes) == set(granted.dropped)


@given(api=apis, permissions=maybe, consented=maybe, offline=st.booleans())
def test_default_never_holds_offline_access_or_duplicates(
    *, api: Api, permissions: Maybe, consented: Maybe, offline: bool
) -> None:
    """§2.2: who asks for nothing gets no refresh token, and each scope once."""
    granted = for_user(
        None, api, permissions=permissions, consented=consented, offline=offline, expand_openid=True
    ).scopes
    assert OFFLINE_ACCESS not in granted
    assert len(set(granted)) == len(granted)
    assert OIDC == granted[: len(OIDC)]
    own = [] if api is None else [scope for scope in api.scopes if scope in granted[len(OIDC) :]]
    assert tuple(own) == granted[len(OIDC) :]


@given(some, maybe)
def test_narrowing_never_widens(original: Scopes, asked: Maybe) -> None:
    """Promise O5: a refreshed token holds a part of the original, in the asked order."""
    scopes = narrowed(original, asked)
    assert set(scopes) <= set(original)
    assert scopes == original if asked is None else set(scopes) == set(asked) & set(original)
    assert scopes == narrowed(original, scopes or None) or not scopes


@given(some, apis, maybe)
def test_renewal_takes_away_and_adds_nothing(held: Scopes, api: Api, permissions: Maybe) -> None:
    """§3: scopes only get fewer, keep their order, and a second look changes nothing."""
    scopes = still_permitted(held, api, permissions)
    assert scopes == tuple(scope for scope in held if scope in scopes)
    assert scopes == still_permitted(scopes, api, permissions)
    assert {*OIDC, OFFLINE_ACCESS} & set(held) <= set(scopes)


@given(some, apis, some, some)
def test_fewer_permissions_never_grant_more(
    asked: Scopes, api: Api, permissions: Scopes, fewer: Scopes
) -> None:
    """§2.2: taking permissions away is never a gain."""
    cut = tuple(scope for scope in permissions if scope in fewer)

    def granted(held: Scopes) -> set[str]:
        return set(
            for_user(
                asked, api, permissions=held, consented=None, offline=True, expand_openid=True
            ).scopes
        )

    assert granted(cut) <= granted(permissions)
