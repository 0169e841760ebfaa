// Calendar arithmetic against a calendar that is counted day by day, and ISO texts in both
// directions.
#include "engine/value/civil.h"

#include <gtest/gtest.h>

#include <string>

namespace ferro {
namespace {

std::string DateText(int64_t days) {
  std::string out;
  AppendDate(out, days);
  return out;
}
std::string TimeText(int64_t micros) {
  std::string out;
  AppendTime(out, micros);
  return out;
}
std::string TimestampText(int64_t micros) {
  std::string out;
  AppendTimestamp(out, micros);
  return out;
}

TEST(Civil, EveryDayOfTheRangeGoesThereAndBack) {
  const int lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  int64_t days = kMinDays;
  for (int year = 1; year <= 9999; ++year) {
    const bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    for (int month = 1; month <= 12; ++month) {
      const int length = lengths[month - 1] + (month == 2 && leap ? 1 : 0);
      for (int day = 1; day <= length; ++day, ++days) {
        ASSERT_EQ(DaysFromCivil({year, month, day}), days);
        const CivilDate back = CivilFromDays(days);
        ASSERT_TRUE(back.year == year && back.month == month && back.day == day) << days;
      }
      ASSERT_FALSE(IsValid({year, month, length + 1}));
    }
  }
  EXPECT_EQ(days, kMaxDays + 1);
  EXPECT_EQ(DaysFromCivil({1970, 1, 1}), 0);
}

TEST(Civil, EveryDayReadsItsOwnText) {
  for (int64_t days = kMinDays; days <= kMaxDays; ++days) {
    ASSERT_EQ(ParseDate(DateText(days)), days);
  }
}

TEST(Civil, ValidityKnowsTheEdges) {
  EXPECT_TRUE(IsValid({2024, 2, 29}));
  EXPECT_FALSE(IsValid({2023, 2, 29}));
  EXPECT_FALSE(IsValid({1900, 2, 29}));
  EXPECT_TRUE(IsValid({2000, 2, 29}));
  EXPECT_FALSE(IsValid({0, 1, 1}));
  EXPECT_FALSE(IsValid({10000, 1, 1}));
  EXPECT_FALSE(IsValid({2024, 0, 1}));
  EXPECT_FALSE(IsValid({2024, 13, 1}));
  EXPECT_FALSE(IsValid({2024, 1, 0}));
}

TEST(Civil, TextsHaveAFixedWidth) {
  EXPECT_EQ(DateText(kMinDays), "0001-01-01");
  EXPECT_EQ(DateText(kMaxDays), "9999-12-31");
  EXPECT_EQ(TimeText(0), "00:00:00.000000");
  EXPECT_EQ(TimeText(kMicrosPerDay - 1), "23:59:59.999999");
  EXPECT_EQ(TimestampText(0), "1970-01-01 00:00:00.000000");
  EXPECT_EQ(TimestampText(-1), "1969-12-31 23:59:59.999999");
  EXPECT_EQ(TimestampText(kMinTimestamp), "0001-01-01 00:00:00.000000");
  EXPECT_EQ(TimestampText(kMaxTimestamp), "9999-12-31 23:59:59.999999");
}

TEST(Civil, TimestampsReadTheirOwnText) {
  // A step that is prime to seconds, minutes and days walks over all their combinations.
  constexpr int64_t kStep = 7'919 * int64_t{1'000'003'001};
  for (int64_t micros = kMinTimestamp; micros < kMaxTimestamp; micros += kStep) {
    ASSERT_EQ(ParseTimestamp(TimestampText(micros)), micros);
    ASSERT_EQ(ParseTimestampTz(TimestampText(micros) + "Z"), micros);
  }
  EXPECT_EQ(ParseTimestamp(TimestampText(kMaxTimestamp)), kMaxTimestamp);
}

TEST(Civil, ReadsTheUsualForms) {
  EXPECT_EQ(ParseTime("13:45"), (13 * 60 + 45) * 60 * kMicrosPerSecond);
  EXPECT_EQ(ParseTime("00:00:01.5"), 1'500'000);
  EXPECT_EQ(ParseTime("00:00:01.000001"), 1'000'001);
  EXPECT_EQ(ParseTime("00:00:01.123456000"), 1'123'456);
  EXPECT_EQ(ParseTimestamp("1970-01-02T00:00:00"), kMicrosPerDay);
  EXPECT_EQ(ParseTimestamp("1970-01-02 00:00"), kMicrosPerDay);
}

TEST(Civil, AppliesOffsets) {
  constexpr int64_t kHour = 3600 * kMicrosPerSecond;
  EXPECT_EQ(ParseTimestampTz("1970-01-01 00:00:00"), 0);
  EXPECT_EQ(ParseTimestampTz("1970-01-01 00:00:00Z"), 0);
  EXPECT_EQ(ParseTimestampTz("1970-01-01 00:00:00+02:00"), -2 * kHour);
  EXPECT_EQ(ParseTimestampTz("1970-01-01 00:00:00-05:30"), 5 * kHour + kHour / 2);
  EXPECT_EQ(ParseTimestampTz("1970-01-01T00:00:00.25+00"), 250'000);
  EXPECT_EQ(ParseTimestampTz("1969-12-31 22:00-02"), 0);
}

TEST(Civil, RefusesWhatIsNoDate) {
  for (const char* text :
       {"", "2024", "2024-1-01", "2024-01-1", "24-01-01", "2024-02-30", "2023-02-29", "0000-01-01",
        "10000-01-01", "2024-13-01", "2024-01-00", "2024/01/01", "2024-01-01 ", " 2024-01-01",
        "2024-01-01x", "-024-01-01", "2024-01-0a"}) {
    EXPECT_EQ(ParseDate(text), std::nullopt) << text;
  }
  EXPECT_EQ(ParseDate(absl::string_view("2024-01-01\0", 11)), std::nullopt);
}

TEST(Civil, RefusesWhatIsNoTime) {
  for (const char* text : {"", "1:00", "24:00", "24:00:00", "12:60", "12:00:60",
                           "12:00:", "12:00:0", "12:00:00.", "12:00:00.0000001", "12:00:00,5",
                           "12:00.5", "12", "12:", "12:00:00Z", "+2:00", "12:00:00 "}) {
    EXPECT_EQ(ParseTime(text), std::nullopt) << text;
  }
}

// What is read eight bytes at a time against what is read one by one, which a 'T' for the space makes it.
TEST(Civil, TheQuickWayReadsWhatTheOtherReads) {
  for (const std::string good : {"2024-02-29 13:45:59.123456", "0001-01-01 00:00:00.000000",
                                 "9999-12-31 23:59:59.999999", "1900-10-30 09:08:07.060504"}) {
    std::string other = good;
    other[10] = 'T';
    ASSERT_TRUE(ParseTimestamp(good).has_value()) << good;
    EXPECT_EQ(ParseTimestamp(good), ParseTimestamp(other)) << good;
    for (size_t at = 0; at < good.size(); ++at) {
      if (at == 10) continue;
      for (int byte = 0; byte < 256; ++byte) {
        std::string quick = good, slow = other;
        quick[at] = slow[at] = static_cast<char>(byte);
        EXPECT_EQ(ParseTimestamp(quick), ParseTimestamp(slow)) << quick;
        EXPECT_EQ(ParseTimestampTz(quick + "Z"), ParseTimestampTz(slow + "Z")) << quick;
        if (at >= 10) continue;
        const auto midnight = ParseTimestamp(slow.substr(0, 10) + "T00:00");
        const auto days = ParseDate(quick.substr(0, 10));
        EXPECT_EQ(days.has_value(), midnight.has_value()) << quick;
        if (days.has_value()) {
          EXPECT_EQ(*days * kMicrosPerDay, *midnight) << quick;
        }
      }
    }
  }
}

TEST(Civil, RefusesWhatIsNoTimestamp) {
  for (const char* text :
       {"", "2024-01-01", "2024-01-01 ", "2024-01-01T", "2024-01-01t00:00", "2024-01-01  00:00",
        "2024-01-01 00:00:00Z", "2024-01-01 00:00:00+00", "infinity", "0000-00-00 00:00:00"}) {
    EXPECT_EQ(ParseTimestamp(text), std::nullopt) << text;
  }
  for (const char* text :
       {"2024-01-01", "2024-01-01 00:00:00z", "2024-01-01 00:00:00+2", "2024-01-01 00:00:00+24:00",
        "2024-01-01 00:00:00+02:60", "2024-01-01 00:00:00+02:", "2024-01-01 00:00:00 +02:00",
        "2024-01-01 00:00:00ZZ", "2024-01-01 00:00:00+02:00x", "2024-01-01 00:00:00+0200",
        "0001-01-01 00:00:00+00:01", "9999-12-31 23:59:59.999999-00:01"}) {
    EXPECT_EQ(ParseTimestampTz(text), std::nullopt) << text;
  }
}

}  // namespace
}  // namespace ferro
