"""`require("bcrypt")`, which leaves the work to the host."""

import re
from typing import Any

import pytest

from tests.unit.rules_js.sandbox import Sandbox, ScriptError

HASH = "$2b$12$" + "a" * 53


def host(kind: str, args: dict[str, Any]) -> object:
    """Answer as if every password were "right"."""
    return HASH if kind == "bcrypt_hash" else args["password"] == "right"


@pytest.mark.parametrize(
    ("script", "cost"),
    [
        ('bcrypt.hash("p", 12)', 12),
        ('bcrypt.hash("p")', 10),
        ('bcrypt.hash("p", 99)', 31),
        ('bcrypt.genSalt(7).then((salt) => bcrypt.hash("p", salt))', 7),
        (
            """new Promise((done) =>
              bcrypt.genSalt((e, salt) => bcrypt.hash("p", salt, (f, hash) => done(hash))))""",
            10,
        ),
        ('new Promise((done) => bcrypt.hash("p", 5, (error, hash) => done(hash)))', 5),
    ],
)
def test_hash_when_rounds_are_given(script: str, cost: int) -> None:
    """The host makes the hash with the rounds of the script or of its salt."""
    sandbox = Sandbox(host)
    assert HASH == sandbox.run(f'const bcrypt = require("bcrypt"); return {script}')
    assert [("bcrypt_hash", {"password": "p", "cost": cost})] == sandbox.asked


def test_comparison_when_the_host_answers() -> None:
    """The host compares, for a promise or a callback."""
    sandbox = Sandbox(host)
    got = sandbox.run(
        """const bcrypt = require("bcrypt");
        return [await bcrypt.compare("right", hash), await bcrypt.compare("wrong", hash),
          await new Promise((done) => bcrypt.compare("right", hash, (e, same) => done(same)))];""",
        hash=HASH,
    )
    assert [True, False, True] == got
    assert ("bcrypt_compare", {"password": "right", "hash": HASH}) == sandbox.asked[0]


def test_salt_when_it_is_made() -> None:
    """A salt has the form of bcrypt, and a hash tells its rounds."""
    salt, rounds = Sandbox().run(
        """const bcrypt = require("bcrypt");
        return [await bcrypt.genSalt(), bcrypt.getRounds(hash)];""",
        hash=HASH,
    )
    assert re.fullmatch(r"\$2b\$10\$[./A-Za-z\d]{22}", salt)
    assert 12 == rounds


@pytest.mark.parametrize("name", ["hash", "compare", "genSalt"])
def test_sync_when_it_is_called(name: str) -> None:
    """What would hold up the engine names the form that does not."""
    with pytest.raises(ScriptError, match=rf"use bcrypt\.{name}$"):
        Sandbox().run(f'require("bcrypt").{name}Sync("p", "h")')


@pytest.mark.parametrize("script", ["hash({}, 5)", 'compare("p")', 'hash("p", "salt")'])
def test_error_when_arguments_are_wrong(script: str) -> None:
    """What is no password or hash never reaches the host."""
    sandbox = Sandbox(host)
    with pytest.raises(ScriptError):
        sandbox.run(f'await require("bcrypt").{script}')
    assert [] == sandbox.asked
