"""Whole rows of models with JSON columns: pydantic's validation, with their content in JSON mode.

The model's validator would take the parsed content in Python mode, where an ISO string is no strict
datetime and base64 no bytes. So a validator is made of the same core schema in which a `json` node
stands around the schema of each JSON column: it takes the text and validates in JSON mode, and
everything else is as it was. What stands around the fields and looks at the row before they do
(model validators, an own `__init__`) sees the content all the same: only the fields themselves get
the text, and only where the content is still what it was.

pydantic-core does not build a `model` node again but takes the class's finished validator for it.
So two functions stand in for that node here: one for its fields, one that makes the instance.
"""

from __future__ import annotations

import marshal
from collections.abc import Callable, Mapping
from contextvars import ContextVar
from dataclasses import dataclass, replace
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_core import SchemaError, SchemaValidator, from_json

from .nodes import FUNCTIONS, Node

_VALIDATOR = "__pydantic_validator__"


class _Unusual(Exception):
    """A schema that this file does not know how to take apart."""


@dataclass(frozen=True, slots=True)
class _Row:
    """The row that is being validated, where functions see its content first."""

    texts: dict[str, str]  # of JSON columns, by key
    contents: dict[str, bytes | None]  # what the functions were given, as _image() has it
    width: int  # how many keys they were given
    instance: Any = None  # inside of the model's own __init__: what it is to fill


_current: ContextVar[_Row | None] = ContextVar("ferro_row", default=None)


