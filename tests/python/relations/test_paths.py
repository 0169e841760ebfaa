"""Relations in conditions, orders and selections, on every database."""

from __future__ import annotations

from typing import Any

import pytest

from pyferro import Database, UnsupportedFeature, aliased, exists, fn, select

from .library import Book, Card, Country, Placed, Shelf, Tag, Writer


def titles(query: Any) -> list[str]:
    found: list[str] = query.select(Book.title).order_by(Book.id).all().run()
    return found


def names(query: Any) -> list[str]:
    found: list[str] = query.select(Writer.name).order_by(Writer.id).all().run()
    return found


def test_a_path_to_one_row_is_a_condition(shelf: Database) -> None:
    assert titles(Book.where(Book.writer.name == "Grace")) == ["Compilers", "Bugs"]
    assert titles(Book.where(Book.writer.country.name == "Britain", Book.pages > 50)) == [
        "Notes",
        "Looms",
    ]
    assert titles(Book.where(lambda book: book.editor.name == "Ada")) == ["Looms", "Compilers"]


def test_a_missing_row_has_nulls_and_hides_nothing(shelf: Database) -> None:
    either = (Book.editor.name == "Grace") | (Book.pages < 20)
    assert titles(Book.where(either)) == ["Numbers", "Bugs"]
    assert titles(Book.where(Book.editor.name.is_null())) == ["Notes", "Bugs"]
    assert titles(Book.where(Book.editor.country.name == "Britain")) == ["Looms", "Compilers"]


def test_the_key_of_a_path_is_the_own_column(shelf: Database) -> None:
    query = Book.where(Book.writer.id == 2)
    assert "JOIN" not in query.sql().sql
    assert titles(query) == ["Compilers", "Bugs"]
    assert "JOIN" in Book.where(Book.editor.country.code == "UK").sql().sql
    assert titles(Book.where(Book.editor.country.code == "UK")) == ["Looms", "Compilers"]


def test_a_path_is_joined_once(shelf: Database) -> None:
    query = Book.where(Book.writer.name != "x", Book.writer.name != "y").order_by(Book.writer.name)
    assert query.sql().sql.count("JOIN") == 1


def test_paths_are_selected_ordered_and_grouped(shelf: Database) -> None:
    rows = select(Book.title, Book.editor.name).order_by(Book.editor.name, Book.id).all().run()
    assert rows == [
        ("Looms", "Ada"),
        ("Compilers", "Ada"),
        ("Numbers", "Grace"),
        ("Notes", None),
        ("Bugs", None),
    ]
    totals = (
        select(Book.writer.name, fn.sum(Book.pages))
        .group_by(Book.writer.name)
        .order_by(Book.writer.name)
    )
    assert totals.all().run() == [("Ada", 240), ("Grace", 310)]
    assert totals.having(fn.count() > 2).all().run() == [("Ada", 240)]
    assert Book.where(Book.writer.name == "Ada").count().run() == 3
    assert Book.where(Book.writer.name == "Ada").limit(1).count().run() == 3
    assert Book.where(Book.writer.name == "Zoe").exists().run() is False


def test_a_relation_is_compared_with_an_instance_or_none(shelf: Database) -> None:
    grace = Writer.get(2).run()
    assert titles(Book.where(Book.writer == grace)) == ["Compilers", "Bugs"]
    assert titles(Book.where(Book.editor != grace)) == ["Looms", "Compilers"]
    assert titles(Book.where(Book.editor == None)) == ["Notes", "Bugs"]  # noqa: E711
    assert titles(Book.where(Book.editor.is_not_null())) == ["Numbers", "Looms", "Compilers"]
    assert titles(Book.where(Book.editor.in_([grace]))) == ["Numbers"]
    with pytest.raises(TypeError, match=r"an instance of Writer or None, not with int"):
        Book.where(Book.writer == 2)


def test_the_other_side_of_one_to_one(shelf: Database) -> None:
    assert names(Writer.where(Writer.card.number == "g-2")) == ["Grace"]
    assert names(Writer.where(Writer.card == None)) == ["Yuki"]  # noqa: E711
    assert select(Card.number).where(Card.writer.name == "Ada").all().run() == ["a-1"]


