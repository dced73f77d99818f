"""An attack on a whole tenant that stays below every limit of an address."""

from collections import Counter
from typing import Any, Final

import httpx
import pytest

from gateword.accounts.alarms import Alarms
from gateword.accounts.cleaning import Cleaning
from gateword.policy import attack_protection, protection_extras
from gateword.storage import sampled_logs
from tests.support.factories import PASSWORD
from tests.support.house import DOMAIN, PEER, House
from tests.support.letters import Drawer
from tests.support.protection import protect
from tests.support.stand_ins import START
from tests.wire.world import PASSWORDS, VALUES

MINUTE_S: Final = 60
SLOT_S: Final = 600
WEEK_S: Final = 7 * 86_400
RATES: Final = {
    "pre-login": {"max_attempts": 3, "rate": 864_000},
    "pre-user-registration": {"max_attempts": 50, "rate": 1_200},
}


async def _log_in(
    house: House, username: str, password: str = "wrong", address: str = PEER
) -> httpx.Response:
    form = {
        "grant_type": PASSWORD,
        "username": username,
        "password": password,
        "client_id": VALUES["web"],
        "client_secret": VALUES["web_secret"],
        "scope": "email",
    }
    headers = {} if address == PEER else {"auth0-forwarded-for": address}
    return await house.http.post("/oauth/token", data=form, headers=headers)


async def _attack(house: House, tries: int, network: int = 0) -> None:
    """Try one name each from as many addresses, a failure each."""
    for number in range(tries):
        address = f"203.{network}.{number // 250}.{number % 250 + 1}"
        answer = await _log_in(house, f"nobody{number}@example.com", address=address)
        assert 403 == answer.status_code


