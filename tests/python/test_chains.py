"""Sums, products and texts of hundreds of terms, on every database: SQLite's parser takes some 30
calls within each other."""

from __future__ import annotations

from decimal import Decimal
from functools import reduce
from operator import add, mul, sub

import pytest
from conftest import Create
from pydantic import Field

from pyferro import PK, Database, Expr, Model, PyferroError, fn, select

TERMS = 500
# MariaDB's server ends at some hundreds of parentheses around decimals: its stack is too small.
TERMS_ON_MARIADB = 50


class Chained(Model, table="chain_row"):
    id: PK[int]
    n: int
    m: int | None = None
    d: Decimal = Field(max_digits=20, decimal_places=4)
    f: float
    text: str


@pytest.fixture(autouse=True)
def row(create: Create) -> None:
    create(Chained)
    Chained.create(n=3, d=Decimal("1.25"), f=0.5, text="ab").run()


def _one(expr: Expr) -> object:
    return select(expr.as_("x")).one().run()


def _mixed(one: Expr, terms: int) -> Expr:
    """a + a - a + a - a …"""
    return reduce(lambda made, i: (add, sub)[i % 2](made, one), range(terms - 1), one)


def test_sums(db: Database) -> None:
    assert _one(reduce(add, [Chained.n] * TERMS)) == 3 * TERMS
    assert _one(reduce(add, [Chained.f] * TERMS)) == 0.5 * TERMS
    assert _one(_mixed(Chained.n, TERMS)) == 6
    assert _one(reduce(add, [Chained.n] * (TERMS - 1)) + Chained.m) is None


def test_sums_of_decimals(db: Database) -> None:
    terms = TERMS_ON_MARIADB if "MariaDB" in db.server else TERMS
    assert _one(reduce(add, [Chained.d] * terms)) == Decimal("1.25") * terms
    assert _one(_mixed(Chained.d, terms)) == Decimal("2.50")


def test_products(db: Database) -> None:
    assert _one(reduce(mul, [Chained.n] * 39)) == 3**39
    with pytest.raises(PyferroError):
        _one(reduce(mul, [Chained.n] * 41))
    # What overflows on the way is an error, whatever comes after it.
    with pytest.raises(PyferroError):
        _one(reduce(mul, [Chained.n] * 41) * 0)
    assert _one((Chained.n * 2 + Chained.n) * Chained.n - 1) == 26


def test_texts(db: Database) -> None:
    assert _one(reduce(fn.concat, [Chained.text] * 250)) == "ab" * 250
    parts = [fn.concat(*[Chained.text] * 50)] * (TERMS // 50)
    assert _one(fn.concat(*parts)) == "ab" * TERMS


def test_long_lists_keep_types(db: Database) -> None:
    many = 10_000 if db.dialect == "mysql" else 100_000
    for column, values in (
        (Chained.n, range(many)),
        (Chained.d, [Decimal(i) / 4 for i in range(many)]),
        (Chained.f, [i / 2 for i in range(many)]),
        (Chained.text, ["ab", *map(str, range(many))]),
    ):
        assert Chained.where(column.in_(values)).count().run() == 1
        assert Chained.where(column.not_in(values)).count().run() == 0
