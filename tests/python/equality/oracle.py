"""What pydantic alone makes of a row, with the readings that a database forces (pyferro/proof/prover.py).

Nothing of a proof is used. The row goes to `Model.model_validate` with

- the content of a JSON column parsed; but a variant of the model, of which pydantic makes a schema
  of its own, has the fields of such columns read the text in JSON mode (and where an error shows
  the whole row as its input, content may stand in it in either form);
- the member for a value of a strict enum, since no database can deliver one, unless a function in
  front of the enum is to see the value (which a strict enum then refuses, as it does in JSON);
- so the object for an address or a secret, whose text the column holds;
- the keys by field name, or by alias where the flags for that would reach nested models.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pydantic_core import core_schema, from_json, to_json

from .describe import describe, outcome, told
from .models import FieldSpec, ModelSpec, build

# What sees the row before its fields do, and so needs the content of all JSON columns.
_WATCHING = {"before", "wrapping", "init"}


@dataclass(frozen=True)
class Expected:
    what: tuple[str, Any]  # outcome() of the model, or of a variant of it
    same_class: bool = True
    told: Any = None  # where it is not simply told(what)
    remade: bool = False  # lines of its error are made again, without secrets


class Text:
    """Around a field: validates the text of its column where it is given the content."""

    def __init__(self) -> None:
        self.content: Any = None
        self.text = "null"

    def put(self, content: Any, text: str | None) -> None:
        self.content, self.text = content, "null" if text is None else text

    def _of(self, value: Any) -> str:
        # A default that has to be validated is the only other value.
        return self.text if value is self.content else to_json(value).decode()

    def __get_pydantic_core_schema__(self, source: Any, handler: Any) -> Any:
        reads = core_schema.json_schema(handler(source))
        return core_schema.no_info_before_validator_function(self._of, reads)


class Oracle:
    def __init__(self, spec: ModelSpec, model: Any, selected: list[str]) -> None:
        self.spec = spec
        self.model = model
        by_name = {f.name: f for f in spec.fields}
        self.fields = {name: by_name[name] for name in selected}
        # Fields whose type a plain validator takes the place of.
        self.plain = {n for names, mode, _ in spec.validators if mode == "plain" for n in names}
        self.flags, self.keys = self._keys()
        self.texts = {
            f.name: Text()
            for f in self.fields.values()
            if f.kind == "json" and (not f.entry.takes_text or f.name in self.plain)
        }
        self.variant: Any = None
        if self.texts:
            self.variant = build(spec, texts=self.texts, name=model.__name__)
        self.alone: dict[str, Any] = {}
        # In a column of another type nothing is known to be a secret.
        self.secret = {
            self.keys[f.name]
            for f in self.fields.values()
            if f.entry.secret and f.kind == f.entry.kind
        }
        self.content = [self.keys[f.name] for f in self.fields.values() if f.kind == "json"]

    def _keys(self) -> tuple[dict[str, Any], dict[str, str]]:
        names = {name: name for name in self.model.__pydantic_fields__}
        config = self.model.model_config
        aliases = {
            name: getattr(info, "validation_alias", None)
            for name, info in self.model.__pydantic_fields__.items()
        }
        if not any(aliases.values()) and config.get("validate_by_alias") is not False:
            return {}, names
        flags = {"by_name": True, "by_alias": False}
        if not self._nested_aliases() and "init" not in self.spec.features:
            return flags, names
        if config.get("validate_by_alias") is False:
            return {}, names
        # Of a field that is not selected only what it would read of the others' counts.
        chosen = {name: alias for name, alias in aliases.items() if name in self.fields}
        # Nor does content go by names, unless an alias is another field's name.
        taken = [
            head for alias in aliases.values() for head in self._heads(alias) if head in self.fields
        ]
        if self._nested_aliases() and not taken:
            flags = {"by_name": True, "by_alias": True}
        if any(self._first(a) is None and a is not None for a in chosen.values()):
            return flags, names
        keys = {name: self._first(alias) or name for name, alias in aliases.items()}
        read = [key for name, key in keys.items() if name in chosen]
        for name in aliases.keys() - chosen.keys():
            read += set(self._heads(aliases[name]) or [name])
        return ({}, keys) if len(set(read)) == len(read) else (flags, names)

    def _nested_aliases(self) -> bool:
        generated = self.spec.config.get("alias_generator") is not None
        return any(
            f.entry.aliases or (generated and f.entry.inherits)
            for f in self.fields.values()
            if f.name not in self.plain
        )

    @staticmethod
    def _heads(alias: Any) -> list[Any]:
        choices = getattr(alias, "choices", [] if alias is None else [alias])
        return [getattr(choice, "path", [choice])[0] for choice in choices]

    @staticmethod
    def _first(alias: Any) -> str | None:
        choices = getattr(alias, "choices", [alias])
        return choices[0] if isinstance(choices[0], str) else None

    def expect(self, row: dict[str, Any]) -> Expected:
        data: dict[str, Any] = {}
        for name, field in self.fields.items():
            key, value = self.keys[name], row[name]
            if name not in self.texts:
                data[key] = self._given(field, value)
                continue
            try:
                data[key] = None if value is None else from_json(value)
            except ValueError as error:
                if _WATCHING & self.spec.features:
                    return self._bad_json(key, value, error)
                data[key] = value
            self.texts[name].put(data[key], value)
        plainly = outcome(lambda: self.model.model_validate(data, **self.flags))
        if self.variant is None:
            return Expected(plainly, remade=bool(self.secret))
        what = outcome(lambda: self.variant.model_validate(data, **self.flags))
        self._check_alone(row, what)
        if self._told(what) == self._told(plainly):
            return Expected(plainly, remade=bool(self.secret))
        return Expected(what, same_class=False, remade=bool(self.secret))

    def _check_alone(self, row: dict[str, Any], what: tuple[str, Any]) -> None:
        """The variant is right: a model of one field gives the same with `model_validate_json`."""
        if what[0] != "made" or self.spec.features or self.spec.validators:
            return
        for name in self.texts:
            if self.fields[name].entry.reads or self.fields[name].options.get("default_factory"):
                continue
            alone = self.alone.get(name)
            if alone is None:
                alone = self.alone[name] = build(self.spec, only=name)
            text = "null" if row[name] is None else row[name]
            made = alone.model_validate_json(f'{{"{self.keys[name]}": {text}}}', **self.flags)
            assert describe(made.__dict__[name]) == describe(what[1].__dict__[name])

    def _given(self, field: FieldSpec, value: Any) -> Any:
        """What a field is given for a value: an object where no database can deliver one."""
        entry = field.entry
        if value is None or self._guarded(field.name):
            return value
        if entry.loads is not None and field.kind == entry.kind:
            try:
                return entry.loads(value)
            except ValueError:
                return value
        strict = self.spec.config.get("strict") if entry.strict is None else entry.strict
        if entry.members is None or not strict:
            return value
        values = {m.value: m for m in entry.members}
        # As a database has them: text or integers, of which True and 1.0 are none.
        return values.get(value, value) if type(value) in map(type, values) else value

    def _guarded(self, name: str) -> bool:
        """Whether a decorator's function stands before the field's type, and sees the value."""
        return any(name in names and mode != "after" for names, mode, _ in self.spec.validators)

    def _bad_json(self, key: str, text: str, error: ValueError) -> Expected:
        """Pyferro's own answer: what is no JSON has no content that could be shown to functions."""
        line = ("json_invalid", (key,), f"Invalid JSON: {error}", describe(text))
        ctx = describe({"error": str(error)})
        said = ("refused", self.model.__name__, [(*line, ctx)])
        return Expected(("refused", None), told=said)

    def tell(self, expected: Expected) -> Any:
        if expected.told is not None:
            return expected.told
        return self._told(expected.what)

    def _told(self, what: tuple[str, Any]) -> Any:
        return told(what, self.content, self.secret)
