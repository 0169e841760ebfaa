"""The query language as Python says it: the same results on every database, from the same objects."""

from __future__ import annotations

import dataclasses
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from conftest import Create, Waiting
from pydantic import AwareDatetime, BaseModel, ValidationError
from typing_extensions import TypedDict

from pyferro import (
    PK,
    Database,
    DataError,
    Field,
    Model,
    PyferroError,
    UnsupportedFeature,
    aliased,
    all_,
    any_,
    case,
    exists,
    fn,
    literal,
    row,
    select,
    sql,
)


class Author(Model, table="language_author"):
    id: PK[int]
    name: str = Field(max_length=40)
    born: date | None = None


class Post(Model, table="language_post"):
    id: PK[int]
    title: str = Field(max_length=40)
    views: int = 0
    author_id: int | None = None
    price: Decimal | None = Field(default=None, max_digits=12, decimal_places=2)
    score: float | None = None
    seen: AwareDatetime | None = None
    tags: dict[str, Any] | None = None


AUTHORS = [
    Author(id=1, name="Ada", born=date(1815, 12, 10)),
    Author(id=2, name="bob", born=date(2000, 2, 29)),
    Author(id=3, name="Cyd"),
]
# id, views, author: 1 and 2 write, 3 has written nothing, some posts have no author.
POSTS = [
    Post(
        id=i,
        title=f"t{i}",
        views=[5, 9, 5, 0, 7, 9][i - 1],
        author_id=[1, 1, 2, None, 2, 1][i - 1],
        price=None if i == 4 else Decimal(i) / 4,
        score=None if i == 5 else i / 2,
        seen=datetime(2024, i, 28, 23, 59, 58, 765432, UTC),
    )
    for i in range(1, 7)
]


@pytest.fixture
def posts(create: Create) -> None:
    create(Author, Post)
    Author.bulk_create([one.model_copy() for one in AUTHORS]).run()
    Post.bulk_create([one.model_copy() for one in POSTS]).run()


def rows(query: Any) -> Any:
    return query.all().run()


def test_a_join_gives_columns_of_both_sides(posts: None, wait: Waiting) -> None:
    query = select(Post.id, Author.name).join(Author, Author.id == Post.author_id)
    found = wait(query.where(Author.name == "Ada").order_by(Post.id).all())
    assert found == [(1, "Ada"), (2, "Ada"), (6, "Ada")]


def test_a_left_join_keeps_rows_without_a_match(posts: None) -> None:
    query = select(Post.id, Author).left_join(Author, Author.id == Post.author_id)
    assert rows(query.where(Post.id.in_([3, 4])).order_by(Post.id)) == [
        (3, AUTHORS[1]),
        (4, None),
    ]


def test_a_right_join_keeps_the_other_side(posts: None) -> None:
    query = select(Author.id, Post.id).right_join(Post, Author.id == Post.author_id)
    assert rows(query.where(Post.id == 4)) == [(None, 4)]


def test_a_table_is_read_twice_under_another_name(posts: None) -> None:
    other = aliased(Post, "other")
    same = (other.views == Post.views) & (other.id > Post.id)
    found = rows(select(Post.id, other.id).join(other, same).order_by(Post.id))
    assert found == [(1, 3), (2, 6)]
    assert rows(select(other).where(other.id == 2)) == [POSTS[1]]


def test_a_wrong_name_says_what_was_meant(posts: None) -> None:
    other = aliased(Post, "other")
    with pytest.raises(AttributeError, match="did you mean 'views'"):
        other.veiws  # noqa: B018
    inner = select(Post.id, Post.views.as_("seen_by")).subquery("inner")
    with pytest.raises(AttributeError, match="did you mean 'seen_by'"):
        inner.c.seen_bye  # noqa: B018


def test_groups_and_what_is_left_of_them(posts: None) -> None:
    query = (
        select(Author.name, fn.count().as_("n"), Post.views.sum().as_("views"), Post.views.avg())
        .join(Post, Post.author_id == Author.id)
        .group_by(Author.name)
        .order_by("n", "name")
    )
    assert rows(query) == [("bob", 2, 12, 6.0), ("Ada", 3, 23, 23 / 3)]
    assert rows(query.having(fn.count() > 2)) == [("Ada", 3, 23, 23 / 3)]
    assert query.count().run() == 2
    assert query.having(n__gt=2).count().run() == 1


