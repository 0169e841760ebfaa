"""What models inherit: fields, keys, constraints, from abstract bases, mixins and other models."""

from __future__ import annotations

import datetime as dt

import pytest
from conftest import Create

import pyferro
from pyferro import PK, Check, CheckViolationError, Col, Database, Field, Index, Model, Unique, now


class Stamped(Model, abstract=True):
    made: Col[dt.datetime] = Field(server_default=now)
    version: Col[int] = 1
    __table_args__ = (Index("made"), Check("version", lambda p: p.version > 0))


class Named:
    """A mixin that is no model."""

    name: Col[str] = Field(max_length=40)
    __table_args__ = (Unique("name"),)


class Keyed(Stamped, abstract=True):
    __primary_key__ = ("realm", "number")
    realm: Col[str] = Field(max_length=10)
    number: Col[int]


class InNote(Named, Stamped):
    id: PK[int]
    text: Col[str] = ""
    __table_args__ = (Index("text", name="by_text"),)


class InRoom(Keyed):
    size: Col[int] = 0


class InBase(Model):
    id: PK[int]
    title: Col[str] = Field(max_length=40, unique=True)
    __table_args__ = (Check("title", lambda p: p.title != ""),)


class InChild(InBase):
    extra: Col[int] = 0


def test_constraints_are_named_for_each_table() -> None:
    note, room = InNote.__ferro_info__, InRoom.__ferro_info__
    assert list(note.columns) == ["name", "made", "version", "id", "text"] or set(note.columns) == {
        "name",
        "made",
        "version",
        "id",
        "text",
    }
    assert note.uniques == [("innote_name_key", ("name",))]
    assert [one.name for one in note.indexes] == ["innote_made_idx", "by_text"]
    assert [one.name for one in note.checks] == ["innote_version_check"]
    assert [one.name for one in room.indexes] == ["inroom_made_idx"]
    assert room.key == ("realm", "number")


def test_what_is_said_twice_counts_once() -> None:
    class Again(Stamped):
        id: PK[int]
        __table_args__ = (*Stamped.__table_args__, Index("version"))

    assert [one.name for one in Again.__ferro_info__.indexes] == [
        "again_made_idx",
        "again_version_idx",
    ]


def test_an_abstract_base_has_no_table() -> None:
    with pytest.raises(TypeError, match="abstract base"):
        Stamped.all().run()
    assert Stamped not in pyferro.registry.models()


def test_tables_of_an_abstract_base(db: Database, create: Create) -> None:
    create(InNote, InRoom)
    note = InNote.create(name="a").run()
    room = InRoom.create(realm="r", number=1, made=dt.datetime(2020, 1, 1)).run()
    assert note.made is not None
    assert InRoom.get(("r", 1)).run() == room
    for model, fields in ((InNote, {"name": "b"}), (InRoom, {"realm": "r", "number": 2})):
        with pytest.raises(CheckViolationError) as refused:
            model.create(version=0, made=dt.datetime(2020, 1, 1), **fields).run()
        assert refused.value.constraint == f"{model.__name__.lower()}_version_check"
        assert refused.value.columns == ("version",)
    with pytest.raises(pyferro.UniqueViolationError):
        InNote.create(name="a").run()


def test_a_model_of_a_model_has_a_table_of_its_own(db: Database, create: Create) -> None:
    create(InBase, InChild)
    InBase.create(title="a").run()
    child = InChild.create(title="a", extra=3).run()
    assert InChild.get(child.id).run() == child
    assert InBase.count().run() == 1  # rows of the child's table are no rows of the base's
    assert InChild.where(InChild.title == "a").select(InChild.extra).all().run() == [3]
    with pytest.raises(CheckViolationError) as refused:
        InChild.create(title="").run()
    assert refused.value.constraint == "inchild_title_check"
    with pytest.raises(pyferro.UniqueViolationError) as twice:
        InChild.create(title="a").run()
    assert twice.value.constraint == "inchild_title_key"
