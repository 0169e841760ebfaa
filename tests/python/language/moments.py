"""What the functions of dates, times and timestamps give for values that are not NULL."""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Callable
from typing import Any

from .words import Function

_MICROSECOND = dt.timedelta(microseconds=1)


def _epoch(value: Any) -> int:
    if not isinstance(value, dt.datetime):
        return int((value - dt.date(1970, 1, 1)).days) * 86_400_000_000
    difference: dt.timedelta = value - dt.datetime(1970, 1, 1, tzinfo=value.tzinfo)
    return difference // _MICROSECOND


def _quarter_month(value: Any) -> int:
    return int((value.month - 1) // 3 * 3 + 1)


def _midnight(value: Any) -> Any:
    if not isinstance(value, dt.datetime):
        return value
    return value.replace(hour=0, minute=0, second=0, microsecond=0)


def _week(value: Any) -> Any:
    try:
        return _midnight(value) - dt.timedelta(days=value.weekday())
    except OverflowError:
        return None


def _add_months(value: Any, count: int) -> Any:
    place = value.year * 12 + value.month - 1 + count
    year, month = place // 12, place % 12 + 1
    if not dt.MINYEAR <= year <= dt.MAXYEAR:
        return None
    day = min(value.day, calendar.monthrange(year, month)[1])
    return value.replace(year=year, month=month, day=day)


def _adder(**unit: int) -> Callable[[Any, int], Any]:
    step = dt.timedelta(**unit)

    def add(value: Any, count: int) -> Any:
        try:
            return value + step * count
        except OverflowError:
            return None

    return add


def _moved(sign: int) -> Callable[[Any, dt.timedelta], Any]:
    def move(value: Any, by: dt.timedelta) -> Any:
        try:
            return value + by * sign
        except OverflowError:
            return None

    return move


MOMENT: dict[Function, Callable[..., Any]] = {
    Function.year: lambda v: v.year,
    Function.quarter: lambda v: (v.month - 1) // 3 + 1,
    Function.month: lambda v: v.month,
    Function.day: lambda v: v.day,
    Function.hour: lambda v: v.hour,
    Function.minute: lambda v: v.minute,
    Function.second: lambda v: v.second,
    Function.microsecond: lambda v: v.microsecond,
    Function.iso_day_of_week: lambda v: v.isoweekday(),
    Function.day_of_year: lambda v: v.timetuple().tm_yday,
    Function.iso_week: lambda v: v.isocalendar().week,
    Function.iso_year: lambda v: v.isocalendar().year,
    Function.epoch_microseconds: _epoch,
    Function.trunc_year: lambda v: _midnight(v).replace(month=1, day=1),
    Function.trunc_quarter: lambda v: _midnight(v).replace(month=_quarter_month(v), day=1),
    Function.trunc_month: lambda v: _midnight(v).replace(day=1),
    Function.trunc_week: _week,
    Function.trunc_day: _midnight,
    Function.trunc_hour: lambda v: v.replace(minute=0, second=0, microsecond=0),
    Function.trunc_minute: lambda v: v.replace(second=0, microsecond=0),
    Function.trunc_second: lambda v: v.replace(microsecond=0),
    Function.add_years: lambda v, count: _add_months(v, count * 12),
    Function.add_months: _add_months,
    Function.add_days: _adder(days=1),
    Function.add_hours: _adder(hours=1),
    Function.add_minutes: _adder(minutes=1),
    Function.add_seconds: _adder(seconds=1),
    Function.add_microseconds: _adder(microseconds=1),
    Function.add_interval: _moved(1),
    Function.subtract_interval: _moved(-1),
    Function.elapsed: lambda later, earlier: later - earlier,
    Function.days_between: lambda later, earlier: (later - earlier).days,
    Function.microseconds_between: lambda later, earlier: (later - earlier) // _MICROSECOND,
}
