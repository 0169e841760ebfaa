"""The SQLAlchemy models and settings that its asynchronous and its synchronous form share."""

from __future__ import annotations

import warnings
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, Engine, ForeignKey, Numeric, Select, event, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.exc import SAWarning
from sqlalchemy.orm import (
    DeclarativeBase,
    Mapped,
    joinedload,
    mapped_column,
    relationship,
    selectinload,
)

from contestants.base import CHANGED_COLUMNS

# SQLite has no exact numbers; SQLAlchemy's own type for them there is Numeric, with a warning.
warnings.filterwarnings("ignore", "Dialect .* does \\*not\\* support Decimal", SAWarning)

# A missing dict is NULL, as for the others, not the JSON text "null".
Json = JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")


class Base(DeclarativeBase):
    type_annotation_map = {Decimal: Numeric(12, 2), dict[str, Any]: Json}  # noqa: RUF012


class Narrow(Base):
    __tablename__ = "narrow"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    created: Mapped[datetime]
    team: Mapped[int] = mapped_column(index=True)
    score: Mapped[float]


class Wide(Base):
    __tablename__ = "wide"

    id: Mapped[int] = mapped_column(primary_key=True)
    team: Mapped[int] = mapped_column(index=True)
    code: Mapped[str]
    title: Mapped[str]
    note: Mapped[str | None]
    quantity: Mapped[int]
    reserve: Mapped[int | None]
    price: Mapped[Decimal]
    discount: Mapped[Decimal | None]
    weight: Mapped[float]
    height: Mapped[float | None]
    active: Mapped[bool]
    checked: Mapped[bool | None]
    token: Mapped[UUID]
    parent: Mapped[UUID | None]
    created: Mapped[datetime]
    updated: Mapped[datetime | None]
    due: Mapped[date]
    details: Mapped[dict[str, Any]]
    labels: Mapped[dict[str, Any] | None]


class Entry(Base):
    __tablename__ = "entry"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    created: Mapped[datetime]
    team: Mapped[int] = mapped_column(index=True)
    score: Mapped[float]


class Author(Base):
    __tablename__ = "author"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    joined: Mapped[datetime]
    rating: Mapped[float]
    posts: Mapped[list[Post]] = relationship(back_populates="author")


class Post(Base):
    __tablename__ = "post"

    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str]
    created: Mapped[datetime]
    views: Mapped[int]
    author_id: Mapped[int] = mapped_column(ForeignKey("author.id"), index=True)
    author: Mapped[Author] = relationship(back_populates="posts")


# What its manual says of loading: a join to one, which is there for certain; SELECT … IN to many.
POSTS_WITH_AUTHOR: Select[tuple[Post]] = select(Post).options(
    joinedload(Post.author, innerjoin=True)
)
AUTHORS_WITH_POSTS: Select[tuple[Author]] = select(Author).options(selectinload(Author.posts))


def upsert(on_sqlite: bool) -> Any:
    """INSERT … ON CONFLICT DO UPDATE, for a list of rows."""
    insert = sqlite.insert(Entry) if on_sqlite else postgresql.insert(Entry)
    return insert.on_conflict_do_update(
        index_elements=[Entry.id],
        set_={column: getattr(insert.excluded, column) for column in CHANGED_COLUMNS},
    )


def relax_durability(engine: Engine) -> None:
    """synchronous=NORMAL on every connection the pool will open."""

    @event.listens_for(engine, "connect")
    def _on_connect(connection: Any, _record: Any) -> None:
        cursor = connection.cursor()
        cursor.execute("PRAGMA synchronous=NORMAL")
        cursor.close()
