"""Queries, and the rows that they give."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any, assert_type

from models import Author, Card, Line, Plain, Post, Slim

from pyferro import Expr, Op, Query, aliased, fn, rollup, search, search_rank, select
from pyferro.queries.sources import ChangeCte
from pyferro.writing.changes import Change, Returning
from pyferro.writing.insertion import ReturningInsertion

author = Author.name.as_("author")

# A model, one expression, several, models among them.
assert_type(select(Post).all(), Op[list[Post]])
assert_type(select(Post.title).all(), Op[list[str]])
assert_type(select(Post.subtitle).all(), Op[list[str | None]])
assert_type(select(author).all(), Op[list[str]])
assert_type(select(Post.meta["a"].as_(int)).all(), Op[list[int | None]])
assert_type(select(Post.meta["a"]).all(), Op[list[Any]])
assert_type(select(Post.title, Author.born).first(), Op[tuple[str, date | None] | None])
assert_type(select(Post.title, Author).all(), Op[list[tuple[str, Author]]])
assert_type(select(Post, Author).all(), Op[list[tuple[Post, Author]]])
assert_type(select(Post.views, author, fn.count()).one(), Op[tuple[int, str, int]])
assert_type(
    select(Post.id, Post.id, Post.id, Post.title, Post.title).all(),
    Op[list[tuple[int, int, int, str, str]]],
)
assert_type(
    select(
        Post.id, Post.id, Post.id, Post.id, Post.title, Post.title, Post.title, Post.price
    ).all(),
    Op[list[tuple[int, int, int, int, str, str, str, Decimal]]],
)
nine = select(*[Post.id, Post.title], Post.id, Post.id, Post.id, Post.id, Post.id, Post.id, Post.id)
assert_type(nine.all(), Op[list[tuple[Any, ...]]])

# The same as methods.
assert_type(Post.select().all(), Op[list[Post]])
assert_type(Post.select(Post.id).all(), Op[list[int]])
assert_type(Post.select(Post.id, Post.title).all(), Op[list[tuple[int, str]]])
assert_type(
    Post.where(Post.views > 1).select(Post.id, Post.title).first(), Op[tuple[int, str] | None]
)
assert_type(Post.where().select(), Query[Post])
assert_type(Post.using("x").select(Post.id).all(), Op[list[int]])
assert_type(Post.using("x").where(Post.id == 1).first(), Op[Post | None])
assert_type(Post.select("id", "title").all(), Op[list[Any]])
assert_type(Post.select(lambda p: p.id).all(), Op[list[Any]])

# Columns annotated without Col[].
assert_type(select(Plain.id, Plain.name).all(), Op[list[tuple[int | None, str]]])
assert_type(select(Plain.name).all(), Op[list[str]])
assert_type(select(Plain).where(Plain.rank > 3, Plain.name == "a").all(), Op[list[Plain]])

# Conditions, and the other clauses, which keep the type.
query = Post.where(Post.views > 1, Post.checked, lambda p: p.id == 1, title__contains="a")
assert_type(query, Query[Post])
paged = (
    select(Post.author_id, fn.count())
    .left_join(Author, Author.id == Post.author_id)
    .where(Author.name.startswith("A"))
    .group_by(rollup(Post.author_id))
    .having(fn.count() > 1)
    .order_by(Post.author_id.desc())
    .distinct()
    .limit(3)
    .offset(3)
    .using("x")
)
assert_type(paged.all(), Op[list[tuple[int | None, int]]])
assert_type(select(Post).for_update(skip_locked=True).first(), Op[Post | None])
assert_type(query.get(1), Op[Post])
assert_type(query.order_by(Post.views).after((1, 1)), Query[Post])
assert_type(query.position_of((1,)), Op[int])
assert_type(query.count(), Op[int])
assert_type(query.exists(), Op[bool])
assert_type(query.update(views=Post.views + 1), Change)
assert_type(query.update(views=1).returning(Post), Returning[Post])
assert_type(query.delete().returning(Post.title), Returning[str])
assert_type(query.delete().returning(Post.title, Post.views), Returning[tuple[str, int]])
assert_type(query.delete().returning(Post.id).cte("gone"), ChangeCte)
assert_type(search(Post, "words"), Expr[bool])
assert_type(search_rank(Post, "words"), Expr[float])
assert_type(Post.insert([]).returning(Post), ReturningInsertion[Post])
assert_type(Post.insert([]).returning(Post.id, Post.title), ReturningInsertion[tuple[int, str]])

# Within other queries.
assert_type(select(Post.views.max()).scalar(), Expr[int | None])
assert_type(select(Author.id, select(fn.count()).scalar()).all(), Op[list[tuple[int, int]]])
assert_type(select(Post.title).union(select(Author.name)).all(), Op[list[str]])
assert_type(select(Post.title).union_all(select(Author.name)).limit(1).first(), Op[str | None])
other = aliased(Post, "other")
assert_type(
    select(other.id, other).join(other, other.id > Post.id).all(), Op[list[tuple[int, Post]]]
)
top = select(Post.id).subquery("top")
assert_type(select(top.c.id).all(), Op[list[Any]])
recent = select(Post.id).cte("recent").union_all(lambda c: select(c.id))
assert_type(select(recent.c.id).all(), Op[list[Any]])

# Into other classes.
assert_type(select(Post.title).into(Card).all(), Op[list[Card]])
assert_type(select(Post).into(Slim).first(), Op[Slim | None])
assert_type(Post.where().into(Line).one(), Op[Line])


async def rows() -> None:
    assert_type(await Author.where(Author.name == "x").all(), list[Author])
    assert_type(Author.where(Author.name == "x").all().run(), list[Author])
    assert_type(await Author.get(1), Author)
    assert_type(await Author.create(name="Ada"), Author)
    async_title = await select(Post.title).first()
    assert_type(async_title, str | None)
    for title, views in await select(Post.title, Post.views).all():
        assert_type(title, str)
        assert_type(views, int)
