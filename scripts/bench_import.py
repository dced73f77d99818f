"""Measures `gateword users import`: users a second, peak memory, and an import killed half-way.

`python scripts/bench_import.py --users 100000 [--database-url postgresql://…]`
"""

import argparse
import json
import os
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

GATEWORD: Final = str(Path(sys.executable).with_name("gateword"))
TENANT: Final = "databases: [{name: Customers}, {name: Again}]\n"

HASHES: Final[tuple[Mapping[str, Any], ...]] = (
    {"password_hash": "$2b$10$abcdefghijklmnopqrstuuyQv8vsWhQjcCeXJ4PJbGCDPdxsB6RNO"},
    {
        "custom_password_hash": {
            "algorithm": "argon2",
            "hash": {
                "value": "$argon2id$v=19$m=19456,t=2,p=1$AAECAwQFBgcICQoLDA0ODw"
                "$uLr/Ne5H3XmoXWybVVYbBlJBwNjfRWBk1JiVPxwCPuw",
                "encoding": "utf8",
            },
        }
    },
    {
        "custom_password_hash": {
            "algorithm": "pbkdf2",
            "hash": {
                "value": "$pbkdf2-sha256$i=10000,l=32$AAECAwQFBgcICQoLDA0ODw"
                "$EaOu3EnGhiDkod2VuoAAIeb27hd5IwxAMJi40FPSmYc",
                "encoding": "utf8",
            },
        }
    },
    {
        "custom_password_hash": {
            "algorithm": "scrypt",
            "hash": {
                "value": "2d1c0f0e682323662db7515acaf33ce239e1568491a6fd9d5607bbfdcba79e0a",
                "encoding": "hex",
            },
            "salt": {"value": "NaCl-7"},
            "keylen": 32,
        }
    },
    {
        "custom_password_hash": {
            "algorithm": "sha256",
            "hash": {"value": "OiwQ9rBT754REjRKjbZtRZ8S8DMRWxHUzAVqrhgmU6g=", "encoding": "base64"},
            "salt": {"value": "NaCl-7", "position": "prefix"},
        }
    },
    {
        "custom_password_hash": {
            "algorithm": "ldap",
            "hash": {"value": "{SSHA}XlGj7YXmaqq/QsA9CY2EKP689d4BAgMEBQYHCA==", "encoding": "utf8"},
        }
    },
)
"""Of one password each: bcrypt, Argon2id, PBKDF2, scrypt, SHA-256 with a salt, LDAP."""


def write_users(path: Path, count: int, begin: str = "a") -> None:
    """Write a JSON array of that many users, whose ids begin so."""
    with path.open("w", encoding="utf-8") as file:
        file.write("[")
        for number, item in enumerate(_items(count, begin)):
            file.write(("," if number else "") + "\n" + json.dumps(item))
        file.write("\n]\n")


def _items(count: int, begin: str) -> Iterator[Mapping[str, Any]]:
    for number in range(count):
        yield {
            "email": f"user{number}@example.com",
            "email_verified": number % 2 == 0,
            "user_id": f"{begin}{number:023x}",
            "given_name": "Given",
            "family_name": f"Family {number}",
            "app_metadata": {"plan": "gold", "n": number},
            "user_metadata": {"colour": "red", "tags": ["a", "b"]},
            **HASHES[number % len(HASHES)],
        }


class Installation:
    """One installation in a folder."""

    def __init__(self, folder: Path, database_url: str | None) -> None:
        self.folder = folder
        self._database = ["--database-url", database_url] if database_url else []
        self.run("init", "--domain", "localhost:8443")
        tenant = folder / "tenant.yaml"
        tenant.write_text(TENANT, encoding="utf-8")
        self.run("apply", str(tenant))

    def command(self, *arguments: str) -> list[str]:
        """Return a command line over this installation."""
        return [GATEWORD, *arguments, "--data", str(self.folder / "data"), *self._database]

    def run(self, *arguments: str) -> str:
        """Run a command that must succeed."""
        done = subprocess.run(
            self.command(*arguments), check=True, stdout=subprocess.PIPE, text=True
        )
        return done.stdout

    def import_(self, file: Path, connection: str) -> subprocess.Popen[str]:
        """Begin an import."""
        command = self.command("users", "import", str(file), "--connection", connection, "--json")
        return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)

    def count(self, connection: str) -> int:
        """Return how many users a database has."""
        command = self.command(
            "users", "export", "-", "--connection", connection, "--format", "csv"
        )
        # Line by line: a child's peak memory begins at what this process has (getrusage(2)).
        with subprocess.Popen(command, stdout=subprocess.PIPE) as exporting:
            return sum(1 for _ in exporting.stdout or ()) - 1


def measured(process: "subprocess.Popen[str]", began: float) -> tuple[dict[str, Any], float, float]:
    """Return what an import printed, its seconds and its peak memory in MiB."""
    printed = process.stdout.read() if process.stdout else ""
    _, status, usage = os.wait4(process.pid, 0)
    took_s = time.monotonic() - began
    if status:
        raise SystemExit(f"the import ended with {status}: {printed}")
    return json.loads(printed), took_s, usage.ru_maxrss / 1024


def main() -> None:
    """Measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--users", type=int, default=100_000)
    parser.add_argument("--database-url")
    asked = parser.parse_args()
    with TemporaryDirectory() as name:
        folder = Path(name)
        file = folder / "users.json"
        write_users(file, asked.users)
        house = Installation(folder, asked.database_url)
        began = time.monotonic()
        answer, took_s, peak_mib = measured(house.import_(file, "Customers"), began)
        print(
            f"{asked.users} users, file of {file.stat().st_size / 1e6:.1f} MB: {answer['summary']}"
        )
        print(f"{took_s:.1f} s, {asked.users / took_s:,.0f} users/s, peak RSS {peak_mib:.0f} MiB")
        again = folder / "again.json"
        write_users(again, asked.users, "b")
        began = time.monotonic()
        killed = house.import_(again, "Again")
        time.sleep(max(1.0, took_s * 0.6))
        killed.send_signal(signal.SIGKILL)
        killed.wait()
        print(f"killed after {time.monotonic() - began:.1f} s at {house.count('Again')} users")
        began = time.monotonic()
        answer, took_s, peak_mib = measured(house.import_(again, "Again"), began)
        print(f"resumed: {took_s:.1f} s, peak RSS {peak_mib:.0f} MiB: {answer['summary']}")
        print(f"users now: {house.count('Customers')} and {house.count('Again')}")
        print(f"children: {resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime:.1f} s of CPU")


if __name__ == "__main__":
    main()
