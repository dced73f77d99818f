import base64
import hashlib
import io
import tarfile
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from scripts.modules_errors import ModulesError, UnreachableError
from scripts.modules_lock import Locked
from scripts.modules_package import unpacked
from scripts.modules_registry import TRIES, Registry


def tarball(files: dict[str, bytes]) -> bytes:
    """Return a package as the registry sends it."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as archive:
        for name, content in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return out.getvalue()


CONTENT = tarball({"package/index.js": b"exports.a = 1;", "package/logo.png": b"\x89\xff"})


def locked(content: bytes = CONTENT, algorithm: str = "sha512") -> Locked:
    """Return the lock's row of a package with this content."""
    digest = base64.b64encode(hashlib.new(algorithm, content).digest()).decode()
    return Locked("@of/tree", "1.0.0", f"{algorithm}-{digest}", "MIT", {})


class Shelf:
    """A registry that answers with what a test laid there, in this order; the last one stays."""

    def __init__(self) -> None:
        self.answers: list[tuple[int, bytes]] = [(200, CONTENT)]
        self.asked: list[str] = []
        shelf = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                shelf.asked.append(self.path)
                status, content = shelf.answers[0]
                if len(shelf.answers) > 1:
                    shelf.answers.pop(0)
                self.send_response(status)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self._server.server_address[1]}/"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))
        self._thread.start()

    def close(self) -> None:
        """Stop answering."""
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


@pytest.fixture
def shelf() -> Iterator[Shelf]:
    """Return a registry of this test."""
    one = Shelf()
    yield one
    one.close()


@pytest.fixture
def registry(shelf: Shelf, tmp_path: Path) -> Registry:
    """Return the way to it, with an empty cache."""
    return Registry(shelf.address, tmp_path / "cache", pause_s=0)


def test_what_the_lock_names_is_fetched_once(registry: Registry, shelf: Shelf) -> None:
    """A second fresh clone on a machine downloads nothing."""
    assert [registry.tarball(locked()), registry.tarball(locked())] == [CONTENT, CONTENT]
    assert shelf.asked == ["/@of/tree/-/tree-1.0.0.tgz"]


@pytest.mark.parametrize("content", [CONTENT + b"\0", CONTENT[:-1], b""])
def test_anything_else_is_refused(registry: Registry, shelf: Shelf, content: bytes) -> None:
    """One byte more or less, and nothing is packed and nothing kept."""
    shelf.answers = [(200, content), (200, CONTENT)]
    with pytest.raises(ModulesError, match="not what the lock names"):
        registry.tarball(locked())
    assert registry.tarball(locked()) == CONTENT


def test_a_spoiled_cache_is_downloaded_over(
    registry: Registry, shelf: Shelf, tmp_path: Path
) -> None:
    """The cache is trusted no more than the registry."""
    registry.tarball(locked())
    next((tmp_path / "cache").iterdir()).write_bytes(b"another")
    assert registry.tarball(locked()) == CONTENT
    assert len(shelf.asked) == 2


@pytest.mark.parametrize(
    "row",
    [
        locked(algorithm="sha1"),
        locked(algorithm="sha256"),
        Locked("tree", "1.0.0", "", "MIT", {}),
        Locked("tree", "1.0.0", "sha512-", "MIT", {}),
        Locked("tree", "1.0.0", "sha512-!", "MIT", {}),
    ],
)
def test_a_weak_checksum_is_none(registry: Registry, shelf: Shelf, row: Locked) -> None:
    """Only SHA-512 counts; without it nothing is asked."""
    with pytest.raises(ModulesError, match="no SHA-512"):
        registry.tarball(row)
    assert shelf.asked == []


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_busy_registry_is_asked_again(registry: Registry, shelf: Shelf, status: int) -> None:
    """A passing fault of the registry costs a pause."""
    shelf.answers = [(status, b""), (status, b""), (200, CONTENT)]
    assert registry.tarball(locked()) == CONTENT


def test_a_registry_that_stays_away_is_told_apart(registry: Registry, shelf: Shelf) -> None:
    """Who cannot reach it is told what to look at; the set-up may go on then."""
    shelf.answers = [(503, b"")]
    with pytest.raises(UnreachableError, match="npm_config_registry"):
        registry.tarball(locked())
    assert len(shelf.asked) == TRIES


def test_nobody_there_is_a_registry_that_stays_away(tmp_path: Path) -> None:
    """A refused connection is no fault of the lock."""
    with pytest.raises(UnreachableError):
        Registry("http://127.0.0.1:9", tmp_path, pause_s=0).tarball(locked())


@pytest.mark.parametrize("status", [401, 403, 404])
def test_a_registry_that_says_no_is_not_asked_again(
    registry: Registry, shelf: Shelf, status: int
) -> None:
    """A no stays one, and is not taken for an absent network."""
    shelf.answers = [(status, b"")]
    with pytest.raises(ModulesError) as refused:
        registry.tarball(locked())
    assert not isinstance(refused.value, UnreachableError)
    assert len(shelf.asked) == 1


def test_the_registry_is_the_one_that_npm_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """One variable turns npm and this to a mirror; what is no web address is refused."""
    monkeypatch.setenv("npm_config_registry", "https://npm.example/mirror/")
    assert Registry().address == "https://npm.example/mirror"
    monkeypatch.setenv("npm_config_registry", "file:///srv/npm")
    with pytest.raises(ModulesError):
        Registry()


def test_a_package_has_its_texts_without_the_folder_around_them() -> None:
    """Whatever the outermost folder is called; pictures are left out."""
    files = {
        "any/lib/a.js": b"1",
        "any/LICENSE.md": b"terms",
        "any/license.js": b"2",
        "a/x": b"\xff",
    }
    package = unpacked(locked(), tarball(files))
    assert dict(package.files) == {"lib/a.js": "1", "LICENSE.md": "terms", "license.js": "2"}