def test_a_group_is_found_by_the_name_of_an_item(posts: None) -> None:
    heat = case((Post.views > 8, "hot"), (Post.views > 4, "warm"), else_="cold")
    query = select(heat.as_("heat"), fn.count()).group_by("heat").order_by("heat")
    assert rows(query) == [("cold", 1), ("hot", 2), ("warm", 3)]
    assert rows(query.having(heat="hot")) == [("hot", 2)]


def test_aggregates(posts: None) -> None:
    [found] = rows(
        select(
            fn.count(),
            Post.author_id.count(),
            Post.author_id.count(distinct=True),
            Post.views.sum(where=Post.author_id == 1),
            Post.price.sum(),
            Post.price.max(),
            Post.score.min(),
            fn.bool_and(Post.views > 0),
            fn.bool_or(Post.views > 8),
        )
    )
    assert found == (6, 5, 2, 23, Decimal("4.25"), Decimal("1.5"), 0.5, False, True)
    [empty] = rows(select(fn.count(), Post.views.sum(), Post.views.avg()).where(Post.id > 99))
    assert empty == (0, None, None)


def test_spread(posts: None) -> None:
    [(sample, population)] = rows(select(fn.stddev(Post.views), fn.variance_pop(Post.views)))
    assert sample == pytest.approx(3.3714487489307)
    assert population == pytest.approx(9.4722222222222)
    assert rows(select(fn.stddev(Post.views)).where(Post.id == 1)) == [None]


def test_sums_beyond_64_bits_fail(posts: None) -> None:
    Post.where(Post.id < 3).update(views=2**63 - 1).run()
    with pytest.raises(DataError) as caught:
        rows(select(Post.views.sum()))
    assert "92233720368547758" not in str(caught.value)


def test_windows(posts: None) -> None:
    rank = fn.rank().over(order_by=Post.views.desc())
    running = Post.views.sum().over(order_by=Post.id, rows=(None, 0))
    before = fn.lag(Post.views).over(partition_by=Post.author_id, order_by=Post.id)
    query = select(Post.id, rank, running, before).where(Post.author_id != None)  # noqa: E711
    assert rows(query.order_by(Post.id)) == [
        (1, 4, 5, None),
        (2, 1, 14, 5),
        (3, 4, 19, None),
        (5, 3, 26, 5),
        (6, 1, 35, 9),
    ]


def test_windows_without_an_order(posts: None) -> None:
    """All rows are equal to one another, and neighbours come as they come. MariaDB asks for an order."""
    whole = select(
        fn.rank().over(), fn.dense_rank().over(), fn.percent_rank().over(), fn.cume_dist().over()
    )
    assert set(rows(whole)) == {(1, 1, 0.0, 1.0)}
    parts = fn.rank().over(partition_by=Post.author_id), fn.count().over()
    assert set(rows(select(*parts))) == {(1, 6)}
    lag, lead = fn.lag(Post.id).over(), fn.lead(Post.id).over()
    found = rows(select(Post.id, lag, lead))
    assert {before for _, before, _ in found} == {None, *(one for one, _, after in found if after)}
    assert rows(select(lag, lead).where(Post.id == 3)) == [(None, None)]


def test_what_stands_for_a_row_that_is_not_there(posts: None, db: Database) -> None:
    before = fn.lag(Post.views, 2, -1).over(order_by=Post.id)
    query = select(before).where(Post.id < 4).order_by(Post.id)
    if db.server.startswith("MariaDB"):
        with pytest.raises(UnsupportedFeature, match="coalesce"):
            rows(query)
    else:
        assert rows(query) == [-1, -1, 5]


def test_the_first_of_each_by_a_subquery(posts: None) -> None:
    place = fn.row_number().over(partition_by=Post.author_id, order_by=[Post.views.desc(), Post.id])
    ranked = select(Post.id, Post.author_id, place.as_("place")).subquery("ranked")
    query = select(ranked.c.id).where(ranked.c.place == 1).order_by(ranked.c.author_id)
    assert rows(query) == [2, 5, 4]


def test_queries_as_values(posts: None) -> None:
    above = select(Post.id).where(Post.views > select(Post.views.min()).where(Post.views > 0))
    assert rows(above.order_by(Post.id)) == [2, 5, 6]
    young = select(Author.id).where(Author.born > date(1900, 1, 1))
    assert rows(select(Post.id).where(Post.author_id.in_(young)).order_by(Post.id)) == [3, 5]
    assert rows(select(Post.id).where(Post.author_id.not_in(young)).order_by(Post.id)) == [1, 2, 6]
    wrote = exists(select(Post.id).where(Post.author_id == Author.id))
    assert rows(select(Author.name).where(~wrote)) == ["Cyd"]
    last = select(Post.id.max()).where(Post.author_id == Author.id).scalar()
    assert rows(select(Author.id, last).order_by(Author.id)) == [(1, 6), (2, 5), (3, None)]


