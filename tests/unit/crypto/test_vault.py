import base64
import os
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest

from gateword.crypto.vault import AesVault, key_from_file, key_from_text
from gateword.domain.secret import Secret

KEY = bytes(range(32))
HUSH = Secret("a private key: ü\0")


def test_sealed_secret_opens_in_its_context() -> None:
    """What was sealed is read back under the same key and context."""
    vault = AesVault(KEY)
    assert HUSH == vault.open(vault.seal(HUSH, "keys:1"), "keys:1")
    assert HUSH == AesVault(KEY).open(vault.seal(HUSH, "keys:1"), "keys:1")
    assert Secret("") == vault.open(vault.seal(Secret(""), ""), "")


def test_sealed_secret_never_looks_the_same() -> None:
    """Each seal has a nonce of its own, and shows nothing of the text."""
    vault = AesVault(KEY)
    sealed = {vault.seal(HUSH, "keys:1") for _ in range(100)}
    assert 100 == len(sealed)
    assert not any(b"private" in one for one in sealed)


def test_layout_is_key_id_nonce_and_ciphertext() -> None:
    """The key's id stands in the row, so that rows under an old key can be told."""
    one, two = AesVault(KEY).seal(HUSH, "x"), AesVault(KEY).seal(HUSH, "x")
    assert 4 + 12 + len(HUSH.reveal().encode()) + 16 == len(one)
    assert one[:4] == two[:4] != AesVault(bytes(32)).seal(HUSH, "x")[:4]
    assert KEY[:4] != one[:4]


@pytest.mark.parametrize("context", ["keys:2", "keys:1 ", "", "clients:1"])
def test_sealed_secret_stays_shut_in_another_context(context: str) -> None:
    """Promise K5: a row cannot stand in for another."""
    vault = AesVault(KEY)
    sealed = vault.seal(HUSH, "keys:1")
    with pytest.raises(ValueError, match="was changed or belongs elsewhere"):
        vault.open(sealed, context)


def test_sealed_secret_stays_shut_when_any_byte_is_changed() -> None:
    """Promise K5: key id, nonce, ciphertext and tag: no byte may change."""
    vault = AesVault(KEY)
    sealed = vault.seal(HUSH, "x")
    for place in range(len(sealed)):
        changed = bytearray(sealed)
        changed[place] ^= 1
        with pytest.raises(ValueError, match=r"sealed (under|value)"):
            vault.open(bytes(changed), "x")


def test_sealed_secret_stays_shut_when_cut_or_extended() -> None:
    """Promise K5: every length but the true one is refused."""
    vault = AesVault(KEY)
    sealed = vault.seal(HUSH, "x")
    for wrong in [sealed[:length] for length in range(len(sealed))] + [sealed + b"\0"]:
        with pytest.raises(ValueError, match=r"."):
            vault.open(wrong, "x")


def test_sealed_secret_names_the_wrong_key() -> None:
    """Another key is told apart from changed text, because its remedy is another."""
    sealed = AesVault(KEY).seal(HUSH, "x")
    with pytest.raises(ValueError, match="another encryption key"):
        AesVault(bytes(32)).open(sealed, "x")


def test_key_is_base64_of_32_bytes() -> None:
    """The key in the environment is base64."""
    assert key_from_text(Secret(base64.b64encode(KEY).decode())) == KEY


@pytest.mark.parametrize(
    "text",
    [
        "",
        "secret",
        "é" * 44,
        base64.b64encode(KEY[:31]).decode(),
        base64.b64encode(KEY + b"\0").decode(),
        base64.b64encode(KEY).decode()[:-1],
        f" {base64.b64encode(KEY).decode()}",
        KEY.hex() + "x",
    ],
)
def test_key_is_refused_when_it_is_anything_else(text: str) -> None:
    """A key that is no key is refused, and not shown."""
    with pytest.raises(ValueError, match=r"^the encryption key must be base64 of 32 bytes$"):
        key_from_text(Secret(text))


def test_key_file_is_made_once_and_for_its_owner_alone(tmp_path: Path) -> None:
    """A missing file is made with mode 0600, whatever the umask, and then only read."""
    path = tmp_path / "encryption.key"
    umask = os.umask(0)
    try:
        key = key_from_file(path)
    finally:
        os.umask(umask)
    assert 0o600 == stat.S_IMODE(path.stat().st_mode)
    assert (32, key) == (len(key), key_from_file(path))
    assert [path] == list(tmp_path.iterdir())


def test_key_files_differ(tmp_path: Path) -> None:
    """Each installation has a key of its own."""
    assert key_from_file(tmp_path / "one") != key_from_file(tmp_path / "two")


def test_key_file_is_one_for_all_that_start_together(tmp_path: Path) -> None:
    """Processes that race for the first start read one whole key."""
    starters = 8
    line = Barrier(starters)

    def start(path: Path) -> bytes:
        line.wait(10)
        return key_from_file(path)

    with ThreadPoolExecutor(starters) as threads:
        for turn in range(20):
            path = tmp_path / str(turn)
            assert 1 == len(set(threads.map(start, [path] * starters)))


def test_key_file_is_never_replaced_when_it_is_broken(tmp_path: Path) -> None:
    """A damaged key file stops the start: a new key would make every secret unreadable."""
    path = tmp_path / "encryption.key"
    path.write_text("")
    with pytest.raises(ValueError, match="base64 of 32 bytes"):
        key_from_file(path)
    assert "" == path.read_text()
