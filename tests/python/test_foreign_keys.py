"""Foreign keys: declared, created, enforced, named in errors, and dropped."""

from __future__ import annotations

from typing import Any

import pytest
from conftest import Create, Waiting

import pyferro
from pyferro import (
    PK,
    Col,
    Database,
    Field,
    ForeignKeyConstraint,
    ForeignKeyViolationError,
    Model,
    UnsupportedFeature,
)


class FkAuthor(Model):
    id: PK[int]
    email: Col[str] = Field(unique=True, max_length=80)


class FkPost(Model):
    id: PK[int]
    author_id: Col[int]
    reviewer: Col[str | None] = Field(default=None, max_length=80)
    parent_id: Col[int | None] = None
    __table_args__ = (
        ForeignKeyConstraint("author_id", FkAuthor, on_delete="CASCADE"),
        ForeignKeyConstraint(
            ["reviewer"], FkAuthor, ["email"], on_delete="SET NULL", on_update="CASCADE"
        ),
        ForeignKeyConstraint("parent_id", "fkpost", "id", name="up"),
    )


class FkLeft(Model):
    id: Col[int] = Field(primary_key=True)
    right_id: Col[int | None] = None
    __table_args__ = (ForeignKeyConstraint("right_id", "fkright"),)


class FkRight(Model):
    id: Col[int] = Field(primary_key=True)
    left_id: Col[int]
    __table_args__ = (ForeignKeyConstraint("left_id", FkLeft),)


class FkOrder(Model):
    __primary_key__ = ("shop", "number")
    shop: Col[str] = Field(max_length=20)
    number: Col[int]


class FkLine(Model):
    id: PK[int]
    shop: Col[str] = Field(max_length=20)
    order: Col[int]
    __table_args__ = (ForeignKeyConstraint(("shop", "order"), FkOrder, on_delete="RESTRICT"),)


class FkLater(Model):
    id: Col[int] = Field(primary_key=True)
    next_id: Col[int]
    __table_args__ = (
        ForeignKeyConstraint("next_id", "fklater", "id", deferrable=True, initially_deferred=True),
    )


class FkDefault(Model):
    id: PK[int]
    author_id: Col[int]
    __table_args__ = (ForeignKeyConstraint("author_id", FkAuthor, on_update="SET DEFAULT"),)


def names(model: type[Model]) -> list[str | None]:
    return [key.name for key in model.__ferro_info__.foreign_keys]


def test_names_are_made_of_the_table_and_the_columns() -> None:
    assert names(FkPost) == ["fkpost_author_id_fkey", "fkpost_reviewer_fkey", "up"]
    assert names(FkLine) == ["fkline_shop_order_fkey"]


def test_targets_are_made_first(db: Database, create: Create) -> None:
    create(FkPost, FkLine, FkOrder, FkAuthor)
    author = FkAuthor.create(email="a@b.c").run()
    assert FkPost.create(author_id=author.id, reviewer="a@b.c").run().id
    db.create_tables(FkPost, FkAuthor).run()  # again, with what is there
    assert FkPost.count().run() == 1


def test_a_missing_target_is_refused(db: Database, create: Create, wait: Waiting) -> None:
    create(FkAuthor, FkPost)
    with pytest.raises(ForeignKeyViolationError) as refused:
        wait(FkPost.create(author_id=7))
    if db.dialect != "sqlite":  # which says no more
        assert refused.value.constraint == "fkpost_author_id_fkey"
        assert refused.value.table == "fkpost"
        assert refused.value.columns == ("author_id",)
    assert wait(FkPost.count()) == 0


def test_a_name_of_ones_own_is_in_the_error(db: Database, create: Create) -> None:
    create(FkAuthor, FkPost)
    author = FkAuthor.create(email="a@b.c").run()
    with pytest.raises(ForeignKeyViolationError) as refused:
        FkPost.create(author_id=author.id, parent_id=99).run()
    if db.dialect != "sqlite":
        assert (refused.value.constraint, refused.value.columns) == ("up", ("parent_id",))


def test_what_becomes_of_rows_that_refer(db: Database, create: Create) -> None:
    create(FkAuthor, FkPost)
    kept, gone = FkAuthor.bulk_create([FkAuthor(email=f"{c}@b.c") for c in "kg"]).run()
    post = FkPost.create(author_id=kept.id, reviewer="g@b.c").run()
    FkPost.create(author_id=gone.id).run()
    FkAuthor.where(FkAuthor.id == gone.id).update(email="new@b.c").run()
    post.refresh().run()
    assert post.reviewer == "new@b.c"
    gone.delete().run()
    post.refresh().run()
    assert post.reviewer is None
    assert FkPost.count().run() == 1


def test_a_key_of_two_columns(db: Database, create: Create) -> None:
    create(FkLine, FkOrder)
    order = FkOrder.create(shop="a", number=1).run()
    FkLine.create(shop="a", order=1).run()
    with pytest.raises(ForeignKeyViolationError):
        FkLine.create(shop="b", order=1).run()
    with pytest.raises(ForeignKeyViolationError):
        order.delete().run()
    assert FkLine.count().run() == 1


