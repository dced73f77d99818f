"""The rules of `gateword.values`: what is written as a dataclass keeps a dataclass's promises."""

import copy
import dataclasses
import inspect
import pickle
import subprocess
import sys
from collections.abc import Callable, Mapping
from functools import cached_property
from pathlib import Path
from typing import ClassVar, Generic, TypeVar

import pytest
from rich.pretty import pretty_repr

from gateword.values import dataclass, field, replace

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Letter:
    """Something with a part that nobody may read."""

    POSTAGE: ClassVar[dict[str, int]] = {"home": 1}

    to: str
    text: str = field(default="psst", repr=False)
    stamps: tuple[int, ...] = ()
    marks: Mapping[str, str] = field(default_factory=dict, metadata={"unit": "inks"})

    def readdressed(self, to: str) -> "Letter":
        """Return it with another address."""
        return replace(self, to=to)


@dataclass(frozen=True, slots=True, kw_only=True)
class Parcel(Letter):
    """A letter with more in it."""

    weight_g: int = 1
    key: str = field(default="1234", repr=False)


@dataclass(slots=True)
class Box:
    """Something that changes."""

    inside: object = None


@dataclass(slots=True, eq=False)
class Labelled(Generic[T]):
    """Something that is only equal to itself."""

    label: T


@dataclass(frozen=True)
class Word:
    """Something that remembers what it computed."""

    text: str

    @cached_property
    def loud(self) -> list[str]:
        """What is remembered."""
        return [self.text.upper()]


class Odd(Exception):
    """A base with a layout of its own."""


def test_value_when_it_is_printed_hides_what_it_shall_hide() -> None:
    """A field that is written with `repr=False` shows in no print, an inherited one neither."""
    parcel = Parcel("ann", weight_g=3)
    shown = "Parcel(to='ann', stamps=(), marks={}, weight_g=3)"

    assert (shown, shown) == (repr(parcel), pretty_repr(parcel))
    assert "Letter(to='ann', stamps=(), marks={})" == str(Letter("ann"))


def test_value_when_it_holds_itself_is_printed() -> None:
    """A print ends, also where a value stands in itself."""
    box = Box()
    box.inside = [Letter("ann", marks={"box": box})]

    assert "Box(inside=[Letter(to='ann', stamps=(), marks={'box': ...})])" == repr(box)


def test_value_says_what_it_is() -> None:
    """Name, module, text, signature and positions are those that were written."""
    assert ("Letter", "Letter", __name__) == (
        Letter.__name__,
        Letter.__qualname__,
        Letter.__module__,
    )
    assert "Something with a part that nobody may read." == Letter.__doc__
    assert ("to", "text", "stamps", "marks") == Letter.__match_args__ == Parcel.__match_args__
    assert ["to", "text", "stamps", "marks"] == list(inspect.signature(Letter).parameters)


def test_value_when_nothing_is_given_has_its_defaults() -> None:
    """Each gets the defaults, those that can change made anew; class variables are no fields."""
    one, other = Letter("ann"), Letter("ann")

    assert ("psst", (), {}) == (one.text, one.stamps, one.marks)
    assert one.marks is not other.marks
    assert Letter.POSTAGE is Parcel.POSTAGE


def test_value_when_a_field_is_missing_is_not_made() -> None:
    """What has no default must be given."""
    with pytest.raises(TypeError):
        Letter()


def test_value_when_frozen_is_not_changed() -> None:
    """Nobody changes a frozen value; `replace` makes another."""
    letter = Letter("ann", text="no")
    with pytest.raises(AttributeError):
        letter.to = "bob"

    assert (Letter("bob", text="no"), "ann") == (letter.readdressed("bob"), letter.to)


def test_values_are_equal_by_class_and_fields() -> None:
    """Two are one by their fields, if they are of one class and not told to be themselves only."""
    label = Labelled("x")

    assert 1 == len({Letter("ann", marks=()), Letter("ann", marks=())})
    assert Letter("ann") != Letter("ann", text="other")
    assert Letter("ann") != Parcel("ann", weight_g=3)
    assert Box([1]) == Box([1])
    assert label != Labelled("x")
    assert 1 == len({label, label})
    with pytest.raises(TypeError):
        hash(Box())


@pytest.mark.parametrize(
    "way",
    [copy.copy, copy.deepcopy, replace, lambda value: pickle.loads(pickle.dumps(value))],  # noqa: S301  ours
    ids=["copy", "deepcopy", "replace", "pickle"],
)
@pytest.mark.parametrize(
    "value", [Parcel("ann", text="no", weight_g=3), Box([1])], ids=["frozen", "changing"]
)
def test_value_is_copied_whole(way: Callable[[object], object], value: object) -> None:
    """A copy has every field, those that do not show too."""
    assert value == way(value)
    assert value is not way(value)


def test_value_without_slots_remembers() -> None:
    """What is computed once is kept, and is no part of the value."""
    word = Word("psst")

    assert word.loud is word.loud
    assert (Word("psst"), "Word(text='psst')") == (word, repr(word))


def test_standard_library_knows_values() -> None:
    """`fields`, `asdict` and `is_dataclass` say of a value what they say of a dataclass."""
    found = {one.name: one for one in dataclasses.fields(Parcel)}

    assert ["to", "text", "stamps", "marks", "weight_g", "key"] == list(found)
    assert (str, "psst", False) == (found["text"].type, found["text"].default, found["text"].repr)
    assert (dict, "inks") == (found["marks"].default_factory, found["marks"].metadata["unit"])
    assert dataclasses.MISSING is found["to"].default
    assert {"inside": [{"inside": {"label": 1}}]} == dataclasses.asdict(Box([Box(Labelled(1))]))
    assert dataclasses.is_dataclass(Letter("ann"))


def written(bases: tuple[type, ...] = (), **body: object) -> type:
    """Return a class as it is written, with one field `inside`."""
    return type("Written", bases, {"__annotations__": {"inside": object}, **body})


@pytest.mark.parametrize(
    "one",
    [
        written((Odd,)),
        written(__init__=lambda _: None),
        written(inside=field(init=False)),
        written(inside=field(compare=False)),
        written(inside=[]),
    ],
    ids=["exception", "own __init__", "not given", "not compared", "mutable default"],
)
def test_value_when_it_cannot_be_one_is_refused(one: type) -> None:
    """What would not keep a dataclass's promises fails where it is written."""
    with pytest.raises((TypeError, ValueError)):
        dataclass(slots=True)(one)


def test_replace_when_wrong_is_seen_by_the_type_checker(tmp_path: Path) -> None:
    """A wrong name or type in a value, or in `replace`, is an error of mypy."""
    file = tmp_path / "wrong.py"
    file.write_text(
        "from gateword.values import dataclass, replace\n"
        "@dataclass(frozen=True, slots=True)\n"
        "class One:\n"
        "    size: int\n"
        "one = One(size='x')\n"
        "replace(one, sise=2)\n"
        "replace(one, size='x')\n"
        "one.size = 2\n"
    )

    said = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", "--follow-imports=silent", str(file)],
        capture_output=True,
        check=False,
        text=True,
    )

    assert ["5", "6", "7", "8"] == [line.split(":")[1] for line in said.stdout.splitlines()[:-1]]