def test_rows_are_compared_from_left_to_right(posts: None) -> None:
    after = row(Post.views, Post.id) > (5, 3)
    assert rows(select(Post.id).where(after).order_by(Post.id)) == [2, 5, 6]
    pairs = row(Post.author_id, Post.views).in_(
        select(Post.author_id, Post.views.max()).group_by(Post.author_id)
    )
    assert rows(select(Post.id).where(pairs).order_by(Post.id)) == [2, 5, 6]


def test_any_and_all(posts: None, db: Database) -> None:
    views = select(Post.views).where(Post.author_id == 2)
    try:
        assert rows(select(Post.id).where(Post.views > all_(views)).order_by(Post.id)) == [2, 6]
        assert rows(select(Post.id).where(Post.views < any_(views)).order_by(Post.id)) == [1, 3, 4]
    except UnsupportedFeature as error:
        assert db.dialect == "sqlite"
        assert "EXISTS" in str(error)


def test_unions(posts: None) -> None:
    names = select(Author.name).where(Author.id < 3)
    titles = select(Post.title).where(Post.id < 3)
    assert sorted(rows(names.union_all(titles))) == ["Ada", "bob", "t1", "t2"]
    assert names.union(names).count().run() == 2
    few = select(Post.author_id).where(Post.author_id != None)  # noqa: E711
    assert sorted(rows(few.intersect(select(Author.id).where(Author.id > 1)))) == [2]
    assert rows(select(Author.id).except_(few)) == [3]


def test_a_query_that_reads_itself(posts: None) -> None:
    count = select(literal(1).as_("n")).cte("count")
    count.union_all(lambda c: select(c.n + 1).where(c.n < 5))
    assert sorted(rows(select(count.c.n * 2))) == [2, 4, 6, 8, 10]


def test_a_common_table_expression_is_said_once(posts: None) -> None:
    busy = select(Post.author_id, fn.count().as_("n")).group_by(Post.author_id).cte("busy")
    query = (
        select(Author.name, busy.c.n)
        .join(busy, busy.c.author_id == Author.id)
        .where(busy.c.n >= select(busy.c.n.max()))
    )
    assert rows(query) == [("Ada", 3)]


@pytest.mark.parametrize("materialized", [None, True, False])
def test_whether_an_expression_is_computed_once_changes_no_result(
    posts: None, materialized: bool | None, db: Database
) -> None:
    seen = select(Post.id).where(Post.views > 5).cte("seen", materialized=materialized)
    again = aliased(Post, "again")
    query = select(again.id).join(seen, seen.c.id == again.id).order_by(again.id)
    expected = [post.id for post in POSTS if post.views > 5]
    assert rows(query) == expected
    if db.dialect == "postgresql" and materialized is not None:
        word = '" AS MATERIALIZED (' if materialized else " AS NOT MATERIALIZED ("
        assert word.strip('"') in str(query.sql())


def test_texts(posts: None) -> None:
    [found] = rows(
        select(
            fn.lower(Author.name),
            fn.upper(Author.name),
            fn.length(Author.name),
            fn.substr(Author.name, 2),
            fn.substr(Author.name, 1, 2),
            fn.substr(Author.name, 0),
            fn.concat(Author.name, "-", Author.name),
            fn.replace(Author.name, "d", "dd"),
            fn.position(Author.name, "a"),
            fn.reverse(Author.name),
            fn.repeat(Author.name, 2),
        ).where(Author.id == 1)
    )
    assert found == ("ada", "ADA", 3, "da", "Ad", None, "Ada-Ada", "Adda", 3, "adA", "AdaAda")


def test_patterns(posts: None) -> None:
    def ids(condition: Any) -> Any:
        return rows(select(Author.id).where(condition).order_by(Author.id))

    assert ids(Author.name.startswith("A")) == [1]
    assert ids(Author.name.startswith("a")) == []
    assert ids(Author.name.startswith("B", ignore_case=True)) == [2]
    assert ids(Author.name.contains("%")) == []
    assert ids(Author.name.endswith("yd")) == [3]
    assert ids(Author.name.ilike("_DA")) == [1]
    assert ids(Author.name.matches("^[A-C]..?$")) == [1, 3]
    assert ids(Author.name.matches("^a", ignore_case=True)) == [1]
    assert ids(Author.name.not_matches("d")) == [2]
    assert rows(Author.where(name__istartswith="ad")) == [AUTHORS[0]]
    assert rows(Author.where(name__iexact="BOB")) == [AUTHORS[1]]


