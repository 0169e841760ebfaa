"""New instances that are stored together."""

from __future__ import annotations

from typing import Any

import pytest
from conftest import Create

from pyferro import PK, BackRef, Database, Field, Many, Model, OptRef, Ref, registry
from pyferro.errors import IntegrityError

from .library import Book, Card, Country, Tag, Writer


def test_what_a_new_row_leads_to_is_stored_first(shelf: Database, wait: Any) -> None:
    land = Country(code="NO", name="Norway")
    book = wait(Book.create(title="Saga", writer=Writer(name="Sigrid", country=land)))
    again = Book.where(Book.id == book.id).load(Book.writer.country).one().run()
    assert again.writer.name == "Sigrid"
    assert again.writer.country == land
    assert book.writer_id == book.writer.id


def test_a_tree_is_stored_in_bulk(
    shelf: Database, wait: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    bulk: list[int] = []
    start = Database.start_many

    def counting(self: Database, whole: bytes, columns: Any, objects: Any, *rest: Any) -> Any:
        bulk.append(len(objects))
        return start(self, whole, columns, objects, *rest)

    monkeypatch.setattr(Database, "start_many", counting)
    code = Tag.where(label="code").one().run()
    fresh = Tag(label="fresh")
    writers = [
        Writer(
            name=f"w{i}",
            card=Card(number=str(i)),
            books=[Book(title=f"b{i}.{j}", tags=[code, fresh]) for j in range(3)],
        )
        for i in range(4)
    ]
    made = wait(Writer.bulk_create(writers))
    assert all(a is b for a, b in zip(made, writers, strict=True))
    assert sorted(bulk) == [1, 4, 4, 12, 24]
    found = (
        Writer.where(Writer.name.startswith("w"))
        .order_by(Writer.id)
        .load(Writer.card, Writer.books.order_by(Book.title).load(Book.tags))
        .all()
        .run()
    )
    assert [writer.card.number for writer in found] == ["0", "1", "2", "3"]
    assert [book.title for book in found[3].books] == ["b3.0", "b3.1", "b3.2"]
    assert {tag.label for tag in found[0].books[0].tags} == {"code", "fresh"}
    assert writers[0].books[0].writer is writers[0]


def test_save_stores_what_is_new(shelf: Database, wait: Any) -> None:
    book = Book.get(1).run()
    book.editor = Writer(name="Late")
    wait(book.save())
    assert Book.load(Book.editor).where(Book.id == 1).one().run().editor.name == "Late"
    new = Book(title="x", writer=Writer(name="y"))
    wait(new.save())
    assert new.id is not None
    ada = Writer.get(1).run()
    later = Book(title="z", writer=Writer(name="q"))
    later.writer.save().run()
    wait(later.save())
    assert later.writer_id == later.writer.id != ada.id
    with pytest.raises(TypeError, match=r"Writer\.books\.of\(instance\)\.set"):
        ada.books = []


def test_a_failure_leaves_nothing(shelf: Database, wait: Any) -> None:
    before = Writer.count().run(), Tag.count().run()
    good = Writer(name="n", books=[Book(title="b", tags=[Tag(label="t")])])
    bad = Writer(name="m", country=Country(code="UK", name="there already"))
    with pytest.raises(IntegrityError):
        wait(Writer.bulk_create([good, bad]))
    assert (Writer.count().run(), Tag.count().run()) == before
    new = Writer(name="again", books=[Book(title="b", tags=[Tag(label="t")])])
    wait(Writer.bulk_create([new]))
    assert Writer.count().run() == before[0] + 1


def test_rows_that_need_each_other(
    create: Create, db: Database, wait: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(registry, "_models", {})

    class Team(Model, table="sto_team"):
        id: PK[int]
        captain: OptRef[Player] = None
        players: Many[Player] = BackRef()

    class Player(Model, table="sto_player"):
        id: PK[int]
        team: Ref[Team]

    class Chicken(Model, table="sto_chicken"):
        id: PK[int]
        egg: Ref[Egg]

    class Egg(Model, table="sto_egg"):
        id: PK[int]
        chicken: Ref[Chicken]

    create(Team, Player)
    team, captain = Team(), Player()
    captain.team, team.captain = team, captain
    wait(Player.bulk_create([captain, Player(team=team)]))
    found = Team.load(Team.captain, Team.players).one().run()
    assert found.captain.id == captain.id
    assert len(found.players) == 2

    chicken, egg = Chicken(), Egg()
    chicken.egg, egg.chicken = egg, chicken
    with pytest.raises(TypeError, match=r"each other's keys: Chicken\.egg, Egg\.chicken"):
        wait(Chicken.bulk_create([chicken]))
    assert Field is not None
