"""A tree as plan bytes (engine/plan/format.h) and as an S-expression (engine/plan/sexpr.h)."""

from __future__ import annotations

import re
from dataclasses import MISSING, fields
from typing import Any

from . import tree
from .words import LiteralKind, LogicalOp, Nulls, Type, UnaryOp, Word

HEADER = b"FP\x02\x00"
_NAME, _INT, _PARAM, _LIST_PARAM, _NODE = 1, 2, 3, 4, 5
_NO_KIND, _LIST_KIND = 0, 1


def _varint(value: int) -> bytes:
    out = bytearray()
    while value >= 0x80:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def _node(kind: int, count: int) -> bytes:
    return bytes((_NODE, kind)) + _varint(count)


class Request:
    """Plan bytes, and the types and values of the parameters in wire order.

    The type of a list parameter has 128 added, as in pyferro.
    """

    def __init__(self, statement: tree.Query) -> None:
        self._types = bytearray()
        self._values: list[Any] = []
        self.plan = HEADER + self._put(statement)
        self.types = bytes(self._types)
        self.values = tuple(self._values)

    def _put(self, value: Any) -> bytes:
        if value is None:
            return _node(_NO_KIND, 0)
        if isinstance(value, tree.Param):
            self._types.append(value.type)
            self._values.append(value.value)
            return bytes((_PARAM, value.type))
        if isinstance(value, tree.ParamList):
            self._types.append(value.type | 0x80)
            self._values.append(value.values)
            return bytes((_LIST_PARAM, value.type))
        if isinstance(value, tree.Node):
            names = value.field_names()
            operands = b"".join([self._put(getattr(value, name)) for name in names])
            return operands + _node(value.KIND, len(names))
        if isinstance(value, tuple):
            return b"".join([self._put(item) for item in value]) + _node(_LIST_KIND, len(value))
        if isinstance(value, int):
            zigzag = value << 1 if value >= 0 else (-value << 1) - 1
            return bytes((_INT,)) + _varint(zigzag)
        assert isinstance(value, str)
        encoded = value.encode()
        return bytes((_NAME,)) + _varint(len(encoded)) + encoded


# S-expressions.

_PLAIN = re.compile(r"[A-Za-z_\u0080-\U0010ffff][A-Za-z0-9_$\u0080-\U0010ffff-]*")
_HEADS: dict[type[tree.Node], str] = {
    tree.Case: "case",
    tree.When: "when",
    tree.Cast: "cast",
    tree.Subquery: "subquery",
    tree.InQuery: "in-query",
    tree.Quantified: "quantified",
    tree.Over: "over",
    tree.Frame: "frame",
    tree.Compound: "compound",
    tree.Derived: "derived",
    tree.Join: "join",
    tree.With: "with",
    tree.Cte: "cte",
    tree.Distinct: "distinct",
    tree.Grouping: "group",
    tree.GroupingSet: "set",
}


def _quoted(name: str) -> str:
    if _PLAIN.fullmatch(name) and name not in ("null", "true", "false"):
        return name
    return '"' + name.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _typed(text: str, type: Type) -> str:
    return text if type == Type.null else f"{text}:{type.word}"


def _form(head: str, *parts: str) -> str:
    return "(" + " ".join([head, *parts]) + ")" if head else "(" + " ".join(parts) + ")"


def _clause(head: str, nodes: tuple[tree.Node, ...]) -> list[str]:
    return [_form(head, *map(sexpr, nodes))] if nodes else []


def _maybe(head: str, node: tree.Node | None) -> list[str]:
    return [] if node is None else [_form(head, sexpr(node))]