@pytest.mark.parametrize("pattern", ["(?=a)", "(", "a**", "\\bx", "[z-a]"])
def test_regular_expressions_beyond_the_subset(posts: None, pattern: str) -> None:
    with pytest.raises(Exception, match=r"regular expression|pattern"):
        rows(Author.where(Author.name.matches(pattern)))


def test_numbers(posts: None) -> None:
    [found] = rows(
        select(
            fn.abs(Post.views - 9),
            fn.sign(Post.views - 9),
            fn.ceil(Post.score),
            fn.floor(Post.score),
            fn.round(Post.score),
            fn.round(Post.price, 1),
            fn.sqrt(Post.score - 2.5),
            fn.ln(Post.score - 2.5),
            fn.power(Post.score, 2),
            fn.greatest(Post.views, Post.id, 3),
            fn.least(Post.views, Post.author_id),
            fn.coalesce(Post.author_id, 0),
            fn.nullif(Post.views, 5),
            Post.score.cast(int),
            Post.views.cast(float),
        ).where(Post.id == 1)
    )
    assert found == (4, -1, 1.0, 0.0, 0.0, Decimal("0.3"), None, None, 0.25, 5, 1, 1, None, 0, 5.0)


def test_moments(posts: None) -> None:
    [found] = rows(
        select(
            fn.year(Author.born),
            fn.extract("isodow", Author.born),
            fn.extract("isoweek", Author.born),
            fn.date_trunc("month", Author.born),
            fn.date_trunc("week", Author.born),
            fn.date_add(Author.born, years=1),
            fn.date_add(Author.born, days=-60),
            fn.days_between(Author.born, date(2000, 1, 1)),
        ).where(Author.id == 2)
    )
    week = date(2000, 2, 28)
    assert found == (2000, 2, 9, date(2000, 2, 1), week, date(2001, 2, 28), date(1999, 12, 31), 59)
    [later] = rows(
        select(
            fn.extract("microsecond", Post.seen),
            fn.date_trunc("hour", Post.seen),
            fn.date_add(Post.seen, months=1),
            fn.date_add(Post.seen, microseconds=234568),
            fn.microseconds_between(Post.seen, datetime(2024, 1, 28, 23, 59, 58, tzinfo=UTC)),
        ).where(Post.id == 1)
    )
    assert later == (
        765432,
        datetime(2024, 1, 28, 23, tzinfo=UTC),
        datetime(2024, 2, 28, 23, 59, 58, 765432, UTC),
        datetime(2024, 1, 28, 23, 59, 59, 0, UTC),
        765432,
    )
    assert rows(Post.where(Post.seen > fn.now())) == []


def test_distinct_and_nulls(posts: None) -> None:
    query = select(Post.author_id).distinct()
    assert sorted(rows(query), key=str) == [1, 2, None]
    assert query.count().run() == 3
    assert rows(query.order_by(Post.author_id)) == [1, 2, None]
    assert rows(select(Post.id).where(Post.author_id.is_not_distinct_from(None))) == [4]
    assert Post.where(Post.author_id.is_distinct_from(1)).count().run() == 3
    first = select(Post.author_id).order_by(Post.author_id.desc().nulls_first(), Post.id).limit(2)
    assert rows(first) == [None, 2]


class Card(BaseModel):
    title: str
    author: str
    views: int = 0


@dataclasses.dataclass
class Note:
    title: str
    views: int


class Slim(TypedDict):
    id: int
    title: str


def test_rows_into_models(posts: None, wait: Waiting) -> None:
    joined = select(Post.title, Author.name.as_("author")).join(Author, Author.id == Post.author_id)
    query = joined.where(Post.id == 1)
    assert wait(query.into(Card).all()) == [Card(title="t1", author="Ada")]
    assert wait(query.into(Card).first()) == Card(title="t1", author="Ada")
    assert wait(Post.where(Post.id == 2).into(Note).all()) == [Note("t2", 9)]
    assert wait(Post.where(Post.id == 2).into(Slim).all()) == [{"id": 2, "title": "t2"}]
    [found] = wait(select(Post.id, Post.title).where(Post.id == 3).named().all())
    assert (found.id, found.title) == (3, "t3")


def test_into_says_what_is_missing(posts: None) -> None:
    with pytest.raises(TypeError, match="author is required"):
        Post.where().into(Card)
    with pytest.raises(TypeError, match="no such field"):
        select(Post.title, Post.views, Post.id).into(Note)

    class Strict(BaseModel):
        title: str = Field(max_length=1)

    with pytest.raises(ValidationError):
        rows(select(Post.title).into(Strict))


