"""Changes as common table expressions: on PostgreSQL they run, elsewhere they are refused."""

from __future__ import annotations

from typing import Any

import pytest
from conftest import Create

from pyferro import PK, Col, Database, Model, Op, UnsupportedFeature, fn, select, values


class CcPost(Model):
    id: PK[int]
    title: Col[str]
    views: Col[int] = 0


class CcOld(Model):
    id: PK[int]
    post: Col[int]
    title: Col[str]


class CcCount(Model):
    id: PK[int]
    n: Col[int]


@pytest.fixture
def posts(create: Create) -> None:
    create(CcPost, CcOld, CcCount)
    CcPost.bulk_create([CcPost(id=n, title=f"t{n}", views=n * 10) for n in range(1, 6)]).run()
    CcCount.create(id=1, n=0).run()


def ids() -> list[int]:
    found: list[int] = select(CcPost.id).order_by(CcPost.id).all().run()
    return found


def run(db: Database, op: Op[Any]) -> Any:
    """The result; where the database has no such statement, None after it was refused unsent."""
    if db.dialect == "postgresql":
        return op.run()
    before = ids()
    with pytest.raises(UnsupportedFeature, match="changing-cte") as raised:
        op.run()
    assert "run it before" in str(raised.value)
    assert ids() == before
    return None


@pytest.mark.usefixtures("posts")
def test_rows_are_moved(db: Database) -> None:
    gone = CcPost.where(CcPost.views > 30).delete().returning(CcPost.id, CcPost.title).cte("gone")
    moved = CcOld.insert_from(select(gone.c.id, gone.c.title), CcOld.post, CcOld.title)
    if run(db, moved) is not None:
        assert ids() == [1, 2, 3]
        assert select(CcOld.post, CcOld.title).order_by(CcOld.post).all().run() == [
            (4, "t4"),
            (5, "t5"),
        ]


@pytest.mark.usefixtures("posts")
def test_a_query_reads_what_was_changed(db: Database) -> None:
    def changed() -> Any:
        more = CcPost.where(CcPost.id > 3).update(views=CcPost.views + 1)
        return more.returning(CcPost.id, (CcPost.views * 2).as_("twice")).cte("changed")

    made = changed()
    # The tables are seen as they were.
    rows = (
        select(made.c.id, made.c.twice, CcPost.views)
        .join(CcPost, CcPost.id == made.c.id)
        .where(made.c.id > 4)
        .order_by(made.c.id)
    )
    assert run(db, rows.all()) in (None, [(5, 102, 50)])
    found = run(db, select(fn.sum(changed().c.twice)).one())
    assert found in (None, 84 + 104)
    assert run(db, select(changed().c.id).count()) in (None, 2)
    assert run(db, select(changed().c.id).exists()) in (None, True)
    assert run(db, select(changed().c.id).order_by("id").first()) in (None, 4)
    if db.dialect == "postgresql":
        assert select(CcPost.views).order_by(CcPost.id).all().run()[3:] == [45, 55]


@pytest.mark.usefixtures("posts")
def test_several_of_them_before_a_change(db: Database) -> None:
    gone = CcPost.where(CcPost.id < 3).delete().returning(CcPost).cte("gone")
    kept = (
        CcOld.insert_from(select(gone.c.id, gone.c.title).where(gone.c.views > 10), "post", "title")
        .returning(CcOld.post)
        .cte("kept")
    )
    count = select(fn.count(gone.c.id)).scalar() * 100 + select(fn.count(kept.c.post)).scalar()
    update = CcCount.where(CcCount.id == 1).with_(gone, kept).tag("counted").update(n=count)
    if run(db, update.returning(CcCount.n)) is not None:
        assert CcCount.where().one().run().n == 201
        assert (ids(), select(CcOld.post).all().run()) == ([3, 4, 5], [2])


@pytest.mark.usefixtures("posts")
def test_one_that_nobody_reads(db: Database) -> None:
    emptied = CcPost.where(CcPost.id == 1).delete().cte("emptied")
    rows = values([(7, "log")], columns=("post", "title"))
    logged = CcOld.insert_from(select(rows.c.post, rows.c.title)).cte("logged")
    deleted = CcPost.where(CcPost.id == 2).with_(emptied, logged).delete()
    if run(db, deleted) is not None:
        assert (ids(), select(CcOld.post).all().run()) == ([3, 4, 5], [7])


