"""Objects that a column holds as text or bytes: addresses, URLs, secrets, encoded and named ones.

Each is written in one spelling only, so that equal objects are equal text to a database; their
order is that of the text. Which annotation is which kind of column is `kinds.py`; that what is
loaded is valid is pydantic's business, by the field's own schema.
"""

from __future__ import annotations

import ipaddress
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import SecretBytes, SecretStr
from pydantic.types import EncodedBytes, EncodedStr

from .. import _native

# An IPv6 address has 39 characters at most, and a zone is the name of a network interface.
_ZONE = len("%") + 15
_LENGTHS = {"address": (15, 39 + _ZONE), "network": (18, 43 + _ZONE), "interface": (18, 43 + _ZONE)}

# What email-validator lets through, which is what mail servers take.
EMAIL_LENGTH = 254

Text = str | bytes


class HiddenStr(str):
    """A secret's text on its way to the database: it is not shown where values are."""

    __slots__ = ()


class HiddenBytes(bytes):
    """A secret's bytes, likewise."""

    __slots__ = ()


def hidden(value: Text) -> Text:
    """The same, not to be shown."""
    return HiddenStr(value) if isinstance(value, str) else HiddenBytes(value)


class Unspellable(ValueError):
    """An object that no text gives back. The message holds no value."""


@dataclass(frozen=True, slots=True)
class Held:
    """How a column holds the objects of a field."""

    name: str  # of the objects, for messages
    type: int  # the canonical type of the column
    length: int  # the longest text, 0 for any
    # The column's value for an object, or for text that spells one. TypeError for anything else,
    # ValueError for bad text: both are to be worded anew, since they may quote it.
    dump: Callable[[Any], Text] | None
    load: Callable[[Any], Any]  # an object for the column's value
    secret: bool = False
    measured: bool = True  # max_length is about the text itself
    classes: tuple[Any, ...] = ()  # of addresses, for unions


def adapter(annotation: Any, config: Mapping[str, Any]) -> Callable[[Any], Any]:
    """Validates by `annotation` alone, from when it is first needed."""
    made: list[Callable[[Any], Any]] = []

    def validate(value: Any) -> Any:
        if not made:
            from pydantic import TypeAdapter

            made.append(TypeAdapter(annotation, config=_setting(config)).validate_python)
        return made[0](value)

    return validate


def _setting(config: Mapping[str, Any]) -> Any:
    # What changes how a URL is written. Older versions of pydantic do not know it.
    name = "url_preserve_empty_path"
    return {name: config[name]} if name in config else None


def held_by(target: Any, config: Mapping[str, Any]) -> Held | None:
    """How columns hold instances of a class, for those that are no column's own type."""
    if (found := _ADDRESSES.get(target)) is not None:
        return addresses(*found)
    if target is SecretStr:
        return Held("SecretStr", _native.TEXT, 0, _revealed(SecretStr, str), SecretStr, secret=True)
    if target is SecretBytes:
        dump = _revealed(SecretBytes, bytes)
        return Held("SecretBytes", _native.BYTES, 0, dump, SecretBytes, secret=True)
    # These are seldom used and cost time to import: when nobody has, it is none of them.
    networks: Any = sys.modules.get("pydantic.networks")
    if networks is None:
        return None
    if any(target is getattr(networks, f"IPvAny{kind.title()}") for kind in _LENGTHS):
        kind = target.__name__.removeprefix("IPvAny").lower()
        return addresses(kind, *(c for c, (k, _) in _ADDRESSES.items() if k == kind))
    if issubclass(target, (networks._BaseUrl, networks._BaseMultiHostUrl)):
        length = target._constraints.max_length or 0
        return _url(target, length, adapter(target, config))
    if target is networks.NameEmail:
        return _name_email(target)
    return None


def held_as(item: Any) -> Held | None:
    """How a column holds a field with this in its metadata: as the encoded text, which is what
    pydantic takes for input."""
    if isinstance(item, EncodedStr):
        encoder = item.encoder

        def dump_text(value: Any) -> Text:
            return encoder.encode(_of(str, value).encode()).decode()

        def load_text(text: str) -> str:
            return encoder.decode(text.encode()).decode()

        return Held("str", _native.TEXT, 0, dump_text, load_text, measured=False)
    if isinstance(item, EncodedBytes):
        encoder = item.encoder

        def dump(value: Any) -> Text:
            return encoder.encode(_of(bytes, value))

        return Held("bytes", _native.BYTES, 0, dump, encoder.decode, measured=False)
    return None


