import ssl
import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import trustme
from cryptography import x509

from gateword.crypto.dev_ca import DevCertificates, ensure

HOSTS = ("auth.example.com", "192.0.2.1")
LOCAL = ("localhost", "127.0.0.1", "::1")


def shakes_hands(files: DevCertificates, host: str, trusted: Path) -> bool:
    """Say whether a client that trusts that file accepts our server under that name."""
    server_side = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server_side.load_cert_chain(files.certificate, files.key)
    client_side = ssl.create_default_context(cafile=trusted)
    to_server, to_client = ssl.MemoryBIO(), ssl.MemoryBIO()
    server = server_side.wrap_bio(to_server, to_client, server_side=True)
    client = client_side.wrap_bio(to_client, to_server, server_hostname=host)
    unfinished = [client, server]
    for _ in range(10):
        for side in list(unfinished):
            try:
                side.do_handshake()
            except ssl.SSLWantReadError:
                continue
            except ssl.SSLCertVerificationError:
                return False
            unfinished.remove(side)
    return not unfinished


def contents(files: DevCertificates) -> dict[str, bytes]:
    """Return every file by its name."""
    return {path.name: path.read_bytes() for path in files.folder.iterdir()}


@pytest.mark.parametrize("host", [*HOSTS, *LOCAL])
@pytest.mark.parametrize("trusted", ["ca", "bundle"])
def test_server_is_trusted_under_each_host(tmp_path: Path, host: str, trusted: str) -> None:
    """Who trusts the authority or the bundle trusts the server, by name and by address."""
    files = ensure(tmp_path, HOSTS)
    assert shakes_hands(files, host, getattr(files, trusted))


def test_server_is_not_trusted_under_another_name_or_by_others(tmp_path: Path) -> None:
    """The certificate is for its hosts, and worth nothing under another authority."""
    files = ensure(tmp_path / "one", HOSTS)
    other = ensure(tmp_path / "two", HOSTS)
    assert not shakes_hands(files, "evil.example", files.ca)
    assert not shakes_hands(files, "localhost", other.ca)


def test_files_are_for_their_owner_alone(tmp_path: Path) -> None:
    """Keys are readable by their owner; no half-written file stays."""
    files = ensure(tmp_path / "data", HOSTS)
    names = {"ca.pem", "ca.key", "bundle.pem", "server.pem", "server.key"}
    assert names == {path.name for path in files.folder.iterdir()}
    assert {0o600} == {stat.S_IMODE(path.stat().st_mode) for path in files.folder.iterdir()}
    assert 0o700 == stat.S_IMODE(files.folder.stat().st_mode)


@pytest.mark.parametrize("hosts", [HOSTS, HOSTS[:1], HOSTS[::-1], ()])
def test_nothing_changes_when_every_host_is_covered(tmp_path: Path, hosts: tuple[str, ...]) -> None:
    """A second start with the same hosts, or fewer, writes nothing."""
    before = contents(ensure(tmp_path, HOSTS))
    assert before == contents(ensure(tmp_path, hosts))


def test_certificate_is_issued_anew_when_a_host_is_new(tmp_path: Path) -> None:
    """A second tenant gets its name on the certificate; the authority stays the same."""
    before = contents(ensure(tmp_path, HOSTS))
    files = ensure(tmp_path, [*HOSTS, "second.example.com"])
    after = contents(files)
    changed = {name for name, data in after.items() if data != before[name]}
    assert {"server.pem", "server.key"} == changed
    assert shakes_hands(files, "second.example.com", files.ca)
    assert shakes_hands(files, HOSTS[0], files.ca)


@pytest.mark.parametrize(
    ("lost", "kept"),
    [
        ("server.pem", {"ca.pem", "ca.key", "bundle.pem"}),
        ("server.key", {"ca.pem", "ca.key", "bundle.pem"}),
        ("bundle.pem", {"ca.pem", "ca.key", "bundle.pem", "server.pem", "server.key"}),
        ("ca.key", set()),
        ("ca.pem", set()),
    ],
)
def test_files_fit_each_other_again_when_one_was_lost(
    tmp_path: Path, lost: str, kept: set[str]
) -> None:
    """A lost file is made anew, with whatever depended on it."""
    files = ensure(tmp_path, HOSTS)
    before = contents(files)
    (files.folder / lost).unlink()

    after = contents(ensure(tmp_path, HOSTS))

    assert kept == {name for name in before if after[name] == before[name]}
    assert shakes_hands(files, HOSTS[0], files.ca)
    assert shakes_hands(files, HOSTS[0], files.bundle)


@pytest.mark.parametrize(("days", "renewed"), [(29, True), (31, False)])
def test_certificate_is_renewed_a_month_before_its_end(
    tmp_path: Path, days: int, *, renewed: bool
) -> None:
    """Nobody should meet an expired certificate in development."""
    files = ensure(tmp_path, HOSTS)
    authority = trustme.CA.from_pem(files.ca.read_bytes(), files.ca_key.read_bytes())
    end = datetime.now(UTC) + timedelta(days=days)
    old = authority.issue_cert(*HOSTS, *LOCAL, not_after=end)
    files.key.write_bytes(old.private_key_pem.bytes())
    files.certificate.write_bytes(old.cert_chain_pems[0].bytes())
    before = files.certificate.read_bytes()

    ensure(tmp_path, HOSTS)

    assert renewed == (files.certificate.read_bytes() != before)
    assert shakes_hands(files, HOSTS[0], files.ca)


def test_certificate_lives_no_longer_than_browsers_accept(tmp_path: Path) -> None:
    """Browsers refuse server certificates of more than 398 days."""
    made = x509.load_pem_x509_certificate(ensure(tmp_path, HOSTS).certificate.read_bytes())
    end = made.not_valid_after_utc
    assert timedelta(days=395) < end - datetime.now(UTC) < timedelta(days=398)
