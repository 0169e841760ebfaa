"""`fn`: NULL in gives NULL out, and aggregates of no rows are NULL."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any, assert_type

from models import Author, Post

from pyferro import Expr, fn

# Aggregates.
assert_type(fn.count(), Expr[int])
assert_type(fn.count(Post.discount, distinct=True, where=Post.views > 1), Expr[int])
assert_type(fn.sum(Post.views), Expr[int | None])
assert_type(fn.sum(Post.discount), Expr[Decimal | None])
assert_type(fn.avg(Post.views), Expr[float | None])
assert_type(fn.min(Post.title), Expr[str | None])
assert_type(fn.max(Post.created), Expr[datetime | None])
assert_type(fn.bool_and(Post.views > 1), Expr[bool | None])
assert_type(fn.bool_or(Post.checked), Expr[bool | None])
assert_type(fn.string_agg(Post.title, ";", order_by=Post.id), Expr[str | None])
assert_type(fn.json_agg(Post.title), Expr[list[Any] | None])
assert_type(fn.stddev(Post.views), Expr[float | None])

# Windows.
assert_type(fn.row_number().over(order_by=Post.views.desc()), Expr[int])
assert_type(fn.cume_dist().over(order_by=Post.views), Expr[float])
assert_type(fn.lag(Post.views).over(order_by=Post.id), Expr[int | None])
assert_type(fn.lag(Post.views, 1, 0).over(order_by=Post.id), Expr[int])
assert_type(fn.lead(Post.views, default=0).over(order_by=Post.id), Expr[int])
assert_type(fn.first_value(Post.title).over(order_by=Post.id), Expr[str | None])
assert_type(fn.nth_value(Post.title, 2).over(order_by=Post.id), Expr[str | None])

# Choices.
assert_type(fn.coalesce(Post.discount, Decimal(0)), Expr[Decimal])
assert_type(fn.coalesce(Post.subtitle, Post.title), Expr[str])
assert_type(fn.coalesce(Post.subtitle, Post.subtitle, "none"), Expr[str])
assert_type(fn.coalesce(Post.subtitle, Post.subtitle), Expr[str | None])
assert_type(fn.nullif(Post.views, 0), Expr[int | None])
assert_type(fn.greatest(Post.views, Post.id, 3), Expr[int])
assert_type(fn.least(Post.views, Post.author_id), Expr[int | None])
assert_type(fn.grouping(Post.views), Expr[int])

# Texts.
assert_type(fn.lower(Post.title), Expr[str])
assert_type(fn.upper(Post.subtitle), Expr[str | None])
assert_type(fn.trim(" a "), Expr[str])
assert_type(fn.concat(Post.title, "x"), Expr[str])
assert_type(fn.concat(Post.title, Post.subtitle), Expr[str | None])
assert_type(fn.substr(Post.title, 2), Expr[str])
assert_type(fn.replace(Post.title, "a", "b"), Expr[str])
assert_type(fn.repeat(Post.subtitle, Post.views), Expr[str | None])
assert_type(fn.length(Post.title), Expr[int])
assert_type(fn.length(Post.subtitle), Expr[int | None])
assert_type(fn.octet_length(Post.title), Expr[int])
assert_type(fn.position(Post.title, Post.subtitle), Expr[int | None])
assert_type(fn.starts_with(Post.title, "a"), Expr[bool])
assert_type(fn.contains(Post.subtitle, "a"), Expr[bool | None])

# Numbers.
assert_type(fn.abs(Post.views), Expr[int])
assert_type(fn.sign(Post.score), Expr[float])
assert_type(fn.round(Post.discount, 1), Expr[Decimal | None])
assert_type(fn.floor(Post.price), Expr[Decimal])
assert_type(fn.sqrt(Post.views), Expr[float | None])
assert_type(fn.power(Post.views, 2), Expr[float | None])

# Moments.
assert_type(fn.extract("isoweek", Post.created), Expr[int])
assert_type(fn.year(Author.born), Expr[int | None])
assert_type(fn.date_trunc("month", Post.created), Expr[datetime])
assert_type(fn.date_trunc("month", Author.born), Expr[date | None])
assert_type(fn.date_add(Post.created, months=1), Expr[datetime | None])
assert_type(fn.days_between(date(2024, 1, 1), Author.born), Expr[int | None])
assert_type(fn.microseconds_between(Post.created, Post.created), Expr[int])
assert_type(fn.now(), Expr[datetime])
assert_type(fn.today(), Expr[date])

# Documents.
assert_type(fn.json_contains(Post.meta, {"a": 1}), Expr[bool])
assert_type(fn.json_has_key(Post.meta, "a"), Expr[bool])
assert_type(fn.json_length(Post.meta), Expr[int | None])
assert_type(fn.json_set(Post.meta["a"], Post.title), Expr[Any])
assert_type(fn.json_remove(Post.meta["a"]), Expr[Any])
assert_type(fn.lower(fn.coalesce(Post.subtitle, "x")), Expr[str])
