"""Relations: paths on classes, rows on instances."""

from __future__ import annotations

from typing import assert_type

from models import Author

from pyferro import (
    PK,
    BackRef,
    Col,
    Column,
    Expr,
    Field,
    Many,
    ManyToMany,
    Model,
    Op,
    OptRef,
    Query,
    Ref,
    fetch,
    select,
)


class Tag(Model):
    id: PK[int] = Field(default=None)
    label: Col[str]


class Story(Model):
    id: PK[int] = Field(default=None)
    title: Col[str]
    author: Ref[Author] = Field(on_delete="CASCADE")
    editor: OptRef[Author] = Field(default=None)
    tags: Many[Tag] = ManyToMany()
    notes: Many[Note] = BackRef()


class Note(Model):
    id: PK[int] = Field(default=None)
    story: Ref[Story]


ada = Author(name="Ada")
story = Story(title="x", author=ada, tags=[Tag(label="y")], notes=[])

# Paths to one row are the related model's columns.
assert_type(Story.author.name, Column[str])
assert_type(Note.story.author.name, Column[str])
assert_type(Story.where(Story.author.name == "Ada").all(), Op[list[Story]])
assert_type(select(Story.title, Story.editor.name).all(), Op[list[tuple[str, str]]])

# Of many rows there are conditions, and what load() takes.
assert_type(Story.tags.any(Tag.label == "y"), Expr[bool])
assert_type(Story.tags.count(), Expr[int])
assert_type(select(Story.id, Story.tags.count()).all(), Op[list[tuple[int, int]]])
loading = Story.load(Story.author, Story.tags.order_by(Tag.label).limit(3), Story.notes)
assert_type(loading, Query[Story])
assert_type(fetch([story], Story.author), Op[None])

# On an instance they are rows.
assert_type(story.author, Author)
assert_type(story.editor, Author | None)
assert_type(story.tags, list[Tag])
for note in story.notes:
    assert_type(note.story.author.name, str)
story.author = ada
story.editor = None
