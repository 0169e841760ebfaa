"""E-mail addresses, which pydantic takes only where email-validator is installed."""

from __future__ import annotations

import sys

import pytest
from conftest import Create, Waiting
from pydantic import EmailStr, NameEmail, TypeAdapter

from pyferro import PK, DataError, Field, InvalidText, Model


def test_without_the_validator_the_model_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    import pydantic.networks

    monkeypatch.setitem(sys.modules, "email_validator", None)
    monkeypatch.setattr(pydantic.networks, "email_validator", None, raising=False)
    with pytest.raises(ImportError, match="email-validator is not installed"):
        type("Bad", (Model,), {"__annotations__": {"id": PK[int], "email": EmailStr}})


def test_addresses_come_back(create: Create, wait: Waiting) -> None:
    pytest.importorskip("email_validator")

    class Person(Model, table="emails_person"):
        id: PK[int]
        email: EmailStr = Field(unique=True)
        sender: NameEmail | None = None

    create(Person)
    parse = TypeAdapter(NameEmail).validate_python
    senders = [
        parse(text)
        for text in (
            "plain@example.com",
            "Ann Other <ann@example.com>",
            '"Other, Ann" <ann@example.com>',
            '"Ann \\"A\\" O\\\\ther" <ann@example.com>',
            "Zoë <zoe@exämple.com>",
        )
    ]
    people = [Person(email=f"p{i}@EXAMPLE.com", sender=s) for i, s in enumerate(senders)]
    wait(Person.bulk_create(people))
    assert wait(Person.order_by("id").all()) == people
    assert wait(Person.order_by("id").select("sender").all()) == senders
    for sender in senders:
        assert wait(Person.where(sender=sender).count()) == 1
    assert wait(Person.where(email="p0@example.com").count()) == 1
    with pytest.raises(InvalidText) as caught:
        wait(Person.where(sender="nobody at all").count())
    assert "nobody" not in str(caught.value)
    unreadable = NameEmail(name="a", email="nobody")
    with pytest.raises(DataError, match="cannot be read back"):
        wait(Person.create(email="x@example.com", sender=unreadable))