def test_tables_that_refer_to_each_other(db: Database, create: Create) -> None:
    create(FkLeft, FkRight)
    FkLeft.create(id=1).run()
    FkRight.create(id=2, left_id=1).run()
    FkLeft.where(FkLeft.id == 1).update(right_id=2).run()
    for model, column in ((FkLeft, "right_id"), (FkRight, "left_id")):
        with pytest.raises(ForeignKeyViolationError) as refused:
            model.create(id=3, **{column: 4}).run()
        if db.dialect != "sqlite":
            assert refused.value.columns == (column,)
    db.create_tables(FkRight, FkLeft).run()  # again: the constraints are there
    db.create_tables(FkLeft, FkRight).run()
    db.drop_tables(FkLeft, FkRight).run()  # with rows that refer to each other
    db.drop_tables(FkLeft, FkRight).run()  # what is not there
    db.create_tables(FkRight, FkLeft).run()
    assert FkLeft.count().run() == FkRight.count().run() == 0
    with pytest.raises(ForeignKeyViolationError):
        FkLeft.create(id=3, right_id=4).run()


def test_deferred_until_the_end(db: Database, create: Create) -> None:
    if not db.supports("deferrable-constraint"):
        with pytest.raises(UnsupportedFeature, match="insert what is referred to first"):
            create(FkLater)
        return
    create(FkLater)
    with db.transaction():
        FkLater.create(id=1, next_id=2).run()
        FkLater.create(id=2, next_id=1).run()
    with pytest.raises(ForeignKeyViolationError), db.transaction():
        FkLater.create(id=3, next_id=4).run()
    assert FkLater.count().run() == 2


def test_set_default_where_there_is_none(db: Database, create: Create) -> None:
    if db.supports("set-default-action"):
        create(FkAuthor, FkDefault)
    else:
        create(FkAuthor)
        with pytest.raises(UnsupportedFeature, match="InnoDB has no SET DEFAULT"):
            create(FkDefault)


def test_a_table_that_is_referred_to_is_not_dropped_alone(db: Database, create: Create) -> None:
    create(FkAuthor, FkPost)
    FkPost.create(author_id=FkAuthor.create(email="a@b.c").run().id).run()
    with pytest.raises(pyferro.IntegrityError):
        db.drop_tables(FkAuthor).run()
    assert FkAuthor.count().run() == FkPost.count().run() == 1


def test_dropping_needs_models(db: Database) -> None:
    with pytest.raises(TypeError, match="name the models"):
        db.drop_tables().run()


def test_names_that_would_inject(db: Database, create: Create) -> None:
    odd = """"); DROP TABLE fkauthor; --`'"""

    class Odd(Model, table="fk odd`\"'"):
        id: PK[int]
        author_id: Col[int]
        __table_args__ = (ForeignKeyConstraint("author_id", FkAuthor, name=odd),)

    create(FkAuthor, Odd)
    with pytest.raises(ForeignKeyViolationError) as refused:
        Odd.create(author_id=1).run()
    if db.dialect == "postgresql":
        assert refused.value.constraint == odd
    assert FkAuthor.count().run() == 0


# Declarations that cannot be right.


def declared(columns: Any, target: Any, *rest: Any, **options: Any) -> type[Model]:
    class Wrong(Model, table="fk_wrong"):
        id: PK[int]
        number: Col[int]
        text: Col[str]
        may: Col[int | None] = None
        __table_args__ = (ForeignKeyConstraint(columns, target, *rest, **options),)

    return Wrong


@pytest.mark.parametrize(
    ("arguments", "options", "said"),
    [
        (("nothing", FkAuthor), {}, "names 'nothing', which is no column"),
        (((), FkAuthor), {}, "needs a column"),
        ((("number", "number"), FkAuthor), {}, "names a column twice"),
        (("number", FkAuthor, ("id", "email")), {}, "of 1 columns refers to as many, not to 2"),
        (("number", FkAuthor), {"on_delete": "cascade"}, "on_delete is one of NO ACTION"),
        (("number", FkAuthor), {"on_delete": "SET NULL"}, "sets 'number' to NULL"),
        (("number", FkAuthor), {"name": "x" * 64}, "1 to 63 bytes"),
    ],
)
def test_a_declaration_that_is_refused(
    arguments: tuple[Any, ...], options: dict[str, Any], said: str
) -> None:
    with pytest.raises(TypeError, match=said):
        declared(*arguments, **options)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("number", "fk_nowhere"), "no model has the table 'fk_nowhere'"),
        (("number", FkOrder), r"the key of FkOrder has 2 columns \(shop, number\)"),
        (("number", FkAuthor, "nothing"), "FkAuthor.nothing, which is no column"),
        (("number", FkPost, "author_id"), "neither its key nor unique"),
        (("text", FkAuthor), "whose column has another type"),
    ],
)
def test_a_target_that_is_refused(arguments: tuple[Any, ...], said: str) -> None:
    model = declared(*arguments)
    pyferro.reset_engine()
    with pyferro.connect("sqlite::memory:").run() as database, pytest.raises(TypeError, match=said):
        database.create_tables(model).run()
    pyferro.reset_engine()
