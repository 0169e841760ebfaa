"""Objects that a column holds as text: addresses, URLs, encoded text, and numbers with a class."""

from __future__ import annotations

import ipaddress
from datetime import date, datetime
from ipaddress import (
    IPv4Address,
    IPv4Interface,
    IPv4Network,
    IPv6Address,
    IPv6Interface,
    IPv6Network,
)
from typing import Annotated, Any, NewType

import pytest
from conftest import Create, Waiting
from pydantic import (
    UUID4,
    AnyUrl,
    Base64Bytes,
    Base64Str,
    BeforeValidator,
    ByteSize,
    ConfigDict,
    HttpUrl,
    IPvAnyAddress,
    IPvAnyInterface,
    IPvAnyNetwork,
    Json,
    NaiveDatetime,
    PastDate,
    PositiveInt,
    PostgresDsn,
    ValidationError,
    conint,
    constr,
)

from pyferro import (
    PK,
    BadStoredValue,
    Database,
    Field,
    InvalidText,
    Model,
    StringTooLong,
)
from pyferro._native import RESULT_COUNT, TEXT, param
from pyferro.language import plan
from pyferro.types.held import spelled


def first(value: Any) -> Any:
    return value.split(",")[0]


Count = NewType("Count", int)


class Row(Model, table="objects_row"):
    id: PK[int]
    four: IPv4Address | None = Field(default=None, unique=True)
    six: IPv6Address | None = Field(default=None, index=True)
    either: IPv4Address | IPv6Address | None = None
    any_address: IPvAnyAddress | None = None
    any_network: IPvAnyNetwork | None = None
    any_interface: IPvAnyInterface | None = None
    network4: IPv4Network | None = None
    network6: IPv6Network | None = None
    interface4: IPv4Interface | None = None
    interface6: IPv6Interface | None = None
    strict: IPv4Address | None = Field(default=None, strict=True)
    url: AnyUrl | None = None
    http: HttpUrl | None = None
    dsn: PostgresDsn | None = None
    size: ByteSize | None = None
    encoded: Base64Bytes | None = None
    word: Base64Str | None = Field(default=None, max_length=12)
    parsed: Json[list[int]] | None = None
    anything: Json | None = None
    short: constr(max_length=5, strip_whitespace=True) | None = None  # type: ignore[valid-type]
    few: conint(ge=0, le=9) | None = None  # type: ignore[valid-type]
    positive: PositiveInt | None = None
    count_: Count | None = None
    past: PastDate | None = None
    naive: NaiveDatetime | None = None
    random: UUID4 | None = None


class Strict(Model, table="objects_strict"):
    model_config = ConfigDict(strict=True)

    id: PK[int]
    either: IPv4Address | IPv6Address | None = None
    network: IPv6Network | None = None
    url: HttpUrl | None = None


VALUES: dict[str, list[Any]] = {
    "four": [IPv4Address("0.0.0.0"), IPv4Address("255.255.255.255")],
    "six": [
        *map(IPv6Address, ("::", "2001:db8::1", "::ffff:1.2.3.4", "::1.2.3.4")),
        *map(IPv6Address, ("fe80::1%enp0s31f6", "1234:5678:9abc:def0:1234:5678:9abc:def0")),
    ],
    "either": [IPv6Address("::1"), IPv4Address("127.0.0.1")],
    "any_address": [IPv6Address("::1"), IPv4Address("127.0.0.1")],
    "any_network": [IPv4Network("10.0.0.0/8"), IPv6Network("::/0")],
    "any_interface": [IPv4Interface("10.1.2.3/8"), IPv6Interface("::1/128")],
    "network4": [IPv4Network("255.255.255.255/32"), IPv4Network("0.0.0.0/0")],
    "network6": [IPv6Network("2001:db8::/32"), IPv6Network("::ffff:1.2.3.0/120")],
    "interface4": [IPv4Interface("10.1.2.3/8"), IPv4Interface("10.1.2.3")],
    "interface6": [IPv6Interface("2001:db8::5/64"), IPv6Interface("fe80::1%eth0/64")],
    "strict": [IPv4Address("10.0.0.1")],
    "url": [AnyUrl("ftp://x/"), AnyUrl("https://ü.example/ü?q=%20 a#ü"), AnyUrl("data:a,b")],
    "http": [HttpUrl("http://example.com"), HttpUrl("https://u:p@example.com:8443/a?b=c#d")],
    "dsn": [PostgresDsn("postgresql://u:p@h1:1,h2:2/db")],
    "size": [ByteSize(0), ByteSize(2**40)],
    "encoded": [b"", b"\0\xff'\\", bytes(range(100))],
    "word": ["", "Füße", "a\nb"],
    "parsed": [[], [1, 2, 3]],
    "anything": [{"a": [1, None]}, "text", 5, False],
    "short": ["", "abcde"],
    "few": [0, 9],
    "positive": [1],
    "count_": [Count(5)],
    "past": [date(2000, 1, 1)],
    "naive": [datetime(2000, 1, 1)],
}
CASES = [(name, value) for name, values in VALUES.items() for value in values]


