"""What pydantic alone makes of a row, with the readings that a database forces (pyferro/proof.py).

Nothing of a proof is used. The row goes to `Model.model_validate` with

- the content of a JSON column parsed, unless JSON mode answers otherwise than Python mode: then the
  field has what a model of that field alone makes of the text with `model_validate_json` (and where
  an error shows the whole row as its input, content may stand in it in either form);
- the member for a value of a strict enum, since no database can deliver one;
- the keys by field name, or by alias where the flags for that would reach nested models.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError
from pydantic_core import from_json

from .describe import describe, outcome, told
from .models import FieldSpec, ModelSpec, build


@dataclass(frozen=True)
class Expected:
    what: tuple[str, Any]  # outcome() of the model, or of a variant of it
    same_class: bool = True
    told: Any = None  # where it is not simply told(what)
    unsure: frozenset[str] = frozenset()  # keys whose error lines JSON mode would not have


class Oracle:
    def __init__(self, spec: ModelSpec, model: Any, selected: list[str]) -> None:
        self.spec = spec
        self.model = model
        by_name = {f.name: f for f in spec.fields}
        self.fields = {name: by_name[name] for name in selected}
        self.alone: dict[str, Any] = {}
        self.variants: dict[frozenset[str], Any] = {}
        # Fields whose type a plain validator takes the place of.
        self.plain = {n for names, mode, _ in spec.validators if mode == "plain" for n in names}
        self.flags, self.keys = self._keys()
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
        keys = {name: self._first(alias) or name for name, alias in aliases.items()}
        if any(self._first(a) is None and a is not None for a in aliases.values()):
            return flags, names
        return ({}, keys) if len(set(keys.values())) == len(keys) else (flags, names)

    def _nested_aliases(self) -> bool:
        generated = self.spec.config.get("alias_generator") is not None
        return any(
            f.entry.aliases or (generated and f.entry.inherits)
            for f in self.fields.values()
            if f.name not in self.plain
        )

    @staticmethod
    def _first(alias: Any) -> str | None:
        choices = getattr(alias, "choices", [alias])
        return choices[0] if isinstance(choices[0], str) else None

    def expect(self, row: dict[str, Any]) -> Expected | None:
        """None where the answer is not defined: see the end of this class."""
        data: dict[str, Any] = {}
        replaced: dict[str, Any] = {}
        refused: list[tuple[str, ValidationError]] = []
        unsure: set[str] = set()
        for name, field in self.fields.items():
            key, value = self.keys[name], row[name]
            takes_text = field.entry.takes_text and name not in self.plain
            if field.kind == "json" and value is not None and not takes_text:
                try:
                    data[key] = from_json(value)
                except ValueError as error:
                    return self._bad_json(key, value, error)
                self._compare_modes(field, value, data[key], replaced, refused, unsure)
            else:
                data[key] = self._member(field, value)
        if unsure and self.spec.features:
            return None
        if replaced:
            variant = self._variant(frozenset(replaced))
            data |= {self.keys[name]: value for name, value in replaced.items()}
            what = outcome(lambda: variant.model_validate(data, **self.flags))
            return Expected(what, False, unsure=frozenset(self.keys[n] for n in unsure))
        what = outcome(lambda: self.model.model_validate(data, **self.flags))
        if refused and what[0] == "made":
            name, error = refused[0]
            return Expected(what, told=self._moved(self.keys[name], error))
        return Expected(what)

    def _compare_modes(
        self,
        field: FieldSpec,
        text: str,
        content: Any,
        replaced: dict[str, Any],
        refused: list[tuple[str, ValidationError]],
        unsure: set[str],
    ) -> None:
        name = field.name
        if field.entry.reads:
            return
        alone = self.alone.get(name)
        if alone is None:
            alone = self.alone[name] = build(self.spec, only=name)
        key = self.keys[name]
        by_json = outcome(lambda: alone.model_validate_json(f'{{"{key}": {text}}}', **self.flags))
        by_python = outcome(lambda: alone.model_validate({key: content}, **self.flags))
        if by_json[0] == "refused" and by_python[0] == "made":
            refused.append((name, by_json[1]))
        elif by_json[0] == "made" and (
            by_python[0] != "made" or describe(by_json[1]) != describe(by_python[1])
        ):
            replaced[name] = by_json[1].__dict__[name]
            if field.entry.functions:
                unsure.add(name)

    def _member(self, field: FieldSpec, value: Any) -> Any:
        entry = field.entry
        strict = self.spec.config.get("strict") if entry.strict is None else entry.strict
        if entry.members is None or not strict or value is None:
            return value
        values = {m.value: m for m in entry.members}
        # As a database has them: text or integers, of which True and 1.0 are none.
        return values.get(value, value) if type(value) in map(type, values) else value

    def _variant(self, names: frozenset[str]) -> Any:
        made = self.variants.get(names)
        if made is None:
            made = self.variants[names] = build(self.spec, as_any=sorted(names))
        return made

    # Two answers that are pyferro's own: bad JSON is the only error of its row, and what JSON mode
    # alone refuses is told when nothing else is wrong.

    def _bad_json(self, key: str, text: str, error: ValueError) -> Expected:
        line = ("json_invalid", (key,), f"Invalid JSON: {error}", describe(text))
        ctx = describe({"error": str(error)})
        said = ("refused", self.model.__name__, [(*line, ctx)])
        return Expected(("refused", None), told=said)

    def _moved(self, key: str, error: ValidationError) -> Any:
        return (
            "refused",
            self.model.__name__,
            [
                (
                    e["type"],
                    (key, *e["loc"][1:]),
                    e["msg"],
                    describe(e["input"]),
                    describe({"said": e["msg"]}),
                )
                for e in error.errors(include_url=False)
            ],
        )

    def tell(self, expected: Expected) -> Any:
        if expected.told is not None:
            return expected.told
        return told(expected.what, self.content)
