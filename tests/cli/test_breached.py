import asyncio
import gzip
import json
import stat
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest

from gateword.app import opened
from gateword.domain.secret import Secret
from gateword.settings import load
from gateword.storage.breach_corpus import ENTRY_BYTES, Writer
from gateword.storage.breach_seed import seed
from gateword.storage.breaches import WHOLE
from tests.cli.conftest import CommandLine
from tests.support.breach_lists import a_file, a_folder, hashed
from tests.support.served import GATEWORD

SEED = f"30,000 passwords of {seed().about.source}"
CORPUS = "breached-passwords.gwb"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A list of three passwords in range files, one of them seen seldom."""
    counts = dict(zip(hashed("Troubadour", "hunter2", "letmein"), (40, 3, 900), strict=True))
    return a_folder(tmp_path / "pwned", counts)


def test_import_says_what_it_made(gateword: CommandLine, folder: Path) -> None:
    """How many, how large, how long, how often it errs, and what was missing."""
    done = gateword("breached", "import", str(folder))

    assert 0 == done.exit_code, done.output
    assert done.stdout.startswith("Imported 3 passwords in ")
    assert f"{gateword.data / CORPUS}, 4.2 MB." in done.stdout
    assert "with a probability of 1.0e-20." in done.stdout
    assert "the list that comes with Gateword is asked as well." in done.stdout
    assert "1,048,573 of 1,048,576 range files are missing" in done.stderr


def test_import_and_show_speak_json(gateword: CommandLine, folder: Path) -> None:
    """A script reads the same figures."""
    made = gateword.json("breached", "import", str(folder), "--min-count", "40")
    shown = gateword.json("breached", "show", "--verify")

    assert (2, 1_048_573) == (made["entries"], made["missing_range_files"])
    assert made["seconds"] >= 0
    same = ("entries", "bytes", "made_at", "source", "min_count", "false_positive_rate", "path")
    assert {name: made[name] for name in same} == {name: shown[name] for name in same}
    assert (False, "folder pwned", 40) == (shown["seed"], shown["source"], shown["min_count"])
    assert (gateword.data / CORPUS).stat().st_size == shown["bytes"]


def test_show_without_import_shows_the_seed(gateword: CommandLine) -> None:
    """And what to do about it."""
    shown = gateword.json("breached", "show")

    assert (True, 30_000, None) == (shown["seed"], shown["entries"], shown["path"])
    assert "Import one: gateword breached import PATH" in gateword.ok("breached", "show")


@pytest.mark.parametrize(("arguments", "is_told"), [(["--verify"], True), ([], False)])
def test_show_says_that_it_verified(
    gateword: CommandLine, folder: Path, arguments: list[str], *, is_told: bool
) -> None:
    """Silence might mean that nothing was looked at."""
    gateword.ok("breached", "import", str(folder))

    text = gateword.ok("breached", "show", *arguments)

    assert is_told == ("every entry was read, and none is damaged" in text)
    assert is_told == gateword.json("breached", "show", *arguments)["verified"]


def test_show_tells_when_and_of_what(gateword: CommandLine, folder: Path) -> None:
    """The corpus that answers, in words."""
    gateword.ok("breached", "import", str(folder))
    text = gateword.ok("breached", "show")

    for words in ("passwords             3\n", "folder pwned", " UTC", "once", "1.0e-20", CORPUS):
        assert words in text
    assert "fewer than 1,000,000 passwords: the list that comes with Gateword is asked" in text


@pytest.mark.parametrize("arguments", [[], ["--verify"]])
def test_damaged_corpus_is_shown_as_a_fault(
    gateword: CommandLine, folder: Path, arguments: list[str]
) -> None:
    """In its table at once, in its entries when they are read."""
    gateword.ok("breached", "import", str(folder))
    path = gateword.data / CORPUS
    raw = bytearray(path.read_bytes())
    raw[-1 if arguments else 1000] ^= 1
    path.write_bytes(raw)

    done = gateword("breached", "show", *arguments)
    assert 1 == done.exit_code
    part = "entries are" if arguments else "table is"
    assert f"cannot be used: its {part} damaged. Import it again" in done.stderr


@pytest.mark.parametrize(
    ("typed", "status", "said"),
    [
        ("Troubadour\n", 1, "Known: it is among 3 passwords of folder pwned.\n"),
        ("Troubadour", 1, "Known: it is among 3 passwords of folder pwned.\n"),
        ("123456\n", 1, f"Known: it is among {SEED}.\n"),
        (
            "unheard-of 1\n",
            0,
            f"Not known: it is not among 3 passwords of folder pwned, nor among {SEED}.\n",
        ),
        ("AUTH0-TEST-1\n", 1, "Known: it is one of the test passwords.\n"),
    ],
)
def test_check_answers_by_its_status(
    gateword: CommandLine, folder: Path, typed: str, status: int, said: str
) -> None:
    """And says which corpus knows the password."""
    gateword.ok("breached", "import", str(folder))
    done = gateword("breached", "check", stdin=typed)

    assert (status, said) == (done.exit_code, done.stdout)


def test_check_without_import_asks_the_seed(gateword: CommandLine) -> None:
    """It says so."""
    done = gateword("breached", "check", "--json", stdin="Dragon\n")
    document = json.loads(done.stdout)

    assert (1, True, False) == (done.exit_code, document["known"], document["test_password"])
    assert document["corpus"]["source"].startswith("package zxcvbn")


def test_check_needs_a_password_and_takes_none_as_argument(gateword: CommandLine) -> None:
    """Arguments are seen by everybody on the machine."""
    assert 2 == gateword("breached", "check", stdin="").exit_code
    assert 2 == gateword("breached", "check", "Troubadour", stdin="x\n").exit_code


def test_packed_file_is_imported_where_the_setting_says(
    gateword: CommandLine, tmp_path: Path
) -> None:
    """Several installations of a machine may share one corpus."""
    elsewhere = tmp_path / "shared"
    (gateword.data / "gateword.toml").write_text(f'breached_corpus = "{elsewhere}"\n')
    path = a_file(tmp_path / "list", hashed("Troubadour"))
    packed = tmp_path / "list.gz"
    packed.write_bytes(gzip.compress(path.read_bytes()))

    assert str(elsewhere) == gateword.json("breached", "import", str(packed))["path"]
    assert stat.S_ISREG(elsewhere.stat().st_mode)
    assert not (gateword.data / CORPUS).exists()
    assert 1 == gateword("breached", "check", stdin="Troubadour\n").exit_code


@pytest.mark.parametrize("entries", [WHOLE - 1, WHOLE])
def test_doctor_warns_of_a_small_corpus(gateword: CommandLine, entries: int) -> None:
    """Where detection is on; of a million passwords and more there is nothing to say."""
    gateword.apply("attackProtection: {breachedPasswordDetection: {enabled: true}}")
    with (gateword.data / CORPUS).open("wb") as file:
        writer = Writer(file)
        for bucket in range(entries):
            writer.add(bucket, b"\1" * ENTRY_BYTES)
        writer.finish(datetime.now(UTC), "a test", 1)

    shown = gateword.ok("doctor")

    assert (entries < WHOLE) == ("knows only the 999,999 imported passwords and" in shown)
    assert (entries < WHOLE) == ("is asked as well" in gateword.ok("breached", "show"))


def test_application_asks_the_imported_corpus(gateword: CommandLine, folder: Path) -> None:
    """What a command imports is what every tenant's toolbox asks."""
    gateword.ok("breached", "import", str(folder))

    async def ask() -> list[bool]:
        async with opened(load({}, data_dir=gateword.data)) as house:
            asked = (Secret("Troubadour"), Secret("unheard-of 1"))
            return [await house.parts.breaches.holds(one) for one in asked]

    assert [True, False] == asyncio.run(ask())


