import multiprocessing
import os
import signal
import stat
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from multiprocessing.process import BaseProcess
from pathlib import Path
from time import sleep

import pytest

from gateword.storage import breach_dump
from gateword.storage.breach_corpus import Corpus, digest
from gateword.storage.breach_dump import Garbled
from gateword.storage.breach_import import BeingImported, import_dump
from tests.support.breach_lists import a_file, hashed

NOW = datetime(2026, 11, 28, tzinfo=UTC)
LIST = sorted(hashed(*(f"password {number}" for number in range(2000))))


def not_told(_: int) -> None:
    """Hear nothing."""


def imported(source: Path, target: Path, told: Callable[[int], None] = not_told) -> int:
    """Import a list; return how many passwords it had."""
    dump = breach_dump.opened(source, 1)
    return import_dump(dump, target, made_at=NOW, min_count=1, told=told).entries


@pytest.fixture
def target(tmp_path: Path) -> Path:
    """A corpus that holds `before`."""
    path = tmp_path / "data" / "corpus"
    path.parent.mkdir()
    imported(a_file(tmp_path / "before", hashed("before")), path)
    return path


def is_before(target: Path) -> bool:
    """Say whether the corpus is the one before, and nothing lies beside it."""
    alone = [target] == list(target.parent.iterdir())
    return alone and Corpus.of_file(target).holds(digest("before"))


def test_import_replaces_the_corpus_before(tmp_path: Path, target: Path) -> None:
    """What it holds then is the new list, and it says where it is from."""
    assert 2000 == imported(a_file(tmp_path / "list", LIST), target)
    corpus = Corpus.of_file(target)
    corpus.verify()
    assert all(corpus.holds(bytes.fromhex(one)) for one in LIST)
    assert not corpus.holds(digest("before"))
    assert (NOW, "file list") == (corpus.about.made_at, corpus.about.source)
    assert [target] == list(target.parent.iterdir())


def test_import_that_is_interrupted_leaves_the_corpus_before(tmp_path: Path, target: Path) -> None:
    """Ctrl-C at any moment does."""

    def told(_: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        imported(a_file(tmp_path / "list", LIST), target, told)

    assert is_before(target)


def test_import_of_a_bad_list_leaves_the_corpus_before(tmp_path: Path, target: Path) -> None:
    """However late the bad line comes."""
    path = a_file(tmp_path / "list", [*LIST, "hello"])

    with pytest.raises(Garbled, match="line 2001"):
        imported(path, target)
    assert is_before(target)


@pytest.mark.parametrize("text", ["", "\n", "A" * 40 + ":0\n"])
def test_list_without_passwords_is_refused(tmp_path: Path, target: Path, text: str) -> None:
    """An empty corpus would let everything pass, and nobody would notice."""
    path = tmp_path / "list"
    path.write_text(text)

    with pytest.raises(Garbled, match="holds no password"):
        imported(path, target)
    assert is_before(target)


def _import_and_hang(source: Path, target: Path) -> None:
    def told(_: int) -> None:
        sleep(60)

    imported(source, target, told)


@pytest.fixture
def hanging(tmp_path: Path, target: Path) -> Iterator[BaseProcess]:
    """Another process in the middle of an import."""
    source = a_file(tmp_path / "list", LIST)
    process = multiprocessing.get_context("spawn").Process(
        target=_import_and_hang, args=(source, target)
    )
    process.start()
    part = target.with_name("corpus.part")
    while process.is_alive() and not (part.exists() and part.stat().st_size):
        sleep(0.01)
    yield process
    process.kill()
    process.join()


def test_two_imports_at_once_are_one_too_many(
    tmp_path: Path, target: Path, hanging: BaseProcess
) -> None:
    """The second is told, and the first goes on."""
    with pytest.raises(BeingImported):
        imported(tmp_path / "list", target)
    assert hanging.is_alive()
    assert target.with_name("corpus.part").exists()


def test_import_takes_over_what_a_killed_one_left(
    tmp_path: Path, target: Path, hanging: BaseProcess
) -> None:
    """Five gigabytes do not stay behind, and nobody has to look for them."""
    assert hanging.pid is not None
    hanging.kill()
    hanging.join()
    assert -signal.SIGKILL == hanging.exitcode
    assert Corpus.of_file(target).holds(digest("before"))
    target.with_name("corpus.part").write_bytes(bytes(9 << 20))  # it may have been a larger list

    assert 2000 == imported(tmp_path / "list", target)
    Corpus.of_file(target).verify()
    assert [target] == list(target.parent.iterdir())


def test_corpus_is_readable_for_the_server(tmp_path: Path, target: Path) -> None:
    """It is no secret, and the server may run as somebody else."""
    usual = os.umask(0o022)
    try:
        imported(a_file(tmp_path / "list", LIST), target)
    finally:
        os.umask(usual)

    assert 0o644 == stat.S_IMODE(target.stat().st_mode)
