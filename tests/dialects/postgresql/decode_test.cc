#include "dialects/postgresql/decode.h"

#include <gtest/gtest.h>

#include <limits>
#include <random>
#include <string>
#include <vector>

#include "dialects/postgresql/numeric.h"
#include "engine/base/bytes.h"
#include "engine/base/error.h"
#include "engine/value/civil.h"
#include "engine/value/decimal.h"
#include "tests/support/status_matchers.h"

namespace ferro::postgresql {
namespace {

template <class T>
std::string Big(T value) {
  std::string out;
  AppendBig(out, value);
  return out;
}

class PostgresqlDecode : public ::testing::Test {
 protected:
  CellFault Decode(Oid oid, Type wanted, absl::string_view wire, bool trusted = true) {
    const DecodeCell decode = ChooseDecoder(oid, wanted, trusted);
    if (decode == nullptr) {
      ADD_FAILURE() << "no decoder for " << oid;
      return CellFault::kNone;
    }
    wire_ = std::string(wire);  // cells point into it
    return decode(wire_, arena_, cell_);
  }
  std::string DecimalText(absl::string_view wire) {
    EXPECT_EQ(Decode(kNumericOid, Type::kDecimal, wire), CellFault::kNone);
    std::string out;
    AppendDecimal(out, cell_);
    return out;
  }