def test_keywords_follow_relations(shelf: Database) -> None:
    assert titles(Book.where(writer__name="Ada", pages__lt=100)) == ["Numbers", "Looms"]
    assert titles(Book.where(writer__country__name__icontains="BRIT")) == [
        "Notes",
        "Numbers",
        "Looms",
    ]
    assert titles(Book.where(editor=None)) == ["Notes", "Bugs"]
    assert titles(Book.where(editor__isnull=True)) == ["Notes", "Bugs"]
    assert titles(Book.where(writer=Writer.get(1).run(), editor__in=[Writer.get(1).run()])) == [
        "Looms"
    ]
    assert titles(Book.where(tags__label="math")) == ["Notes", "Numbers"]
    assert titles(Book.where(tags__isnull=True)) == ["Looms"]
    assert titles(Book.order_by("-writer__name").where(writer__name__gte="A"))
    with pytest.raises(AttributeError, match=r"has no column 'nam'; did you mean 'name'\?"):
        Book.where(writer__nam="Ada")


def test_relations_to_many_are_subqueries(shelf: Database) -> None:
    assert names(Writer.where(Writer.books.any(Book.pages > 200))) == ["Grace"]
    assert names(Writer.where(Writer.books.none())) == ["Yuki"]
    assert names(Writer.where(Writer.books.every(Book.pages > 20))) == ["Ada", "Yuki"]
    assert names(Writer.where(Writer.books.count() == 3)) == ["Ada"]
    assert names(Writer.where(Writer.books.any(lambda book: book.title == "Bugs"))) == ["Grace"]
    assert names(Writer.where(Writer.books.any(title__startswith="N", pages__gt=100))) == ["Ada"]
    counted = select(Writer.name, Writer.books.count(Book.pages >= 90)).order_by(Writer.id)
    assert counted.all().run() == [("Ada", 2), ("Grace", 1), ("Yuki", 0)]


def test_pairs_lead_both_ways(shelf: Database) -> None:
    assert titles(Book.where(Book.tags.any(Tag.label == "code"))) == [
        "Numbers",
        "Compilers",
        "Bugs",
    ]
    assert titles(Book.where(~Book.tags.any())) == ["Looms"]
    labels = select(Tag.label).order_by(Tag.id)
    assert labels.where(Tag.books.any(Book.writer.name == "Ada")).all().run() == ["math", "code"]
    assert labels.where(Tag.books.none()).all().run() == ["rare"]
    assert titles(Book.where(Book.shelves.any(Shelf.room == "red"))) == ["Notes"]


def test_relations_within_relations(shelf: Database) -> None:
    of_british = Tag.where(Tag.books.any(Book.writer.country.name == "Britain"))
    assert of_british.select(Tag.label).order_by(Tag.id).all().run() == ["math", "code"]
    through = Writer.where(Writer.books.any(Book.tags.any(Tag.label == "math")))
    assert names(through) == ["Ada"]
    assert names(Writer.where(Writer.mentor.books.any(Book.pages > 200))) == ["Yuki"]


def test_a_table_related_to_itself(shelf: Database) -> None:
    assert names(Writer.where(Writer.mentor.name == "Ada")) == ["Grace"]
    assert names(Writer.where(Writer.mentor.mentor.name == "Ada")) == ["Yuki"]
    assert names(Writer.where(Writer.pupils.any(lambda pupil: pupil.name == "Yuki"))) == ["Grace"]
    assert names(Writer.where(Writer.pupils.any(name="Grace"))) == ["Ada"]
    assert names(Writer.where(Writer.pupils.count() == 0)) == ["Yuki"]
    with pytest.raises(TypeError, match="as a lambda"):
        Writer.pupils.any(Writer.name == "Yuki")


def test_aliases_have_relations(shelf: Database) -> None:
    other = aliased(Book, "other")
    pairs = (
        select(Book.title, other.title)
        .join(other, Book.writer_id == other.writer_id)
        .where(Book.id < other.id, other.editor.name == "Ada")
        .order_by(Book.id, other.id)
    )
    assert pairs.all().run() == [("Notes", "Looms"), ("Numbers", "Looms")]


def test_a_path_leads_out_of_a_subquery(shelf: Database) -> None:
    longer = select(Card.id).where(Card.number == fn.concat("a-", Book.pages.cast(str)))
    assert titles(Book.where(exists(longer))) == []
    same_country = select(Writer.id).where(
        Writer.country_id == Book.writer.country_id, Writer.id != Book.writer_id
    )
    assert titles(Book.where(exists(same_country))) == []
    pupils = select(Writer.id).where(Writer.mentor_id == Book.writer.id)
    assert titles(Book.where(exists(pupils))) == [
        "Notes",
        "Numbers",
        "Looms",
        "Compilers",
        "Bugs",
    ]
    with pytest.raises(TypeError, match="starts from 'rel_book', which the query does not read"):
        select(Writer.name).where(Book.writer.country.name == "x").all()


