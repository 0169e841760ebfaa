"""What has to be refused, each on a line of its own. Never run."""

# ruff: noqa: B018

from __future__ import annotations

from datetime import datetime
from typing import assert_type

from models import Author, Card, Post

from pyferro import Column, Expr, fn, pipeline, search, select

# Names and instances.
Post.nope  # wrong
Author(name=3)  # wrong
Author(id="1", name="Ada")  # wrong
Author()  # wrong
Author(name="Ada", nope=1)  # wrong
author = Author(name="Ada")
author.name = 3  # wrong
author.nope  # wrong

# Results.
number: int = select(Post.title).all().run()[0]  # wrong
name: str = Author.where().first().run()  # wrong
pair: tuple[int, str] = select(Post.title, Post.id).one().run()  # wrong
slim: list[Author] = select(Post.title).into(Card).all().run()  # wrong
certain: str = select(Post.subtitle).one().run()  # wrong
highest: int = select(fn.max(Post.views)).one().run()  # wrong
assert_type(Post.title, Column[int])  # wrong
assert_type(select(Post.title, Post.views).all().run(), list[tuple[str, str]])  # wrong

# Expressions.
Post.title + 1  # wrong
Post.title - Post.title  # wrong
-Post.title  # wrong
Post.views & Post.id  # wrong
~Post.title  # wrong
Post.title.avg()  # wrong
Post.title.like(3)  # wrong
Post.title.nope()  # wrong
Post.created + 1  # wrong
Post.created + Post.created  # wrong
Post.views - Post.created  # wrong
fn.lower(Post.views)  # wrong
fn.sum(Post.title)  # wrong
fn.year(Post.title)  # wrong
fn.nope(Post.title)  # wrong
certain_expr: Expr[str] = Post.subtitle  # wrong
text: Expr[str] = Post.views  # wrong

# Conditions.
Post.where("views > 3")  # wrong
Post.where(Post.title)  # wrong
Post.where(Post.views)  # wrong
select(Post.title).where(3)  # wrong
select(Post.title).having(fn.count())  # wrong
fn.count(where=Post.title)  # wrong

# The rest.
select()  # wrong
select(Post).limit("3")  # wrong
select(Post.id).union(select(Post.created), 3)  # wrong
Post.bulk_create([author])  # wrong
Post(title="a", created=datetime(2024, 1, 1)).save(only=3)  # wrong
select(search(Post, 1))  # wrong
pipeline([3])  # wrong
