"""Text search: what is found, beside a small search of our own; hostile words; what is refused."""

from __future__ import annotations

import random
import re
from contextlib import suppress
from typing import Any

import pytest
from conftest import Create
from pydantic import SecretStr

from pyferro import (
    PK,
    Col,
    Database,
    Error,
    FullText,
    Model,
    Op,
    UnsupportedFeature,
    aliased,
    fn,
    search,
    search_rank,
    select,
)


class FtPost(Model):
    id: PK[int]
    title: Col[str]
    body: Col[str | None] = None
    views: Col[int] = 0
    __table_args__ = (FullText("title", "body"),)


class FtNote(Model):
    id: PK[int]
    post_id: Col[int]
    text: Col[str]


class FtStem(Model):
    id: PK[int]
    text: Col[str]
    __table_args__ = (FullText("text", language="english"),)


class FtTwo(Model):
    id: PK[int]
    a: Col[str]
    b: Col[str]
    __table_args__ = (FullText("a", name="ft_in_a"), FullText("b", name="ft_in_b"))


class FtName(Model):
    name: PK[str]
    __table_args__ = (FullText("name"),)


POSTS = [
    ("The Go language", "a C-like one, don't foo_bar"),
    ("Élan vital", "café x—y 1e5 zoo"),
    ("Rust", None),
    ("rust and python", "it is the end of a/b/c at 10.0.0.1 or ada@example.com"),
    ("python", "and rust -7 'quoted' \"text\" %_\\ 😀"),
    ("", ""),
]


@pytest.fixture
def posts(create: Create) -> None:
    create(FtPost)
    FtPost.bulk_create([FtPost(title=title, body=body) for title, body in POSTS]).run()


def found(words: str, **options: Any) -> list[int]:
    query = FtPost.where(search(FtPost, words, **options))
    ids: list[int] = query.select(FtPost.id).order_by(FtPost.id).all().run()
    return ids


FOUND = {
    "rust": [3, 4, 5],
    "RUST Python": [4, 5],
    "go": [1],
    "the": [1, 4],
    "a": [1, 4],
    "c": [1, 4],
    "c-like": [1],
    "like-c": [],
    "don't": [1],
    "foo_bar": [1],
    "foo bar": [1],
    '"foo bar"': [1],
    '"bar foo"': [],
    "bar foo": [1],
    "café": [2],
    "CAFÉ": [2],
    "cafe": [],
    "élan": [2],
    "y x": [2],
    "1e5": [2],
    "zo*": [2],
    "z*": [2],
    "zo": [],
    "py* ru*": [4, 5],
    "rust -python": [3],
    "rust -py*": [3],
    'rust -"and python"': [3, 5],
    "a/b/c": [4],
    "b": [4],
    "10.0.0.1": [4],
    "ada@example.com": [4],
    "example": [4],
    "7": [5],
    "-7": [],
    "": [],
    "-rust": [],
    "😀 — !?": [],
    "rust 😀": [3, 4, 5],
    "vital café": [2],
    '"vital café"': [2],
    "nothing rust": [],
}


@pytest.mark.usefixtures("posts")
def test_what_is_found() -> None:
    assert {words: found(words) for words in FOUND} == FOUND


@pytest.mark.usefixtures("posts")
def test_any_of_the_words() -> None:
    assert found("go zoo", any=True) == [1, 2]
    assert found("go rust -python", any=True) == [1, 3]
    assert found("nothing", any=True) == []


@pytest.mark.usefixtures("posts")
def test_beside_other_conditions_and_in_every_clause() -> None:
    assert FtPost.where(~search(FtPost, "rust")).count().run() == 3
    either = search(FtPost, "rust") | (FtPost.title == "")
    assert FtPost.where(either, FtPost.id > 3).count().run() == 3
    said = select(search(FtPost, "rust")).order_by(FtPost.id).all().run()
    assert said == [False, False, True, True, True, False]
    other = aliased(FtPost, "other")
    both = (
        select(FtPost.id, other.id)
        .join(other, other.id > FtPost.id)
        .where(search(FtPost, "rust"), search(other, "python"))
        .order_by(FtPost.id, other.id)
    )
    assert both.all().run() == [(3, 4), (3, 5), (4, 5)]
    inner = select(FtPost.id).where(search(FtPost, "python"))
    assert FtPost.where(FtPost.id.in_(inner)).count().run() == 2
    size = fn.length(FtPost.title)
    grouped = select(size, fn.count()).where(search(FtPost, "rust")).group_by(size)
    assert sorted(grouped.all().run()) == [(4, 1), (6, 1), (15, 1)]


