"""Second factors in every order, through the whole server, against plain lists (O3, O4, O6, G8)."""

from dataclasses import replace
from typing import Any, Final

import pyotp
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    initialize,
    precondition,
    rule,
    run_state_machine_as_test,
)

from tests.property.factor_account import OVER, Account, other
from tests.property.factor_ground import (
    CLIENTS,
    PASSWORDS,
    grant_form,
    grounds,
    kind_of,
    login_form,
    proof,
)
from tests.property.second_steps import (
    RECOVERY,
    SMS,
    STEP_S,
    SWITCHES,
    TOKENS,
    TOTP,
    WAITS,
    WRONG_PASSWORD,
    Person,
    Session,
)

PASSED_S: Final = (1, 30, 30, 31, 60, 299, 300, 599, 600)
AT_ONCE: Final = (1, 1, 1, 5)
STEPS: Final = (-2, -1, 0, 0, 0, 0, 1, 2)
IS_THIEF: Final = st.sampled_from((False,) * 9 + (True,))
IS_SURE: Final = st.sampled_from((False, False, True))
WHICH: Final = st.integers(0, OVER)


class Logins(Account):
    """One user logs in, enrols and shows factors, while much happens to the account."""

    @rule(client=st.sampled_from(CLIENTS))
    def log_in(self, client: str) -> None:
        """Somebody gives the right password."""
        person = self.person
        form = login_form(client, self.email, PASSWORDS[person.password % 2])
        [answer] = self.ground.token(form)
        assert person.password_answer() == kind_of(answer)
        if "mfa_token" in answer.json():
            assert person.requirements() == answer.json()["mfa_requirements"]
            token, ends = answer.json()["mfa_token"], person.now + WAITS
            self.sessions.append(Session(token, client, person.owner, person.password, ends))

    @rule()
    def mistype(self) -> None:
        """Somebody gives a wrong password: nothing tells whether there is a factor."""
        [answer] = self.ground.token(login_form("web", self.email, "wrong"))
        assert WRONG_PASSWORD == kind_of(answer)

    @precondition(lambda self: self.sessions)
    @rule(which=WHICH, kind=st.sampled_from((TOTP, TOTP, SMS)))
    def enrol(self, which: int, kind: str) -> None:
        """A factor is to be set up."""
        session, expected = self.session(which), self.person.enrolment(self.session(which), kind)
        body: dict[str, Any] = {"authenticator_types": ["otp"]}
        if kind == SMS:
            body = {"authenticator_types": ["oob"], "oob_channels": ["sms"]}
            body["phone_number"] = "+4915112345678"
        answer = self.ground.post("/mfa/associate", body, session.token)
        assert expected == kind_of(answer)
        if expected == TOKENS:
            self.note_enrolment(session, kind, answer.json())

    @precondition(lambda self: self.sessions)
    @rule(which=WHICH, types=st.sampled_from(("otp", "oob", "otp oob")))
    def challenge(self, which: int, types: str) -> None:
        """A factor is asked for."""
        session, person = self.session(which), self.person
        body = {"mfa_token": session.token, "challenge_type": types, **proof(session.client)}
        answer = self.ground.post("/mfa/challenge", body)
        assert person.ask(session, types) == kind_of(answer)
        if "oob_code" in answer.json():
            [of] = person.usable(SMS)
            self.note_sent(session, of, answer.json()["oob_code"])

    @precondition(lambda self: self.sessions and self.apps())
    @rule(
        which=WHICH,
        app=WHICH,
        step=st.sampled_from(STEPS),
        is_thief=IS_THIEF,
        times=st.sampled_from(AT_ONCE),
    )
    def show_otp(self, which: int, app: int, step: int, *, is_thief: bool, times: int) -> None:
        """Somebody types what an app shows, has shown or will show, perhaps many times at once."""
        session, of = self.session(which), self.apps()[app % len(self.apps())]
        client = other(session.client) if is_thief else session.client
        at = int(self.person.now.timestamp()) // STEP_S + step
        form = grant_form(session, client, "otp", otp=pyotp.HOTP(of.seed).at(at))
        expected = self.person.otp(session, client, of, at)
        if self.tried(session, form, expected, times):
            of.last_step = at
            self.person.confirm(of)

    @precondition(lambda self: self.sessions)
    @rule(which=WHICH)
    def guess_otp(self, which: int) -> None:
        """Somebody types what no app shows."""
        session = self.session(which)
        expected = self.person.otp(session, session.client, None, 0)
        self.tried(session, grant_form(session, session.client, "otp", otp="12345"), expected, 1)

    @precondition(lambda self: self.sessions and self.person.sent)
    @rule(
        which=WHICH,
        number=WHICH,
        is_own=st.sampled_from((True, True, False)),
        is_right=st.sampled_from((True, True, False)),
        is_thief=IS_THIEF,
        times=st.sampled_from(AT_ONCE),
    )
    def show_message(
        self,
        which: int,
        number: int,
        *,
        is_own: bool,
        is_right: bool,
        is_thief: bool,
        times: int,
    ) -> None:
        """Somebody types a code that was sent, for this login or for another."""
        sent = self.person.sent[-1 - number % len(self.person.sent)]
        session = sent.session if is_own else self.session(which)
        client = other(session.client) if is_thief else session.client
        code = sent.code if is_right else "12345"
        shown = {"oob_code": sent.handle, "binding_code": code}
        expected = self.person.oob(session, client, sent, code)
        if self.tried(session, grant_form(session, client, "oob", **shown), expected, times):
            sent.is_used = True
            self.person.confirm(sent.of)

    @precondition(lambda self: self.sessions)
    @rule(which=WHICH, number=WHICH, is_thief=IS_THIEF, times=st.sampled_from(AT_ONCE))
    def show_recovery_code(self, which: int, number: int, *, is_thief: bool, times: int) -> None:
        """Somebody types a recovery code that is, or was, the user's."""
        session = self.session(which)
        client = other(session.client) if is_thief else session.client
        code = self.codes[-1 - number % len(self.codes)]
        form = grant_form(session, client, "recovery-code", recovery_code=code)
        won = self.tried(session, form, self.person.recovery(session, client, code), times)
        if won:
            [one] = self.person.usable(RECOVERY)
            one.code = won.json()["recovery_code"]
            self.codes.append(one.code)

    @initialize(kind=st.sampled_from((TOTP, SMS)))
    def set_up(self, kind: str) -> None:
        """Most things happen to those who have a factor."""
        self.go_all_the_way("web", kind)

    @rule(client=st.sampled_from(CLIENTS), kind=st.sampled_from((TOTP, SMS, RECOVERY)))
    def go_all_the_way(self, client: str, kind: str) -> None:
        """Somebody logs in with what is there, or sets it up; as far as it goes."""
        self.pass_time(31)
        before = len(self.sessions)
        self.log_in(client)
        if len(self.sessions) == before:
            return
        if kind == RECOVERY:
            self.show_recovery_code(0, 0, is_thief=False, times=1)
            return
        if not self.person.is_enrolled():
            self.enrol(0, kind)
        elif kind == SMS:
            self.challenge(0, "oob")
        if kind == SMS and self.person.sent:
            mine = {"is_own": True, "is_right": True, "is_thief": False, "times": 1}
            self.show_message(0, 0, **mine)
        elif self.apps():
            self.show_otp(0, 0, 0, is_thief=False, times=1)

    @rule(kind=st.sampled_from((TOTP, SMS)), times=st.sampled_from(AT_ONCE))
    def show_twice(self, kind: str, times: int) -> None:
        """What is asked for in one login is shown in another, and then where it belongs."""
        self.go_all_the_way("web", kind)
        self.pass_time(31)
        self.log_in("web")
        self.log_in("web")
        if [one for one in self.sessions[-2:] if one.is_used] or not self.person.is_enrolled():
            return
        if kind == SMS and self.person.usable(SMS):
            self.challenge(1, "oob")
            for which in (0, 1):
                how = {"is_own": False, "is_right": True, "is_thief": False, "times": times}
                self.show_message(which, 0, **how)
        elif self.apps():
            for which in (0, 0, 1):
                self.show_otp(which, 0, 0, is_thief=False, times=times)

    @rule(seconds=st.sampled_from(PASSED_S))
    def pass_time(self, seconds: int) -> None:
        """Time goes by."""
        self.ground.house.clock.passed_s += seconds
        self.person.now = self.ground.house.clock.now()

    @precondition(lambda self: self.person.owned())
    @rule(number=WHICH)
    def delete_authenticator(self, number: int) -> None:
        """Something that is enrolled, or begun, is deleted."""
        owned = self.person.owned()
        one = owned[number % len(owned)]
        gone = self.ground.do(self.stores.authenticators.remove(self.user.key, [one.id]))
        assert 1 == gone
        self.person.remove(one)

    @rule(kind=st.sampled_from((TOTP, SMS, RECOVERY)), is_sure=IS_SURE)
    def switch(self, kind: str, *, is_sure: bool) -> None:
        """An operator switches a factor on or off."""
        if not is_sure and kind in self.person.on:
            return
        self.person.on ^= {kind}
        self.ground.put(SWITCHES[kind], {"enabled": kind in self.person.on})

    @rule(is_sure=IS_SURE)
    def block(self, *, is_sure: bool) -> None:
        """An operator blocks the user, or lifts it."""
        if not is_sure and not self.person.is_blocked:
            return
        self.person.is_blocked = is_blocked = not self.person.is_blocked
        change = self.stores.users.change(
            self.user.user_id, lambda one: replace(one, blocked=is_blocked), self.person.now
        )
        self.ground.do(change)

    @rule()
    def change_password(self) -> None:
        """The user gets another password: no login that waits goes on."""
        self.pass_time(1)
        self.person.password += 1
        self.ground.change_password(self.user, self.person.password % 2)

    @rule(is_sure=IS_SURE)
    def delete_user(self, *, is_sure: bool) -> None:
        """The user is deleted, and another one gets the address."""
        if not is_sure:
            return
        assert self.ground.do(self.stores.users.remove(self.user.user_id))
        self.user = self.ground.add_user(self.email)
        before = self.person
        self.person = Person(before.now, owner=before.owner + 1, on=before.on)


def test_no_order_lets_a_login_through_that_should_not() -> None:
    """O3, O4, O6, G8: in every order of what may happen each answer is that of plain lists."""
    bounds: Any = settings(
        max_examples=15,
        stateful_step_count=40,
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow],
        phases=[Phase.explicit, Phase.generate],  # a shorter example would take minutes
    )
    with grounds() as opened:

        class Here(Logins):
            ground = opened

        run_state_machine_as_test(Here, settings=bounds)
