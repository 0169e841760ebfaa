"""Random models and rows for them. All choices are Hypothesis's, so that a failure shrinks."""

from __future__ import annotations

import random
from dataclasses import dataclass, replace
from typing import Any

from hypothesis import strategies as st
from pydantic import AliasChoices, AliasPath, BaseModel

from pyferro import PK

from .annotations import SCALARS, Entry, as_content, dressed
from .decoded import ARRAYS, BAD_JSON, DECODED, ODD_JSON, damaged, json_text
from .functions import AFTER, BEFORE, PLAIN, WRAP, informed, informed_around
from .models import FEATURES, FieldSpec, ModelSpec, build

ROWS = 8  # drawn for each model

_ARRAY = st.sampled_from(sorted(ARRAYS))


KEY = Entry(PK[int], "int64", st.integers(1, 99))


@dataclass(frozen=True)
class Case:
    spec: ModelSpec
    model: Any
    selected: list[str]  # columns, in the order of the rows
    key: str | None
    rows: list[dict[str, Any]]


def mixed(case: Case, most: int) -> Case:
    """With up to `most` different rows: of those that were drawn, with one or two values of others.

    Rows mixed throughout would nearly all be refused, for one of their values.
    """
    seen = {repr(row): row for row in case.rows}
    chance, names = random.Random(len(seen)), list(case.rows[0])
    for _ in range(2 * most):
        if len(seen) >= most:
            break
        row, other = dict(chance.choice(case.rows)), chance.choice(case.rows)
        for name in chance.sample(names, min(len(names), chance.choice((1, 1, 2)))):
            row[name] = other[name]
        seen.setdefault(repr(row), row)
    return replace(case, rows=list(seen.values()))


CONFIG: dict[str, st.SearchStrategy[Any]] = {
    "strict": st.booleans(),
    "str_strip_whitespace": st.booleans(),
    "str_to_lower": st.booleans(),
    "str_max_length": st.integers(1, 5),
    "str_min_length": st.integers(0, 2),
    "allow_inf_nan": st.booleans(),
    "extra": st.sampled_from(["ignore", "forbid", "allow"]),
    "frozen": st.booleans(),
    "coerce_numbers_to_str": st.booleans(),
    "validate_by_name": st.just(True),
    "validate_assignment": st.booleans(),
    "validate_default": st.booleans(),
    "revalidate_instances": st.sampled_from(["always", "never", "subclass-instances"]),
    "use_enum_values": st.booleans(),
    "hide_input_in_errors": st.booleans(),
    "loc_by_alias": st.booleans(),
    "val_json_bytes": st.sampled_from(["utf8", "base64", "hex"]),
    "ser_json_bytes": st.sampled_from(["utf8", "base64", "hex"]),
    "ser_json_timedelta": st.sampled_from(["iso8601", "float"]),
    "ser_json_inf_nan": st.sampled_from(["null", "constants", "strings"]),
    "defer_build": st.just(True),
    "regex_engine": st.just("python-re"),
    "cache_strings": st.sampled_from(["keys", "none"]),
    "alias_generator": st.just(str.upper),
    "validation_error_cause": st.just(True),
}


@st.composite
def configs(draw: st.DrawFn) -> dict[str, Any]:
    names = draw(st.lists(st.sampled_from(sorted(CONFIG)), max_size=3, unique=True))
    config = {name: draw(CONFIG[name]) for name in names}
    if config.get("validate_by_name") and draw(st.booleans()):
        config["validate_by_alias"] = False
    return config


@st.composite
def options(draw: st.DrawFn, name: str) -> dict[str, Any]:
    """Of Field(): an alias, a default, and what only concerns dumps."""
    made: dict[str, Any] = {}
    match draw(st.integers(0, 11)):
        case 0:
            made["alias"] = name.upper()
        case 1:
            made["validation_alias"] = name.upper()
        case 2:
            made["validation_alias"] = AliasChoices(name.upper(), AliasPath("list", 0))
        case 3:
            made["validation_alias"] = AliasPath("path", name)
        case 4:
            made["serialization_alias"] = "shown_" + name
    match draw(st.integers(0, 11)):
        case 0 | 1:
            made["default"] = None
        case 2:
            made["default"] = 1
        case 3:
            made["default"] = [2]
        case 4:
            made["default_factory"] = list
        case 5:
            made["default_factory"] = sorted
        case 6:
            made |= {"default": "x", "validate_default": True}
    if draw(st.integers(0, 9)) == 0:
        made |= draw(st.sampled_from([{"frozen": True}, {"exclude": True}, {"repr": False}]))
    return made


