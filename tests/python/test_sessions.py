"""Sessions: one object for each row, and what waits to be written."""

from __future__ import annotations

import gc
from typing import Any

import pytest
from conftest import Create

import pyferro
from pyferro import PK, Database, Field, Model, OptRef, Ref, engines, select, sync
from pyferro.errors import IntegrityError


class Band(Model, table="ses_band"):
    id: PK[int]
    name: str = Field(unique=True, max_length=50)
    founder: OptRef[Musician] = None


class Musician(Model, table="ses_musician"):
    id: PK[int]
    name: str
    age: int = 0
    band: Ref[Band]


@pytest.fixture
def bands(create: Create, db: Database) -> Database:
    create(Band, Musician)
    band = Band.create(name="Kraft").run()
    Musician.bulk_create(
        [Musician(name="Ralf", band=band), Musician(name="Florian", band=band)]
    ).run()
    return db


def test_a_row_is_one_object_within_a_session(bands: Database, wait: Any) -> None:
    first = wait(Musician.get(1))
    assert wait(Musician.get(1)) is not first
    with engines.session():
        first = wait(Musician.get(1))
        assert wait(Musician.where(Musician.id == 1).one()) is first
        assert wait(Musician.order_by(Musician.id).all())[0] is first
        assert wait(select(Musician.name, Musician).where(Musician.id == 1).one())[1] is first
        loaded = wait(Band.load(Band.founder).one())
        assert loaded is wait(Band.get(1))
        rows = wait(Musician.load(Musician.band).all())
        assert all(row.band is loaded for row in rows)
    assert wait(Musician.get(1)) is not first


def test_reading_again_refreshes_but_keeps_what_was_assigned(bands: Database) -> None:
    with engines.session():
        ralf = Musician.get(1).run()
        ralf.age = 30
        Musician.where(Musician.id == 1).update(name="R.", age=31).run()
        assert Musician.get(1).run() is ralf
        assert (ralf.name, ralf.age) == ("R.", 30)
        ralf.refresh().run()
        assert ralf.age == 31


def test_rows_are_held_weakly(bands: Database) -> None:
    with engines.session() as session:
        assert session._identity is not None
        ralf = Musician.get(1).run()
        assert len(session._identity.held()) == 1
        del ralf
        gc.collect()
        assert session._identity.held() == []


def test_a_row_can_be_evicted(bands: Database) -> None:
    with engines.session():
        ralf = Musician.get(1).run()
        pyferro.evict_instance(Musician, 1)
        assert Musician.get(1).run() is not ralf
    with engines.session(identity_map=False):
        assert Musician.get(1).run() is not Musician.get(1).run()


def test_commit_writes_new_changed_and_deleted_rows(bands: Database, wait: Any) -> None:
    with engines.session() as session:
        ralf, florian = wait(Musician.order_by(Musician.id).all())
        ralf.age = 50  # held and changed: needs no add()
        session.delete(florian)
        new = Musician(name="Wolfgang", band=Band(name="Neu"))
        session.add(new)
        assert session.new == [new]
        assert session.dirty == [ralf]
        wait(session.commit())
        assert session.new == session.dirty == []
        assert wait(Musician.get(new.id)) is new
    names = wait(
        select(Musician.name, Musician.age, Musician.band.name).order_by(Musician.id).all()
    )
    assert names == [("Ralf", 50, "Kraft"), ("Wolfgang", 0, "Neu")]


def test_a_commit_that_fails_writes_nothing(bands: Database, wait: Any) -> None:
    with engines.session() as session:
        ralf = wait(Musician.get(1))
        ralf.age = 77
        session.add_all([Band(name="Can"), Band(name="Kraft")])
        with pytest.raises(IntegrityError):
            wait(session.commit())
        session.rollback()
        assert wait(Band.count()) == 1
        assert wait(Musician.get(1)).age == 0


def test_rows_are_deleted_before_those_that_they_lead_to(bands: Database) -> None:
    with engines.session() as session:
        session.delete(Band.get(1).run())
        for one in Musician.all().run():
            session.delete(one)
        session.commit().run()
    assert Band.count().run() == Musician.count().run() == 0


def test_what_was_not_written_is_said(bands: Database) -> None:
    with pytest.warns(RuntimeWarning, match="ends with 1 objects"), engines.session() as session:
        session.add(Band(name="Harmonia"))
    assert Band.count().run() == 1


def test_a_session_that_runs_at_once(bands: Database) -> None:
    with sync.session() as session:
        ralf = session.get(Musician, 1)
        assert ralf is not None
        ralf.name = "Ralf H."
        session.add(ralf)
        session.add(Band(name="Cluster"))
        session.commit()
        session.refresh(ralf)
        assert ralf.name == "Ralf H."
        assert session.exec(select(Band.name).order_by(Band.name)).all() == ["Cluster", "Kraft"]
        assert session.exec(select(Band).where(Band.name == "Kraft")).one().id == 1
        assert list(session.exec(select(Musician.age))) == [0, 0]
        assert session.exec(select(Band.id).where(Band.id == 99)).first() is None
