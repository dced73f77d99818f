import asyncio
import json
from pathlib import Path

import pytest

from gateword.app import opened
from gateword.cli.doctor_lanes import lane_findings
from gateword.crypto.lanes import Kernel
from gateword.settings import Settings
from tests.cli.conftest import CommandLine

USERS = """
databases: [{name: Staff, strategy: auth0}, {name: Guests, strategy: auth0}]
"""
BCRYPT = "$2b$10$abcdefghijklmnopqrstuuyQv8vsWhQjcCeXJ4PJbGCDPdxsB6RNO"


@pytest.fixture
def brought(gateword: CommandLine, tmp_path: Path) -> CommandLine:
    """An installation in which one user of Staff has brought a bcrypt hash along."""
    gateword.apply(USERS)
    users = tmp_path / "users.json"
    users.write_text(json.dumps([{"email": "ann@example.com", "password_hash": BCRYPT}]))
    gateword.ok("users", "import", str(users), "--connection", "Staff")
    return gateword


def told(gateword: CommandLine, kernel: Kernel | None) -> list[tuple[str, str]]:
    """Return level and first words of each finding, were this the extension."""
    return asyncio.run(_told(gateword, kernel))


async def _told(gateword: CommandLine, kernel: Kernel | None) -> list[tuple[str, str]]:
    async with opened(Settings(data_dir=gateword.data)) as house:
        stores = house.parts.stores
        connections = await stores.connections.all()
        found = await lane_findings(stores.users, connections, lambda: kernel)
        return [(one.level, one.text[:40]) for one in found]


class Wrong:
    """A kernel that lets everybody in."""

    WIDTH = 4

    def verify(self, jobs: object, /) -> list[bool]:
        return [True] * len(list(jobs))  # type: ignore[call-overload]


def test_doctor_names_who_would_gain_from_lanes(brought: CommandLine) -> None:
    """A hint where the extra is absent, a warning where it judges wrongly."""
    absent, wrong = told(brought, None), told(brought, Wrong())

    assert [("hint", "users of Staff have such hashes, and the")] == absent
    assert [("warning", "hashes are checked one by one, since gat")] == wrong


def test_doctor_says_nothing_of_lanes_in_use(brought: CommandLine) -> None:
    """The extra is installed where these tests run."""
    found = json.loads(brought.ok("doctor", "--json"))["findings"]
    assert [] == [one for one in found if "bcrypt" in one["about"]]


def test_doctor_says_nothing_of_lanes_where_no_hash_needs_them(gateword: CommandLine) -> None:
    """Argon2 gains nothing."""
    gateword.apply(USERS)
    assert [] == told(gateword, None)