def made_with(name: str, value: Any) -> Row:
    """As assignment would leave it: a Base64 or Json field takes other input than it holds."""
    return Row().model_copy(update={name: value})


@pytest.fixture(autouse=True)
def tables(create: Create) -> None:
    create(Row, Strict)


def test_every_value_comes_back(wait: Waiting) -> None:
    rows = wait(Row.bulk_create([made_with(name, value) for name, value in CASES]))
    loaded = {row.id: row for row in wait(Row.all())}
    for (name, value), row in zip(CASES, rows, strict=True):
        back = getattr(loaded[row.id], name)
        assert (name, back) == (name, value)
        assert type(back) is type(value)
        assert loaded[row.id] == row
        assert loaded[row.id].model_dump() == row.model_dump()
        assert loaded[row.id].model_dump_json() == row.model_dump_json()


@pytest.mark.parametrize("name", list(VALUES))
def test_a_value_is_stored_found_and_selected(name: str, wait: Waiting) -> None:
    value = VALUES[name][-1]
    row = made_with(name, value)
    wait(row.save())
    assert getattr(wait(Row.get(row.id)), name) == value
    [back] = wait(Row.select(name).all())
    assert back == value
    assert type(back) is type(value)
    assert wait(Row.select("id", name).all()) == [(row.id, value)]
    if name not in ("parsed", "anything"):
        column = getattr(Row, name)
        assert wait(Row.where(column == value).count()) == 1
        assert wait(Row.where(column != value).count()) == 0
        assert wait(Row.where(column << [value]).count()) == 1
        assert wait(Row.where(column.between(value, value)).count()) == 1
    assert wait(Row.select().update(**{name: None})) == 1
    assert wait(Row.select(name).all()) == [None]
    assert wait(Row.select().update(**{name: value})) == 1
    row = wait(Row.get(row.id))
    assert getattr(row, name) == value
    setattr(row, name, None)
    wait(row.save())
    assert getattr(wait(Row.get(row.id)), name) is None


def test_text_that_spells_an_object_is_that_object(wait: Waiting) -> None:
    address = IPv6Address("2001:db8::1")
    wait(Row.create(six=address, http="http://example.com", either="1.2.3.4"))
    assert wait(Row.where(six="2001:0DB8:0::0001").count()) == 1
    assert wait(Row.where(http="HTTP://EXAMPLE.com/").count()) == 1
    assert wait(Row.where(Row.http.like("http://ex%")).count()) == 1
    assert wait(Row.where(Row.either.like("1.2.%")).count()) == 1
    assert wait(Row.select().update(six="::00ff")) == 1
    assert wait(Row.select("six").all()) == [IPv6Address("::ff")]


def test_order_is_that_of_the_text(wait: Waiting) -> None:
    texts = ["10.0.0.2", "9.0.0.1", "10.0.0.10"]
    wait(Row.bulk_create([Row(four=text) for text in texts]))
    found = wait(Row.order_by("four").select("four").all())
    assert [str(address) for address in found] == sorted(texts)


