import pytest

from gateword.crypto.verify import KeyringVerifier
from gateword.domain.secret import Secret
from tests.unit.crypto.keyrings import Clock, Keys, b64


@pytest.mark.parametrize(
    ("payload", "expected"),
    [
        (b'{"sub":"shop"}', "shop"),
        (b'{"sub":"' + b"x" * 64 + b'"}', "x" * 64),
        (b'{"sub":"' + b"x" * 65 + b'"}', None),
        (b'{"sub":"a\\u0000b"}', None),
        (b'{"sub":1}', None),
        (b'{"sub":["shop"]}', None),
        (b"{}", None),
        (b"[]", None),
        (b"", None),
        (b"{", None),
        (b"\xff", None),
        (b'{"sub":"\\ud800"}', None),
        (b'{"a":' + b"[" * 1200, None),
        (b'{"a":' + b"[" * 1200 + b"]" * 1200 + b',"sub":"shop"}', None),
    ],
)
def test_subject_is_read_before_any_check_without_faults(
    payload: bytes, expected: str | None
) -> None:
    """Promise I2: the name by which keys are looked up is a bounded text or nothing."""
    header = b64(b'{"alg":"RS256"}')
    token = Secret(f"{header}.{b64(payload)}.{b64(bytes(256))}")
    assert expected == KeyringVerifier(Keys(), Clock()).unverified_subject(token)


@pytest.mark.parametrize("text", ["", ".", "..", "...", "a.b.c", "é.é.é", "\0", "x" * 2048])
def test_subject_of_no_jws_is_nothing(text: str) -> None:
    """Promise I2: text that is no JWS names nobody."""
    assert KeyringVerifier(Keys(), Clock()).unverified_subject(Secret(text)) is None
