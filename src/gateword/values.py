"""How values are made: written as dataclasses of the standard library, made by msgspec (ADR 0024).

Type checkers read the standard library's names and judge fields, arguments and `replace` as they do
there. `dataclasses.fields`, `asdict` and `is_dataclass` know values, too.

What differs when it runs: `replace` takes values only; fields by keyword only come last, inherited
ones too; who sets a field of a frozen value gets a plain AttributeError. What cannot be made a
value fails where it is written.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import MISSING, Field, field, make_dataclass
from functools import cache
from inspect import get_annotations
from reprlib import recursive_repr
from typing import TYPE_CHECKING, Any, ClassVar, Final, cast

import msgspec

__all__ = ["dataclass", "field", "replace"]

_NOT_WRITTEN: Final = ("__dict__", "__weakref__", "__slots__")
"""What stands in a class without being in its body."""


class _OfTwin:
    """What the standard library looks for in a dataclass; made when somebody looks."""

    def __set_name__(self, owner: type, name: str) -> None:
        self._name = name

    def __get__(self, value: object, owner: "type[_Value]") -> object:
        return getattr(_twin(owner), self._name)


class _Value(msgspec.Struct):
    """What all values are.

    Attributes:
        __given__: What is written behind each field: its default, a `Field`, or MISSING.
    """

    __given__: ClassVar[Mapping[str, object]] = {}
    __dataclass_fields__ = _OfTwin()
    __dataclass_params__ = _OfTwin()


@cache
def _twin(value: type[_Value]) -> type:
    """Return a real dataclass with the fields of a value."""
    notes: dict[str, object] = {}
    for one in reversed(value.__mro__):
        notes |= get_annotations(one)
    given = value.__given__
    return make_dataclass(
        value.__name__,
        [(name, notes[name], _field(given[name])) for name in value.__struct_fields__],
        init=False,
        repr=False,
        eq=False,
        frozen=value.__struct_config__.frozen,
        kw_only=True,
    )


def _field(given: object) -> Any:
    return given if isinstance(given, Field) else field(default=given)


def _shown(value: _Value) -> Iterator[tuple[str, object]]:
    for name in value.__struct_fields__:
        if _is_shown(value.__given__[name]):
            yield name, getattr(value, name)


@recursive_repr()
def _repr(value: _Value) -> str:
    told = ", ".join(f"{name}={one!r}" for name, one in _shown(value))
    return f"{type(value).__qualname__}({told})"


def _is_shown(given: object) -> bool:
    return not isinstance(given, Field) or given.repr


def _dataclass(
    *, frozen: bool = False, slots: bool = False, kw_only: bool = False, eq: bool = True
) -> Callable[[type], type[_Value]]:
    """Make a class a value; the arguments are the standard library's.

    Without `slots` an instance has a `__dict__` besides its fields, for `cached_property`.

    Raises:
        TypeError, ValueError: It cannot be one: it has an `__init__`, a metaclass or a layout of
            its own (an exception has), it inherits a field by position with a default and adds one
            without, a default is mutable, or a `field` says more than default, repr and metadata.
    """

    def made(written: type) -> type[_Value]:
        notes = get_annotations(written)
        body = _body(written, notes)
        given = {**getattr(written, "__given__", {}), **{n: body.get(n, MISSING) for n in notes}}
        for name in notes:
            if isinstance(one := body.get(name), Field):
                body[name] = _default(one)
        if not all(map(_is_shown, given.values())):
            body = {"__repr__": _repr, "__rich_repr__": _shown, **body}
        body |= {"__given__": given, "__qualname__": written.__qualname__}
        more = not slots
        value = msgspec.StructMeta(
            written.__name__, _bases(written), body,
            frozen=frozen, eq=eq, kw_only=kw_only, dict=more, weakref=more,
        )  # fmt: skip
        for name in set(notes).intersection(value.__struct_fields__):
            if type(body.get(name)).__hash__ is None:
                raise ValueError(f"{value.__qualname__}.{name}: its default is mutable")
        return cast("type[_Value]", value)

    return made


def _body(written: type, notes: Mapping[str, object]) -> dict[str, Any]:
    body = {name: one for name, one in vars(written).items() if name not in _NOT_WRITTEN}
    if isinstance(written, msgspec.StructMeta):  # it inherits from a value, so it became one itself
        own = written.__struct_fields__
        body = {name: one for name, one in body.items() if name not in notes or name not in own}
        defaults = zip(reversed(own), reversed(written.__struct_defaults__), strict=False)
        body |= {
            name: one for name, one in defaults if name in notes and one is not msgspec.NODEFAULT
        }
    return body


def _bases(written: type) -> tuple[type, ...]:
    if isinstance(written, msgspec.StructMeta):
        return written.__bases__
    return (_Value, *(base for base in written.__bases__ if base is not object))


def _default(given: "Field[Any]") -> Any:
    if not given.init or not given.compare or given.hash is not None or given.kw_only is True:
        raise TypeError("a value's field has a default, repr and metadata, no more")
    if given.default_factory is not MISSING:
        return msgspec.field(default_factory=given.default_factory)
    return msgspec.field() if given.default is MISSING else given.default


if TYPE_CHECKING:
    from dataclasses import dataclass, replace
else:
    dataclass, replace = _dataclass, msgspec.structs.replace
