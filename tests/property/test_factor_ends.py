"""What ends a login that waits, and which handles open one (O4, O6, O7)."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, Final

import httpx
import pyotp
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateword.domain.mfa import Authenticator, Challenge, Kind
from gateword.domain.secret import Secret
from gateword.domain.user import User
from gateword.login import asking
from tests.property.factor_ground import (
    GRANT,
    PASSWORDS,
    Ground,
    grant_form,
    grounds,
    kind_of,
    login_form,
    proof,
)
from tests.property.second_steps import MALFORMED, OOB_MALFORMED, SWITCHES, TOKENS, Session
from tests.wire.world import CUSTOMERS, VALUES

SEED: Final = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
CODE: Final = "123456"
RECOVERY_CODE: Final = "ABCDEFGHJKLMNPQRSTUVWXYZ"
SHOWN: Final = ("otp", "oob", "recovery-code")


@pytest.fixture(scope="module")
def ground() -> Iterator[Ground]:
    """A running server in which every login shows a second factor."""
    with grounds() as opened:
        for name in SWITCHES.values():
            opened.put(name, {"enabled": True})
        yield opened


@dataclass
class Waiter:
    """Somebody who has factors of three kinds, and a login that waits."""

    ground: Ground
    user: User
    session: Session
    oob_code: str

    def form(self, shown: str, client: str = "web") -> dict[str, str]:
        """Return the form that shows a factor rightly."""
        at = self.ground.house.clock.now()
        secrets = {
            "otp": {"otp": pyotp.TOTP(SEED).at(at)},
            "oob": {"oob_code": self.oob_code, "binding_code": CODE},
            "recovery-code": {"recovery_code": RECOVERY_CODE},
        }
        return grant_form(self.session, client, shown, **secrets[shown])

    def shows(self, shown: str, **changed: str) -> httpx.Response:
        """Show a factor rightly, but for these members."""
        [answer] = self.ground.token({**self.form(shown), **changed})
        self.ground.forget_tries(self.user)
        return answer


def a_waiter(ground: Ground) -> Waiter:
    """Return somebody new."""
    email = ground.new_email()
    user, at, stores = ground.add_user(email), ground.house.clock.now(), ground.house.parts.stores

    def one(kind: Kind, **more: Any) -> Authenticator:
        id_ = f"{kind.value}|dev_{user.key:0>16}"
        return Authenticator(
            id=id_, user_key=user.key, kind=kind, created_at=at, confirmed_at=at, **more
        )

    phone = one(Kind.SMS, target="+4915112345678")
    made = (one(Kind.TOTP, seed=Secret(SEED)), phone, one(Kind.RECOVERY_CODE))
    assert ground.do(stores.authenticators.add(made, 9, recovery_code=Secret(RECOVERY_CODE)))
    [answer] = ground.token(login_form("web", email, PASSWORDS[0]))
    token = answer.json()["mfa_token"]
    session = Session(token, "web", 0, 0, at)
    stamp, handle = ground.house.parts.stamp, f"Fe26.2**{user.key}{'x' * 40}aB_-9"
    challenge = Challenge(
        user_key=user.key,
        authenticator_id=phone.id,
        session=hashlib.sha256(token.encode()).digest(),
        code=stamp.digest(CODE, asking.PURPOSE + phone.id),
        created_at=at,
        expires_at=at + timedelta(minutes=5),
    )
    ground.do(stores.challenges.add(Secret(handle), challenge))
    return Waiter(ground, user, session, handle)


def block(waiter: Waiter, *, is_over: bool) -> None:
    """An operator blocks the user."""
    users, at = waiter.ground.house.parts.stores.users, waiter.ground.house.clock.now()
    waiter.ground.do(
        users.change(waiter.user.user_id, lambda one: replace(one, blocked=not is_over), at)
    )


def lose_grants(waiter: Waiter, *, is_over: bool) -> None:
    """The client may not use these grants any more."""
    clients, at = waiter.ground.house.parts.stores.clients, waiter.ground.house.clock.now()
    client = waiter.ground.do(clients.get(VALUES["web"]))
    assert client is not None
    kept = tuple(one for one in client.grant_types if not one.startswith(GRANT))
    grant_types = (*kept, *(f"{GRANT}{one}" for one in SHOWN)) if is_over else kept
    waiter.ground.do(clients.put(replace(client, grant_types=grant_types), at))


def close_connection(waiter: Waiter, *, is_over: bool) -> None:
    """The directory is not the client's any more."""
    connections = waiter.ground.house.parts.stores.connections
    at = waiter.ground.house.clock.now()
    connection = waiter.ground.do(connections.named(CUSTOMERS))
    assert connection is not None
    clients = connection.enabled_clients ^ {VALUES["web"]}
    assert is_over is (VALUES["web"] in clients)
    waiter.ground.do(connections.put(replace(connection, enabled_clients=clients), at))