async def _let_pass(house: House, seconds: int) -> None:
    """Let time go by, and the chore have its rounds."""
    for _ in range(seconds // 10):
        house.clock.passed_s += 10
        await Alarms().run(house.parts)


async def _alarms(house: House) -> list[dict[str, Any]]:
    """Return the details of all alarms that were logged."""
    rows = await house.parts.stores.logs.read(after=0, limit=1_000, code="pla")
    details: list[Any] = [row.document["details"] for row in rows]
    return [one for one in details if "alarm" in one]


async def test_attack_from_many_addresses_rings_once_and_ends_once(house: House) -> None:
    """§7: failures and names of nobody, one event each when it begins and one when it is over."""
    await _attack(house, 55)
    for _ in range(5):
        await _log_in(house, "ann", PASSWORDS["password"])
    await _let_pass(house, 5 * MINUTE_S)
    begun = await _alarms(house)
    await _let_pass(house, 3 * SLOT_S)
    ended = (await _alarms(house))[len(begun) :]

    about = {"ratio": 0.917, "baseline": 0.1, "tries": 60}
    kinds = ("failure_ratio", "unknown_identifiers")
    assert [{"alarm": kind, "state": "begun", **about} for kind in kinds] == begun
    assert [(kind, "ended", "2026-01-05T12:00:10.000Z") for kind in kinds] == [
        (one["alarm"], one["state"], one["since"]) for one in ended
    ]


async def test_operator_is_told_of_an_attack_by_one_letter(house: House) -> None:
    """Failures and names of nobody ring together; that it is over is in the log."""
    now = house.clock.now()
    await protect(house.parts, protection_extras.EXTRAS, now, admin_email="admin@example.com")
    await _attack(house, 50)
    await _let_pass(house, 10)
    drawer = Drawer()
    await drawer.emptied(house)
    house.clock.passed_s += 7200
    await _let_pass(house, 10)
    (letter,) = await drawer.emptied(house)

    assert ("admin@example.com", "default: far more logins fail than usual") == (
        letter.to,
        letter.subject,
    )
    assert "Far more logins fail than usual, 5 January 2026, 12:00 UTC." in letter.text
    assert 'look for events "pla"' in letter.text
    assert "of this kind comes in 1 hour at the earliest" in letter.text
    assert 'because "alarms" are on' in letter.text


async def test_alarm_makes_bot_detection_stricter_while_it_rings(house: House) -> None:
    """§7: the next higher level counts: a login that was let in is sent elsewhere, and then not."""
    now = house.clock.now()
    await protect(house.parts, attack_protection.SUSPICIOUS_IP, now, stage=RATES)
    await protect(
        house.parts, attack_protection.BOT_DETECTION, now, challenge_password_policy="when_risky"
    )
    await protect(house.parts, protection_extras.EXTRAS, now, client_ceiling=0)
    await _log_in(house, "nobody@example.com")  # a third of the address's budget is gone
    before = await _log_in(house, "old@example.com", PASSWORDS["password"])
    await _attack(house, 50)
    await _let_pass(house, 10)
    during = await _log_in(house, "odd@example.com", PASSWORDS["odd_password"])
    known = await _log_in(house, "old@example.com", PASSWORDS["password"])
    await _let_pass(house, 3 * SLOT_S)
    await _log_in(house, "nobody@example.com")  # what was gone had come back
    after = await _log_in(house, "odd@example.com", PASSWORDS["odd_password"])

    assert [200, 401, 200, 200] == [one.status_code for one in (before, during, known, after)]
    assert "requires_verification" == during.json()["error"]


async def test_login_asks_the_database_nothing_for_an_alarm(house: House) -> None:
    """What is known of it is in memory."""
    said = []
    for _ in range(2):
        house.clock.passed_s += 10
        house.engines.watched.said.clear()
        await _log_in(house, "ann", PASSWORDS["password"])
        said.append([text for text in house.engines.watched.said if "tallies" in text])
        await Alarms().run(house.parts)

    assert [[], []] == said


async def test_tenant_that_wants_no_alarms_has_none(house: House) -> None:
    """The switch `alarms` of `x-gateword` ends those that ring, too."""
    seen = []
    await _attack(house, 50)
    await _let_pass(house, 10)
    seen.append(house.parts.stores.tallies.is_alarmed)
    await protect(house.parts, protection_extras.EXTRAS, house.clock.now(), alarms=False)
    await _let_pass(house, 10)
    seen.append(house.parts.stores.tallies.is_alarmed)
    await _let_pass(house, MINUTE_S)
    await _attack(house, 70, network=1)
    await _let_pass(house, 2 * MINUTE_S)

    assert [True, False] == seen
    assert ["begun", "begun", "ended", "ended"] == [one["state"] for one in await _alarms(house)]


async def test_application_that_tells_an_attacks_addresses_rings_once_an_hour(
    house: House,
) -> None:
    """§7 "header spoof": 61 new addresses within a minute, from which nearly nobody gets in."""
    crowds = []
    for network, later_s in enumerate((0, 0, 3600)):
        house.clock.passed_s += later_s
        await _attack(house, 61, network)
        await _let_pass(house, 10)
        crowds.append([one for one in await _alarms(house) if one["alarm"] == "client_addresses"])

    about = {"alarm": "client_addresses", "client_id": VALUES["web"]}
    assert [[about], [about], [about, about]] == crowds


async def test_addresses_of_the_peers_are_none_that_an_application_tells(house: House) -> None:
    """Users who come themselves may be many."""
    form = {"grant_type": PASSWORD, "username": "n", "password": "x", "client_id": VALUES["spa"]}
    for number in range(70):
        transport = httpx.ASGITransport(house.app, client=(f"203.0.113.{number + 1}", 41000))
        url = f"https://{DOMAIN}/oauth/token"
        async with httpx.AsyncClient(transport=transport) as http:
            assert 403 == (await http.post(url, data=form)).status_code
    await _let_pass(house, 10)

    assert ["failure_ratio", "unknown_identifiers"] == [
        one["alarm"] for one in await _alarms(house)
    ]


async def test_numbers_are_kept_for_as_long_as_an_alarm_needs_them(house: House) -> None:
    """A week and the two slots that are judged; the cleaning deletes what is older."""
    kept = []
    await _log_in(house, "ann")
    await _let_pass(house, 10)
    for later_s in (WEEK_S + SLOT_S, SLOT_S):
        house.clock.passed_s += later_s
        await Cleaning(600).run(house.parts)
        kept.append(len(await house.parts.stores.tallies.read(START)))

    assert [1, 0] == kept


async def test_flood_of_failures_is_sampled_in_the_log(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """§7 "log flooding": wired into the running server, and the chore tells of the rest."""
    monkeypatch.setattr(sampled_logs, "FULL", 10)
    for number in range(19):
        await _log_in(house, f"nobody{number}@example.com")
    await _let_pass(house, MINUTE_S)
    rows = [row.document for row in await house.log()]

    assert {"fu": 11, "fepft": 11} == Counter(row["type"] for row in rows)
    assert [8, 8] == [row["details"]["left_out"] for row in rows[-2:]]  # type: ignore[index]