@pytest.mark.usefixtures("posts")
def test_rows_that_fit_better_come_first() -> None:
    FtPost.bulk_create(
        [FtPost(title="zig", body="zig " * n + "word " * (9 - n)) for n in (1, 8, 4)]
    ).run()
    rank = search_rank(FtPost, "zig")
    query = select(FtPost.id, rank.as_("r")).where(search(FtPost, "zig")).order_by("-r")
    ranked = query.all().run()
    assert [id for id, _ in ranked] == [8, 9, 7]
    assert all(isinstance(value, float) and value > 0 for _, value in ranked)
    assert ranked[0][1] > ranked[1][1] > ranked[2][1]
    assert FtPost.where(search(FtPost, "zig")).order_by(-rank).first().run().id == 8


@pytest.mark.usefixtures("posts")
def test_the_index_follows_every_change(db: Database) -> None:
    FtPost.where(FtPost.id == 3).update(title="Ruby").run()
    assert (found("rust"), found("ruby")) == ([4, 5], [3])
    FtPost.where(search(FtPost, "python"), FtPost.id < 5).update(body=None).run()
    assert (found("example"), found("python")) == ([], [4, 5])
    FtPost.where(FtPost.id == 4).update(id=40).run()
    assert found("python") == [5, 40]
    assert FtPost.where(search(FtPost, "python")).delete().run() == 2
    assert found("python") == []
    with pytest.raises(ZeroDivisionError), db.transaction():
        FtPost.create(id=50, title="undone").run()
        FtPost.where(FtPost.id == 1).delete().run()
        raise ZeroDivisionError
    assert (found("undone"), found("go")) == ([], [1])
    post = FtPost.where(FtPost.id == 1).one().run()
    post.body = "changed"
    post.save().run()
    assert (found("foo"), found("changed go")) == ([], [1])
    rows = [{"id": 1, "title": "upserted"}, {"id": 60, "title": "upserted"}]
    FtPost.insert(rows).on_conflict(FtPost.id).update(FtPost.title).run()
    assert found("upserted") == [1, 60]


def test_an_index_of_rows_that_are_there(db: Database, create: Create) -> None:
    create(FtPost)
    FtPost.create(title="one two").run()
    text = FtPost.__ferro_info__.texts[0]  # type: ignore[attr-defined]
    from pyferro.runtime.ddl import _start
    from pyferro.tables import definitions

    for made in (definitions.drop_text_index, definitions.drop_text_index):
        op = _start(db, made(FtPost.__ferro_info__, text))  # type: ignore[attr-defined]
        Op(lambda op=op: op).run()
    FtPost.create(title="two three").run()
    db.create_tables(FtPost).run()
    db.create_tables(FtPost).run()
    FtPost.create(title="three four").run()
    assert [found(words) for words in ("one", "two", "three", "four")] == [[1], [1, 2], [2, 3], [3]]


def test_dropped_with_its_table(db: Database, create: Create) -> None:
    create(FtPost)
    FtPost.create(title="old").run()
    db.drop_tables(FtPost).run()
    db.create_tables(FtPost).run()
    assert found("old") == []
    FtPost.create(title="new").run()
    assert found("new") == [1]


@pytest.mark.usefixtures("posts")
def test_the_index_is_used(db: Database) -> None:
    plan = str(FtPost.where(search(FtPost, "rust")).explain().run())
    name = FtPost.__ferro_info__.texts[0].name  # type: ignore[attr-defined]
    if db.dialect == "postgresql":  # a table of six rows is read through
        with db.transaction() as tx:
            tx.execute("set local enable_seqscan = off").run()
            plan = str(FtPost.where(search(FtPost, "rust")).explain().run())
    assert name in plan


