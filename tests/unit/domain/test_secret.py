import copy
import dataclasses
import json
import pickle
import traceback
from collections.abc import Callable
from dataclasses import dataclass

import msgspec
import pytest

from gateword.domain.refusal import Refusal
from gateword.domain.refused import Refused
from gateword.domain.secret import Secret
from tests.support.factories import a_client

HUSH = "correct horse battery staple"
SHOWN = "Secret(…)"


@dataclass(frozen=True)
class Holder:
    """Something that holds a secret beside something that is none."""

    name: str
    secret: Secret


def raised(secret: Secret) -> str:
    """Return the traceback, values of variables included, of a fault in reach of a secret."""
    try:
        raise ValueError(secret)  # noqa: TRY301  the traceback is what is tested
    except ValueError as error:
        report = traceback.TracebackException.from_exception(error, capture_locals=True)
        return "".join(report.format())


WAYS: dict[str, Callable[[Secret], str]] = {
    "repr": repr,
    "str": str,
    "format": lambda secret: format(secret, ">40"),
    "f-string": lambda secret: f"{secret} {secret!r} {secret!s:>5}",
    "percent": lambda secret: "%s %r" % (secret, secret),  # noqa: UP031  one of the ways
    "str.format": "{0} {0!r}".format,
    "container": lambda secret: repr(([secret], {secret: secret})),
    "dataclass": lambda secret: repr(Holder("x", secret)),
    "asdict": lambda secret: repr(dataclasses.asdict(Holder("x", secret))),
    "astuple": lambda secret: repr(dataclasses.astuple(Holder("x", secret))),
    "client": lambda secret: repr(a_client("shop", secret=secret)),
    "traceback": raised,
    "refusal": lambda secret: str(Refused(Refusal.FAULT, detail=f"{secret}").detail),
    "json with a default": lambda secret: json.dumps(secret, default=repr),
    "copy": lambda secret: repr(copy.copy(secret)) + repr(copy.deepcopy(secret)),
}


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS.keys())
def test_secret_never_shows_itself(way: Callable[[Secret], str]) -> None:
    """R1, promise D10: however it is printed, a Secret prints as `Secret(…)`."""
    text = way(Secret(HUSH))
    assert HUSH not in text
    assert "Secret(" in text


REFUSING: dict[str, Callable[[Secret], object]] = {
    "json": json.dumps,
    "msgspec JSON": msgspec.json.encode,
    "msgspec JSON of a holder": lambda secret: msgspec.json.encode(Holder("x", secret)),
    "msgspec MessagePack": msgspec.msgpack.encode,
    "msgspec builtins": msgspec.to_builtins,
    "pickle": pickle.dumps,
    "vars": vars,
    "iteration": list,  # type: ignore[call-overload]
}


@pytest.mark.parametrize("way", REFUSING.values(), ids=REFUSING.keys())
def test_secret_is_refused_by_encoders(way: Callable[[Secret], object]) -> None:
    """Promise D10: an encoder cannot walk into a Secret; it fails, and fails without showing."""
    with pytest.raises(TypeError) as error:
        way(Secret(HUSH))
    assert HUSH not in str(error.value)


def test_secret_is_revealed_only_by_asking() -> None:
    """`reveal` is the one way to the text."""
    assert HUSH == Secret(HUSH).reveal()


def test_secrets_are_equal_by_what_they_hold() -> None:
    """A Secret is a value, and no text."""
    assert Secret(HUSH) == Secret(HUSH)
    assert hash(Secret(HUSH)) == hash(Secret(HUSH))
    assert Secret(HUSH) != Secret("else")
    assert HUSH != Secret(HUSH)


def test_secret_does_not_change() -> None:
    """What was wrapped stays what it is."""
    secret = Secret(HUSH)
    with pytest.raises(AttributeError):
        secret._value = "else"  # type: ignore[misc]  # noqa: SLF001  what must not work
    with pytest.raises(AttributeError):
        del secret._value  # noqa: SLF001  the same
    assert HUSH == secret.reveal()
