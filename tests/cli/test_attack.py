"""`gateword attack`, played against the server it starts."""

import asyncio
import json
import shutil
import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any, Final

import pytest
from typer.testing import CliRunner

from gateword.app import opened
from gateword.cli.main import application
from gateword.cli.rehearsal.scenarios import SCENARIOS
from gateword.policy.attack_protection import BOT_DETECTION, BRUTE_FORCE, SUSPICIOUS_IP
from gateword.settings import DATABASE_FILE, load
from tests.cli.conftest import CommandLine
from tests.support.protection import protect

PER_ADDRESS: Final = 30
"""Failed logins that the installation under test allows an address; fewer than Auth0's hundred, so
that the budgets ten times as wide are reached in a moment."""

STAGES: Final = {
    "pre-login": {"max_attempts": PER_ADDRESS, "rate": 864_000},
    "pre-user-registration": {"max_attempts": 50, "rate": 1_200},
    "pre-custom-token-exchange": {"max_attempts": 10, "rate": 600_000},
}


def set_up(data: Path, name: str, **members: object) -> None:
    """Change an object of attack protection of an installation."""

    async def change() -> None:
        async with opened(load({}, data_dir=data)) as house:
            await protect(house.parts, name, house.parts.clock.now(), **members)

    asyncio.run(change())


def content(data: Path) -> tuple[Sequence[str], Sequence[str]]:
    """Return everything an installation holds: its files, and its database as statements."""
    files = sorted(str(path.relative_to(data)) for path in data.rglob("*"))
    with closing(sqlite3.connect(data / DATABASE_FILE)) as database:
        return files, list(database.iterdump())


@pytest.fixture(scope="module")
def installation(initialised: Path, tmp_path_factory: pytest.TempPathFactory) -> CommandLine:
    """An installation that is stricter with addresses than Auth0's defaults."""
    data = tmp_path_factory.mktemp("attacked") / "data"
    shutil.copytree(initialised, data)
    set_up(data, SUSPICIOUS_IP, stage=STAGES)
    return CommandLine(data)


@pytest.fixture(scope="module")
def before(installation: CommandLine) -> tuple[Sequence[str], Sequence[str]]:
    """What the installation held before anything was rehearsed with its settings."""
    return content(installation.data)


@pytest.fixture(scope="module")
def told(
    installation: CommandLine, before: tuple[Sequence[str], Sequence[str]]
) -> Mapping[str, Any]:
    """What a rehearsal of everything says, for scripts."""
    del before
    shown: Mapping[str, Any] = installation.json("attack")
    return shown


@pytest.fixture
def attacks(told: Mapping[str, Any]) -> Mapping[str, Any]:
    """Its rows, by scenario and place in it."""
    rows: dict[str, Any] = {}
    for row in told["attacks"]:
        number = sum(key.startswith(f"{row['scenario']} ") for key in rows) + 1
        rows[f"{row['scenario']} {number}"] = row
    return rows


EXPECTED: Final[Mapping[str, tuple[str, int, str]]] = {
    "brute-force 1": ("held", 10, "brute-force"),
    "brute-force 2": ("held", 10, "brute-force"),
    "distributed 1": ("held", 100, "brute-force"),
    "ipv6 1": ("held", 10, "brute-force"),
    "stuffing 1": ("held", 20, "crowded-address"),
    "stuffing 2": ("held", PER_ADDRESS, "suspicious-ip"),
    "spraying 2": ("open", 200, ""),
    "lock-out 1": ("held", 10, "brute-force"),
    "lock-out 2": ("locked out", 10, "brute-force"),
    "lock-out 3": ("held", 10, "brute-force"),
    "spoofing 1": ("held", 10, "brute-force"),
    "spoofing 2": ("held", 10, "brute-force"),
    "spoofing 3": ("held", 10, "brute-force"),
    "spoofing 4": ("not reached", 1500, ""),
    "right-logins 1": ("held", 20, ""),
    "enumeration 1": ("held", 4, ""),
    "enumeration 2": ("held", 20, "brute-force"),
    "leaked-password 1": ("off", 2, ""),
    "leaked-password 2": ("held", 2, "breached-password"),
    "flood 1": ("held", 0, "brute-force"),
}
"""By attack: the verdict, passwords looked at, who stopped it."""


@pytest.mark.parametrize("attack", EXPECTED)
def test_attack_ends_where_the_settings_say(attack: str, attacks: Mapping[str, Any]) -> None:
    """Not one password more is looked at than the settings allow, whatever comes at once."""
    row = attacks[attack]
    assert EXPECTED[attack] == (row["verdict"], row["checked"], ", ".join(row["stopped_by"]))
    assert sum(row["answers"].values()) == row["sent"]


@pytest.mark.parametrize(
    ("attack", "shield", "most"),
    [
        ("ipv6 2", "suspicious-ip", 10 * PER_ADDRESS),
        ("spraying 1", "crowded-address", 20),
        ("spoofing 5", "client-ceiling", 2 * PER_ADDRESS),
    ],
)
def test_limits_of_many_end_attacks_within_what_is_under_way(
    attack: str, shield: str, most: int, attacks: Mapping[str, Any]
) -> None:
    """A network, the names of an address, and a client: what fails counts when it has failed."""
    row = attacks[attack]
    assert ("held", [shield]) == (row["verdict"], row["stopped_by"])
    assert most <= row["checked"] < most + 8


def test_right_password_behind_a_block_is_answered_like_a_wrong_one(
    attacks: Mapping[str, Any],
) -> None:
    """Fifty tries, the last of them right: forty are refused without a look."""
    assert {"403": 10, "429": 40} == attacks["brute-force 1"]["answers"]