HOSTILE = [
    '"', '""', '"""', "'", "''", "' OR 1=1 --", '" OR "', '"*', "*", "**", "a*b", "*a", "-", "--", "- -",
    "-\"", '-"a', "AND", "OR", "NOT", "NEAR(", "NEAR", "a NEAR/2 b", "a AND", "NOT a", "(", ")", "()", "((a)",
    "words : a", "words:a", "title:rust", "{title} : a", "^a", "a + b", "+", "+-", "@", "@4", ">a", "<a", "~a",
    "a & | ! b", "!", "&",
    "|", ":*", "a:*", "a:", "<->", "<2>", "a <-> b", "\\", "\\'", "a\\", "%", "_", "__",
    "a__", "?", "$1", ":name", ";", "/* */", "-- x", "\t\n\r\v\f", "\x01\x1f\x7f", "\u2028", "\ufeff",
    "é*", "😀*", "\u0301", "a\u0301", "日本語", "\U0001d518\U0001d52b\U0001d526", "١٢", "½", "ﬁ", "ß", "İ",
    "\U0010ffff", "\ue000", "or", "and", "not",
    "a" * 80, " ".join(["a"] * 500), "-" * 3000, '"' * 3001, "a-" * 100, "(" * 2000,
]  # fmt: skip


@pytest.mark.parametrize("any", [False, True])
@pytest.mark.usefixtures("posts")
def test_no_text_is_an_error(any: bool) -> None:
    for words in HOSTILE:
        listed = select(FtPost.id, search_rank(FtPost, words, any=any))
        rows = listed.where(search(FtPost, words, any=any)).all().run()
        assert set(dict(rows)) <= {1, 2, 3, 4, 5, 6}, words
    assert FtPost.where().count().run() == len(POSTS)


@pytest.mark.usefixtures("posts")
def test_random_texts_are_no_error() -> None:
    chance = random.Random(7)
    signs = "ab \"'*-+()<>~@&|!:\\%_.,;{}[]^=#/é—\t"
    for _ in range(60):
        found("".join(chance.choice(signs) for _ in range(chance.randrange(1, 30))))


def matches(words: str, text: str) -> bool:
    """The meaning, once more and by other means."""
    have = [one.lower() for one in re.findall("[a-zé0-9]+", text, re.I)]

    def has(term: str) -> bool:
        if term.endswith("*"):
            return any(one.startswith(term[:-1]) for one in have)
        wanted = term.strip('"').split()
        return any(have[i : i + len(wanted)] == wanted for i in range(len(have)))

    terms = re.findall(r'-?"[^"]*"|\S+', words)
    wanted = [one for one in terms if one[0] != "-"]
    unwanted = [one[1:] for one in terms if one[0] == "-"]
    return bool(wanted) and all(map(has, wanted)) and not any(map(has, unwanted))


def test_beside_a_search_of_our_own(create: Create) -> None:
    create(FtPost)
    chance = random.Random(11)
    words = ["a", "ab", "abc", "the", "of", "é", "café", "x1", "10", "to", "be", "zeta"]

    def text() -> str:
        return "".join(
            chance.choice([one, one.upper(), one.title()])
            + chance.choice([" ", ", ", "-", "_", "/", ".\n"])
            for one in chance.choices(words, k=chance.randrange(9))
        )

    FtPost.bulk_create(
        [FtPost(id=n, title=text(), body=chance.choice([None, text()])) for n in range(1, 81)]
    ).run()
    texts = {post.id: f"{post.title} {post.body or ''}" for post in FtPost.where().all().run()}

    def term() -> str:
        one = chance.choice(words)
        made = chance.choice(
            [
                one,
                one,
                one,
                one[:-1] + "*" if len(one) > 1 else one,
                f'"{one} {chance.choice(words)}"',
            ]
        )
        return chance.choice(["", "", "", "-"]) + made

    for _ in range(80):
        asked = " ".join(term() for _ in range(chance.randrange(1, 4)))
        assert found(asked) == [n for n, text in texts.items() if matches(asked, text)], asked


