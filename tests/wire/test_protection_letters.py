"""What attack protection writes: to a user whose account was shut or whose password is known."""

from datetime import timedelta
from typing import Final

import pytest

from gateword.accounts import passwords
from gateword.domain.secret import Secret
from gateword.policy.attack_protection import BREACHED_PASSWORD, BRUTE_FORCE, SUSPICIOUS_IP
from gateword.policy.protection_extras import EXTRAS
from gateword.ports.documents import Kept
from gateword.ports.queues import Letter
from tests.support.house import PEER, House
from tests.support.letters import Drawer, form_behind, link_of
from tests.support.protection import protect
from tests.wire.doors import ANN, NEW, RESET, logged_in, submitted, with_options
from tests.wire.world import CUSTOMERS, ISSUER, VALUES

LEAKED: Final = "AUTH0-TEST-ann"
OPERATOR: Final = "ops@tenant.example"
HOUR_S: Final = 3600
DAY_S: Final = 86_400


async def test_user_learns_that_the_account_is_shut(house: House) -> None:
    """The letter says when, and from where the last wrong password came; its link is ours (I7)."""
    for _ in range(10):
        await logged_in(house, "wrong")

    [letter] = await Drawer().emptied(house)

    assert (ANN, "Logins to your account are blocked") == (letter.to, letter.subject)
    for form in (letter.text, letter.html):
        assert PEER in form
        assert "5 January 2026, 12:00 UTC" in form
        assert "5 days" in form
    assert link_of(letter).startswith(f"{ISSUER}u/unblock?ticket=")


async def test_letter_tells_of_an_account_that_is_shut_everywhere(house: House) -> None:
    """Where an account is locked for all addresses, the letter does not speak of one."""
    await _protect(house, BRUTE_FORCE, mode="count_per_identifier")
    for _ in range(10):
        await logged_in(house, "wrong")

    [letter] = await Drawer().emptied(house)

    assert "wherever they are" in letter.text
    assert "from there" not in letter.text


@pytest.mark.parametrize("shields", [["block"], ["user_notification"], []])
async def test_user_hears_nothing_unless_the_tenant_wants_it(
    house: House, shields: list[str]
) -> None:
    """No letter without the shield, nor about a block that is none."""
    await _protect(house, BRUTE_FORCE, shields=shields)
    for _ in range(10):
        await logged_in(house, "wrong")

    assert [] == await Drawer().emptied(house)


async def test_nobody_gets_a_letter_and_nobody_can_tell(house: House) -> None:
    """T3: the try that shuts a name costs the same statements whether somebody has it or not."""
    said = {}
    for email in ("warm@mail.example", ANN, "nobody@mail.example"):
        for _ in range(9):
            await logged_in(house, "wrong", email)
        before = len(house.engines.watched.said)
        await logged_in(house, "wrong", email)
        said[email] = sorted(house.engines.watched.said[before:])

    assert said["warm@mail.example"] == said["nobody@mail.example"] == said[ANN]
    assert any("INSERT INTO outbox" in one for one in said[ANN])
    assert [ANN] == [letter.to for letter in await Drawer().emptied(house)]


async def test_tenants_own_words_are_used(house: House) -> None:
    """A template by Auth0's name replaces ours, with Auth0's name for the address."""
    text = "{{ user.source_ip }}{% if user.city %} in {{ user.city }}{% endif %}: {{ url }}"
    await _template(house, "blocked_account", body=text, subject="Shut: {{ application.name }}")
    for _ in range(10):
        await logged_in(house, "wrong")

    [letter] = await Drawer().emptied(house)

    assert ("Shut: Web", f"{PEER}: {ISSUER}u/unblock") == (letter.subject, letter.html[:46])


async def test_letter_that_is_switched_off_does_not_leave(house: House) -> None:
    """A tenant may want the block and not the letter."""
    await _template(house, "blocked_account", enabled=False)
    for _ in range(10):
        await logged_in(house, "wrong")

    assert [] == await Drawer().emptied(house)


async def test_user_learns_that_the_password_is_known(house: House) -> None:
    """The letter leads to a page where another password is chosen, and then the login works."""
    await _leak(house, shields=["block", "user_notification"])
    assert 401 == (await logged_in(house, LEAKED)).status_code

    [letter] = await Drawer().emptied(house)
    answer = await submitted(
        house, await form_behind(house.http, link_of(letter)), password=NEW, again=NEW
    )

    assert (ANN, "Your password is known to strangers") == (letter.to, letter.subject)
    assert PEER in letter.text
    assert link_of(letter).startswith(f"{ISSUER}{RESET[1:]}?ticket=")
    assert 200 == answer.status_code
    assert 200 == (await logged_in(house, NEW)).status_code


async def test_user_is_told_once_an_hour(house: House) -> None:
    """However often a known password is used, one letter an hour is enough; the log as well."""
    await _leak(house, shields=["user_notification"])
    counts = []
    for wait_s in (0, 1, HOUR_S, 1):
        house.clock.passed_s += wait_s
        assert 200 == (await logged_in(house, LEAKED)).status_code
        counts.append(len(await Drawer().emptied(house)))

    assert [1, 0, 1, 0] == counts
    assert 2 == len([row for row in await house.log() if row.document["type"] == "pwd_leak"])


