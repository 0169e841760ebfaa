"""Columns and what operators and methods make of them."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, assert_type

from models import Author, Plain, Post

from pyferro import Column, Expr, aliased, all_, any_, case, cast, exists, literal, row, select, sql

# On the class a column, on an instance a value.
assert_type(Post.id, Column[int])
assert_type(Post.title, Column[str])
assert_type(Post.subtitle, Column[str | None])
post = Post(title="a", created=datetime(2024, 1, 1))
assert_type(post.id, int)
assert_type(post.title, str)
assert_type(post.subtitle, str | None)
assert_type(post.created, datetime)
post.views = 3
Author(id=1, name="Ada")
Author(id=None, name="Ada")
plain = Plain(name="a")
assert_type(plain.id, int | None)

column: Expr[int] = Post.views
nullable: Expr[int | None] = Post.views
generic = Expr[int]
generic_column = Column[int]

# Comparisons.
assert_type(Post.title == "a", Expr[bool])
assert_type(Post.subtitle != None, Expr[bool])  # noqa: E711
assert_type(Post.views > 3, Expr[bool])
assert_type(Post.views <= Post.author_id, Expr[bool])
assert_type((Post.views > 3) & (Post.title == "a"), Expr[bool])
assert_type((Post.views > 3) | Post.checked, Expr[bool | None])
assert_type(~Post.checked, Expr[bool | None])
assert_type(~Post.public, Expr[bool])
assert_type(Post.views.in_([1, 2]), Expr[bool])
assert_type(Post.views.not_in({1, 2}), Expr[bool])
assert_type(Post.views << [1, 2], Expr[bool])
assert_type(Post.author_id.in_(select(Author.id)), Expr[bool])
assert_type(Post.views.between(1, 2), Expr[bool])
assert_type(Post.views >= all_(select(Post.views)), Expr[bool])
assert_type(Post.views == any_(select(Post.views)), Expr[bool])
assert_type(row(Post.id, Post.views) > (1, 2), Expr[bool])
assert_type(Post.views.is_null(), Expr[bool])
assert_type(Post.views.is_not_null(), Expr[bool])
assert_type(Post.views.is_distinct_from(None), Expr[bool])
assert_type(Post.views.is_not_distinct_from(1), Expr[bool])
assert_type(Post.title.like("a%"), Expr[bool])
assert_type(Post.title.not_like("a%"), Expr[bool])
assert_type(Post.title.ilike("a%"), Expr[bool])
assert_type(Post.title.not_ilike("a%"), Expr[bool])
assert_type(Post.title.startswith("a", ignore_case=True), Expr[bool])
assert_type(Post.title.endswith(Post.subtitle), Expr[bool])
assert_type(Post.title.contains("a"), Expr[bool])
assert_type(Post.title.matches("^a"), Expr[bool])
assert_type(Post.title.not_matches("^a"), Expr[bool])
assert_type(exists(select(Post)), Expr[bool])

# Arithmetic. Integers become what they stand beside, division by zero gives NULL.
assert_type(Post.views + 1, Expr[int])
assert_type(1 + Post.views, Expr[int])
assert_type(10 - Post.views, Expr[int])
assert_type(Post.views - Post.id, Expr[int])
assert_type(Post.views * 1.5, Expr[float])
assert_type(Post.score * 2, Expr[float])
assert_type(Post.views + Post.score, Expr[float])
assert_type(Post.views + Post.author_id, Expr[int | None])
assert_type(Post.views * Post.price, Expr[Decimal])
assert_type(Post.price * 2, Expr[Decimal])
assert_type(Post.price - Decimal(1), Expr[Decimal])
assert_type(Post.price - Post.discount, Expr[Decimal | None])
assert_type(Post.discount + 1, Expr[Decimal | None])
assert_type(Post.views / 2, Expr[float | None])
assert_type(Post.price / Post.views, Expr[float | None])
assert_type(1 / Post.views, Expr[float | None])
assert_type(Post.views // 2, Expr[int | None])
assert_type(Post.views % 2, Expr[int | None])
assert_type(-Post.discount, Expr[Decimal | None])

# Aggregates and windows.
assert_type(Post.id.count(), Expr[int])
assert_type(Post.views.sum(), Expr[int | None])
assert_type(Post.discount.sum(distinct=True), Expr[Decimal | None])
assert_type(Post.views.avg(where=Post.views > 1), Expr[float | None])
assert_type(Post.title.min(), Expr[str | None])
assert_type(Post.created.max(), Expr[datetime | None])
assert_type(Post.id.count().over(partition_by=Post.author_id, rows=(None, 0)), Expr[int])
Post.views.asc().nulls_last()
Post.views.desc().nulls_first()

# Other types.
assert_type(Post.views.cast(str), Expr[str])
assert_type(Post.discount.cast(str), Expr[str | None])
assert_type(cast(Post.price, int), Expr[int])
assert_type(cast(Post.author_id, float), Expr[float | None])
assert_type(case((Post.views > 9, "hot"), else_="cold"), Expr[str])
assert_type(case((Post.views > 9, "hot"), (Post.views > 5, "warm")), Expr[str | None])
assert_type(case((Post.views > 9, Post.title), else_="cold"), Expr[str])
assert_type(case((Post.views > 9, Post.title), else_=Post.title), Expr[str])
assert_type(case((Post.views > 9, Post.title), else_=Post.subtitle), Expr[str | None])
assert_type(sql("length({t})", type=int, t=Post.title), Expr[int])
assert_type(sql("x"), Expr[Any])
assert_type(literal(1.5), Expr[float])
assert_type(Post.meta["a"].as_(int), Expr[int | None])
assert_type(Post.meta["a"][0].contains(1), Expr[bool])
assert_type(Post.meta["a"][0].set(1)["b"].remove(), Expr[Any])
assert_type(aliased(Post, "p").title, Column[str])

# Moments.
day = timedelta(days=1)
assert_type(Post.created + day, Expr[datetime | None])
assert_type(day + Post.created, Expr[datetime | None])
assert_type(Post.created - day, Expr[datetime | None])
assert_type(Post.created - Post.created, Expr[timedelta])
assert_type(datetime(2024, 1, 1) - Post.created, Expr[timedelta])
assert_type(Author.born - date(2024, 1, 1), Expr[timedelta | None])
assert_type(Author.born + day, Expr[date | None])
assert_type((Post.created - Post.created) + day, Expr[timedelta])
assert_type((Post.created - Post.created) > day, Expr[bool])