def test_what_is_no_such_object_is_refused(wait: Waiting) -> None:
    for name, text in (("four", "1.2.3.999"), ("either", "x::y"), ("http", "ftp://hidden")):
        with pytest.raises(InvalidText) as caught:
            wait(Row.where(**{name: text}).count())
        assert text not in str(caught.value)
        assert caught.value.__context__ is None
        assert caught.value.column == name
    for name, value in (("four", 5), ("four", IPv6Address("::")), ("either", b"x"), ("http", 1)):
        with pytest.raises(TypeError, match=f"column '{name}' holds "):
            wait(Row.where(**{name: value}).count())
    # Python takes an interface for an address, and pydantic with it.
    with pytest.raises(TypeError, match="IPv4Interface"):
        wait(Row.create(four=IPv4Interface("10.0.0.1/8")))
    with pytest.raises(StringTooLong):
        wait(Row.create(http="http://x/" + "ü" * 900))


def test_bad_stored_text_is_pydantics_error(db: Database, wait: Waiting) -> None:
    one = wait(Row.create(four="1.2.3.4", strict=IPv4Address("1.2.3.4")))
    for name in ("four", "strict"):
        # Past the column, as another program could.
        table = Row.__ferro_info__
        row = [plan.assignment(name, param(TEXT))]
        whole = plan.update(table.name, row, table.by_key, table.plan_key, table.plan_key_type)
        values = ("1.2.3.four", one.id)
        db.start(whole, bytes([TEXT]) + table.key_types, values, RESULT_COUNT, None, None).run()
        with pytest.raises(ValidationError) as caught:
            wait(Row.get(one.id))
        assert [line["loc"] for line in caught.value.errors()] == [(name,)]
        with pytest.raises(BadStoredValue) as bad:
            wait(Row.select(name).all())
        assert bad.value.column == name
        wait(Row.where(id=one.id).update(**{name: None}))


def test_a_strict_model_is_loaded(wait: Waiting) -> None:
    rows = [
        Strict(either=IPv4Address("1.2.3.4"), network=IPv6Network("::/8"), url=HttpUrl("http://x")),
        Strict(either=IPv6Address("::1")),
    ]
    wait(Strict.bulk_create(rows))
    assert wait(Strict.order_by("id").all()) == rows


def test_a_url_is_written_as_the_model_says(create: Create, wait: Waiting) -> None:
    class Bare(Model, table="objects_bare"):
        model_config = ConfigDict(url_preserve_empty_path=True)

        id: PK[int]
        url: HttpUrl

    create(Bare)
    made = wait(Bare.create(url="http://example.com"))
    assert str(made.url) == "http://example.com"
    assert wait(Bare.get(made.id)) == made
    assert wait(Bare.where(url="http://example.com").select("url").all()) == [made.url]
    assert wait(Bare.where(url="http://example.com/").count()) == 0


def test_a_validator_before_an_address_sees_text(create: Create, wait: Waiting) -> None:
    class Forwarded(Model, table="objects_forwarded"):
        id: PK[int]
        peer: Annotated[IPv4Address, BeforeValidator(first)]

    create(Forwarded)
    made = wait(Forwarded.create(peer="10.0.0.1,10.0.0.2"))
    assert wait(Forwarded.get(made.id)).peer == IPv4Address("10.0.0.1")


def test_a_key_may_be_an_address(create: Create, wait: Waiting) -> None:
    class Host(Model, table="objects_host"):
        address: IPv6Address = Field(primary_key=True)
        name: str

    create(Host)
    wait(Host.create(address="::ffff:1.2.3.4", name="a"))
    host = wait(Host.get(IPv6Address("::ffff:102:304")))
    host.name = "b"
    wait(host.save())
    assert wait(Host.get("0::ffff:1.2.3.4")).name == "b"
    assert wait(host.delete()) == 1


def test_one_spelling_whatever_the_python() -> None:
    assert spelled(IPv6Address("::ffff:102:304")) == "::ffff:1.2.3.4"
    assert spelled(IPv6Interface("::ffff:102:304%z/120")) == "::ffff:1.2.3.4%z/120"
    assert spelled(IPv6Network("::ffff:102:0/112")) == "::ffff:1.2.0.0/112"
    for text in ("::", "::1", "1::", "2001:db8::1:0:0:1", "fe80::1%eth0"):
        assert spelled(IPv6Address(text)) == text
    for value in (ipaddress.ip_network("10.0.0.0/8"), ipaddress.ip_interface("10.0.0.1/8")):
        assert spelled(value) == str(value)
