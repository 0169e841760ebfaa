"""Models with a scope, and rows that are only marked as deleted."""

from __future__ import annotations

from typing import Any

import pytest
from conftest import Create

from pyferro import (
    PK,
    BackRef,
    Database,
    Many,
    Model,
    ModelDoesNotExist,
    Ref,
    SoftDelete,
    after_delete,
    aliased,
    fn,
    select,
)


class Room(Model, table="sco_room"):
    id: PK[int]
    name: str
    notes: Many[Note] = BackRef()


class Note(SoftDelete, table="sco_note"):
    id: PK[int]
    text: str
    room: Ref[Room]
    replies: Many[Reply] = BackRef()

    @after_delete
    def gone(self) -> None:
        GONE.append(self.text)


class Reply(Model, table="sco_reply"):
    id: PK[int]
    note: Ref[Note]


class Seat(Model, table="sco_seat", scope=lambda seat: seat.number > 0):
    id: PK[int]
    number: int


GONE: list[str] = []


@pytest.fixture
def notes(create: Create, db: Database) -> Database:
    create(Room, Note, Reply, Seat)
    GONE.clear()
    room = Room.create(name="a").run()
    texts = ("one", "two", "three")
    Note.bulk_create([Note(text=text, room=room) for text in texts]).run()
    Reply.create(note=Note.get(2).run()).run()
    Note.get(2).run().delete().run()
    return db


def texts(query: Any) -> list[str]:
    found: list[str] = query.select(Note.text).order_by(Note.id).all().run()
    return found


def test_a_marked_row_is_passed_over(notes: Database, wait: Any) -> None:
    assert texts(Note.where()) == ["one", "three"]
    assert wait(Note.count()) == 2
    assert wait(Note.get_or_none(2)) is None
    with pytest.raises(ModelDoesNotExist):
        wait(Note.get(2))
    assert wait(select(fn.count(Note.id)).one()) == 2
    assert texts(Note.unscoped()) == ["one", "two", "three"]
    marked = wait(Note.unscoped().where(Note.id == 2).one())
    assert marked.deleted_at is not None
    assert GONE == ["two"]


def test_relations_to_many_pass_over_it(notes: Database) -> None:
    assert Room.where(Room.notes.any(Note.text == "two")).count().run() == 0
    assert [note.text for note in Room.load(Room.notes).one().run().notes] == ["one", "three"]
    firsts = Room.load(Room.notes.order_by(Note.id.desc()).limit(2)).one().run()
    assert [note.text for note in firsts.notes] == ["three", "one"]
    room = Room.get(1).run()
    assert Room.notes.of(room).count().run() == 2
    assert select(Room.name, Note.text).join(Room.notes).count().run() == 2
    assert select(Room.name, Note.text).cross_join(Note).count().run() == 2
    left = select(Room.name, Note.text).left_join(Note, (Note.room_id == Room.id) & (Note.id == 2))
    assert left.all().run() == [("a", None)]


def test_a_row_that_leads_to_it_finds_it(notes: Database) -> None:
    assert Reply.where(Reply.note.text == "two").count().run() == 1
    reply = Reply.load(Reply.note).one().run()
    assert reply.note.text == "two"


def test_rows_are_restored_and_deleted_for_good(notes: Database, wait: Any) -> None:
    marked = wait(Note.unscoped().where(Note.id == 2).one())
    assert wait(marked.restore()) == 1
    assert wait(Note.get(2)).deleted_at is None
    assert wait(Note.where(Note.text != "two").delete()) == 2
    assert texts(Note.where()) == ["two"]
    assert wait(Note.unscoped().count()) == 3
    assert wait(Note.unscoped().where(Note.text == "one").delete(for_good=True)) == 1
    three = wait(Note.unscoped().where(Note.text == "three").one())
    assert wait(three.delete(for_good=True)) == 1
    assert texts(Note.unscoped()) == ["two"]


def test_a_scope_of_ones_own(notes: Database) -> None:
    Seat.bulk_create([Seat(number=0), Seat(number=1), Seat(number=2)]).run()
    assert Seat.where(Seat.number < 2).count().run() == 1
    assert select(Seat.number).order_by(Seat.number).all().run() == [1, 2]
    other: Any = aliased(Seat, "other")
    assert select(other.number).count().run() == 2
    every: Any = aliased(Seat, "every", scoped=False)
    assert select(every.number).count().run() == 3
    assert select(Room.id, every.id).join(every, every.number >= 0).count().run() == 3
    assert Seat.where().update(number=5).run() == 2
    assert Seat.where().delete().run() == 2
    assert Seat.unscoped().count().run() == 1
    with pytest.raises(TypeError, match="rows without a match"):
        select(Room.id).full_join(Seat, Seat.number == Room.id)