async def test_letter_has_no_link_where_users_choose_no_passwords(house: House) -> None:
    """What a directory forbids its users, a letter does not let them do."""
    await _leak(house, shields=["user_notification"])
    await with_options(house, disable_self_service_change_password=True)
    await logged_in(house, LEAKED)

    [letter] = await Drawer().emptied(house)

    assert "https://" not in letter.text
    assert "href" not in letter.html
    assert "have it changed" in letter.text


async def test_operator_learns_of_an_address_that_guesses(house: House) -> None:
    """The letter is plain and names the address; another about it comes an hour later."""
    await _named(house)
    await _protect(house, SUSPICIOUS_IP, stage=_stage("pre-login", 3))
    await _guess(house)
    [letter] = await Drawer().emptied(house)
    house.clock.passed_s += HOUR_S / 2
    await _guess(house)
    assert [] == await Drawer().emptied(house)
    house.clock.passed_s += HOUR_S / 2
    await _guess(house)
    assert 1 == len(await Drawer().emptied(house))

    assert (OPERATOR, "") == (letter.to, letter.html)
    assert "default: too many tries from one address" == letter.subject
    assert f"Too many failed logins came from the address {PEER}, 5 January 2026" in letter.text
    assert "More of them are refused" in letter.text


async def test_operator_learns_of_an_address_that_signs_up(house: House) -> None:
    """Sign-ups beyond an address's share are told of like failed logins."""
    await _named(house)
    stage = _stage("pre-user-registration", 1)
    await _protect(house, SUSPICIOUS_IP, stage=stage, shields=["admin_notification"])
    for name in ("one", "two"):
        body = {"connection": CUSTOMERS, "email": f"{name}@mail.example", "password": NEW}
        assert 200 == (await house.http.post("/dbconnections/signup", json=body)).status_code

    [letter] = await _delivered(house, "admin_alert")

    assert f"Too many sign-ups came from the address {PEER}" in letter.text
    assert "Nothing is refused" in letter.text


@pytest.mark.parametrize(
    ("frequency", "letters"),
    [
        (["immediately"], [1, 1, 1]),
        (["daily"], [1, 0, 1]),
        (["weekly", "monthly"], [1, 0, 0]),
        ([], [1, 0, 1]),
    ],
)
async def test_operator_learns_of_a_known_password_as_often_as_wished(
    house: House, frequency: list[str], letters: list[int]
) -> None:
    """At once is once an hour for an address; else once in that time; unsaid is daily."""
    await _named(house)
    await _leak(house, shields=["admin_notification"], admin_notification_frequency=frequency)
    counts = []
    for wait_s in (0, HOUR_S, DAY_S):
        house.clock.passed_s += wait_s
        for _ in range(2):
            await logged_in(house, LEAKED)
        counts.append(len(await Drawer().emptied(house)))

    assert letters == counts


@pytest.mark.parametrize("shields", [["block"], ["admin_notification"]])
async def test_nobody_is_told_where_nobody_is_named_or_wants_it(
    house: House, shields: list[str]
) -> None:
    """Without the shield or an address there is not even an order."""
    if "block" in shields:
        await _named(house)
    await _leak(house, shields=shields)
    await logged_in(house, LEAKED)

    later = house.clock.now() + timedelta(days=1)

    assert [] == list(await house.parts.stores.outbox.claim(later, later, 10))


async def _protect(house: House, name: str, **members: object) -> None:
    await protect(house.parts, name, house.clock.now(), **members)
    house.clock.passed_s += 1  # the running server looks for changes twice a second


async def _named(house: House) -> None:
    await _protect(house, EXTRAS, admin_email=OPERATOR, same_user_per_minute=0)


def _stage(name: str, most: int) -> dict[str, dict[str, int]]:
    rate = {"max_attempts": 100, "rate": 1000}
    stages = {"pre-login": rate, "pre-user-registration": rate}
    return stages | {name: {"max_attempts": most, "rate": HOUR_S * 1000}}


async def _guess(house: House) -> None:
    """Fail until the address may not go on."""
    for number in range(5):
        await logged_in(house, "wrong", f"{number}@mail.example")


async def _leak(house: House, **members: object) -> None:
    """Give Ann a password that everybody knows."""
    await _protect(house, BREACHED_PASSWORD, enabled=True, **members)
    stores = house.parts.stores
    user = await stores.users.by_id(VALUES["customer_ann"])
    connection = await stores.connections.named(CUSTOMERS)
    assert user is not None
    assert connection is not None
    encoded = await house.parts.hasher.hash(Secret(LEAKED))
    await passwords.replaced(house.parts, user, connection, encoded)


async def _delivered(house: House, kind: str) -> list[Letter]:
    return [letter for letter in await Drawer().emptied(house) if letter.kind == kind]


async def _template(house: House, name: str, **members: object) -> None:
    kept = Kept(id=name, document={"template": name, "enabled": True, **members})
    await house.parts.stores.documents.put("email_template", kept, house.clock.now())
