import asyncio
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from gateword.app import opened
from gateword.policy import subject
from gateword.policy.address_budget import budgets
from gateword.policy.caller import counted
from gateword.policy.identifier import login_names
from gateword.ports.attempts import EVERYWHERE, Bucket, Entry, Lease, Outcome, Tries
from gateword.ports.parts import Parts
from gateword.settings import load
from tests.cli.conftest import CommandLine

HERE = "192.0.2.1"
TENANT = """
databases: [{name: Customers}]
attackProtection:
  bruteForceProtection: {max_attempts: 2}
  suspiciousIpThrottling: {stage: {pre-login: {max_attempts: 3}}}
x-gateword-users:
  - {connection: Customers, email: ann@example.com, password: First password}
"""


@pytest.fixture
def guarded(gateword: CommandLine) -> CommandLine:
    """The command over an installation with one user, who may err once."""
    gateword.apply(TENANT)
    return gateword


def fails(data: Path, name: str, times: int = 2, ip: str = HERE) -> None:
    """Let tries of a name fail, as a login would count them."""

    async def count() -> None:
        async with opened(load({}, data_dir=data)) as house:
            for _ in range(times):
                await _fail(house.parts, name, ip)

    asyncio.run(count())


async def _fail(parts: Parts, name: str, ip: str) -> None:
    connection = await parts.stores.connections.named("Customers")
    assert connection is not None
    account = await parts.stores.users.account(connection.key, login_names(name))
    digest = parts.stamp.digest(f"{connection.id}:{subject.name_of(name)}", "subject")
    entry = Entry(
        connection_key=connection.key,
        subject=subject.of_user(account.user.key) if account else subject.of_name(digest),
        place=counted(ip),
        user_key=account.user.key if account else None,
        tries=tuple(
            Tries(shield="x", place=place, limit=None) for place in (counted(ip), EVERYWHERE)
        ),
        buckets=tuple(
            Bucket(shield="x", key=one.key, size=one.size, refill_ms=one.refill_ms)
            for one in budgets(
                "login", (await parts.stores.protection.get()).suspicious_ip.login, ip
            )
        ),
    )
    lease = await parts.stores.attempts.reserve(entry, datetime.now(UTC))
    assert isinstance(lease, Lease)
    await parts.stores.attempts.settle(lease, Outcome.WRONG, datetime.now(UTC))


def test_blocked_login_is_listed_and_lifted(guarded: CommandLine) -> None:
    """By its name, in any spelling; then nothing is blocked."""
    assert "Nothing is blocked." in guarded.ok("blocks", "list")
    fails(guarded.data, "ann@example.com")

    listed = guarded.ok("blocks", "list")

    until = datetime.fromisoformat(guarded.json("blocks", "list")["blocked_for"][0]["until"])
    cells = listed.splitlines()[1].split()
    assert ["ann@example.com", HERE, "Customers", "2"] == cells[:4]
    shown = datetime.fromisoformat(f"{cells[4]}T{cells[5]}+00:00")
    assert timedelta(0) <= shown - until < timedelta(minutes=1)
    assert "UTC" == cells[6]
    lifted = guarded.ok("blocks", "lift", "Ann@Example.COM")
    assert f"ann@example.com may log in again from {HERE} in Customers." in lifted
    assert "Nothing is blocked." in guarded.ok("blocks", "list", "ann@example.com")
    assert "ann@example.com was not blocked." in guarded.ok("blocks", "lift", "ann@example.com")


def test_lifted_name_is_told_of_an_address_that_is_still_shut(guarded: CommandLine) -> None:
    """Ann would call again: her address spent its failed logins, and what lifts that is said."""
    fails(guarded.data, "ann@example.com", times=3)

    lifted = guarded.ok("blocks", "lift", "ann@example.com")

    command = f"gateword blocks lift --ip {HERE}"
    assert f"from {HERE} in Customers, but {HERE} is throttled: {command}\n" in lifted


def test_lifted_name_is_told_of_a_crowded_address(gateword: CommandLine) -> None:
    """It failed under more names than one address may."""
    crowded(gateword, names=1, times=2)

    lifted = gateword.ok("blocks", "lift", "ann@example.com")

    command = f"gateword blocks lift --ip {HERE}"
    assert f"in Customers, but {HERE} gets no new login name: {command}\n" in lifted


def test_lifting_is_in_the_log(guarded: CommandLine) -> None:
    """Somebody will ask who let the guesser go on."""
    fails(guarded.data, "ann@example.com")
    guarded.ok("blocks", "lift", "ann@example.com")

    rows = map(json.loads, guarded.ok("logs", "--json").splitlines())
    (row,) = [row for row in rows if row["type"] == "ublkdu"]

    assert ("ann@example.com", "cli") == (row["user_name"], row["details"]["how"])


