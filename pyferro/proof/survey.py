"""One walk through a field's schema, for what a validator of that field alone could get wrong.

It looks for ways out of the field (functions that read the rest of the row) and for unknown nodes.
It says nothing about single values: that is `proof_nodes.py`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from pydantic import ByteSize
from pydantic.types import EncodedBytes, EncodedStr

from .nodes import FUNCTIONS, OPAQUE, Node, children

# Nodes under which a function no longer sees the row's data but that of the thing being built.
_SCOPES = frozenset({"model-fields", "typed-dict", "dataclass-args"})

# Functions of pydantic that are given the row's data and do not look at it, for types it has.
_IGNORE_ROW = tuple(
    getattr(owner, name, None)
    for owner, name in ((EncodedBytes, "decode"), (EncodedStr, "decode_str"))
)
_BYTE_SIZE = getattr(ByteSize, "_validate", None)


@dataclass(slots=True)
class Survey:
    """What one walk found; `row_reason` says why only the whole row may be validated, if so."""

    row_reason: str | None = None
    refs: set[str] = field(default_factory=set)
    aliases: bool = False  # nested fields that are read from another key
    functions: bool = False
    reading_default: bool = False  # a default factory that gets the row's data
    nested_wrapped: bool = False  # a function directly around a nested model or dataclass
    recursive: bool = False
    built_later: bool = False  # such a model or dataclass may be finished only now

    def give_up(self, reason: str) -> None:
        self.row_reason = self.row_reason or reason


def survey(node: Node, config: Node, definitions: Mapping[str, Node]) -> Survey:
    """Walk everything below `node`, a field's schema in a model with `config`."""
    found = Survey()
    _Walk(definitions, found).visit(node, config, True)
    if found.nested_wrapped and found.recursive:
        # A validator built now picks up finished nested ones, and pydantic-core may then run their
        # functions once more than the model's own validator does.
        found.give_up("validators of nested models in a recursive schema")
    if found.reading_default and found.functions:
        # Any function may ask for the default by PydanticUseDefault.
        found.give_up("a default that reads other fields")
    return found


def _ignores_row(function: Any) -> bool:
    if function == _BYTE_SIZE:
        return True
    bound = getattr(function, "__func__", None)
    # An encoder is only told the data; a class derived from these may have a method of its own.
    return bound is not None and bound in _IGNORE_ROW


class _Walk:
    def __init__(self, definitions: Mapping[str, Node], found: Survey) -> None:
        self.definitions = definitions
        self.found = found
        self.done: set[tuple[str, bool, bool]] = set()
        self.open: list[str] = []

    def visit(self, node: Node, config: Node, outer: bool) -> None:
        """`outer`: a function here would see the row's data."""
        found = self.found
        tag = node.get("type")
        if tag not in OPAQUE:
            found.give_up(f"unknown schema node {tag!r}")
            return
        if tag == "definition-ref":
            self._follow(node["schema_ref"], config, outer)
            return
        if tag in FUNCTIONS:
            found.functions = True
            self._function(node, outer)
        elif tag == "default":
            self._default(node, outer)
        elif tag in ("model", "dataclass"):
            config = node.get("config") or {}
        elif tag == "typed-dict":
            config = node.get("config") or config
        if "validation_alias" in node:
            found.aliases = True
        inner = outer and tag not in _SCOPES
        for child in children(node):
            self.visit(child, config, inner)

    def _follow(self, ref: str, config: Node, outer: bool) -> None:
        if ref in self.open:
            self.found.recursive = True
        state = (ref, outer, bool(config.get("strict")))
        if state in self.done:
            return
        self.done.add(state)
        self.found.refs.add(ref)
        target = self.definitions.get(ref)
        if target is None:
            self.found.give_up("a schema reference that leads nowhere")
            return
        self.open.append(ref)
        self.visit(target, config, outer)
        self.open.pop()

    def _function(self, node: Node, outer: bool) -> None:
        function = node.get("function")
        known = isinstance(function, dict) and (
            function.get("type") == "no-info" or _ignores_row(function.get("function"))
        )
        # With info comes info.data: the fields validated before this one.
        if outer and not known:
            self.found.give_up("a validator that may read other fields")
        inner = node.get("schema", {})
        while inner.get("type") in FUNCTIONS:
            inner = inner.get("schema", {})
        if inner.get("type") == "definition-ref":
            inner = self.definitions.get(inner["schema_ref"], {})
        if inner.get("type") in ("model", "dataclass"):
            self.found.nested_wrapped = True
            model = inner.get("cls")
            settings = getattr(model, "model_config", {})
            if settings.get("defer_build") or not getattr(model, "__pydantic_complete__", True):
                self.found.built_later = True
                self.found.give_up("validators of a nested model that was built later")

    def _default(self, node: Node, outer: bool) -> None:
        if node.get("on_error") == "omit":
            self.found.give_up("a default that leaves the field out")
        if outer and node.get("default_factory_takes_data"):
            self.found.reading_default = True
            if node.get("on_error") == "default":
                self.found.give_up("a default that reads other fields")
