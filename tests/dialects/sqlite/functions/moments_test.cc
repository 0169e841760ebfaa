#include "engine/value/civil.h"
#include "tests/dialects/sqlite/functions/harness.h"

namespace ferro::sqlite {
namespace {

class MomentsTest : public FunctionsTest {
 protected:
  std::string Extract(absl::string_view field, absl::string_view moment) {
    return Select("ferro_extract(?, ?)", {field, moment});
  }
  std::string Trunc(absl::string_view unit, absl::string_view moment) {
    return Select("ferro_date_trunc(?, ?)", {unit, moment});
  }
  std::string Add(absl::string_view moment, int64_t count, absl::string_view unit) {
    return Select(absl::StrCat("ferro_date_add(?, ", count, ", ?)"), {moment, unit});
  }
};

constexpr char kNoUnit[] = "data: the unit of time is not known, or not one of this type";
constexpr char kNoMoment[] = "data: an argument is no date or time";
constexpr char kNull[] = "NULL";
constexpr char kMoment[] = "2024-02-29 13:45:59.012345";

TEST_F(MomentsTest, FieldsOfATimestamp) {
  EXPECT_EQ(Extract("year", kMoment), "2024");
  EXPECT_EQ(Extract("quarter", kMoment), "1");
  EXPECT_EQ(Extract("month", kMoment), "2");
  EXPECT_EQ(Extract("day", kMoment), "29");
  EXPECT_EQ(Extract("hour", kMoment), "13");
  EXPECT_EQ(Extract("minute", kMoment), "45");
  EXPECT_EQ(Extract("second", kMoment), "59");
  EXPECT_EQ(Extract("microsecond", kMoment), "12345");
  EXPECT_EQ(Extract("isodow", kMoment), "4");
  EXPECT_EQ(Extract("doy", kMoment), "60");
  EXPECT_EQ(Extract("isoweek", kMoment), "9");
  EXPECT_EQ(Extract("isoyear", kMoment), "2024");
  EXPECT_EQ(Extract("epoch_us", kMoment), "1709214359012345");
  EXPECT_EQ(Extract("epoch_us", "1969-12-31 23:59:59.999999Z"), "-1");
  EXPECT_EQ(Extract("hour", "1969-12-31 23:59:59.999999"), "23");
  ExpectStrict("ferro_extract", {"'year'", "'2024-01-01'"});
}

TEST_F(MomentsTest, FieldsOfDatesAndOfTimes) {
  EXPECT_EQ(Extract("quarter", "2024-10-01"), "4");
  EXPECT_EQ(Extract("quarter", "2024-09-30"), "3");
  EXPECT_EQ(Extract("doy", "2023-12-31"), "365");
  EXPECT_EQ(Extract("epoch_us", "1970-01-02"), "86400000000");
  EXPECT_EQ(Extract("hour", "2024-10-01"), kNoUnit);
  EXPECT_EQ(Extract("hour", "23:59:58.000001"), "23");
  EXPECT_EQ(Extract("minute", "23:59:58.000001"), "59");
  EXPECT_EQ(Extract("second", "23:59:58.000001"), "58");
  EXPECT_EQ(Extract("microsecond", "23:59:58.000001"), "1");
  EXPECT_EQ(Extract("year", "23:59:58.000001"), kNoUnit);
  EXPECT_EQ(Extract("epoch_us", "23:59:58.000001"), kNoUnit);
}

TEST_F(MomentsTest, WhatIsNoDateOrFieldFails) {
  EXPECT_EQ(Extract("year", "2023-02-29"), kNoMoment);
  EXPECT_EQ(Extract("year", ""), kNoMoment);
  EXPECT_EQ(Select("ferro_extract('year', 20240101)"), kNoMoment);
  EXPECT_EQ(Extract("YEAR", kMoment), kNoUnit);
  EXPECT_EQ(Extract("dow", kMoment), kNoUnit);
}

TEST_F(MomentsTest, AWeekBelongsToTheYearOfItsThursday) {
  for (const auto& [date, year, week, weekday] :
       {std::tuple("0001-01-01", "1", "1", "1"), std::tuple("9999-12-31", "9999", "52", "5"),
        std::tuple("2021-01-03", "2020", "53", "7"), std::tuple("2021-01-04", "2021", "1", "1"),
        std::tuple("2024-12-30", "2025", "1", "1"), std::tuple("1970-01-01", "1970", "1", "4")}) {
    EXPECT_EQ(Extract("isoyear", date), year) << date;
    EXPECT_EQ(Extract("isoweek", date), week) << date;
    EXPECT_EQ(Extract("isodow", date), weekday) << date;
  }
}

TEST_F(MomentsTest, TruncKeepsTheForm) {
  EXPECT_EQ(Trunc("year", kMoment), "'2024-01-01 00:00:00.000000'");
  EXPECT_EQ(Trunc("quarter", "2024-12-31 23:00:00.000000"), "'2024-10-01 00:00:00.000000'");
  EXPECT_EQ(Trunc("month", kMoment), "'2024-02-01 00:00:00.000000'");
  EXPECT_EQ(Trunc("week", kMoment), "'2024-02-26 00:00:00.000000'");
  EXPECT_EQ(Trunc("day", kMoment), "'2024-02-29 00:00:00.000000'");
  EXPECT_EQ(Trunc("hour", kMoment), "'2024-02-29 13:00:00.000000'");
  EXPECT_EQ(Trunc("minute", kMoment), "'2024-02-29 13:45:00.000000'");
  EXPECT_EQ(Trunc("second", kMoment), "'2024-02-29 13:45:59.000000'");
  EXPECT_EQ(Trunc("second", "1969-12-31 23:59:59.999999Z"), "'1969-12-31 23:59:59.000000Z'");
  EXPECT_EQ(Trunc("quarter", "2024-05-17"), "'2024-04-01'");
  EXPECT_EQ(Trunc("week", "0001-01-07"), "'0001-01-01'");
  EXPECT_EQ(Trunc("day", "2024-05-17"), "'2024-05-17'");
  EXPECT_EQ(Trunc("hour", "2024-05-17"), kNoUnit);
  EXPECT_EQ(Trunc("hour", "12:00:00.000000"), kNoUnit);
  EXPECT_EQ(Trunc("century", kMoment), kNoUnit);
  ExpectStrict("ferro_date_trunc", {"'year'", "'2024-01-01'"});
}

TEST_F(MomentsTest, MonthsEndWithinTheMonth) {
  EXPECT_EQ(Add("2024-01-31", 1, "month"), "'2024-02-29'");
  EXPECT_EQ(Add("2023-01-31 10:00:00.000001", 1, "month"), "'2023-02-28 10:00:00.000001'");
  EXPECT_EQ(Add("2024-03-31", -1, "month"), "'2024-02-29'");
  EXPECT_EQ(Add("2024-02-29", 1, "year"), "'2025-02-28'");
  EXPECT_EQ(Add("2024-02-29", -4, "year"), "'2020-02-29'");
  EXPECT_EQ(Add("2024-11-30", 3, "month"), "'2025-02-28'");
  EXPECT_EQ(Add("2024-01-15", -1, "month"), "'2023-12-15'");
  EXPECT_EQ(Add("2024-11-30", 1, "quarter"), "'2025-02-28'");
}

TEST_F(MomentsTest, AddsWhatHasAFixedLength) {
  EXPECT_EQ(Add("2024-02-28", 2, "day"), "'2024-03-01'");
  EXPECT_EQ(Add("2024-02-28", -1, "week"), "'2024-02-21'");
  EXPECT_EQ(Add("1970-01-01 00:00:00.000000Z", -1, "microsecond"), "'1969-12-31 23:59:59.999999Z'");
  EXPECT_EQ(Add("2024-02-28 23:30:00.000000", 1, "hour"), "'2024-02-29 00:30:00.000000'");
  EXPECT_EQ(Add("2024-02-28 23:30:00.000000", 30, "minute"), "'2024-02-29 00:00:00.000000'");
  EXPECT_EQ(Add("2024-02-28 23:30:00.000000", -1801, "second"), "'2024-02-28 22:59:59.000000'");
  EXPECT_EQ(Add("2024-02-28", 1, "hour"), kNoUnit);
  EXPECT_EQ(Add("12:00:00.000000", 1, "hour"), kNoUnit);
  EXPECT_EQ(Select("ferro_date_add('2024-02-28', 1.0, 'day')"), "data: an argument is no integer");
  ExpectStrict("ferro_date_add", {"'2024-01-01'", "1", "'day'"});
}

TEST_F(MomentsTest, TheCalendarHasEnds) {
  EXPECT_EQ(Add("9999-12-30", 1, "day"), "'9999-12-31'");
  EXPECT_EQ(Add("9999-12-31", 1, "day"), kNull);
  EXPECT_EQ(Add("9999-12-31 23:59:59.999999", 1, "microsecond"), kNull);
  EXPECT_EQ(Add("9999-12-01", 1, "month"), kNull);
  EXPECT_EQ(Add("9999-12-31", -119987, "month"), "'0001-01-31'");
  EXPECT_EQ(Add("0001-01-31", -1, "month"), kNull);
  EXPECT_EQ(Add("0001-01-01 00:00:00.000000", -1, "microsecond"), kNull);
  for (const char* unit : {"year", "quarter", "month", "week", "day"}) {
    EXPECT_EQ(Add("2024-01-01", INT64_MAX, unit), kNull);
    EXPECT_EQ(Add("2024-01-01", INT64_MIN, unit), kNull);
  }
  for (const char* unit : {"hour", "minute", "second", "microsecond"}) {
    EXPECT_EQ(Add(kMoment, INT64_MAX, unit), kNull);
    EXPECT_EQ(Add(kMoment, INT64_MIN, unit), kNull);
  }
}

TEST_F(MomentsTest, Differences) {
  EXPECT_EQ(Select("ferro_diff_us('2024-03-01 00:00:00.000000', '2024-02-28 23:59:59.999999')"),
            "86400000001");
  EXPECT_EQ(Select("ferro_diff_us('0001-01-01 00:00:00.000000Z', '9999-12-31 23:59:59.999999Z')"),
            "-315537897599999999");
  EXPECT_EQ(Select("ferro_diff_us('2024-01-01 01:00:00+01:00', '2024-01-01 00:00:00Z')"), "0");
  EXPECT_EQ(Select("ferro_diff_days('2024-03-01', '2024-02-28')"), "2");
  EXPECT_EQ(Select("ferro_diff_days('2024-03-01 00:00:00', '2024-02-28')"),
            "data: the arguments are not two dates");
  EXPECT_EQ(Select("ferro_diff_us('2024-03-01 00:00:00Z', '2024-02-28 00:00:00')"),
            "data: the arguments are not two timestamps of one type");
  EXPECT_EQ(Select("ferro_diff_us('10:00:00', '09:00:00')"),
            "data: the arguments are not two timestamps of one type");
  ExpectStrict("ferro_diff_us", {"'2024-01-01 00:00:00'", "'2024-01-01 00:00:00'"});
  ExpectStrict("ferro_diff_days", {"'2024-01-01'", "'2024-01-01'"});
}

TEST_F(MomentsTest, NowCanBeWrittenAsItIsStored) {
  const std::string now = Select("strftime('%Y-%m-%d %H:%M:%f000Z', 'now')");
  ASSERT_EQ(now.size(), 29u) << now;
  EXPECT_TRUE(ParseTimestampTz(absl::string_view(now).substr(1, 27)).has_value()) << now;
}

}  // namespace
}  // namespace ferro::sqlite