def test_name_that_nobody_has_is_known_by_who_names_it(guarded: CommandLine) -> None:
    """Only a digest of it is kept, so the list of all blocks cannot tell it."""
    fails(guarded.data, "nobody@example.com")

    of_all = guarded.json("blocks", "list")["blocked_for"]
    of_one = guarded.json("blocks", "list", "nobody@example.com")

    assert [None] == [block["identifier"] for block in of_all]
    assert "a name that nobody has" in guarded.ok("blocks", "list")
    (block,) = of_one["blocked_for"]
    assert {"identifier": "nobody@example.com", "ip": HERE, "connection": "Customers"}.items() <= (
        block.items()
    )
    assert (2, "Z") == (block["failures"], block["until"][-1])
    assert "addresses" not in of_one
    assert 1 == len(guarded.json("blocks", "lift", "nobody@example.com")["lifted"])
    assert [] == guarded.json("blocks", "list")["blocked_for"]


def test_blocked_address_is_listed_and_lifted(guarded: CommandLine) -> None:
    """Three failed logins are all that this tenant lets an address have."""
    fails(guarded.data, "nobody@example.com", times=3)

    listed = guarded.json("blocks", "list")["addresses"]

    assert [HERE] == listed
    said = f"{HERE} spent its failed logins; lift it: gateword blocks lift --ip {HERE}"
    assert said == guarded.ok("blocks", "list").splitlines()[-1]
    assert f"{HERE} may try again." in guarded.ok("blocks", "lift", "--ip", f"::ffff:{HERE}")
    assert f"{HERE} was not blocked." in guarded.ok("blocks", "lift", "--ip", HERE)
    assert {"lifted": []} == guarded.json("blocks", "lift", "--ip", HERE)
    assert [] == guarded.json("blocks", "list")["addresses"]


def test_command_that_is_listed_lifts_a_network(guarded: CommandLine) -> None:
    """IPv6 is counted by networks; what the list prints is what is typed."""
    fails(guarded.data, "nobody@example.com", times=3, ip="2001:db8:5::1")

    told = guarded.ok("blocks", "list", "2001:db8:5::/64").splitlines()[-1]
    command = told.partition("lift it: gateword ")[2].split()

    assert ["blocks", "lift", "--ip", "2001:db8:5::/64"] == command
    assert "2001:db8:5::/64 may try again." in guarded.ok(*command)
    assert [] == guarded.json("blocks", "list")["addresses"]
    assert "2001:db8:5::/48 was not blocked." in guarded.ok(*command[:-1], "2001:db8:5::/48")


def crowded(gateword: CommandLine, names: int, times: int) -> None:
    """Let an address fail under two names, as many as it may."""
    gateword.apply(
        TENANT.replace("max_attempts: 3", "max_attempts: 50")
        + f"x-gateword-attack-protection: {{distinct_identifiers: {names}}}\n"
    )
    fails(gateword.data, "ann@example.com", times=times)
    fails(gateword.data, "nobody@example.com", times=times)


def test_address_with_too_many_names_is_listed_and_lifted(gateword: CommandLine) -> None:
    """Until it is lifted it gets no new name."""
    crowded(gateword, names=2, times=1)

    assert f"{HERE} failed under too many names" in gateword.ok("blocks", "list")
    assert [HERE] == gateword.json("blocks", "list")["addresses"]
    assert f"{HERE} may try again." in gateword.ok("blocks", "lift", "--ip", HERE)
    assert [] == gateword.json("blocks", "list")["addresses"]


def test_blocked_accounts_keep_an_address_crowded(gateword: CommandLine) -> None:
    """Their blocks are not its own; the command says what is to be lifted yet."""
    crowded(gateword, names=1, times=2)

    assert f"{HERE} still failed under too many names" in gateword.ok(
        "blocks", "lift", "--ip", HERE
    )
    assert {"lifted": []} == gateword.json("blocks", "lift", "--ip", HERE)
    gateword.ok("blocks", "lift", "ann@example.com")
    assert f"{HERE} was not blocked." in gateword.ok("blocks", "lift", "--ip", HERE)


def test_address_tells_what_is_shut_for_it(guarded: CommandLine) -> None:
    """The logins that are refused from there, and whether it may try at all."""
    fails(guarded.data, "ann@example.com", times=3)

    here = guarded.json("blocks", "list", f"::ffff:{HERE}")
    elsewhere = guarded.json("blocks", "list", "192.0.2.9")

    assert [HERE] == here["addresses"]
    assert [("ann@example.com", HERE)] == [
        (one["identifier"], one["ip"]) for one in here["blocked_for"]
    ]
    assert {"blocked_for": [], "addresses": []} == elsewhere
    assert f"{HERE} spent its failed logins" in guarded.ok("blocks", "list", HERE)
    assert "Nothing is blocked." in guarded.ok("blocks", "list", "192.0.2.9")


def test_help_of_list_names_what_it_takes(gateword: CommandLine) -> None:
    """An operator is often told an address, and no name."""
    shown = " ".join(gateword.ok("blocks", "list", "--help").split())

    assert "or an IP address" in shown


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "give a login name, or an address with --ip"),
        (("ann", "--ip", HERE), "give a login name, or an address with --ip"),
        (("--ip", "everybody"), "everybody is no IP address"),
    ],
)
def test_bad_use_is_told(guarded: CommandLine, arguments: tuple[str, ...], said: str) -> None:
    """With status 2, as everywhere."""
    done = guarded("blocks", "lift", *arguments)

    assert 2 == done.exit_code
    assert said in done.stderr
