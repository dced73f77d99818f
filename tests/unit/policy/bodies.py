"""Request bodies for the tests of parameters, and what refuses one."""

import pytest

from gateword.domain.refusal import Refusal
from gateword.domain.refused import Refused
from gateword.policy.token_params import read

FORM = "application/x-www-form-urlencoded"
JSON = "application/json"


def refusal_of(content_type: str, body: bytes) -> tuple[Refusal, str]:
    """Return the row that refuses a body, and what its text says."""
    with pytest.raises(Refused) as refused:
        read(content_type, body)
    return refused.value.refusal, refused.value.description


def nested(depth: int) -> bytes:
    """Return an object that holds lists; `depth` levels in all."""
    inner = b"[" * (depth - 1) + b"]" * (depth - 1)
    return b'{"deep":' + inner + b"}"
