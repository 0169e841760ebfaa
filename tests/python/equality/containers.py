"""Random annotations of JSON columns, with content that mostly fits them."""

from __future__ import annotations

import datetime as dt
import uuid
from decimal import Decimal
from typing import Annotated, Any

from hypothesis import strategies as st
from pydantic import Field, OnErrorOmit

from . import nested as n
from .annotations import SCALARS, Entry, as_content, optional

_int = st.integers(-5, 120) | st.sampled_from(["1", 2.0])
_when = st.sampled_from(["2024-05-06T07:08:09Z", "2024-05-06", "1800-01-01T00:00:00", "no"])
_id = st.uuids().map(str)
_cat = st.fixed_dictionaries({"kind": st.just("cat"), "lives": st.integers(0, 9)})
_letters = st.text(max_size=1)
_dog = st.fixed_dictionaries({"kind": st.sampled_from(["dog", "hound", "cow"]), "name": _letters})
_pets = _cat | _dog
_tree = st.recursive(
    st.fixed_dictionaries({"name": st.text(max_size=2)}),
    lambda below: st.fixed_dictionaries(
        {"name": st.text(max_size=2), "children": st.lists(below, max_size=2)}
    ),
    max_leaves=4,
)
_pairs = st.lists(st.tuples(_int, _letters).map(list), max_size=2)
_any = st.dictionaries(_letters, st.none() | st.integers() | st.lists(_letters))


def _of(required: dict[str, Any], **more: Any) -> st.SearchStrategy[Any]:
    return st.fixed_dictionaries(required, optional=more)


def _entry(annotation: Any, good: st.SearchStrategy[Any], **more: Any) -> Entry:
    return Entry(annotation, "json", good, **more)


_strict = _of({"when": _when, "id": _id})
_guarded = _of({"a": _int}, b=_int)
NESTED = [
    _entry(dict, _any),
    _entry(dict[str, Any], _any),
    _entry(list, st.lists(st.integers() | st.text(max_size=2))),
    _entry(list[Any], st.lists(st.integers() | st.booleans())),
    _entry(n.Inner, _of({"x": _int}, when=_when | st.none())),
    _entry(n.StrictInner, _strict),
    _entry(n.StrictChecked, _strict, functions=True),
    _entry(n.AliasInner, _of({"X": _int}, Y=_letters, why=_letters), aliases=True),
    _entry(list[n.AliasInner], st.lists(_of({"X": _int}), max_size=2), aliases=True),
    _entry(n.Guarded, _guarded, functions=True),
    _entry(n.Keeping, _of({"a": st.floats(-2, 2)}, b=_int), functions=True),
    _entry(n.Boxed[int], _of({"value": _int}, more=st.lists(_int, max_size=2))),
    _entry(n.Boxed[n.Guarded], _of({"value": _guarded}), functions=True),
    _entry(n.Tree, _tree),
    _entry(dict[str, n.Tree], st.dictionaries(_letters, _tree, max_size=2)),
    _entry(n.Cat, _cat),
    _entry(n.Pet, _pets),
    _entry(n.Called, _pets, functions=True),
    _entry(list[n.Pet], st.lists(_pets, max_size=3)),
    _entry(n.Cat | n.Dog, _pets),
    _entry(Annotated[n.Inner | n.Cat, Field(union_mode="left_to_right")], _pets | _of({"x": _int})),
    _entry(dict[str, int] | list[int], st.lists(_int) | st.dictionaries(_letters, _int)),
    _entry(n.Point, _of({"x": _int}, y=st.floats(-2, 2)), inherits=True),
    _entry(n.Still, _of({"at": st.dates().map(str)}, names=st.lists(_letters)), inherits=True),
    _entry(n.Firm, _of({"a": _int}), functions=True),
    _entry(n.Movie, _of({"title": st.text(max_size=2)}, year=_int), inherits=True),
    _entry(n.Loose, _of({}, a=_int, d=st.sampled_from([0.1, 1, "1.50"]), z=_int)),
    _entry(list[n.Pair], _pairs),
    _entry(list[n.Numbers], st.lists(st.lists(_int, max_size=2), max_size=2)),
    _entry(dict[int, Any], st.dictionaries(_int.map(str), _int)),
    _entry(dict[n.Color, int], st.dictionaries(st.sampled_from(["red", "blue", "x"]), _int)),
    _entry(dict[str, set[int]], st.dictionaries(_letters, st.lists(_int, max_size=3))),
    _entry(list[frozenset[str]], st.lists(st.lists(_letters, max_size=2), max_size=2)),
    _entry(list[tuple[int, str]], _pairs),
    _entry(list[tuple[int, ...]], st.lists(st.lists(_int, max_size=2), max_size=2)),
    _entry(list[int | str], st.lists(_int | st.text(max_size=2), max_size=3)),
    _entry(list[float | Decimal | None], st.lists(st.floats(-2, 2) | st.just("0.10"), max_size=3)),
    _entry(dict[str, int | bool | str], st.dictionaries(_letters, st.booleans() | _int)),
    _entry(list[dt.datetime | dt.date], st.lists(_when, max_size=2)),
    _entry(list[OnErrorOmit[int]], st.lists(_int | st.just("x"), max_size=3)),
    _entry(list[uuid.UUID], st.lists(_id, max_size=2)),
    _entry(Annotated[list[int], Field(min_length=1, max_length=2)], st.lists(_int, max_size=3)),
    _entry(Annotated[list, Field(max_length=1)], st.lists(_int, max_size=2)),
    _entry(Annotated[dict[str, int], Field(min_length=1)], st.dictionaries(_letters, _int)),
    _entry(Annotated[list[int], Field(strict=True)], st.lists(_int, max_size=2), strict=True),
]  # fmt: skip


def _list_of(entry: Entry) -> Entry:
    annotation: Any = list[entry.annotation]  # type: ignore[name-defined]
    return _entry(annotation, st.lists(as_content(entry), max_size=3), functions=entry.functions)


def _dict_of(entry: Entry) -> Entry:
    annotation: Any = dict[str, entry.annotation]  # type: ignore[name-defined]
    good = st.dictionaries(st.text(max_size=2), as_content(entry), max_size=2)
    return _entry(annotation, good, functions=entry.functions)


_items = SCALARS.filter(lambda e: not e.takes_text)
CONTAINERS: st.SearchStrategy[Entry] = st.one_of(
    st.sampled_from(NESTED),
    st.sampled_from(NESTED),
    _items.map(_list_of),
    _items.map(optional).map(_list_of),
    _items.map(_dict_of),
)
