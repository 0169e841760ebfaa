"""ferro-orm's models. Their annotations are objects, not texts: it finds no relation in a text."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any
from uuid import UUID

from ferro import BackRef, Field, ForeignKey, Model, Relation


class Narrow(Model):
    id: int | None = Field(default=None, primary_key=True)
    name: str
    created: datetime = Field(db_type="timestamp")
    team: int = Field(index=True)
    score: float


class Wide(Model):
    id: int | None = Field(default=None, primary_key=True)
    team: int = Field(index=True)
    code: str
    title: str
    note: str | None
    quantity: int
    reserve: int | None
    price: Decimal
    discount: Decimal | None
    weight: float
    height: float | None
    active: bool
    checked: bool | None
    token: UUID
    parent: UUID | None
    created: datetime = Field(db_type="timestamp")
    updated: datetime | None = Field(db_type="timestamp")
    due: date
    details: dict[str, Any]
    labels: dict[str, Any] | None


class Entry(Model):
    id: int | None = Field(default=None, primary_key=True)
    name: str
    created: datetime = Field(db_type="timestamp")
    team: int = Field(index=True)
    score: float


class Author(Model):
    id: int | None = Field(default=None, primary_key=True)
    name: str
    joined: datetime = Field(db_type="timestamp")
    rating: float
    posts: Relation[list["Post"]] = BackRef()


class Post(Model):
    id: int | None = Field(default=None, primary_key=True)
    title: str
    created: datetime = Field(db_type="timestamp")
    views: int
    author: Annotated[Author, ForeignKey(related_name="posts", index=True)]