class WholeRow:
    """How rows of one model are validated in which the fields of `columns` are JSON text.

    `columns` has their keys in the row; `flags` are keywords for pydantic's `validate_python`.
    Where the schema cannot be taken apart, or `own` says that only the model's own validator will
    do, that one is given the content, in Python mode.
    """

    def __init__(
        self,
        model: type[BaseModel],
        definitions: Mapping[str, Node],
        columns: Mapping[str, str],
        flags: dict[str, Any],
        *,
        own: bool,
    ) -> None:
        self.model = model
        self.definitions = definitions
        self.columns = dict(columns)
        self.flags = flags
        self._own_only = own
        self._watched = False  # whether functions see the row before its fields do
        self._model: Any = None
        self._fields: Any = None
        self._inner: Any = None
        self._outer: Any = None
        self._by_text: dict[frozenset[str], SchemaValidator] = {}

    def validate(self, data: dict[str, Any]) -> Any:
        """The instance, or the error, for values by key: of JSON columns the text or None."""
        if self._outer is None and not self._own_only:
            try:
                self._build()
            except (SchemaError, _Unusual):
                self._own_only = True
        texts = {key: data[key] for key in self.columns.values()}
        if self._own_only:
            content = {key: self._parsed(key, text) for key, text in texts.items()}
            return self.model.__pydantic_validator__.validate_python(data | content, **self.flags)
        texts = {key: "null" if text is None else text for key, text in texts.items()}
        if not self._watched:
            return self._outer.validate_python(data | texts, **self.flags)
        content = {key: self._parsed(key, text) for key, text in texts.items()}
        seen = {key: _image(value) for key, value in content.items()}
        return self.within(_Row(texts, seen, len(data)), data | content, self.flags)

    def within(self, row: _Row, data: Any, flags: dict[str, Any]) -> Any:
        token = _current.set(row)
        try:
            return self._outer.validate_python(data, **flags)
        finally:
            _current.reset(token)

    def _parsed(self, key: str, text: str | None) -> Any:
        if text is None:
            return None
        try:
            return from_json(text)
        except ValueError as error:
            ctx = {"error": str(error)}
            line: Any = {"type": "json_invalid", "loc": (key,), "input": text, "ctx": ctx}
            hide = bool(self.model.model_config.get("hide_input_in_errors"))
            made = ValidationError.from_exception_data(self._title(), [line], hide_input=hide)
            raise made from None

    def _build(self) -> None:
        schema: Any = self.model.__pydantic_core_schema__
        if schema["type"] == "definitions":
            schema = schema["schema"]
        outer = self._around(schema, "model")
        inner = self._around(self._model["schema"], "model-fields")
        self._watched = self._watched or bool(self._model.get("custom_init"))
        self._inner = self._built(inner)
        self._outer = self._built(outer)

    def _around(self, node: Any, wanted: str) -> Any:
        """A copy of the functions around a node, with one in its place that does its work."""
        tag = node["type"]
        if tag == "definition-ref":
            return self._around(self.definitions[node["schema_ref"]], wanted)
        if tag == wanted == "model":
            self._model = node
            return _plain(self._make)
        if tag == wanted == "model-fields":
            self._fields = node
            return _plain(self._validate_fields)
        if tag not in FUNCTIONS or tag == "function-plain":
            raise _Unusual
        self._watched = self._watched or tag != "function-after"
        inside = self._around(node["schema"], wanted)
        return {key: value for key, value in node.items() if key != "ref"} | {"schema": inside}

    def _built(self, schema: Any) -> SchemaValidator:
        # Config of the model, which pydantic gives to the validator as a whole, too.
        config: Any = {**(self._model.get("config") or {}), "title": self._title()}
        if self.definitions:
            used = list(self.definitions.values())
            schema = {"type": "definitions", "schema": schema, "definitions": used}
        return SchemaValidator(schema, config)

    def _title(self) -> str:
        return self.model.__pydantic_validator__.title

    def _flags(self) -> dict[str, Any]:
        row = _current.get() if self._watched else None
        # BaseModel.__init__ knows of none.
        return self.flags if row is None or row.instance is None else {}

    # In place of the fields: those with text in them are validated as JSON.

    def _validate_fields(self, data: Any) -> Any:
        names = frozenset(self.columns)
        if self._watched:
            row = _current.get()
            names = self._untouched(row, data) if row is not None else frozenset()
            if row is not None and names:
                keys = [self.columns[name] for name in names]
                data = {**data, **{key: row.texts[key] for key in keys}}
        validator = self._by_text.get(names)
        if validator is None:
            validator = self._by_text[names] = self._built(self._reading_text(names))
        return validator.validate_python(data, **self._flags())

    def _untouched(self, row: _Row, data: Any) -> frozenset[str]:
        """The fields of JSON columns that are to read what the functions were given."""
        if not isinstance(data, dict):
            return frozenset()
        names = set()
        for name, key in self.columns.items():
            if key not in data or _image(data[key]) != row.contents[key]:
                continue
            if self._reads(name, key) or (self._by_name() and len(data) == row.width):
                names.add(name)
        return frozenset(names)

    def _reads(self, name: str, key: str) -> bool:
        """Whether the field reads `key` for certain, whatever other keys there are."""
        alias = self._fields["fields"][name].get("validation_alias")
        if alias is None or alias == key or key != name:
            return True
        return bool(self._flags()) or self._setting("validate_by_alias") is False

    def _by_name(self) -> bool:
        return bool(self._setting("validate_by_name") or self._setting("populate_by_name"))

    def _setting(self, name: str) -> Any:
        return (self._model.get("config") or {}).get(name)

    def _reading_text(self, names: frozenset[str]) -> Any:
        fields = dict(self._fields["fields"])
        for name in names:
            fields[name] = {**fields[name], "schema": _as_json(fields[name]["schema"])}
        return {**self._fields, "fields": fields}

    # In place of the model: what pydantic-core does with it.

    def _make(self, data: Any) -> Any:
        row = _current.get() if self._watched else None
        if row is not None and row.instance is not None:
            return self._fill(row.instance, data)
        if isinstance(data, self.model):
            return self._own().validate_python(data, **self.flags)  # of a function
        if self._model.get("custom_init") and row is not None and type(data) is dict:
            return self._initialize(row, data)
        return self._fill(None, data)

    def _fill(self, instance: Any, data: Any) -> Any:
        values, extra, fields_set = self._inner.validate_python(data, **self._flags())
        if instance is None:
            instance = self.model.__new__(self.model)
        put = object.__setattr__
        put(instance, "__dict__", values)
        put(instance, "__pydantic_extra__", extra)
        put(instance, "__pydantic_private__", None)
        put(instance, "__pydantic_fields_set__", fields_set)
        if post_init := self._model.get("post_init"):
            getattr(instance, post_init)(None)
        return instance

    def _own(self) -> SchemaValidator:
        """Of the model as it is, without the functions around it."""
        return self._built({key: value for key, value in self._model.items() if key != "ref"})

    def _initialize(self, row: _Row, data: dict[str, Any]) -> Any:
        """Call the model with its own `__init__`, so that BaseModel's finds this validator.

        It asks the instance for one and so the instance's dict before the class. Filling the
        instance replaces that dict.
        """
        model: Any = self.model
        if type(model).__call__ is not type.__call__:
            return model(**data)
        instance = model.__new__(model, **data)
        if isinstance(instance, model):
            vars(instance)[_VALIDATOR] = _Filling(self, row)
            try:
                type(instance).__init__(instance, **data)
            finally:
                vars(instance).pop(_VALIDATOR, None)
        return instance


class _Filling:
    """What BaseModel.__init__ takes for the class's validator."""

    def __init__(self, whole: WholeRow, row: _Row) -> None:
        self._whole = whole
        self._row = row

    def validate_python(self, data: Any, *, self_instance: Any) -> Any:
        return self._whole.within(replace(self._row, instance=self_instance), data, {})


def _image(value: Any) -> bytes | None:
    """The same bytes for the same content of JSON, down to types and order; None for what is none.

    This is on the way of each row; version 2 is the last whose bytes say nothing of how the objects
    are shared.
    """
    try:
        return marshal.dumps(value, 2)
    except ValueError:
        return None


def _plain(function: Callable[[Any], Any]) -> Any:
    return {"type": "function-plain", "function": {"type": "no-info", "function": function}}


def _as_json(schema: Any) -> Any:
    return {"type": "json", "schema": schema}
