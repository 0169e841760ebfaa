"""Secrets are stored plain and come back as secrets; no error, log or repr ever shows one."""

from __future__ import annotations

import logging
import pickle
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any

import pytest
from conftest import Create, Waiting
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    SecretBytes,
    SecretStr,
    ValidationError,
    field_serializer,
    model_validator,
)
from pydantic import Field as PydanticField
from typing_extensions import TypedDict

from pyferro import PK, Field, Model
from pyferro.errors import IntegrityError, PyferroError, StringTooLong

PLAIN = "hunter2-Σ"
RAW = b"hunter3\xff"
SPELLINGS = (PLAIN, repr(RAW), str(RAW), "hunter2", "hunter3")


class Account(Model, table="secrets_account"):
    id: PK[int]
    name: str = Field(max_length=20)
    password: SecretStr | None = Field(default=None, max_length=20, unique=True)
    token: SecretBytes | None = None


@pytest.fixture(autouse=True)
def tables(create: Create) -> None:
    create(Account)


def text_of(error: BaseException) -> str:
    """All that an error could be shown as, with those it drags along."""
    shown = ["".join(traceback.format_exception(error)), repr(error), str(error), str(error.args)]
    shown += [repr(vars(error)), *map(str, getattr(error, "__notes__", []))]
    if isinstance(error, ValidationError):
        shown += [str(error.errors()), error.json()]
    hidden = [text_of(one) for one in (error.__cause__, error.__context__) if one is not None]
    return "\n".join([*shown, *hidden])


def refused(kind: type[BaseException], attempt: Callable[[], Any]) -> BaseException:
    with pytest.raises(kind) as caught:
        attempt()
    # The frames of this file hold the secret; those of an error report do not.
    shown = text_of(caught.value.with_traceback(None))
    assert not [plain for plain in SPELLINGS if plain in shown]
    return caught.value


def test_it_is_stored_plain_and_loaded_as_a_secret(wait: Waiting) -> None:
    made = Account(name="a", password=PLAIN, token=RAW)
    wait(Account.bulk_create([made, Account(name="b")]))
    back = wait(Account.get(made.id))
    assert back == made
    assert isinstance(back.password, SecretStr)
    assert isinstance(back.token, SecretBytes)
    assert back.password.get_secret_value() == PLAIN
    assert back.token.get_secret_value() == RAW
    assert back.model_dump() == made.model_dump()
    assert pickle.loads(pickle.dumps(back)) == made
    assert wait(Account.where(Account.password == SecretStr(PLAIN)).all()) == [made]
    assert wait(Account.where(password=PLAIN, token=RAW).count()) == 1
    assert wait(Account.where(token__in=[SecretBytes(RAW), b""]).count()) == 1
    assert wait(Account.where(Account.password.like("hunter%")).count()) == 1
    assert wait(Account.where(password=None).count()) == 1
    assert wait(Account.order_by("id").select("password").all()) == [SecretStr(PLAIN), None]
    back.password = SecretStr("other")
    wait(back.save())
    assert wait(Account.where(id=back.id).update(token=SecretBytes(b"x"))) == 1
    again = wait(Account.get(made.id))
    assert (again.password, again.token) == (SecretStr("other"), SecretBytes(b"x"))


