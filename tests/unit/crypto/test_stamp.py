import base64

import pytest

from gateword.crypto.stamp import HmacStamp

KEY = bytes(range(32))
STAMP = HmacStamp(KEY, 1)


def test_sealed_text_comes_back() -> None:
    """What was sealed for a purpose is opened for that purpose, and for no other."""
    sealed = STAMP.sealed("ännchen", "page")
    assert "ännchen" == STAMP.opened(sealed, "page")
    assert STAMP.opened(sealed, "other page") is None


@pytest.mark.parametrize("text", ["", "ann", "x" * 5000, "a\0b", "ünï", "7:ann@shop.example"])
def test_digest_is_a_name_that_tells_nothing(text: str) -> None:
    """Any text has a digest of 64 hex digits, always the same one."""
    digest = STAMP.digest(text, "subject")
    assert 64 == len(digest)
    assert int(digest, 16)
    assert digest == HmacStamp(KEY, 1).digest(text, "subject")


@pytest.mark.parametrize(
    "other",
    [
        HmacStamp(KEY, 2).digest("ann", "subject"),
        HmacStamp(bytes(32), 1).digest("ann", "subject"),
        STAMP.digest("ann", "other"),
        STAMP.digest("anna", "subject"),
        STAMP.digest("t\0ann", "subjec"),
    ],
    ids=["another tenant", "another key", "another purpose", "another text", "moved border"],
)
def test_digest_is_of_one_tenant_key_purpose_and_text(other: str) -> None:
    """Nobody without the key makes a digest, and no two things share one."""
    assert other != STAMP.digest("ann", "subject")


def test_digest_shows_no_mark() -> None:
    """A digest that is seen is of no help in forging a sealed text."""
    sealed = STAMP.sealed("ann", "page")
    mark = base64.urlsafe_b64decode(sealed + "=" * (-len(sealed) % 4))[:16]
    assert not STAMP.digest("ann", "page").startswith(mark.hex())
