"""What native code may put into a model's fields without pydantic-core, by its core schema.

A proof is made for a model and the decoded type of each column; it only ever errs towards more
validation. It neither decodes nor fills anything: that is native code, to which `FieldProof` and
`ModelProof` (model_proof.py) are the orders.

"A row" is a dict of decoded values keyed by field name, and loading must equal
`Model.model_validate(row)`, with two readings that a database forces:

- A JSON column holds text, so its content is validated in JSON mode (a strict nested model takes an
  ISO string for a datetime); SQL NULL is null. That also holds where the whole row goes through
  pydantic-core (`proof_whole.py`); functions that see the row before its fields do see the content.
- A strict enum is given its member, and an address is given as an object, since no database can
  deliver one. So is a secret, lest an error quote it. Only a function in front of either, which
  expects what a user would give, sees the text.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from pydantic import BaseModel
from pydantic._internal import _model_construction
from pydantic_core import PydanticUndefined, SchemaError, SchemaValidator

from ..types.held import Held
from .model_proof import FieldProof, ModelProof
from .nodes import ARRAY_ELEMENTS, Level, Node, Verdict, enum_values, judge_scalar
from .rows import Loading
from .survey import Survey, survey
from .whole import WholeRow

KINDS = frozenset(
    {"bool", "int64", "float64", "decimal", "text", "bytes", "date", "time", "timestamp"}
    | {"timestamptz", "interval", "uuid", "json"}
    | {f"{element}-array" for element in ARRAY_ELEMENTS}
)

# What pydantic installs for private attributes and nothing else; its presence is not a user's hook.
_INIT_PRIVATE = getattr(_model_construction, "init_private_attributes", None)


def prove(
    model: type[BaseModel], types: Mapping[str, str], held: Mapping[str, Held] | None = None
) -> ModelProof:
    """Prove `model` for rows that hold the fields of `types`, a canonical type name for each.

    `held` says of which objects a field's column holds the text.

    Raises ValueError for a field or type that does not exist, and pydantic's own error for a model
    with annotations that cannot be resolved yet.
    """
    if not model.__pydantic_complete__:
        model.model_rebuild()
    return _Prover(model, types, held or {}).run()


class _Prover:
    def __init__(
        self, model: type[BaseModel], types: Mapping[str, str], held: Mapping[str, Held]
    ) -> None:
        self.held = held
        self.model = model
        self.types = dict(types)
        self.schema: Any = model.__pydantic_core_schema__
        self.definitions: dict[str, Node] = {}
        self.config: Any = {}
        self.row_reason: str | None = None
        self.known = True  # whether the model's own schema has a form that is known here
        self.surveys: dict[str, Survey] = {}

    def run(self) -> ModelProof:
        unknown = sorted(set(self.types.values()) - KINDS)
        if unknown:
            known = ", ".join(sorted(KINDS))
            raise ValueError(f"{unknown[0]!r} is not a canonical type; known: {known}")
        declared = self.model.__pydantic_fields__
        for name in self.types:
            if name not in declared:
                raise ValueError(f"{self.model.__name__} has no field {name!r}")
        nodes = self._open()
        fields = {name: self._field(name, nodes.get(name)) for name in self.types}
        defaults, factories = self._absent(nodes)
        return self._finish(nodes, fields, defaults, factories)

    def _row(self, reason: str) -> None:
        self.row_reason = self.row_reason or reason

    def _unknown(self, reason: str) -> None:
        self._row(reason)
        self.known = False

    # From the outside in: definitions, functions around the model, the model, its fields.

    def _open(self) -> Mapping[str, Node]:
        node: Any = self.schema
        if not isinstance(node, dict):
            self._unknown("the core schema is not a plain dict")
            return {}
        if node.get("type") == "definitions":
            self.definitions = {d["ref"]: d for d in node["definitions"] if "ref" in d}
            node = node["schema"]
        around_fields = False
        for _ in range(100):
            tag = node.get("type")
            if tag == "model-fields" and around_fields:
                self._model_fields(node)
                fields: Mapping[str, Node] = node["fields"]
                return fields
            if tag == "definition-ref":
                node = self.definitions.get(node["schema_ref"], {})
            elif tag == "model" and node.get("cls") is self.model and not around_fields:
                self._model(node)
                around_fields = True
                node = node["schema"]
            elif tag in ("function-before", "function-wrap", "function-after"):
                self._row(f"a model validator ({tag})")
                node = node["schema"]
            else:
                self._unknown(f"schema node {tag!r} where a model's fields were expected")
                return {}
        self._unknown("the core schema nests too deeply")
        return {}

    def _model(self, node: Node) -> None:
        model = self.model
        self.config = node.get("config") or {}
        if unknown := set(node) - _MODEL_KEYS:
            self._unknown(f"unknown key {sorted(unknown)[0]!r} in the model's schema")
        if node.get("custom_init"):
            self._row("the model has its own __init__")
        if node.get("root_model"):
            self._unknown("a root model")
        if model.__new__ is not object.__new__:
            self._row("the model has its own __new__")
        if type(model.__pydantic_validator__) is not SchemaValidator:
            self._row("a pydantic plugin stands before the model's validator")
        if "post_init" in node and node["post_init"] is not None:
            if node["post_init"] != "model_post_init" or not _only_private(model.model_post_init):
                self._row("the model has its own model_post_init")
        elif model.__private_attributes__:
            self._row("private attributes without pydantic's model_post_init")
        self._extra(node)

    def _model_fields(self, node: Node) -> None:
        if unknown := set(node) - _MODEL_FIELDS_KEYS:
            self._row(f"unknown key {sorted(unknown)[0]!r} in the schema of the model's fields")
        self._extra(node)

    def _extra(self, node: Node) -> None:
        extra = node.get("extra_behavior") or self.config.get("extra_fields_behavior") or "ignore"
        # A row has no other keys than fields, so "forbid" never acts.
        if extra not in ("ignore", "forbid"):
            self._row(f"extra={extra!r}")

    def _field(self, name: str, field: Node | None) -> FieldProof:
        kind = self.types[name]
        if field is None or field.get("type") != "model-field" or set(field) - _FIELD_KEYS:
            self._unknown(f"field {name!r} has a schema of unknown form")
            verdict = Verdict(Level.ROW, "schema of unknown form")
            row_convert = "json" if kind == "json" else None
            return self._make(name, verdict, False, None, False, row_convert)
        node = field["schema"]
        seen = self.surveys[name] = survey(node, self.config, self.definitions)
        verdict, nullable, core = self._judge(node, kind)
        if seen.row_reason is not None:
            verdict = verdict.least(Level.ROW, seen.row_reason)
        validator: Any = None
        # Json[...] takes text and parses it itself; any other schema gets the content.
        takes_content = kind == "json" and self._below(node, _FUNCTIONS).get("type") != "json"
        if verdict.level == Level.FIELD:
            validator = self._validator(node, seen)
            if validator is None:
                verdict = verdict.least(Level.ROW, "the field's schema cannot stand alone")
        row_convert = None
        if takes_content:
            row_convert = "json"
        elif verdict.values is None and (members := self._strict_members(node, kind)):
            verdict = replace(verdict, values=members)
            row_convert = "enum"
        elif core.get("type") == "enum" and verdict.values and self._strict(core):
            row_convert = "enum"
        held = self.held.get(name)
        if held is not None and self._wants_object(node, held):
            row_convert, load = "load", held.load
            if validator is not None:
                validator = Loading(validator, load)
            made = self._make(name, verdict, nullable, validator, takes_content, row_convert)
            return replace(made, load=load)
        return self._make(name, verdict, nullable, validator, takes_content, row_convert)

    def _wants_object(self, node: Node, held: Held) -> bool:
        """Whether the field is to be given an object and not the text that its column holds."""
        inner = self._below(node, ("function-after",))
        if held.secret:
            return inner.get("type") not in (*_FUNCTIONS, "function-plain")
        choices = [inner]
        if inner.get("type") == "union":
            choices = [
                choice[0] if isinstance(choice, tuple) else choice for choice in inner["choices"]
            ]
        # A strict one takes nothing else, and any other is several times slower with text.
        return bool(held.classes) and all(
            choice.get("type") == "lax-or-strict" for choice in choices
        )

    def _make(
        self,
        name: str,
        verdict: Verdict,
        nullable: bool,
        validator: Any,
        takes_content: bool,
        row_convert: str | None,
    ) -> FieldProof:
        convert = "enum" if verdict.values else "json" if verdict.json else None
        return FieldProof(
            name=name,
            level=verdict.level,
            nullable=nullable,
            check=verdict.check,
            convert=convert,
            enum_map=verdict.values,
            validator=validator,
            json_text=takes_content and verdict.level >= Level.FIELD,
            reason=verdict.reason,
            key=name,
            row_convert=row_convert,
        )

    def _judge(self, node: Node, kind: str) -> tuple[Verdict, bool, Node]:
        """The verdict, whether None is valid, and the node below the defaults and nullables."""
        nullable = False
        for _ in range(100):
            tag = node["type"]
            if tag == "definition-ref":
                node = self.definitions.get(node["schema_ref"], {"type": "unresolved reference"})
            elif tag in ("nullable", "default"):
                known = _NULLABLE_KEYS if tag == "nullable" else _DEFAULT_KEYS
                if unknown := set(node) - known:
                    reason = f"unknown key {sorted(unknown)[0]!r} in schema node {tag!r}"
                    return Verdict(Level.ROW, reason), False, node
                # A default acts on a missing key only; on_error acts on a present value.
                if node.get("on_error", "raise") != "raise":
                    reason = "a default that replaces invalid values"
                    return Verdict(Level.FIELD, reason), False, node
                nullable = nullable or tag == "nullable"
                node = node["schema"]
            else:
                verdict = judge_scalar(node, kind, self.config)
                anything = tag == "any" and verdict.level == Level.EXACT
                return verdict, nullable or anything, node
        return Verdict(Level.ROW, "the schema nests too deeply"), False, node

    def _strict(self, node: Node) -> bool:
        own = node.get("strict")
        return bool(self.config.get("strict") if own is None else own)

    def _strict_members(self, node: Node, kind: str) -> dict[Any, Any] | None:
        """The members of a strict enum below functions: it has to see a member, not its value."""
        inner = self._below(node, ("function-after",))
        if inner.get("type") == "enum" and self._strict(inner):
            return enum_values(inner, kind)
        return None

    def _below(self, node: Node, functions: tuple[str, ...]) -> Node:
        """The first node that is no reference, nullable, default or one of `functions`."""
        for _ in range(100):
            tag = node.get("type")
            if tag == "definition-ref":
                node = self.definitions.get(node["schema_ref"], {})
            elif tag in ("nullable", "default") or tag in functions:
                node = node["schema"]
            else:
                break
        return node

    def _validator(self, node: Node, seen: Survey) -> SchemaValidator | None:
        schema: Any = node
        if seen.refs:
            used = [d for ref, d in self.definitions.items() if ref in seen.refs]
            schema = {"type": "definitions", "schema": node, "definitions": used}
        try:
            return SchemaValidator(schema, self.config or None)
        except SchemaError:
            return None

    def _absent(self, nodes: Mapping[str, Node]) -> tuple[dict[str, Any], dict[str, Any]]:
        """What to put into the fields that the row does not have, where that is plain."""
        defaults: dict[str, Any] = {}
        factories: dict[str, Any] = {}
        for name, field in nodes.items():
            if name in self.types:
                continue
            node = field.get("schema", {})
            while node.get("type") == "definition-ref":
                node = self.definitions.get(node["schema_ref"], {})
            if node.get("type") != "default" or set(node) - _DEFAULT_KEYS:
                self._row(f"field {name!r} is not selected and has no default")
            elif node.get("validate_default", self.config.get("validate_default")):
                self._row(f"field {name!r} is not selected and its default has to be validated")
            elif "default_factory" in node:
                if node.get("default_factory_takes_data"):
                    self._row(f"field {name!r} is not selected and its default reads the row")
                factories[name] = node["default_factory"]
            else:
                value = node.get("default", PydanticUndefined)
                if value is PydanticUndefined or not _shareable(value):
                    self._row(f"field {name!r} is not selected and its default is copied each time")
                defaults[name] = value
        return defaults, factories

    def _finish(
        self,
        nodes: Mapping[str, Node],
        fields: dict[str, FieldProof],
        defaults: dict[str, Any],
        factories: dict[str, Any],
    ) -> ModelProof:
        flags: dict[str, Any] = {}
        declared = self.model.__pydantic_fields__.values()
        aliased = any(info.validation_alias is not None for info in declared)
        if aliased or self.config.get("validate_by_alias") is False:
            # The flags also reach nested models, and an own __init__ drops them: then the keys of
            # the row have to be the aliases, as far as that is possible.
            nested = any(found.aliases for found in self.surveys.values())
            by_key = nested or self.model.__pydantic_custom_init__
            keys = self._alias_keys(nodes) if by_key else None
            if keys is None:
                # Content is read by aliases wherever those of the row itself take no field's name.
                both = nested and not self._alias_is_a_name(nodes)
                flags = {"by_name": True, "by_alias": both}
            else:
                fields = {name: replace(f, key=keys[name]) for name, f in fields.items()}
        worst = max(fields.values(), key=lambda f: f.level, default=None)
        level, reason = Level.EXACT, "no field is selected"
        if worst is not None:
            level, reason = worst.level, f"field {worst.name!r}: {worst.reason}"
        if self.row_reason is not None:
            level, reason = Level.ROW, self.row_reason
        elif level == Level.EXACT and fields:
            reason = "every selected field is valid as decoded"
        if level == Level.ROW:
            defaults, factories = {}, {}
        columns = {f.name: f.key for f in fields.values() if f.row_convert == "json"}
        whole = self._whole(nodes, columns, flags) if columns else None
        plain = all(f.row_convert is None and f.key == f.name for f in fields.values())
        secrets = frozenset(name for name, held in self.held.items() if held.secret) & set(fields)
        return ModelProof(
            model=self.model,
            fields=fields,
            level=level,
            reason=reason,
            schema=self.schema,
            defaults=defaults,
            factories=factories,
            post_init=_only_private(self.model.model_post_init),
            row_flags=flags,
            plain_row=plain and not secrets,
            secrets=secrets,
            whole=whole,
        )

    def _whole(
        self, nodes: Mapping[str, Node], columns: dict[str, str], flags: dict[str, Any]
    ) -> WholeRow:
        own = not self.known or type(self.model.__pydantic_validator__) is not SchemaValidator
        root = self.schema.get("schema", {}) if isinstance(self.schema, dict) else {}
        for name, node in nodes.items():
            found = self.surveys.get(name)
            if found is None:
                found = survey(node.get("schema", {}), self.config, self.definitions)
            if found.nested_wrapped and found.recursive:
                # A new validator may call functions once more than that of the model, which did not
                # yet find these models finished: see survey().
                own = own or found.built_later or root.get("schema_ref") in found.refs
        return WholeRow(self.model, self.definitions, columns, flags, own=own)

    def _alias_is_a_name(self, nodes: Mapping[str, Node]) -> bool:
        """Whether a field would read by an alias what the row has for a field by its name."""
        heads = [
            path[0]
            for name, node in nodes.items()
            for path in _paths(node.get("validation_alias", name))
            if path and path != [name]
        ]
        return not set(self.types).isdisjoint(heads)

    def _alias_keys(self, nodes: Mapping[str, Node]) -> dict[str, str] | None:
        """The key pydantic reads each selected field from by default; None if one has no such key."""
        if self.config.get("validate_by_alias") is False:
            return {name: name for name in nodes}
        keys: dict[str, str] = {}
        others: set[Any] = set()  # what those that are not selected would read
        for name, node in nodes.items():
            paths = _paths(node.get("validation_alias", name))
            if name not in self.types:
                others.update(path[0] for path in paths if path)
            elif len(paths[0]) == 1 and isinstance(paths[0][0], str):
                keys[name] = paths[0][0]
            else:
                return None
        distinct = set(keys.values())
        if len(distinct) < len(keys) or distinct & others or not set(self.types) <= set(keys):
            return None
        return keys


def _paths(alias: Any) -> list[list[Any]]:
    """Of an alias in a schema, where a path is a list of keys, and a choice of paths a list of those."""
    if not isinstance(alias, list):
        return [[alias]]
    return alias if alias and isinstance(alias[0], list) else [alias]


def _only_private(post_init: Any) -> bool:
    """Whether a model_post_init is pydantic's own for private attributes and calls nobody else."""
    for _ in range(100):
        if post_init is _INIT_PRIVATE:
            return post_init is not None
        # Where a base already has one, pydantic wraps that in a function of the same file.
        code = getattr(post_init, "__code__", None)
        if _INIT_PRIVATE is None or code is None:
            return False
        if code.co_filename != _INIT_PRIVATE.__code__.co_filename:
            return False
        post_init = getattr(post_init, "__wrapped__", None)
    return False