@pytest.mark.usefixtures("posts")
def test_what_is_too_long() -> None:
    for words in (" ".join(["a"] * 501), "x" * 81, "a-" * 101):
        with pytest.raises(Error, match="a text search has") as raised:
            found(words)
        assert words not in str(raised.value)


def test_stems_of_a_language(db: Database, create: Create) -> None:
    if db.dialect != "postgresql":
        with pytest.raises(UnsupportedFeature, match="search-language"):
            create(FtStem)
        return
    create(FtStem)
    FtStem.bulk_create([FtStem(text="The runners run"), FtStem(text="A thing of the past")]).run()

    def stems(words: str) -> list[int]:
        ids: list[int] = select(FtStem.id).where(search(FtStem, words)).all().run()
        return ids

    assert stems("running") == [1]
    assert stems("the things") == [2]
    assert stems("the") == []


def test_one_of_several_indexes(create: Create) -> None:
    create(FtTwo)
    FtTwo.create(a="left", b="right").run()
    assert FtTwo.where(search(FtTwo, "left", index="ft_in_a")).count().run() == 1
    assert FtTwo.where(search(FtTwo, "left", index="ft_in_b")).count().run() == 0
    for index in (None, "ft_in_c"):
        with pytest.raises(TypeError, match="say index= one of ft_in_a, ft_in_b"):
            search(FtTwo, "left", index=index)


def test_a_key_that_is_no_integer(db: Database, create: Create) -> None:
    if db.dialect == "sqlite":
        with pytest.raises(UnsupportedFeature, match="make it one integer"):
            create(FtName)
        return
    create(FtName)
    FtName.create(name="Ada Lovelace").run()
    assert FtName.where(search(FtName, "lovelace")).count().run() == 1


def test_hidden_from_rows(db: Database, create: Create) -> None:
    create(FtPost)
    FtPost.create(title="x").run()
    [row] = db.sql("select * from ftpost").into(dict).all().run()
    assert set(row) == {"id", "title", "body", "views"}


def test_only_our_text_indexes_are_trusted(db: Database) -> None:
    if db.dialect != "sqlite":
        pytest.skip("the schema is trusted or not on SQLite only")
    for text in (
        "create table ft_plain (id integer primary key, t text)",
        "create virtual table ft_other using fts5(words, content='')",
        "create trigger ft_copy after insert on ft_plain begin "
        "insert into ft_other (rowid, words) values (new.id, new.t); end",
    ):
        db.execute(text).run()
    with suppress(Error):  # later versions take FTS5 for harmless
        db.execute("insert into ft_plain values (1, 'x')").run()
    assert db.sql("pragma trusted_schema").scalar().run() == 0


def test_what_a_declaration_takes() -> None:
    with pytest.raises(TypeError, match="has no text index"):
        search(FtNote, "x")
    with pytest.raises(TypeError, match="takes words as a str"):
        search(FtPost, None)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="a model or an alias"):
        search(select(FtPost.id).subquery("s"), "x")
    with pytest.raises(TypeError, match="small letters"):
        FullText("a", language="english'; drop table x")
    with pytest.raises(TypeError, match="needs a column"):
        FullText()
    for fields, said in (
        ({"n": int}, "'n' is none"),
        ({"n": SecretStr}, "is a secret"),
        ({"m": str}, "'n' is no column"),
    ):
        space = {"__annotations__": {"id": PK[int], **fields}, "__table_args__": (FullText("n"),)}
        with pytest.raises(TypeError, match=said):
            type(Model)("FtWrong", (Model,), {"__module__": __name__, **space}).__ferro_info__  # noqa: B018


def test_names_are_quoted(create: Create) -> None:
    class FtQuoted(Model, table='ft "quoted" `it`'):
        id: PK[int]
        text: Col[str]
        __table_args__ = (FullText("text", name='it\'s "a" `name`'),)

    create(FtQuoted)
    FtQuoted.create(text="found").run()
    one = FtQuoted.where(search(FtQuoted, "found")).order_by(-search_rank(FtQuoted, "found")).one()
    assert one.run().text == "found"