def test_fragments_of_sql(posts: None) -> None:
    even = sql("{a} % {n} = 0", type=bool, a=Post.id, n=2)
    assert rows(select(Post.id).where(even).order_by(Post.id)) == [2, 4, 6]
    with pytest.raises(TypeError, match="no value for"):
        sql("{a} + 1")
    with pytest.raises(TypeError, match="has no"):
        sql("1", b=2)


def test_locks(posts: None, db: Database) -> None:
    query = Post.where(Post.id == 1).for_update(skip_locked=True)
    if db.dialect == "sqlite":
        with pytest.raises(UnsupportedFeature, match=r"immediate transaction|locks the database"):
            rows(query)
        return
    with db.transaction():
        assert rows(query) == [POSTS[0]]
        assert rows(Post.where(Post.id == 1).for_share()) == [POSTS[0]]


def test_what_has_no_meaning_is_refused(posts: None) -> None:
    with pytest.raises(TypeError, match="needs a name"):
        select(Post.views + 1).subquery("s")
    with pytest.raises(TypeError, match="stand alone"):
        from pyferro import rollup

        select(Post.id).group_by(Post.id, rollup(Post.views))
    with pytest.raises(TypeError, match="needs a condition"):
        select(Post.id).join(Author)
    with pytest.raises(TypeError, match="takes no group_by"):
        Post.where().group_by(Post.author_id).delete()
    with pytest.raises(TypeError, match="one of 'years'"):
        fn.date_add(Post.seen, fortnights=1)


def test_a_server_that_gives_up_a_pattern_fails(posts: None, db: Database) -> None:
    """MariaDB says "no match" and a warning where MySQL has an error; others find the answer."""
    Post.where(Post.id == 1).update(title="a" * 38 + "!").run()
    query = select(Post.id).where(Post.title.matches("^(a|aa)*$"))
    if db.dialect == "mysql":
        with pytest.raises(PyferroError, match=r"gave up|3699|[Tt]imeout"):
            rows(query)
    else:
        assert rows(query) == []


@pytest.mark.parametrize(
    "order", [("views",), ("-views",), ("author_id", "-views"), ("-author_id",), ()]
)
def test_pages_by_keys_are_the_whole(posts: None, order: tuple[str, ...]) -> None:
    query = Post.where().order_by(*order)
    whole = rows(query.order_by("id"))
    forth = rows(query.order_by("id").limit(2))
    while page := rows(query.after(forth[-1]).limit(2)):
        forth += page
    assert forth == whole
    for place, post in enumerate(whole):
        assert query.position_of(post).run() == place
        assert rows(query.after(post)) == whole[place + 1 :]
        assert rows(query.before(post)) == whole[:place]
        assert rows(query.before(post).limit(2)) == whole[max(place - 2, 0) : place]


def test_pages_by_keys_of_expressions(posts: None) -> None:
    query = Post.where().order_by(Post.views % 5)
    with pytest.raises(TypeError, match="tuple of the values"):
        query.after(POSTS[0])
    keys = select(Post.views % 5, Post.id).order_by(Post.views % 5, Post.id)
    third = rows(keys)[2]
    assert [p.id for p in rows(query.after(third))] == [i for _, i in rows(keys)][3:]


def test_an_outer_join_orders_its_nulls_last(posts: None) -> None:
    query = select(Post.id, Author.name).left_join(Author, Author.id == Post.author_id)
    found = rows(query.order_by(Author.name, Post.id))
    assert found[-1] == (4, None)
    assert rows(query.order_by(Author.name.desc(), Post.id))[-1] == (4, None)


def test_an_outer_join_orders_its_nulls_as_is_said(posts: None) -> None:
    """Of a column that is never NULL by itself, too."""
    query = select(Post.id, Author.name).left_join(Author, Author.id == Post.author_id)
    for name in (Author.name.asc(), Author.name.desc()):
        assert rows(query.order_by(name.nulls_first(), Post.id))[0] == (4, None)
        assert rows(query.order_by(name.nulls_last(), Post.id))[-1] == (4, None)
    assert rows(query.order_by(Author.name, nulls="first").order_by(Post.id))[0] == (4, None)


def test_a_common_table_expression_within_a_condition(posts: None) -> None:
    busy = select(Post.author_id).group_by(Post.author_id).having(fn.count() > 2).cte("busy")
    found = rows(Author.where(Author.id.in_(select(busy.c.author_id))))
    assert found == [AUTHORS[0]]