def switch_off(waiter: Waiter, *, is_over: bool) -> None:
    """An operator switches the factors off."""
    for name in SWITCHES.values():
        waiter.ground.put(name, {"enabled": is_over})


PASSING: Final[dict[str, Any]] = {
    "blocked": block,
    "grants lost": lose_grants,
    "not enabled for the client": close_connection,
    "factors off": switch_off,
}


@pytest.mark.parametrize("shown", SHOWN)
@pytest.mark.parametrize("what", PASSING)
def test_nobody_goes_on_while_something_stands_against_it(
    ground: Ground, what: str, shown: str
) -> None:
    """O6: each way in is shut while it lasts, and nothing was used up when it is over."""
    waiter, change = a_waiter(ground), PASSING[what]

    change(waiter, is_over=False)
    during = waiter.shows(shown)
    change(waiter, is_over=True)
    after = waiter.shows(shown)

    assert during.status_code in {401, 403}
    assert {"error", "error_description"} <= set(during.json())
    assert not {"access_token", "mfa_token"} & set(during.json())
    assert TOKENS == kind_of(after)


def new_password(waiter: Waiter) -> None:
    """The user gets another password."""
    waiter.ground.house.clock.passed_s += 1
    waiter.ground.change_password(waiter.user, 1)


def delete(waiter: Waiter) -> None:
    """The user is deleted."""
    assert waiter.ground.do(waiter.ground.house.parts.stores.users.remove(waiter.user.user_id))


def pass_time(waiter: Waiter) -> None:
    """Ten minutes go by."""
    waiter.ground.house.clock.passed_s += 600


def remove_factors(waiter: Waiter) -> None:
    """All that was enrolled is deleted."""
    stores = waiter.ground.house.parts.stores
    owned = waiter.ground.do(stores.authenticators.of_user(waiter.user.key, waiter.user.created_at))
    waiter.ground.do(stores.authenticators.remove(waiter.user.key, [one.id for one in owned]))


LASTING: Final = {
    "new password": new_password,
    "deleted": delete,
    "time is over": pass_time,
    "factors removed": remove_factors,
}


@pytest.mark.parametrize("shown", SHOWN)
@pytest.mark.parametrize("what", LASTING)
def test_nobody_goes_on_after_the_end(ground: Ground, what: str, shown: str) -> None:
    """O6: whatever was shown before would have been right, and is nothing now."""
    waiter = a_waiter(ground)
    form = waiter.form(shown)

    LASTING[what](waiter)
    [answer] = ground.token(form)

    assert answer.status_code in {401, 403}
    assert {"error", "error_description"} == set(answer.json())


@pytest.mark.parametrize("shown", SHOWN)
def test_mfa_token_of_another_client_is_none(ground: Ground, shown: str) -> None:
    """O4: a foreign client gets nothing, and harms nothing."""
    waiter = a_waiter(ground)

    assert MALFORMED == kind_of(waiter.shows(shown, **proof("other")))
    assert TOKENS == kind_of(waiter.shows(shown))


EDITS: Final = st.tuples(st.integers(0, 200), st.sampled_from("Aa0_-*. \t\0=é"))


@pytest.fixture(scope="module")
def waiter(ground: Ground) -> Waiter:
    """Somebody whose login waits."""
    return a_waiter(ground)


@given(edits=st.lists(EDITS, min_size=1, max_size=3), cut=st.integers(0, 3), swaps=st.booleans())
@settings(max_examples=60, deadline=None)
def test_edited_handle_opens_nothing(
    waiter: Waiter, edits: list[tuple[int, str]], cut: int, *, swaps: bool
) -> None:
    """O7: whatever is changed of an `mfa_token` or `oob_code`, it is none."""
    for name, refusal in (("mfa_token", MALFORMED), ("oob_code", OOB_MALFORMED)):
        valid = waiter.form("oob")[name]
        edited = _edited(valid, edits, cut, swaps=swaps)
        if edited == valid:
            continue
        answer = waiter.shows("oob", **{name: edited})
        assert kind_of(answer) == refusal or answer.status_code == 400
    listed = waiter.ground.listed(waiter.session.token)
    assert 200 == listed.status_code


def _edited(valid: str, edits: list[tuple[int, str]], cut: int, *, swaps: bool) -> str:
    edited = valid.swapcase() if swaps else valid
    for place, char in edits:
        at = place % (len(edited) + 1)
        edited = edited[:at] + char + edited[at:]
    return edited[: len(edited) - cut]
