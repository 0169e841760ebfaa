"""What native code does with a proof, in plain Python: the meaning of a proof's fields.

The tests compare it with pydantic-core; it is no part of pyferro and takes no short cut for speed.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel
from pydantic_core import from_json

from pyferro.proof.model_proof import FieldProof, ModelProof
from pyferro.proof.nodes import Level


class _Violation(Exception):
    """The value is not for the short way; pydantic-core has the last word."""


def fill(proof: ModelProof, row: Mapping[str, Any]) -> BaseModel:
    """The instance for a row of decoded values, by the shortest way the proof allows."""
    if proof.level == Level.ROW:
        return whole_row(proof, row)
    try:
        values = {name: _one(proof.fields[name], value) for name, value in row.items()}
        made_now = {name: make() for name, make in proof.factories.items()}
    except Exception:
        return whole_row(proof, row)
    made: BaseModel = proof.model.__new__(proof.model)
    content: dict[str, Any] = {}
    for name in proof.model.__pydantic_fields__:
        if name in values:
            content[name] = values[name]
        elif name in made_now:
            content[name] = made_now[name]
        else:
            content[name] = proof.defaults[name]
    object.__setattr__(made, "__dict__", content)
    object.__setattr__(made, "__pydantic_extra__", None)
    object.__setattr__(made, "__pydantic_fields_set__", set(values))
    object.__setattr__(made, "__pydantic_private__", None)
    if proof.post_init:
        made.model_post_init(None)
    return made


def whole_row(proof: ModelProof, row: Mapping[str, Any]) -> BaseModel:
    if proof.plain_row:
        validator = proof.model.__pydantic_validator__
        made: BaseModel = validator.validate_python(dict(row), **proof.row_flags)
        return made
    return proof.validate(row)


def _one(field: FieldProof, value: Any) -> Any:
    if value is None:
        if field.nullable:
            return None
        if field.level < Level.FIELD:
            raise _Violation
    if field.level == Level.FIELD:
        assert field.validator is not None
        if field.json_text:
            return field.validator.validate_json("null" if value is None else value)
        if field.convert == "enum" and field.enum_map is not None:
            value = field.enum_map.get(value, value)
        return field.validator.validate_python(value)
    if field.convert == "json":
        value = from_json(value)
    if field.convert == "enum":
        assert field.enum_map is not None
        if value not in field.enum_map:
            raise _Violation
        value = field.enum_map[value]
    if field.check is not None and not field.check.admits(value):
        raise _Violation
    return value