def sexpr(node: tree.Node) -> str:
    """The canonical text, as Dump() in C++ writes it; values of parameters are not in it."""
    match node:
        case tree.Column():
            name = _quoted(node.name)
            return _typed(f"{_quoted(node.source)}.{name}" if node.source else name, node.type)
        case tree.Param() | tree.ParamList():
            head = "param" if isinstance(node, tree.Param) else "param-list"
            return _form(head, *([node.type.word] if node.type else []))
        case tree.Literal():
            integer = node.literal == LiteralKind.integer
            return str(node.integer) if integer else node.literal.word
        case tree.Unary():
            assert isinstance(node.op, UnaryOp)
            return _form(node.op.word, sexpr(node.operand))
        case tree.Binary():
            return _form(node.op.word, sexpr(node.left), sexpr(node.right))
        case tree.Logical():
            assert isinstance(node.op, LogicalOp)
            return _form(node.op.word, *map(sexpr, node.terms))
        case tree.In():
            return _form("not-in" if node.negated else "in", sexpr(node.value), sexpr(node.list))
        case tree.Between():
            head = "not-between" if node.negated else "between"
            return _form(head, sexpr(node.value), sexpr(node.low), sexpr(node.high))
        case tree.Like():
            head = ("not-" if node.negated else "") + ("ilike" if node.fold_case else "like")
            return _form(head, sexpr(node.value), sexpr(node.pattern))
        case tree.Aggregate():
            return _form(
                node.function.word,
                *map(sexpr, node.arguments),
                *(["distinct"] if node.distinct else []),
                *_maybe("filter", node.filter),
                *_clause("order", node.order),
            )
        case tree.Call() | tree.WindowCall():
            return _form(node.function.word, *map(sexpr, node.arguments))
        case tree.Row():
            return _form("row", *map(sexpr, node.items))
        case tree.Exists():
            return _form("not-exists" if node.negated else "exists", sexpr(node.query))
        case tree.SelectItem():
            return _item(node)
        case tree.Table():
            return (
                _form("table", _quoted(node.name), _quoted(node.alias))
                if node.alias
                else (_quoted(node.name))
            )
        case tree.OrderItem():
            if not node.descending and node.nulls == Nulls.default:
                return sexpr(node.value)
            nulls = [] if node.nulls == Nulls.default else [node.nulls.word]
            return _form("desc" if node.descending else "asc", sexpr(node.value), *nulls)
        case tree.Select():
            return _select(node)
    return _fields(node)


def _item(node: tree.SelectItem) -> str:
    implied = node.value.type if isinstance(node.value, tree.Column) else Type.null
    if not node.alias and node.type == implied:
        return sexpr(node.value)
    result = _typed(_quoted(node.alias) if node.alias else "", node.type)
    return _form("item", sexpr(node.value), *([result] if result else []))


def _select(node: tree.Select) -> str:
    source: list[str] = []
    if isinstance(node.from_, tree.Table):
        alias = [_quoted(node.from_.alias)] if node.from_.alias else []
        source = [_form("from", _quoted(node.from_.name), *alias)]
    elif node.from_ is not None:
        source = [_form("from", sexpr(node.from_))]
    return _form(
        "select",
        *([sexpr(node.with_)] if node.with_ else []),
        *([sexpr(node.distinct)] if node.distinct else []),
        *_clause("columns", node.items),
        *source,
        *_maybe("where", node.where),
        *([sexpr(node.grouping)] if node.grouping else []),
        *_clause("order", node.order),
        *_maybe("limit", node.limit),
        *_maybe("offset", node.offset),
        *(["with-ties"] if node.with_ties else []),
    )


def _defaults(kind: type[tree.Node]) -> tuple[Any, ...]:
    """What C++ has as defaults: nothing, false, the first of an enumeration."""
    found: list[Any] = []
    for field in fields(kind):
        declared = str(field.type)
        if field.default is not MISSING:
            found.append(field.default)
        elif "None" in declared:
            found.append(None)
        elif declared.startswith("tuple"):
            found.append(())
        elif declared == "bool":
            found.append(False)
        elif declared in ("GroupingKind", "SetOp", "FrameUnit", "FrameBound", "JoinKind"):
            found.append(0)
        else:
            found.append(MISSING)
    if kind is tree.Frame:
        found[3] = 2  # up to the current row
    return tuple(found)


def _fields(node: tree.Node) -> str:
    values = [getattr(node, name) for name in node.field_names()]
    defaults = _defaults(type(node))
    while values and values[-1] == defaults[len(values) - 1]:
        values.pop()
    return _form(_HEADS[type(node)], *map(_field, values))


def _field(value: Any) -> str:
    if value is None:
        return "()"
    if isinstance(value, tree.Node):
        return sexpr(value)
    if isinstance(value, tuple):
        return _form("", *map(_field, value))
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Word):
        return value.word
    assert isinstance(value, str)
    return _quoted(value)