def test_twenty_right_logins_at_once_all_succeed(attacks: Mapping[str, Any]) -> None:
    """Right passwords wait for each other and are never taken for an attack."""
    assert {"200": 20} == attacks["right-logins 1"]["answers"]


@pytest.mark.parametrize(
    ("attack", "note"),
    [
        ("distributed 1", "200, and after it 200"),
        ("lock-out 1", "200 from an address used before, 200 from a new one"),
        ("lock-out 2", "429 from an address used before, 429 from a new one"),
        ("lock-out 3", "200 from an address used before, 429 from a new one"),
        ("spraying 1", "came last and was safe"),
        ("spraying 2", "no limit is reached, and the one account with this password was entered"),
        ("leaked-password 1", "switched off: it gets in"),
    ],
)
def test_note_says_what_numbers_do_not(attack: str, note: str, attacks: Mapping[str, Any]) -> None:
    """Above all who was kept out wrongly, and who was let in."""
    assert note in attacks[attack]["note"]


def test_rehearsal_of_everything_is_good(told: Mapping[str, Any]) -> None:
    """It is of the installation's own settings, and each scenario was played."""
    assert told["ok"]
    assert {"held": 15, "off": 1, "open": 1, "not reached": 1} == told["verdicts"]
    assert STAGES == told["settings"][SUSPICIOUS_IP]["stage"]
    assert [one.name for one in SCENARIOS] == list(
        dict.fromkeys(row["scenario"] for row in told["attacks"])
    )


def test_installation_is_left_as_it_was(
    told: Mapping[str, Any],
    installation: CommandLine,
    before: tuple[Sequence[str], Sequence[str]],
) -> None:
    """Its settings were read: no file and no row of it is another."""
    assert told["ok"]
    assert before == content(installation.data)


def test_shield_that_is_off_is_said_to_be_off(gateword: CommandLine) -> None:
    """The operator sees that nothing of brute-force protection is at work; it is no failure."""
    set_up(gateword.data, BRUTE_FORCE, enabled=False)

    shown = gateword.ok("attack", "--scenario", "brute-force")

    assert "brute-force protection      off" in shown
    assert "brute-force protection is switched off." in shown
    assert "off          the shield is switched off in these settings" in shown
    assert "brute-force         held" not in shown
    assert "No promise was broken, but 2 attacks ended as off: status 1 with --strict." in shown
    assert ": 2 off." in shown.splitlines()[-1]


def test_strict_rehearsal_fails_where_a_shield_is_off(gateword: CommandLine) -> None:
    """It is a gate for deployments: what the settings leave open is not good enough."""
    set_up(gateword.data, BRUTE_FORCE, enabled=False)

    done = gateword("attack", "--scenario", "brute-force", "--strict")
    told = gateword("attack", "--scenario", "brute-force", "--strict", "--json")

    assert 1 == done.exit_code
    assert "2 attacks ended as off, which --strict does not allow." in done.stdout
    assert (1, False) == (told.exit_code, json.loads(told.stdout)["ok"])


def test_what_would_be_under_other_settings_fails_nothing(gateword: CommandLine) -> None:
    """A lock-out that nobody has set is marked, and is not counted."""
    told = gateword.json("attack", "--scenario", "lock-out", "--strict")

    assert [False, True, True] == [row["what_if"] for row in told["attacks"]]
    assert "locked out" == told["attacks"][1]["verdict"]
    assert {"held": 1} == told["verdicts"]


def test_bot_detection_hides_no_lock_out(gateword: CommandLine) -> None:
    """A user who is refused is locked out; one who is asked to prove something is not."""
    set_up(gateword.data, BRUTE_FORCE, mode="count_per_identifier")
    set_up(gateword.data, BOT_DETECTION, challenge_password_policy="when_risky")

    first, *_ = gateword.json("attack", "--scenario", "lock-out")["attacks"]

    assert "locked out" == first["verdict"]
    assert "its user: 429 from an address used before" in first["note"]


def test_limit_beyond_the_bound_is_not_taken_for_reached(gateword: CommandLine) -> None:
    """What was never seen to hold is not said to hold."""
    stages = STAGES | {"pre-login": {"max_attempts": 5_000, "rate": 864_000}}
    set_up(gateword.data, SUSPICIOUS_IP, stage=stages)

    rows = gateword.json("attack", "--scenario", "stuffing", "--max-requests", "60")["attacks"]

    assert ["held", "not reached"] == [row["verdict"] for row in rows]
    assert [60, 60] == [row["sent"] for row in rows]


def test_without_an_installation_the_defaults_are_rehearsed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who has not made one yet can see what it would do."""
    monkeypatch.chdir(tmp_path)

    done = CliRunner().invoke(application(), ["attack", "--scenario", "leaked-password"])

    assert 0 == done.exit_code, done.output
    assert "no installation was given" in done.stdout
    assert [] == list(tmp_path.iterdir())


def test_tenant_of_no_installation_is_no_tenant(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who forgot `--data` is not shown the defaults under another name."""
    monkeypatch.chdir(tmp_path)

    done = CliRunner().invoke(application(), ["attack", "--tenant", "acme"])

    assert 2 == done.exit_code
    assert "what tenant acme is: name its folder with --data" in done.stderr


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--scenario", "brute"), "did you mean"),
        (("--scenario", "nonsense"), "There are: brute-force, distributed"),
        (("--tenant", "nobody"), "no tenant is called nobody"),
        (("--max-requests", "1"), "--max-requests"),
    ],
)
def test_bad_use_ends_before_anything_starts(
    words: Sequence[str], said: str, gateword: CommandLine
) -> None:
    """With status 2, and what to say instead."""
    done = gateword("attack", *words)

    assert 2 == done.exit_code
    assert said in done.stderr