def _of(wanted: type, value: Any) -> Any:
    if not isinstance(value, wanted):
        raise TypeError
    return value


def _revealed(secret: Any, plain: type) -> Callable[[Any], Text]:
    def dump(value: Any) -> Text:
        found: Text = value.get_secret_value() if isinstance(value, secret) else _of(plain, value)
        return hidden(found)

    return dump


def _url(target: type, length: int, parse: Callable[[Any], Any]) -> Held:
    def dump(value: Any) -> Text:
        return str(value if isinstance(value, target) else parse(_of(str, value)))

    return Held(target.__name__, _native.TEXT, length, dump, parse)


def _name_email(target: Any) -> Held:
    parse = adapter(target, {})

    def dump(value: Any) -> Text:
        made = value if isinstance(value, target) else parse(_of(str, value))
        # pydantic quotes a name only where it holds an @, and reads a quoted one as it stands.
        for text in (str(made), f'"{made.name}" <{made.email}>'):
            try:
                if parse(text) == made:
                    return text
            except ValueError:
                continue
        raise Unspellable("a NameEmail cannot be read back from its text")

    return Held("NameEmail", _native.TEXT, 0, dump, parse)


# Addresses.

_V4, _V6 = ipaddress.IPv4Address, ipaddress.IPv6Address
_INTERFACES = (ipaddress.IPv4Interface, ipaddress.IPv6Interface)

# Class -> what it is of, and the class again.
_ADDRESSES: dict[Any, tuple[str, type]] = {
    _V4: ("address", _V4),
    _V6: ("address", _V6),
    ipaddress.IPv4Network: ("network", ipaddress.IPv4Network),
    ipaddress.IPv6Network: ("network", ipaddress.IPv6Network),
    ipaddress.IPv4Interface: ("interface", ipaddress.IPv4Interface),
    ipaddress.IPv6Interface: ("interface", ipaddress.IPv6Interface),
}


def addresses(kind: str, *classes: Any) -> Held:
    """Of one or both versions: "address", "network" or "interface"."""
    longest = max(_LENGTHS[kind]["6" in one.__name__] for one in classes)
    name = " or ".join(dict.fromkeys(one.__name__ for one in classes))

    by_colon = {"6" in one.__name__: one for one in classes}

    def parse(text: str) -> Any:
        one = by_colon.get(":" in text)
        if one is None:
            raise ValueError
        return one(text)

    def dump(value: Any) -> Text:
        if isinstance(value, str):
            value = parse(value)
        # An interface is an address to Python, but its text is not one.
        if not isinstance(value, classes) or (kind == "address" and isinstance(value, _INTERFACES)):
            raise TypeError
        return spelled(value)

    return Held(name, _native.TEXT, longest, dump, parse, classes=classes)


def spelled(value: Any) -> str:
    """The text of an address, network or interface: that of RFC 5952, whatever Python's own is.

    Before 3.13 Python wrote the last part of ::ffff:1.2.3.4 in hexadecimal.
    """
    if type(value) is _V4:
        return str(value)
    if isinstance(value, (ipaddress.IPv4Network, ipaddress.IPv6Network)):
        return f"{spelled(value.network_address)}/{value.prefixlen}"
    ending = f"/{value.network.prefixlen}" if isinstance(value, _INTERFACES) else ""
    if isinstance(value, _V4):
        return f"{_V4(int(value))}{ending}"
    mapped = value.ipv4_mapped
    text = str(_V6(int(value))) if mapped is None else f"::ffff:{mapped}"
    zone = f"%{value.scope_id}" if value.scope_id else ""
    return f"{text}{zone}{ending}"


def union_of(parts: list[Held]) -> Held | None:
    """How a column holds any of several: addresses, networks or interfaces of both versions."""
    kinds = {_ADDRESSES[one][0] for part in parts for one in part.classes}
    if len(kinds) != 1 or not all(part.classes for part in parts):
        return None
    return addresses(kinds.pop(), *(one for part in parts for one in part.classes))