def _shareable(value: Any) -> bool:
    """Whether pydantic-core hands out the default itself: what cannot be hashed it copies."""
    try:
        hash(value)
    except Exception:
        return False
    return True


_FUNCTIONS = ("function-before", "function-after", "function-wrap")
_COMMON_KEYS = {"type", "ref", "metadata", "serialization"}
_MODEL_KEYS = _COMMON_KEYS | {
    "cls",
    "generic_origin",
    "schema",
    "custom_init",
    "root_model",
    "config",
}
_MODEL_KEYS |= {"post_init", "revalidate_instances", "strict", "frozen", "extra_behavior"}
_MODEL_FIELDS_KEYS = _COMMON_KEYS | {"fields", "model_name", "computed_fields", "strict"}
_MODEL_FIELDS_KEYS |= {"extra_behavior", "from_attributes", "extras_schema", "extras_keys_schema"}
_FIELD_KEYS = _COMMON_KEYS | {"schema", "validation_alias", "serialization_alias", "frozen"}
_FIELD_KEYS |= {"serialization_exclude", "serialization_exclude_if"}
_NULLABLE_KEYS = _COMMON_KEYS | {"schema", "strict"}
_DEFAULT_KEYS = _COMMON_KEYS | {"schema", "default", "default_factory", "on_error", "strict"}
_DEFAULT_KEYS |= {"default_factory_takes_data", "validate_default", "copy_default"}
