"""Statements in words of the user's."""

from __future__ import annotations

from typing import Any, assert_type

from models import Card, Line, Post, Slim

import pyferro
from pyferro import Database, Op, sql
from pyferro.queries.raw import RawQuery
from pyferro.queries.rendered import Explanation, RenderedSql


def statements(db: Database) -> None:
    query = db.sql("select title from posts where views > :v", v=10)
    assert_type(query, RawQuery[Any])
    assert_type(query.into(Post).all(), Op[list[Post]])
    assert_type(query.into(Card).first(), Op[Card | None])
    assert_type(query.into(Slim).one(), Op[Slim])
    assert_type(query.into(Line).all(), Op[list[Line]])
    assert_type(query.tag("posts").into(Card).tag("cards").one(), Op[Card])
    assert_type(query.execute(), Op[int])
    assert_type(query.sql(), RenderedSql)
    assert_type(query.explain(analyze=True), Op[Explanation])
    assert_type(db.execute("vacuum", autocommit=True), Op[int])
    assert_type(db.fetch_one("select 1"), Op[dict[str, Any] | None])
    assert_type(pyferro.execute("delete from posts where id = ?", 3), Op[int])
    assert_type(pyferro.fetch_all("select 1", using="other"), Op[list[dict[str, Any]]])
    assert_type(Post.where(sql("{n} > 0", type=bool, n=1)).tag("posts").all(), Op[list[Post]])
    assert_type(Post.where().sql().sql, str)
