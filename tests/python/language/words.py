"""The enumerations of the query language: numbers on the wire and words in S-expressions.

A member's name is its word with `_` for `-`; the numbers are the public ones of
capi/include/ferro/, written down again so that a change there is noticed here.
"""

from __future__ import annotations

import enum


class Word(enum.IntEnum):
    @property
    def word(self) -> str:
        return self.name.strip("_").replace("_", "-")


class Type(Word):
    null = 0
    bool = 1
    int64 = 2
    float64 = 3
    decimal = 4
    text = 5
    bytes = 6
    date = 7
    time = 8
    timestamp = 9
    timestamptz = 10
    interval = 11
    uuid = 12
    json = 13


class UnaryOp(Word):
    not_ = 0
    neg = 1
    is_null = 2
    is_not_null = 3


class BinaryOp(Word):
    eq = 0
    ne = 1
    lt = 2
    le = 3
    gt = 4
    ge = 5
    add = 6
    sub = 7
    mul = 8
    div = 9
    idiv = 10
    mod = 11
    distinct_from = 12
    not_distinct_from = 13


COMPARISONS = tuple(op for op in BinaryOp if op <= BinaryOp.ge)
DISTINCTNESS = (BinaryOp.distinct_from, BinaryOp.not_distinct_from)


class LogicalOp(Word):
    and_ = 0
    or_ = 1


class LiteralKind(Word):
    null = 0
    true = 1
    false = 2
    integer = 3


class Nulls(Word):
    default = 0
    nulls_first = 1
    nulls_last = 2
    nulls_never = 3


class FrameUnit(Word):
    rows = 0
    range = 1
    groups = 2


class FrameBound(Word):
    unbounded_preceding = 0
    preceding = 1
    current_row = 2
    following = 3
    unbounded_following = 4


class FrameExclude(Word):
    nothing = 0
    current_row = 1
    group = 2
    ties = 3


class JoinKind(Word):
    inner = 0
    left = 1
    right = 2
    full = 3
    cross = 4


class Materialized(Word):
    default = 0
    always = 1
    never = 2


class GroupingKind(Word):
    plain = 0
    rollup = 1
    cube = 2
    sets = 3


class SetOp(Word):
    union = 0
    intersect = 1
    except_ = 2


class Function(Word):
    coalesce = 0
    null_if = 1
    greatest = 2
    least = 3
    concat = 10
    lower = 11
    upper = 12
    length = 13
    octet_length = 14
    substr = 15
    trim = 16
    trim_left = 17
    trim_right = 18
    replace = 19
    position = 20
    starts_with = 21
    ends_with = 22
    contains = 23
    reverse = 24
    repeat = 25
    abs = 40
    sign = 41
    ceil = 42
    floor = 43
    trunc = 44
    round = 45
    round_to = 46
    sqrt = 47
    exp = 48
    ln = 49
    log10 = 50
    power = 51
    year = 70
    quarter = 71
    month = 72
    day = 73
    hour = 74
    minute = 75
    second = 76
    microsecond = 77
    iso_day_of_week = 78
    day_of_year = 79
    iso_week = 80
    iso_year = 81
    epoch_microseconds = 82
    trunc_year = 90
    trunc_quarter = 91
    trunc_month = 92
    trunc_week = 93
    trunc_day = 94
    trunc_hour = 95
    trunc_minute = 96
    trunc_second = 97
    add_years = 110
    add_months = 111
    add_days = 112
    add_hours = 113
    add_minutes = 114
    add_seconds = 115
    add_microseconds = 116
    days_between = 120
    microseconds_between = 121
    now = 122
    today = 123
    add_interval = 124
    subtract_interval = 125
    elapsed = 126
    grouping = 160


class AggregateFunction(Word):
    count = 0
    sum = 1
    avg = 2
    min = 3
    max = 4
    bool_and = 5
    bool_or = 6
    string_agg = 7
    stddev_sample = 8
    stddev_population = 9
    variance_sample = 10
    variance_population = 11


class WindowFunction(Word):
    row_number = 0
    rank = 1
    dense_rank = 2
    percent_rank = 3
    cume_dist = 4
    ntile = 5
    lag = 6
    lead = 7
    first_value = 8
    last_value = 9
    nth_value = 10