@st.composite
def validators(draw: st.DrawFn, names: list[str]) -> Any:
    mode = draw(st.sampled_from(["after", "before", "wrap", "plain"]))
    functions: list[Any] = {"after": AFTER, "before": BEFORE, "wrap": WRAP, "plain": PLAIN}[mode]
    function = draw(st.sampled_from(functions))
    if mode != "plain" and draw(st.integers(0, 5)) == 0:
        function = informed_around if mode == "wrap" else informed
    chosen = draw(st.lists(st.sampled_from(names), min_size=1, max_size=2, unique=True))
    return tuple(chosen), mode, function


@st.composite
def nested_models(draw: st.DrawFn) -> Entry:
    """A column of JSON with a random model in it."""
    entries = [draw(dressed(SCALARS)) for _ in range(draw(st.integers(1, 3)))]
    fields = tuple(FieldSpec(f"n{i}", e, e.kind, {}) for i, e in enumerate(entries))
    config = draw(configs())
    for name in ("alias_generator", "validate_by_alias"):
        config.pop(name, None)
    some = draw(st.sets(st.sampled_from(["private", "after", "computed", "slots"]), max_size=1))
    spec = ModelSpec(fields, config, frozenset(some), base=BaseModel, name="Inside")
    content = st.fixed_dictionaries({f.name: as_content(f.entry) for f in fields})
    functions = bool(spec.features) or any(e.functions for e in entries)
    return Entry(build(spec, installed=True), "json", content, functions=functions)


@st.composite
def values(draw: st.DrawFn, field: FieldSpec, hostile: int) -> Any:
    """A decoded value of the column: mostly one that may fit, sometimes any, sometimes NULL."""
    entry, die = field.entry, draw(st.integers(0, 9))
    if die == 0:
        return None
    if entry.secret and field.kind == entry.kind:
        return draw(entry.good)  # any other value could be that of another field, and be masked
    if die <= hostile and field.kind == "json":
        return draw(st.one_of(DECODED["json"], DECODED["json"], ODD_JSON, BAD_JSON))
    if die <= hostile or field.kind != entry.kind:
        return draw((DECODED | ARRAYS)[field.kind])
    good = draw(entry.good)
    if field.kind != "json" or entry.takes_text:
        return good
    if draw(st.integers(0, 3)) == 0:
        good = draw(damaged(good))
    return json_text(good)


@st.composite
def cases(
    draw: st.DrawFn, entries: st.SearchStrategy[Entry], features: bool, odd: bool, most: int = 4
) -> Case:
    fields = []
    key = "id" if draw(st.integers(0, 2)) == 0 else None
    if key is not None:
        fields.append(FieldSpec(key, KEY, "int64"))
    for i in range(draw(st.integers(1, most))):
        entry = draw(entries)
        kind = entry.kind
        if odd and not entry.takes_text and draw(st.integers(0, 3)) == 0:
            kind = draw(st.sampled_from(sorted(DECODED)) if draw(st.integers(0, 3)) else _ARRAY)
        fields.append(FieldSpec(f"f{i}", entry, kind, draw(options(f"f{i}"))))
    names = [f.name for f in fields]
    chosen: frozenset[str] = frozenset()
    added: list[Any] = []
    if features:
        chosen = frozenset(draw(st.sets(st.sampled_from(sorted(FEATURES)), max_size=3)))
        if chosen >= {"post_init", "post_init_private"}:
            chosen -= {"post_init"}
        added = [draw(validators(names)) for _ in range(draw(st.sampled_from([0, 0, 0, 1, 2])))]
    spec = ModelSpec(
        fields=tuple(fields),
        config=draw(configs()),
        features=chosen,
        validators=tuple(added),
        inherited=draw(st.sampled_from([0, 0, 1, 2])) if features else 0,
        overridden=features and draw(st.booleans()),
    )
    if spec.config.get("defer_build"):
        # Whether pydantic takes it is to be known now.
        build(replace(spec, config={**spec.config, "defer_build": False}))
    model = build(spec, installed=True)
    selected = names
    if draw(st.integers(0, 4)) == 0:
        selected = draw(st.permutations(names))[: draw(st.integers(1, len(names)))]
    hostile = draw(st.sampled_from([0, 0, 1, 2]))
    chosen_fields = [f for f in fields if f.name in selected]
    rows = [{f.name: draw(values(f, hostile)) for f in chosen_fields} for _ in range(ROWS)]
    return Case(spec, model, list(selected), key if key in selected else None, rows)