def test_relations_are_joined(shelf: Database) -> None:
    rows = select(Writer.name, Book.title).join(Writer.books).order_by(Book.id).all().run()
    assert rows[0] == ("Ada", "Notes")
    assert len(rows) == 5
    tagged = select(Book.title, Tag.label).join(Book.tags).order_by(Book.id, Tag.id)
    assert tagged.all().run()[1:3] == [("Numbers", "math"), ("Numbers", "code")]
    placed = select(Book.title, Placed.place).join(Book.shelves).where(Shelf.room == "blue")
    assert placed.all().run() == [("Compilers", 3)]
    counts = (
        select(Writer.name, Book.id.count())
        .left_join(Writer.books)
        .group_by(Writer.name)
        .order_by(Writer.name)
    )
    assert counts.all().run() == [("Ada", 3), ("Grace", 2), ("Yuki", 0)]
    assert select(Book.title, Country).join(Book.writer).join(Writer.country).count().run() == 5
    with pytest.raises(TypeError, match="reads 'rel_writer' already"):
        select(Writer).join(Writer.mentor)


def test_changes_find_rows_by_paths(shelf: Database) -> None:
    if not shelf.supports("target-in-subquery"):
        with pytest.raises(UnsupportedFeature, match="select the keys first"):
            Book.where(Book.writer.name == "Grace").delete().run()
        return
    assert Book.where(Book.writer.name == "Grace").update(pages=Book.pages + 1).run() == 2
    assert Book.where(Book.id >= 4).order_by(Book.id).select(Book.pages).all().run() == [301, 11]
    link = Book.tags._relation.link
    assert link.where(link.tag.label == "code").delete().run() == 3
    assert Book.where(Book.writer.country.code == "UK", Book.shelves.none()).delete().run() == 2


def test_pages_follow_an_order_by_a_path(shelf: Database) -> None:
    query = Book.order_by(Book.writer.name, Book.id).limit(2)
    first = query.load(Book.writer).all().run()
    assert [book.id for book in first] == [1, 2]
    rest = query.load(Book.writer).after(first[-1]).all().run()
    assert [book.id for book in rest] == [3, 4]
    assert query.after(("Grace", 4)).select(Book.id).all().run() == [5]


def test_a_related_column_called_like_the_key_does_not_stand_for_it(shelf: Database) -> None:
    """`Writer.card.id` says nothing of who has no card, so the own key still ends the order."""
    Writer.bulk_create([Writer(id=9, name="Barbara"), Writer(id=8, name="Annie")]).run()
    query = Writer.order_by(Writer.card.id)
    whole = [1, 2, 3, 8, 9]
    assert query.after((2, 2)).select(Writer.id).all().run() == whole[2:]
    assert query.after((None, 3)).select(Writer.id).limit(1).all().run() == [8]
    assert query.before((None, 8)).select(Writer.id).all().run() == whole[:3]
    assert query.load(Writer.card).after(query.load(Writer.card).limit(3).all().run()[1]).select(
        Writer.id
    ).limit(2).all().run() == [3, 8]
    paged = query.limit(4).load(Writer.books, strategy="json").all().run()
    assert [writer.id for writer in paged] == whole[:4]


def test_locks_are_of_the_rows_themselves(shelf: Database) -> None:
    query = Book.where(Book.editor.name == "Ada").for_update(of=Book)
    with shelf.transaction():
        if shelf.supports("lock-of"):
            assert query.count().run() == 2
        else:
            with pytest.raises(UnsupportedFeature):
                query.all().run()


def test_rows_are_annotated(shelf: Database) -> None:
    class Counted(Writer, table=False):
        total: int
        longest: int | None = None

    query = select(Writer).where(Writer.books.any()).order_by(Writer.id)
    rows = query.annotate(
        Counted,
        total=Writer.books.count(),
        longest=select(fn.max(Book.pages)).where(Book.writer_id == Writer.id).scalar(),
    )
    found = rows.all().run()
    assert [(row.name, row.total, row.longest) for row in found] == [
        ("Ada", 3, 120),
        ("Grace", 2, 300),
    ]
    assert all(type(row) is Counted for row in found)
    with pytest.raises(TypeError, match="Counted has no such field"):
        query.annotate(Counted, total=Writer.books.count(), other=Writer.id)
    with pytest.raises(TypeError, match="total is an expression, not int"):
        query.annotate(Counted, total=3)