def test_bad_list_ends_with_2_and_the_corpus_stays(
    gateword: CommandLine, folder: Path, tmp_path: Path
) -> None:
    """With the file, the line and what to do; as JSON for a script."""
    gateword.ok("breached", "import", str(folder))
    path = a_file(tmp_path / "list", sorted(hashed("a", "b"), reverse=True))

    done = gateword("breached", "import", str(path), "--json")
    (fault,) = json.loads(done.stdout)["faults"]
    assert 2 == done.exit_code
    assert fault.startswith(f"{path}, line 2: the digest belongs before")
    assert 3 == gateword.json("breached", "show")["entries"]


def test_missing_list_and_missing_installation_end_with_2(
    gateword: CommandLine, tmp_path: Path
) -> None:
    """Each with its name."""
    missing = gateword("breached", "import", str(tmp_path / "nowhere"))
    nobody = CommandLine(tmp_path / "empty")("breached", "show")

    assert (2, True) == (missing.exit_code, "nowhere: No such file" in missing.stderr)
    assert (2, True) == (nobody.exit_code, "no Gateword installation" in nobody.stderr)


def test_import_shows_no_bar_where_nobody_looks(gateword: CommandLine, tmp_path: Path) -> None:
    """A script gets its JSON, and nothing else anywhere."""
    path = a_file(tmp_path / "list", hashed("Troubadour"))
    command = [str(GATEWORD), "breached", "import", str(path), "--json"]
    done = subprocess.run(
        [*command, "--data", str(gateword.data)], capture_output=True, text=True, check=True
    )

    assert ("", 1) == (done.stderr, json.loads(done.stdout)["entries"])