def test_nothing_shows_it(wait: Waiting, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        made = wait(Account.create(name="a", password=PLAIN, token=RAW))
        condition = Account.password == PLAIN
        query = Account.where(condition)
        found = wait(query.all())
        shown = [repr(thing) for thing in (made, condition, query, found)]
        shown += [str(made), str(found), caplog.text, repr(Account.password)]
    assert not [plain for plain in SPELLINGS if plain in "".join(shown)]


def test_errors_of_the_database_do_not_show_it(wait: Waiting) -> None:
    wait(Account.create(name="a", password=PLAIN, token=RAW))
    twin = Account(name="b", password=PLAIN, token=RAW)
    error = refused(IntegrityError, lambda: wait(twin.save()))
    assert isinstance(error, PyferroError)
    assert error.detail is None
    refused(IntegrityError, lambda: wait(Account.bulk_create([twin])))
    nameless = Account.model_construct(name=None, password=SecretStr(PLAIN + "!"), token=None)
    refused(IntegrityError, lambda: wait(nameless.save()))
    long = Account.model_construct(name="c", password=SecretStr(PLAIN * 9), token=SecretBytes(RAW))
    refused(StringTooLong, lambda: wait(long.save()))
    refused(StringTooLong, lambda: wait(Account.bulk_create([long])))
    refused(StringTooLong, lambda: wait(Account.select().update(password=PLAIN * 9)))
    for wrong in ([PLAIN], PLAIN.encode(), SecretBytes(RAW), {"x": PLAIN}):
        refused(TypeError, lambda wrong=wrong: wait(Account.where(password=wrong).all()))
    surrogate = Account.model_construct(name="d", password=SecretStr(PLAIN + "\ud800"), token=None)
    refused(PyferroError, lambda: wait(surrogate.save()))


def refuse(value: Any) -> Any:
    raise ValueError("not today")


@pytest.fixture
def refusing() -> list[type[Model]]:
    """Models of the same table that refuse each of its rows."""

    class Longer(Model, table="secrets_account"):
        id: PK[int]
        name: str
        password: Annotated[SecretStr, PydanticField(min_length=50)]
        token: SecretBytes

    class Before(Model, table="secrets_account"):
        id: PK[int]
        name: str
        password: Annotated[SecretStr, BeforeValidator(refuse)]
        token: Annotated[SecretBytes, BeforeValidator(lambda value: value)]

    class After(Model, table="secrets_account"):
        id: PK[int]
        name: str
        password: Annotated[SecretStr, AfterValidator(refuse)]
        token: SecretBytes

    class Other(Model, table="secrets_account"):
        id: PK[int]
        name: Annotated[str, PydanticField(max_length=0)]
        password: SecretStr
        token: SecretBytes

    class Whole(Model, table="secrets_account"):
        id: PK[int]
        name: str
        password: Annotated[SecretStr, BeforeValidator(lambda value: value)]
        token: SecretBytes

        @model_validator(mode="before")
        @classmethod
        def _before(cls, data: Any) -> Any:
            return refuse(data)

    class WholeAfter(Model, table="secrets_account"):
        id: PK[int]
        name: str
        password: SecretStr
        token: SecretBytes

        @model_validator(mode="after")
        def _after(self) -> Any:
            return refuse(self)

    return [Longer, Before, After, Other, Whole, WholeAfter]


def test_errors_of_loading_do_not_show_it(wait: Waiting, refusing: list[type[Model]]) -> None:
    made = wait(Account.create(name="a", password=PLAIN, token=RAW))
    for model in refusing:
        error = refused(ValidationError, lambda model=model: wait(model.get(made.id)))
        assert isinstance(error, ValidationError)
        assert error.error_count() == 1
    error = refused(ValidationError, lambda: wait(refusing[0].get(made.id)))
    assert isinstance(error, ValidationError)
    [line] = error.errors()
    assert (line["type"], line["loc"]) == ("too_short", ("password",))
    assert "secrets_account" in "".join(error.__notes__)


def test_a_strict_model_loads_them(create: Create, wait: Waiting) -> None:
    class Strict(Model, table="secrets_strict"):
        model_config = ConfigDict(strict=True)

        id: PK[int]
        password: SecretStr
        token: SecretBytes

    create(Strict)
    made = wait(Strict.create(password=SecretStr(PLAIN), token=SecretBytes(RAW)))
    assert wait(Strict.get(made.id)) == made


class Inner(BaseModel):
    key: SecretStr


class Revealing(BaseModel):
    key: SecretStr

    @field_serializer("key", when_used="json")
    def _reveal(self, value: SecretStr) -> str:
        return value.get_secret_value()


class Slim(TypedDict):
    key: SecretStr


@dataclass
class Point:
    key: SecretBytes


def test_json_would_hide_it_for_good_and_is_refused(create: Create, wait: Waiting) -> None:
    for annotation in (Inner, list[Inner], dict[str, SecretStr], Slim, Point, Inner | Slim):
        with pytest.raises(TypeError, match="JSON would hold asterisks"):
            type("Bad", (Model,), {"__annotations__": {"id": PK[int], "inner": annotation}})

    class Fine(Model, table="secrets_fine"):
        id: PK[int]
        inner: Revealing

    create(Fine)
    made = wait(Fine.create(inner=Revealing(key=PLAIN)))
    assert wait(Fine.get(made.id)).inner.key == SecretStr(PLAIN)


def test_a_key_is_no_secret() -> None:
    with pytest.raises(TypeError, match="a secret cannot be a key"):
        type("Bad", (Model,), {"__annotations__": {"key": PK[SecretStr]}})
