"""The models of all cases. A typed key and typed defaults are said by Field(default=...)."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from pydantic import BaseModel
from pydantic.dataclasses import dataclass
from typing_extensions import TypedDict  # pydantic wants this one before Python 3.12

from pyferro import PK, Col, Field, FullText, Model


class Author(Model):
    id: PK[int] = Field(default=None)
    name: Col[str]
    born: Col[date | None] = Field(default=None)


class Post(Model, table="posts"):
    id: PK[int] = Field(default=None)
    title: Col[str]
    subtitle: Col[str | None] = Field(default=None)
    views: Col[int] = Field(default=0)
    score: Col[float] = Field(default=0.0)
    price: Col[Decimal] = Field(default=Decimal(1), max_digits=10, decimal_places=2)
    discount: Col[Decimal | None] = Field(default=None, max_digits=10, decimal_places=2)
    public: Col[bool] = Field(default=True)
    checked: Col[bool | None] = Field(default=None)
    created: Col[datetime]
    meta: Col[dict[str, int]] = Field(default_factory=dict)
    author_id: Col[int | None] = Field(default=None)
    __table_args__ = (FullText("title"),)


class Plain(Model):
    """Without Col[]: to a checker its columns are values."""

    id: int | None = Field(default=None, primary_key=True)
    name: str
    rank: int = 0


class Card(BaseModel):
    title: str


class Slim(TypedDict):
    title: str


@dataclass
class Line:
    title: str