@pytest.mark.usefixtures("posts")
def test_new_rows(db: Database) -> None:
    """Their numbers are read by the same statement."""
    several = [{"post": 1, "title": "x"}, {"post": 3, "title": "y'"}]
    for rows, expected in ((several, [1, 3]), ({"post": 4, "title": "z"}, [4])):
        new = CcOld.insert(rows).returning(CcOld.id, CcOld.post).cte("new")
        moved = CcPost.where(CcPost.id.in_(select(new.c.post).where(new.c.id > 0))).with_(new)
        found = run(db, moved.delete().returning(CcPost.id))
        assert found is None or sorted(found) == expected
    silent = CcOld.insert([CcOld(id=n, post=n, title="s") for n in (20, 21)]).cte("silent")
    if run(db, CcPost.where(CcPost.id == 5).with_(silent).delete()) is not None:
        kept = select(CcOld.id, CcOld.title).order_by(CcOld.id).all().run()
        assert kept == [(1, "x"), (2, "y'"), (3, "z"), (20, "s"), (21, "s")]
        assert ids() == [2]


@pytest.mark.usefixtures("posts")
def test_a_row_that_may_be_there(db: Database) -> None:
    wanted = CcCount.insert(CcCount(id=1, n=5)).on_conflict(CcCount.id)
    counted = wanted.update(n=CcCount.n + 7).returning(CcCount.n).cte("counted")
    assert run(db, select(counted.c.n).one()) in (None, 7)


@pytest.mark.usefixtures("posts")
def test_rows_that_are_no_one_insert() -> None:
    mixed = CcPost.insert([CcPost(id=50, title="a"), CcPost(title="b")])
    with pytest.raises(TypeError, match="the same columns of each"):
        mixed.cte("new")
    with pytest.raises(TypeError, match="is of rows"):
        CcPost.insert([]).returning(CcPost.id).cte("new")
    ignored = CcPost.insert([CcPost(id=1, title="a"), CcPost(id=9, title="b")])
    with pytest.raises(TypeError, match="of one row"):
        ignored.on_conflict_ignore().cte("new")


@pytest.mark.usefixtures("posts")
def test_beside_plain_and_recursive_expressions(db: Database) -> None:
    step = select(CcPost.id.as_("n")).where(CcPost.id == 3).cte("step")
    step.union_all(lambda c: select(c.n + 1).where(c.n < 4))
    gone = CcPost.where(CcPost.id.in_(select(step.c.n))).delete().returning(CcPost.id).cte("gone")
    rows = select(step.c.n, gone.c.id).left_join(gone, gone.c.id == step.c.n + 1).order_by(step.c.n)
    assert run(db, rows.all()) in (None, [(3, 4), (4, None)])
    if db.dialect == "postgresql":
        assert ids() == [1, 2, 5]
        text = str(rows.sql())
        assert text.startswith('WITH RECURSIVE "gone" ("id") AS (DELETE FROM "ccpost"')


@pytest.mark.usefixtures("posts")
def test_a_change_that_joins_one(db: Database) -> None:
    old = CcPost.where(CcPost.id > 4).delete().returning(CcPost.id).cte("old")
    joined = CcPost.where().join(old, old.c.id == CcPost.id + 1).update(title="next")
    if run(db, joined) is not None:
        assert select(CcPost.title).where(CcPost.id == 4).one().run() == "next"


@pytest.mark.usefixtures("posts")
def test_it_is_rolled_back_with_its_statement(db: Database) -> None:
    if db.dialect != "postgresql":
        pytest.skip("the others have no such statement")
    gone = CcPost.where(CcPost.id == 1).delete().returning(CcPost.id).cte("gone")
    with pytest.raises(Exception, match=r"null|NULL"):
        CcOld.insert_from(
            select(gone.c.id, fn.nullif(CcPost.title, "t1")).join(CcPost, CcPost.id == gone.c.id),
            "post",
            "title",
        ).run()
    assert ids() == [1, 2, 3, 4, 5]
    plan = str(select(gone.c.id).explain().run())
    assert "Delete" in plan
    assert ids() == [1, 2, 3, 4, 5]
    with pytest.raises(Exception, match="read-only"), db.transaction(read_only=True):
        select(gone.c.id).all().run()


def test_names() -> None:
    one = CcPost.where().delete().returning(CcPost.id).cte("same")
    two = CcPost.where().delete().returning(CcPost.id).cte("same")
    with pytest.raises(TypeError, match="called 'same'"):
        select(one.c.id).join(two, two.c.id == one.c.id).all()
    with pytest.raises(TypeError, match="needs a name"):
        CcPost.where().delete().returning(CcPost.id + 1).cte("x")
