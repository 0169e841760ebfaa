"""What a class body may say of relations, and what is said of mistakes."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID, uuid4

import pytest
from conftest import Create
from pydantic import ValidationError

from pyferro import (
    PK,
    BackRef,
    Database,
    Field,
    ForeignKey,
    Many,
    ManyToMany,
    Model,
    NotLoaded,
    OptRef,
    Ref,
    Relation,
    registry,
    select,
)


@pytest.fixture(autouse=True)
def known(monkeypatch: pytest.MonkeyPatch) -> None:
    """The models of a former run of a test are not found by their names."""
    monkeypatch.setattr(registry, "_models", {})


def test_the_key_is_a_field_in_place_of_the_relation() -> None:
    class Owner(Model, table="dec_owner"):
        id: PK[int]

    class Dog(Model, table="dec_dog"):
        id: PK[int]
        owner: Ref[Owner]
        walker: OptRef[Owner] = None
        name: str

    assert list(Dog.model_fields) == ["id", "owner_id", "walker_id", "name"]
    assert Dog(name="x", owner_id=1).model_dump() == {
        "id": None,
        "owner_id": 1,
        "walker_id": None,
        "name": "x",
    }
    with pytest.raises(ValidationError):
        Dog(name="x", owner_id="one")
    with pytest.raises(ValueError, match="has no field"):
        Dog(name="x").other = 1
    info = Dog.__ferro_info__
    assert not info.columns["owner_id"].nullable
    assert info.columns["walker_id"].nullable


def test_keys_have_the_type_of_what_they_lead_to(create: Create, db: Database) -> None:
    class Plan(Model, table="dec_plan"):
        id: UUID = Field(primary_key=True, default_factory=uuid4)
        code: str = Field(max_length=8, unique=True)

    class Step(Model, table="dec_step"):
        id: PK[int]
        plan: Ref[Plan]
        by_code: OptRef[Plan] = Field(references="code")

    create(Plan, Step)
    plan = Plan.create(code="abc").run()
    step = Step.create(plan=plan, by_code=plan).run()
    assert (step.plan_id, step.by_code_id) == (plan.id, "abc")
    found = Step.load(Step.plan, Step.by_code).one().run()
    assert found.plan == found.by_code == plan
    assert Step.where(Step.by_code.id == plan.id).count().run() == 1
    with pytest.raises(ValidationError, match="at most 8"):
        Step(plan=plan, by_code_id="123456789")


def test_a_model_may_come_later(create: Create, db: Database) -> None:
    class Early(Model, table="dec_early"):
        id: PK[int]
        late: Ref[Late]
        extra: dict[str, int] = Field(default_factory=dict)

    assert not Early.__pydantic_complete__
    with pytest.raises(TypeError, match=r"Early\.late: no model is called 'Late'"):
        Early.where()

    class Late(Model, table="dec_late"):
        id: int = Field(primary_key=True)
        back: Many[Early] = BackRef()

    assert Early.__pydantic_complete__
    create(Late, Early)
    late = Late.create(id=5).run()
    Early.create(late=late).run()
    assert [early.late_id for early in Late.load(Late.back).one().run().back] == [5]


def test_a_key_that_is_itself_a_relation(create: Create, db: Database) -> None:
    class User(Model, table="dec_user"):
        id: PK[int]

    class Profile(Model, table="dec_profile"):
        user: Ref[User] = Field(primary_key=True)
        text: str

    class Picture(Model, table="dec_picture"):
        id: PK[int]
        profile: Ref[Profile]

    create(User, Profile, Picture)
    user = User.create().run()
    profile = Profile.create(user=user, text="hi").run()
    picture = Picture.create(profile=profile).run()
    assert picture.profile_id == user.id
    assert Picture.where(Picture.profile.user.id == user.id).count().run() == 1
    loaded = Picture.load(Picture.profile.user).one().run()
    assert loaded.profile.user == user


def test_keys_of_several_columns(create: Create, db: Database) -> None:
    class Tenant(Model, table="dec_tenant"):
        __primary_key__ = ("region", "number")
        region: str = Field(max_length=10)
        number: int
        units: Many[Unit] = BackRef()

    class Unit(Model, table="dec_unit"):
        id: PK[int]
        region: str = Field(max_length=10)
        number: int
        tenant: Ref[Tenant] = Field(columns=("region", "number"))

    create(Tenant, Unit)
    Tenant.bulk_create([Tenant(region="a", number=1), Tenant(region="a", number=2)]).run()
    one, two = Tenant.order_by(Tenant.number).all().run()
    Unit.bulk_create([Unit(tenant=one), Unit(tenant=two), Unit(tenant=one)]).run()
    assert Unit.where(Unit.tenant == two).count().run() == 1
    assert Unit.where(Unit.tenant.number == 1).count().run() == 2
    loaded = Tenant.order_by(Tenant.number).load(Tenant.units).all().run()
    assert [len(tenant.units) for tenant in loaded] == [2, 1]
    units = Unit.order_by(Unit.id).load(Unit.tenant).all().run()
    assert units[0].tenant is units[2].tenant
    firsts = Tenant.order_by(Tenant.number).load(Tenant.units.limit(1)).all().run()
    assert [len(tenant.units) for tenant in firsts] == [1, 1]


def test_ferros_spelling(create: Create, db: Database, wait: Any) -> None:
    class Author(Model, table="dec_author"):
        id: Annotated[int | None, Field(default=None, primary_key=True)]
        name: str
        posts: Relation[list[Post]] = BackRef()
        page: Relation[Page] = BackRef()

    class Post(Model, table="dec_post"):
        id: int | None = Field(default=None, primary_key=True)
        author: Annotated[Author, ForeignKey(related_name="posts")]
        reader: Annotated[Author | None, ForeignKey(related_name=None, on_delete="SET NULL")] = None
        tags: Relation[list[Label]] = ManyToMany(related_name="posts")

    class Page(Model, table="dec_page"):
        id: PK[int]
        author: Annotated[Author, ForeignKey(related_name="page", unique=True)]

    class Label(Model, table="dec_label"):
        id: PK[int]
        posts: Relation[list[Post]] = BackRef()

    link = Post.tags._relation.link
    create(Author, Post, Page, Label, link)
    ada = wait(Author.create(name="Ada"))
    post = wait(Post.create(author=ada))
    wait(Page.create(author=ada))
    again = wait(Post.get(post.id))
    assert wait(again.author) == ada
    assert wait(again.reader) is None
    assert wait(ada.posts.all()) == [again]
    assert wait(ada.posts.where(lambda post: post.id == again.id).count()) == 1
    assert wait(ada.page).author_id == ada.id
    label = wait(Label.create())
    wait(again.tags.add(label))
    assert wait(label.posts.all()) == [again]
    wait(again.tags.clear())
    assert wait(again.tags.count()) == 0
    with pytest.raises(NotLoaded, match=r"await its \.all\(\)"):
        list(again.tags)
    included = wait(Post.where().include(lambda post: post.author).one())
    assert included.author.name == "Ada"
    assert wait(Author.where(lambda a: a.posts.exists(lambda p: p.id > 0)).count()) == 1


def test_relations_are_inherited(create: Create, db: Database) -> None:
    class Account(Model, table="dec_account"):
        id: PK[int]

    class Owned(Model, abstract=True):
        owner: Ref[Account]

    class House(Owned, table="dec_house"):
        id: PK[int]

    class Boat(Owned, table="dec_boat"):
        id: PK[int]
        owner_id: int

    create(Account, House, Boat)
    account = Account.create().run()
    House.create(owner=account).run()
    Boat.create(owner=account).run()
    assert House.where(House.owner.id == account.id).load(House.owner).one().run().owner == account
    assert Boat.load(Boat.owner).one().run().owner == account
    assert "House" in repr(House.owner._relation.owner)


def test_a_table_of_pairs_with_itself(create: Create, db: Database) -> None:
    class Person(Model, table="dec_person"):
        id: PK[int]
        friends: Many[Person] = ManyToMany(related_name="friend_of")
        friend_of: Many[Person] = BackRef()

    link = Person.friends._relation.link
    create(Person, link)
    a, b, c = Person.bulk_create([Person(), Person(), Person()]).run()
    Person.friends.of(a).add(b, c).run()
    loaded = Person.order_by(Person.id).load(Person.friends, Person.friend_of).all().run()
    assert [len(one.friends) for one in loaded] == [2, 0, 0]
    assert [len(one.friend_of) for one in loaded] == [0, 1, 1]
    popular = Person.where(Person.friend_of.any(lambda one: one.id == a.id))
    assert popular.count().run() == 2


def test_mistakes_are_named() -> None:
    class Goal(Model, table="dec_goal"):
        id: PK[int]
        nothing: Many[Other] = BackRef()
        twice: Many[Twice] = BackRef()
        wrong: Many[Twice] = BackRef("thrid")

    class Other(Model, table="dec_other"):
        id: PK[int]

    class Twice(Model, table="dec_twice"):
        id: PK[int]
        first: Ref[Goal]
        second: OptRef[Goal] = None

    class Keyless(Model, table="dec_keyless"):
        name: str

    class Lost(Model, table="dec_lost"):
        id: PK[int]
        keyless: Ref[Keyless] = Field(columns="id")
        goal: Ref[Goal] = Field(columns=("id", "no"))

    with pytest.raises(TypeError, match=r"no relation of Other leads to Goal"):
        _ = Goal.nothing
    with pytest.raises(TypeError, match=r"several relations of Twice lead here: first, second"):
        _ = Goal.twice
    with pytest.raises(TypeError, match=r"no relation of Twice leads to Goal by the name 'thrid'"):
        _ = Goal.wrong
    with pytest.raises(TypeError, match="Keyless has no primary key to refer to"):
        _ = Lost.keyless
    with pytest.raises(TypeError, match="the relation has 2 column"):
        _ = Lost.goal
    with pytest.raises(TypeError, match="a relation of Odd leads to int: no model"):

        class Odd(Model):
            id: PK[int]
            one: Ref[int]

    with pytest.raises(TypeError, match="has options of a relation, and the annotation is none"):

        class Plain(Model):
            id: PK[int]
            goal: int = Field(on_delete="CASCADE")

    with pytest.raises(TypeError, match="annotate it as Many"):

        class Single(Model):
            id: PK[int]
            goal: Ref[Goal] = ManyToMany()


def test_a_link_needs_one_relation_to_each_side() -> None:
    class Left(Model, table="dec_left"):
        id: PK[int]
        rights: Many[Right] = ManyToMany(through="Between")

    class Right(Model, table="dec_right"):
        id: PK[int]

    class Between(Model, table="dec_between"):
        id: PK[int]
        left: Ref[Left]

    with pytest.raises(TypeError, match=r"one relation to Left and one to Right, and has 1 and 0"):
        _ = Left.rights


def test_one_side_of_one_to_one_needs_a_unique_key() -> None:
    class Whole(Model, table="dec_whole"):
        id: PK[int]
        part: OptRef[Part] = BackRef()

    class Part(Model, table="dec_part"):
        id: PK[int]
        whole: Ref[Whole]

    with pytest.raises(TypeError, match=r"many rows of Part may lead here"):
        _ = Whole.part
    assert select(Part).where(Part.whole.id == 1) is not None
