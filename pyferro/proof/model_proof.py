"""The orders that native code gets for a model: how each field of a row is filled, and what has the last word.

They are made in prover.py, where what makes them true is told.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_core import SchemaValidator

from .nodes import Check, Level
from .rows import Loading, loaded, masked
from .whole import WholeRow


@dataclass(frozen=True, slots=True)
class FieldProof:
    """Orders for one selected field.

    None goes in at once where `nullable`, else at FIELD to the validator, else it is a violation. A
    violation, a failed check, a missed lookup, and any Exception of the validator (as of a factory)
    all mean: give the row to `ModelProof.validate`, which has the last word.
    """

    name: str
    level: Level
    nullable: bool  # None is valid as it is
    check: Check | None  # on the decoded (json: the parsed) value
    convert: str | None  # "enum": look up in enum_map; "json": parse the text with from_json
    enum_map: dict[Any, Any] | None  # at FIELD a value that is not in it goes on as it is
    validator: SchemaValidator | Loading | None  # FIELD: this field's schema alone
    json_text: bool  # FIELD: call validate_json(text or "null"), not validate_python(value)
    reason: str
    # How `ModelProof.validate` hands the value to the model's validator.
    key: str
    row_convert: str | None = None  # "enum", "load"; "json": by `ModelProof.whole`
    load: Callable[[Any], Any] | None = None  # "load": makes the object that the text stands for


@dataclass(frozen=True, slots=True)
class ModelProof:
    """Orders for one model and column list, good while the model's core schema is `schema`."""

    model: type[BaseModel]
    fields: dict[str, FieldProof]
    level: Level
    reason: str
    schema: object
    defaults: dict[str, Any]  # fields not selected, below ROW: the object to put in
    factories: dict[str, Callable[[], Any]]  # the same, to be called for each row
    post_init: bool  # below ROW: call model.model_post_init(instance, None) for private attributes
    row_flags: dict[str, Any]  # keywords for validate_python of the whole row
    plain_row: bool  # the row may go to validate_python as it is, without `validate`
    secrets: frozenset[str] = frozenset()  # fields that no error may quote
    whole: WholeRow | None = None  # where there are JSON columns

    def current(self) -> bool:
        """Whether the model still has the schema of this proof (`model_rebuild` replaces it)."""
        return self.model.__pydantic_core_schema__ is self.schema

    def validate(self, row: Mapping[str, Any]) -> Any:
        """The whole-row way: decoded values by field name in, an instance or an error out."""
        data: dict[str, Any] = {}
        for name, value in row.items():
            field = self.fields[name]
            if value is not None and field.row_convert is not None:
                value = _row_value(field, value)
            data[field.key] = value
        return self._discreetly(row, data) if self.secrets else self._validated(data)

    def _validated(self, data: dict[str, Any]) -> Any:
        if self.whole is not None:
            return self.whole.validate(data)
        return self.model.__pydantic_validator__.validate_python(data, **self.row_flags)

    def _discreetly(self, row: Mapping[str, Any], data: dict[str, Any]) -> Any:
        try:
            return self._validated(data)
        except ValidationError as error:
            secrets = {row[name] for name in self.secrets if row.get(name) is not None}
            keys = {self.fields[name].key for name in self.secrets}
            hide = bool(self.model.model_config.get("hide_input_in_errors"))
            hidden = masked(error, keys, secrets, hide_input=hide)
        # Out here, so that it does not drag along the error that quotes them.
        raise hidden


def _row_value(field: FieldProof, value: Any) -> Any:
    if field.row_convert == "enum":
        assert field.enum_map is not None
        return field.enum_map.get(value, value)
    if field.row_convert == "load":
        assert field.load is not None
        return loaded(field.load, value)
    return value