  Arena arena_;
  std::string wire_;
  Value cell_;
};

TEST_F(PostgresqlDecode, IntegersOfEachWidthBecomeInt64) {
  ASSERT_EQ(Decode(kInt2Oid, Type::kInt64, Big(int16_t{-32768})), CellFault::kNone);
  EXPECT_EQ(cell_.integer, -32768);
  ASSERT_EQ(Decode(kInt4Oid, Type::kInt64, Big(int32_t{-1})), CellFault::kNone);
  EXPECT_EQ(cell_.integer, -1);
  ASSERT_EQ(Decode(kOidOid, Type::kNull, Big(uint32_t{0xFFFF'FFFF})), CellFault::kNone);
  EXPECT_EQ(cell_.integer, 4'294'967'295);
}

TEST_F(PostgresqlDecode, IntegersCanBeWantedAsFloatOrDecimal) {
  ASSERT_EQ(Decode(kInt4Oid, Type::kFloat64, Big(int32_t{7})), CellFault::kNone);
  EXPECT_EQ(cell_.real, 7.0);
  ASSERT_EQ(Decode(kInt8Oid, Type::kDecimal, Big(int64_t{999'999'999'999'999'999})),
            CellFault::kNone);
  EXPECT_TRUE(cell_.is_small_decimal());
  ASSERT_EQ(Decode(kInt8Oid, Type::kDecimal, Big(std::numeric_limits<int64_t>::min())),
            CellFault::kNone);
  EXPECT_EQ(cell_.view(), "-9223372036854775808");
}

TEST_F(PostgresqlDecode, WhatWouldLoseOrInventIsNoConversion) {
  EXPECT_EQ(ChooseDecoder(kFloat8Oid, Type::kInt64, true), nullptr);
  EXPECT_EQ(ChooseDecoder(kFloat8Oid, Type::kDecimal, true), nullptr);
  EXPECT_EQ(ChooseDecoder(kTimestampOid, Type::kTimestampTz, true), nullptr);
  EXPECT_EQ(ChooseDecoder(kTimestampTzOid, Type::kTimestamp, true), nullptr);
  EXPECT_EQ(ChooseDecoder(kInt4Oid, Type::kText, true), nullptr);
  EXPECT_EQ(ChooseDecoder(kTextOid, Type::kUuid, true), nullptr);
  EXPECT_EQ(ChooseDecoder(kNumericOid, Type::kText, true), nullptr);
  EXPECT_EQ(ChooseDecoder(kTimeTzOid, Type::kTime, true), nullptr);
  EXPECT_EQ(ChooseDecoder(kInetOid, Type::kBytes, true), nullptr);
  EXPECT_EQ(ChooseDecoder(kFirstUserOid, Type::kNull, true), nullptr);
  EXPECT_EQ(ChooseDecoder(1007 /* int4[] */, Type::kNull, true), nullptr);
}

TEST_F(PostgresqlDecode, AWrongLengthIsMalformedForEveryFixedType) {
  const std::pair<Oid, size_t> fixed[] = {
      {kBoolOid, 1},      {kInt2Oid, 2},        {kInt4Oid, 4},      {kInt8Oid, 8},
      {kFloat4Oid, 4},    {kFloat8Oid, 8},      {kDateOid, 4},      {kTimeOid, 8},
      {kTimestampOid, 8}, {kTimestampTzOid, 8}, {kIntervalOid, 16}, {kUuidOid, 16}};
  for (const auto& [oid, size] : fixed) {
    for (size_t length = 0; length <= 20; ++length) {
      const CellFault fault = Decode(oid, Type::kNull, std::string(length, '\0'));
      EXPECT_EQ(fault, length == size ? CellFault::kNone : CellFault::kMalformed)
          << oid << " " << length;
    }
  }
}

TEST_F(PostgresqlDecode, DatesAndTimestampsHoldTheYears1To9999) {
  ASSERT_EQ(Decode(kDateOid, Type::kDate, Big(static_cast<int32_t>(kMinDays - 10'957))),
            CellFault::kNone);
  EXPECT_EQ(cell_.integer, kMinDays);
  EXPECT_EQ(Decode(kDateOid, Type::kDate, Big(static_cast<int32_t>(kMinDays - 10'958))),
            CellFault::kYear);
  ASSERT_EQ(Decode(kDateOid, Type::kDate, Big(static_cast<int32_t>(kMaxDays - 10'957))),
            CellFault::kNone);
  EXPECT_EQ(Decode(kDateOid, Type::kDate, Big(static_cast<int32_t>(kMaxDays - 10'956))),
            CellFault::kYear);
  EXPECT_EQ(Decode(kDateOid, Type::kDate, Big(std::numeric_limits<int32_t>::max())),
            CellFault::kNotFinite);
  constexpr int64_t kEpoch = 946'684'800'000'000;
  for (const Oid oid : {kTimestampOid, kTimestampTzOid}) {
    ASSERT_EQ(Decode(oid, Type::kNull, Big(kMaxTimestamp - kEpoch)), CellFault::kNone);
    EXPECT_EQ(cell_.integer, kMaxTimestamp);
    EXPECT_EQ(Decode(oid, Type::kNull, Big(kMaxTimestamp - kEpoch + 1)), CellFault::kYear);
    EXPECT_EQ(Decode(oid, Type::kNull, Big(kMinTimestamp - kEpoch - 1)), CellFault::kYear);
    EXPECT_EQ(Decode(oid, Type::kNull, Big(std::numeric_limits<int64_t>::min())),
              CellFault::kNotFinite);
  }
}

TEST_F(PostgresqlDecode, ADayOfAnIntervalIs24HoursAndMonthsAreRefused) {
  const auto interval = [](int64_t micros, int32_t days, int32_t months) {
    return Big(micros) + Big(days) + Big(months);
  };
  ASSERT_EQ(Decode(kIntervalOid, Type::kInterval, interval(5, -1, 0)), CellFault::kNone);
  EXPECT_EQ(cell_.integer, 5 - kMicrosPerDay);
  EXPECT_EQ(Decode(kIntervalOid, Type::kInterval, interval(0, 0, 1)), CellFault::kMonths);
  EXPECT_EQ(Decode(kIntervalOid, Type::kInterval, interval(0, 2'000'000'000, 0)),
            CellFault::kIntervalSize);
  EXPECT_EQ(
      Decode(kIntervalOid, Type::kInterval,
             interval(std::numeric_limits<int64_t>::max(), std::numeric_limits<int32_t>::max(),
                      std::numeric_limits<int32_t>::max())),
      CellFault::kNotFinite);
  EXPECT_EQ(Decode(kTimeOid, Type::kTime, Big(kMicrosPerDay)), CellFault::kEndOfDay);
  EXPECT_EQ(Decode(kTimeOid, Type::kTime, Big(int64_t{-1})), CellFault::kMalformed);
}

TEST_F(PostgresqlDecode, NumericIsExactInBothForms) {
  const auto numeric = [](uint16_t sign, int16_t weight, uint16_t scale,
                          std::vector<uint16_t> digits) {
    std::string out =
        Big(static_cast<uint16_t>(digits.size())) + Big(weight) + Big(sign) + Big(scale);
    for (const uint16_t digit : digits) AppendBig(out, digit);
    return out;
  };
  EXPECT_EQ(DecimalText(numeric(0, 0, 0, {})), "0");
  EXPECT_EQ(DecimalText(numeric(0, 0, 3, {})), "0.000");
  EXPECT_EQ(DecimalText(numeric(0x4000, 0, 2, {12, 3000})), "-12.30");
  EXPECT_EQ(DecimalText(numeric(0, 4, 0, {1})), "10000000000000000");
  EXPECT_EQ(DecimalText(numeric(0, -3, 20, {7})), "0.00000000000700000000");
  EXPECT_EQ(DecimalText(numeric(0, 8, 0, {7})), "7" + std::string(32, '0'));
  EXPECT_EQ(DecimalText(numeric(0, 3, 3, {999, 9999, 9999, 9999, 9990})), "999999999999999.999");
  EXPECT_TRUE(cell_.is_small_decimal());
  EXPECT_EQ(DecimalText(numeric(0x4000, 4, 1, {1234, 5678, 9012, 3456, 7890, 5000})),
            "-12345678901234567890.5");
  EXPECT_FALSE(cell_.is_small_decimal());
}

TEST_F(PostgresqlDecode, NumericRefusesWhatIsMalformedOrNotFinite) {
  const std::string good = Big(uint16_t{1}) + Big(int16_t{0}) + Big(uint16_t{0}) + Big(uint16_t{0});
  EXPECT_EQ(Decode(kNumericOid, Type::kDecimal, good), CellFault::kMalformed);
  EXPECT_EQ(Decode(kNumericOid, Type::kDecimal, good + Big(uint16_t{10'000})),
            CellFault::kMalformed);
  EXPECT_EQ(Decode(kNumericOid, Type::kDecimal, "1234567"), CellFault::kMalformed);
  for (const uint16_t sign : {uint16_t{0xC000}, uint16_t{0xD000}, uint16_t{0xF000}}) {
    EXPECT_EQ(Decode(kNumericOid, Type::kDecimal,
                     Big(uint16_t{0}) + Big(int16_t{0}) + Big(sign) + Big(uint16_t{0})),
              CellFault::kNotFinite);
  }
  EXPECT_EQ(Decode(kNumericOid, Type::kDecimal,
                   Big(uint16_t{0}) + Big(int16_t{0}) + Big(uint16_t{1}) + Big(uint16_t{0})),
            CellFault::kMalformed);
}

std::string Numeric(uint16_t sign, int16_t weight, uint16_t scale, std::vector<uint16_t> digits) {
  std::string out =
      Big(static_cast<uint16_t>(digits.size())) + Big(weight) + Big(sign) + Big(scale);
  for (const uint16_t digit : digits) AppendBig(out, digit);
  return out;
}

TEST_F(PostgresqlDecode, AWholeNumericCanBeWantedAsInt64) {
  const auto whole = [&](const std::string& wire) {
    EXPECT_EQ(Decode(kNumericOid, Type::kInt64, wire), CellFault::kNone);
    EXPECT_EQ(cell_.type, Type::kInt64);
    return cell_.integer;
  };
  EXPECT_EQ(whole(Numeric(0, 0, 0, {})), 0);
  EXPECT_EQ(whole(Numeric(0, 0, 3, {42, 0})), 42);
  EXPECT_EQ(whole(Numeric(0x4000, 1, 0, {1})), -10'000);
  EXPECT_EQ(whole(Numeric(0, 4, 0, {922, 3372, 368, 5477, 5807})),
            std::numeric_limits<int64_t>::max());
  EXPECT_EQ(whole(Numeric(0x4000, 4, 0, {922, 3372, 368, 5477, 5808})),
            std::numeric_limits<int64_t>::min());
  const auto fault = [&](const std::string& wire) {
    return Decode(kNumericOid, Type::kInt64, wire);
  };
  EXPECT_EQ(fault(Numeric(0, 4, 0, {922, 3372, 368, 5477, 5808})), CellFault::kTooLarge);
  EXPECT_EQ(fault(Numeric(0x4000, 4, 0, {922, 3372, 368, 5477, 5809})), CellFault::kTooLarge);
  EXPECT_EQ(fault(Numeric(0, 32767, 0, {1})), CellFault::kTooLarge);
  EXPECT_EQ(fault(Numeric(0, 0, 1, {1, 5000})), CellFault::kFraction);
  EXPECT_EQ(fault(Numeric(0, -1, 4, {1})), CellFault::kFraction);
  EXPECT_EQ(fault(Numeric(0, -30'000, 4, {1})), CellFault::kFraction);
  EXPECT_EQ(fault(Numeric(0xC000, 0, 0, {})), CellFault::kNotFinite);
  EXPECT_EQ(fault("short"), CellFault::kMalformed);
}

TEST_F(PostgresqlDecode, ANumericCanBeWantedAsFloat) {
  const auto real = [&](const std::string& wire) {
    EXPECT_EQ(Decode(kNumericOid, Type::kFloat64, wire), CellFault::kNone);
    EXPECT_EQ(cell_.type, Type::kFloat64);
    return cell_.real;
  };
  EXPECT_EQ(real(Numeric(0x4000, 0, 2, {12, 3000})), -12.3);
  EXPECT_EQ(real(Numeric(0, 5, 0, {1})), 1e20);
  EXPECT_NE(real(Numeric(0xC000, 0, 0, {})), cell_.real) << "NaN";
  EXPECT_EQ(real(Numeric(0xD000, 0, 0, {})), std::numeric_limits<double>::infinity());
  EXPECT_EQ(real(Numeric(0xF000, 0, 0, {})), -std::numeric_limits<double>::infinity());
  EXPECT_EQ(Decode(kNumericOid, Type::kFloat64, Numeric(0, 100, 0, {1})), CellFault::kTooLarge);
}

TEST_F(PostgresqlDecode, ANegativeZeroOfManyDigitsIsZero) {
  EXPECT_EQ(DecimalText(Numeric(0x4000, 0, 20, {0})), "0.00000000000000000000");
}

TEST_F(PostgresqlDecode, NumericsThatNoServerSendsAreReadExactlyOrRefused) {
  EXPECT_EQ(DecimalText(Numeric(0, 9, 0, {0, 0, 0, 0, 0, 0, 0, 0, 0, 7})), "7");
  EXPECT_TRUE(cell_.is_small_decimal());
  EXPECT_EQ(DecimalText(Numeric(0, 0, 1, {1, 5000, 0, 0})), "1.5");
  for (const std::string& wire :
       {Numeric(0, 0, 0, {1, 5000}), Numeric(0, 0, 1, {1, 5100}), Numeric(0, -26'104, 0, {1}),
        Numeric(0, 9, 2, {1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1})}) {
    EXPECT_EQ(Decode(kNumericOid, Type::kDecimal, wire), CellFault::kMalformed);
  }
}

TEST_F(PostgresqlDecode, AddressesBecomeTheServersText) {
  const auto text = [&](Oid oid, absl::string_view wire) {
    EXPECT_EQ(Decode(oid, Type::kText, wire), CellFault::kNone);
    EXPECT_EQ(cell_.type, Type::kText);
    return std::string(cell_.view());
  };
  const auto wire = [](char family, char bits, char cidr, const std::string& address) {
    return std::string({family, bits, cidr, static_cast<char>(address.size())}) + address;
  };
  const std::string four("\x7F\0\0\1", 4), six(16, '\0');
  EXPECT_EQ(text(kInetOid, wire(2, 32, 0, four)), "127.0.0.1");
  EXPECT_EQ(text(kInetOid, wire(2, 8, 0, four)), "127.0.0.1/8");
  EXPECT_EQ(text(kCidrOid, wire(2, 32, 1, four)), "127.0.0.1/32");
  EXPECT_EQ(text(kInetOid, wire(3, -128, 0, six)), "::");
  EXPECT_EQ(text(kCidrOid, wire(3, 0, 1, six)), "::/0");
  for (const std::string& bad : {std::string(), wire(2, 33, 0, four), wire(4, 32, 0, four),
                                 wire(2, 32, 2, four), wire(3, 32, 0, four), wire(2, 32, 0, six),
                                 wire(2, 32, 0, four) + "x", wire(2, 32, 0, four).substr(0, 7)}) {
    EXPECT_EQ(Decode(kInetOid, Type::kText, bad), CellFault::kMalformed) << bad.size();
  }
}

TEST_F(PostgresqlDecode, RandomDecimalsComeBackFromTheWireAsTheyWere) {
  const unsigned seed = std::random_device{}();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937 random(seed);
  for (int i = 0; i < 20'000; ++i) {
    std::string text = random() % 2 == 0 ? "-" : "";
    text += static_cast<char>('1' + random() % 9);
    for (size_t n = random() % 24; n > 0; --n) {
      text += random() % 3 == 0 ? '0' : static_cast<char>('0' + random() % 10);
    }
    if (const size_t scale = random() % 24; scale > 0) {
      text += '.';
      for (size_t n = scale; n > 0; --n)
        text += random() % 3 == 0 ? '0' : static_cast<char>('0' + random() % 10);
    }
    Value value;
    ASSERT_TRUE(ParseDecimal(text, arena_, value));
    std::string wire;
    ASSERT_TRUE(AppendNumeric(wire, value));
    ASSERT_EQ(DecimalText(wire), text);
    ASSERT_EQ(cell_.is_small_decimal(), value.is_small_decimal()) << text;
  }
}

TEST_F(PostgresqlDecode, RandomBytesNeverReadPastTheirEnd) {
  const unsigned seed = std::random_device{}();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937 random(seed);
  const Oid oids[] = {kBoolOid, kNumericOid, kJsonbOid, kIntervalOid, kTimestampOid,
                      kUuidOid, kInetOid,    kCidrOid,  kTextOid,     kDateOid};
  for (int i = 0; i < 50'000; ++i) {
    std::vector<char> exact(random() % 24);  // its own allocation, for the sanitizer
    for (char& byte : exact) byte = static_cast<char>(random() % 3 == 0 ? 0 : random());
    const DecodeCell decode = ChooseDecoder(oids[random() % std::size(oids)], Type::kNull, false);
    ASSERT_NE(decode, nullptr);
    decode({exact.data(), exact.size()}, arena_, cell_);
    if (i % 1000 == 0) arena_.Clear();
  }
}

TEST_F(PostgresqlDecode, TextIsCheckedOnlyWhereTheServerDidNot) {
  EXPECT_EQ(Decode(kTextOid, Type::kText, "\xFF", true), CellFault::kNone);
  EXPECT_EQ(Decode(kTextOid, Type::kText, "\xFF", false), CellFault::kNotText);
  EXPECT_EQ(Decode(kCharOid, Type::kText, "\xFF", true), CellFault::kNotText);
  EXPECT_EQ(Decode(kJsonbOid, Type::kJson, "\1{}", true), CellFault::kNone);
  EXPECT_EQ(cell_.view(), "{}");
  EXPECT_EQ(Decode(kJsonbOid, Type::kJson, "\2{}", true), CellFault::kMalformed);
}

// Of int4, with `lower_bound` and with a length that need not be that of `items`.
std::string IntArray(const std::vector<std::string>& items, int32_t count,
                     int32_t lower_bound = 1) {
  std::string wire =
      Big(int32_t{1}) + Big(int32_t{0}) + Big(uint32_t{kInt4Oid}) + Big(count) + Big(lower_bound);
  for (const std::string& item : items) wire += Big(static_cast<int32_t>(item.size())) + item;
  return wire;
}

class PostgresqlDecodeArray : public ::testing::Test {
 protected:
  CellFault Decode(absl::string_view wire, Oid element = kInt4Oid, Type wanted = Type::kInt64) {
    wire_ = std::string(wire);
    return DecodeArray(wire_, element, ChooseDecoder(element, wanted, true), arena_, cell_);
  }
  Arena arena_;
  std::string wire_;
  Value cell_;
};

TEST_F(PostgresqlDecodeArray, ItemsFollowEachOther) {
  ASSERT_EQ(Decode(IntArray({Big(int32_t{1}), Big(int32_t{-2})}, 3) + Big(int32_t{-1})),
            CellFault::kNone);
  ASSERT_EQ(cell_.type, Type::kArray);
  ASSERT_EQ(cell_.size, 3u);
  EXPECT_EQ(cell_.items[0].integer, 1);
  EXPECT_EQ(cell_.items[1].integer, -2);
  EXPECT_TRUE(cell_.items[2].is_null());
  ASSERT_EQ(Decode(Big(int32_t{0}) + Big(int32_t{0}) + Big(uint32_t{kInt4Oid})), CellFault::kNone);
  EXPECT_EQ(cell_.size, 0u);
  ASSERT_EQ(Decode(IntArray({}, 0)), CellFault::kNone);
  EXPECT_EQ(cell_.size, 0u);
}

TEST_F(PostgresqlDecodeArray, AnotherShapeIsAFaultOfItsOwn) {
  const std::string one = Big(int32_t{4});
  EXPECT_EQ(Decode(IntArray({one}, 1, 0)), CellFault::kLowerBound);
  EXPECT_EQ(Decode(IntArray({one}, 1, -5)), CellFault::kLowerBound);
  std::string two = IntArray({one}, 1);
  two[3] = 2;
  EXPECT_EQ(Decode(two), CellFault::kDimensions);
  EXPECT_EQ(Decode(IntArray({one}, 1), kInt8Oid), CellFault::kMalformed);
  EXPECT_EQ(Decode(IntArray({"123"}, 1)), CellFault::kMalformed);
}

TEST_F(PostgresqlDecodeArray, LiesAboutLengthsAreFound) {
  const std::string one = Big(int32_t{4});
  const std::string good = IntArray({one, one}, 2);
  for (size_t size = 0; size < good.size(); ++size) {
    EXPECT_EQ(Decode(good.substr(0, size)), CellFault::kMalformed) << size;
  }
  EXPECT_EQ(Decode(good + "x"), CellFault::kMalformed);
  for (const int32_t count : {-1, 1, 3, std::numeric_limits<int32_t>::max()}) {
    EXPECT_EQ(Decode(IntArray({one, one}, count)), CellFault::kMalformed) << count;
  }
  for (const int32_t length : {-2, 5, std::numeric_limits<int32_t>::max()}) {
    EXPECT_EQ(Decode(IntArray({}, 1) + Big(length) + one), CellFault::kMalformed) << length;
  }
  EXPECT_EQ(Decode(Big(int32_t{-1}) + good.substr(4)), CellFault::kMalformed);
  EXPECT_EQ(Decode(Big(int32_t{0}) + good.substr(4)), CellFault::kMalformed);
}

TEST_F(PostgresqlDecodeArray, SurvivesDamage) {
  const uint64_t seed = std::random_device()();
  SCOPED_TRACE(seed);
  std::mt19937_64 random(seed);
  const std::string good = IntArray({Big(int32_t{1}), Big(int32_t{2})}, 3) + Big(int32_t{-1});
  for (int i = 0; i < 20'000; ++i) {
    std::string wire = good;
    for (int k = 0; k < 3; ++k) wire[random() % wire.size()] = static_cast<char>(random());
    wire.resize(random() % (wire.size() + 1));
    if (Decode(wire) == CellFault::kNone) {
      ASSERT_LE(cell_.size, 3u);
    }
  }
}

TEST(PostgresqlOids, AnArrayOfEachParameterIsReadBack) {
  for (int number = 0; number < kTypeCount; ++number) {
    const auto type = static_cast<Type>(number);
    if (!CanBeElement(type)) continue;
    const Oid array = ParameterOid(ArrayOf(type), false);
    EXPECT_EQ(array, ParameterOid(type, true));
    EXPECT_EQ(ElementOid(array), ParameterOid(type, false));
    EXPECT_EQ(NaturalType(array), ArrayOf(type));
  }
  EXPECT_EQ(NaturalType(1001 /* bytea[] */), Type::kNull);
  EXPECT_EQ(NaturalType(199 /* json[] */), Type::kNull);
  EXPECT_EQ(ElementOid(kInt4Oid), 0u);
}

// A result as the server would have sent it, made by libpq itself.
ResultHandle MakeResult(Oid oid, absl::string_view cell) {
  ResultHandle result(PQmakeEmptyPGresult(nullptr, PGRES_TUPLES_OK));
  std::string name = "seen";
  PGresAttDesc column{name.data(), 0, 0, 1, oid, -1, -1};
  EXPECT_EQ(PQsetResultAttrs(result.get(), 1, &column), 1);
  std::string copy(cell);
  EXPECT_EQ(PQsetvalue(result.get(), 0, 0, copy.data(), static_cast<int>(copy.size())), 1);
  EXPECT_EQ(PQsetvalue(result.get(), 1, 0, nullptr, -1), 1);
  return result;
}

TEST_F(PostgresqlDecode, AnErrorNamesTheColumnAndNeverTheValue) {
  const ResultHandle result = MakeResult(kDateOid, Big(std::numeric_limits<int32_t>::max()));
  RowDecoder decoder;
  ASSERT_OK(decoder.Start(result.get(), {}, UserTypes(), true));
  Batch batch;
  batch.Reset(1);
  const absl::Status status = decoder.Decode(result.get(), 0, 2, 10, batch);
  EXPECT_ERROR(ErrorClass::kOutOfRange, status);
  EXPECT_EQ(DetailOf(status).column, "seen");
  EXPECT_EQ(DetailOf(status).row, 10);
  EXPECT_EQ(
      status.message(),
      "column \"seen\", row 11 of the result: infinity or NaN is stored (the column is date)");
  EXPECT_EQ(decoder.failed_at().row, 0);
  EXPECT_EQ(decoder.failed_at().column, 0);
}

TEST_F(PostgresqlDecode, ANullIsNotAnEmptyText) {
  const ResultHandle result = MakeResult(kTextOid, "");
  RowDecoder decoder;
  ASSERT_OK(decoder.Start(result.get(), {}, UserTypes(), true));
  Batch batch;
  batch.Reset(1);
  ASSERT_OK(decoder.Decode(result.get(), 0, 2, 10, batch));
  EXPECT_EQ(batch.row(0)[0].type, Type::kText);
  EXPECT_EQ(batch.row(0)[0].size, 0u);
  EXPECT_TRUE(batch.row(1)[0].is_null());
}

TEST_F(PostgresqlDecode, RefusesAResultThatIsNotTheDeclaredOne) {
  const ResultHandle result = MakeResult(kTimestampOid, Big(int64_t{0}));
  RowDecoder decoder;
  const std::vector<sql::ResultColumn> aware = {{"seen", Type::kTimestampTz}};
  const absl::Status status = decoder.Start(result.get(), aware, UserTypes(), true);
  EXPECT_ERROR(ErrorClass::kBadStoredValue, status);
  EXPECT_NE(DetailOf(status).hint.find("no time zone"), std::string::npos);
  const std::vector<sql::ResultColumn> two = {{"seen", Type::kTimestamp}, {"more", Type::kText}};
  EXPECT_ERROR(ErrorClass::kInvalidArgument, decoder.Start(result.get(), two, UserTypes(), true));
}

TEST_F(PostgresqlDecode, AUsersTypeIsReadAsWhatWasLearnt) {
  constexpr Oid kMood = kFirstUserOid + 1, kShape = kFirstUserOid + 2;
  UserTypes types;
  const ResultHandle mood = MakeResult(kMood, "happy");
  EXPECT_EQ(types.Missing(mood.get()), std::vector<Oid>{kMood});
  types.Learn(kMood, kTextOid, "mood");
  EXPECT_TRUE(types.Missing(mood.get()).empty());
  EXPECT_TRUE(types.Missing(MakeResult(kInetOid, "").get()).empty());
  RowDecoder decoder;
  ASSERT_OK(decoder.Start(mood.get(), {}, types, true));
  Batch batch;
  batch.Reset(1);
  ASSERT_OK(decoder.Decode(mood.get(), 0, 1, 0, batch));
  EXPECT_EQ(batch.row(0)[0].view(), "happy");

  const ResultHandle bytes = MakeResult(kMood, "\xFF");
  ASSERT_OK(decoder.Start(bytes.get(), {}, types, true));
  batch.Reset(1);
  EXPECT_ERROR(ErrorClass::kBadStoredValue, decoder.Decode(bytes.get(), 0, 1, 0, batch));

  types.Learn(kShape, kShape, "shape");
  const absl::Status refused = decoder.Start(MakeResult(kShape, "").get(), {}, types, true);
  EXPECT_ERROR(ErrorClass::kBadStoredValue, refused);
  EXPECT_EQ(refused.message(), "column \"seen\": shape is not a type that can be read");
  EXPECT_EQ(DetailOf(refused).hint, "cast the column to text in the statement");
}

TEST_F(PostgresqlDecode, AnArrayIsReadAsDeclaredOrAsItIs) {
  const ResultHandle result = MakeResult(1007 /* int4[] */, IntArray({Big(int32_t{5})}, 1));
  const std::vector<sql::ResultColumn> numbers = {{"seen", ArrayOf(Type::kInt64)}};
  const std::vector<sql::ResultColumn> texts = {{"seen", ArrayOf(Type::kText)}};
  const std::vector<sql::ResultColumn> integer = {{"seen", Type::kInt64}};
  for (const std::vector<sql::ResultColumn>& wanted : {numbers, {}}) {
    RowDecoder decoder;
    ASSERT_OK(decoder.Start(result.get(), wanted, UserTypes(), true));
    Batch batch;
    batch.Reset(1);
    ASSERT_OK(decoder.Decode(result.get(), 0, 2, 0, batch));
    ASSERT_EQ(batch.row(0)[0].size, 1u);
    EXPECT_EQ(batch.row(0)[0].items[0].integer, 5);
    EXPECT_TRUE(batch.row(1)[0].is_null());
  }
  RowDecoder decoder;
  EXPECT_ERROR(ErrorClass::kBadStoredValue, decoder.Start(result.get(), texts, UserTypes(), true));
  EXPECT_ERROR(ErrorClass::kBadStoredValue,
               decoder.Start(result.get(), integer, UserTypes(), true));
}

TEST_F(PostgresqlDecode, AnArrayOfAnotherShapeNamesItsColumn) {
  const ResultHandle result = MakeResult(1007, IntArray({Big(int32_t{5})}, 1, 0));
  RowDecoder decoder;
  ASSERT_OK(decoder.Start(result.get(), {}, UserTypes(), true));
  Batch batch;
  batch.Reset(1);
  const absl::Status status = decoder.Decode(result.get(), 0, 1, 0, batch);
  EXPECT_ERROR(ErrorClass::kOutOfRange, status);
  EXPECT_EQ(DetailOf(status).column, "seen");
  EXPECT_NE(DetailOf(status).hint, "");
  EXPECT_EQ(status.message(),
            "column \"seen\", row 1 of the result: an array is stored that does not start with its "
            "element number 1 (the column is integer[])");
}

}  // namespace
}  // namespace ferro::postgresql
