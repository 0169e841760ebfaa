// The row decoder on packets made by hand: every wire type, each wanted type, nulls, lengths in all
// forms, and packets cut short at every byte.
#include "dialects/mysql/decode.h"

#include <gmock/gmock.h>

#include <cstring>
#include <limits>

#include "engine/value/civil.h"
#include "engine/value/decimal.h"
#include "tests/support/status_matchers.h"

namespace ferro::mysql {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

template <class T>
std::string Little(T value) {
  std::string bytes(sizeof value, '\0');
  std::memcpy(bytes.data(), &value, sizeof value);
  return bytes;
}

// With its length before it.
std::string Counted(absl::string_view bytes) {
  std::string out;
  if (bytes.size() < 251) {
    out.push_back(static_cast<char>(bytes.size()));
  } else if (bytes.size() < 65536) {
    out = "\xfc" + Little(static_cast<uint16_t>(bytes.size()));
  } else if (bytes.size() < 1 << 24) {
    out = "\xfd" + Little(static_cast<uint32_t>(bytes.size())).substr(0, 3);
  } else {
    out = "\xfe" + Little(static_cast<uint64_t>(bytes.size()));
  }
  return out.append(bytes.data(), bytes.size());
}

WireColumn Wire(enum_field_types type, bool is_unsigned = false, bool is_binary = true) {
  WireColumn column;
  column.name = "c";
  column.type = type;
  column.is_unsigned = is_unsigned;
  column.is_binary = is_binary;
  return column;
}

WireColumn TextColumn() { return Wire(MYSQL_TYPE_VAR_STRING, false, false); }

struct Decoded {
  absl::Status status;
  Value value;
  std::string packet;
  Arena arena;
};

// One row of one column.
std::unique_ptr<Decoded> Decode(const WireColumn& column, absl::string_view cell,
                                Type wanted = Type::kNull) {
  auto decoded = std::make_unique<Decoded>();
  decoded->packet = std::string(2, '\0').append(cell.data(), cell.size());
  RowDecoder decoder;
  const sql::ResultColumn result{"", wanted};
  decoded->status = decoder.Plan({&column, 1}, {&result, 1});
  if (decoded->status.ok()) {
    decoded->status = decoder.Decode(decoded->packet, 0, decoded->arena, {&decoded->value, 1});
  }
  return decoded;
}

absl::Status Refusal(const WireColumn& column, absl::string_view cell, Type wanted) {
  return Decode(column, cell, wanted)->status;
}

void ExpectInteger(const WireColumn& column, const std::string& cell, Type wanted, Type type,
                   int64_t expected) {
  const auto decoded = Decode(column, cell, wanted);
  ASSERT_OK(decoded->status);
  EXPECT_EQ(decoded->value.type, type);
  EXPECT_EQ(decoded->value.integer, expected);
}

std::string DecimalText(const Value& value) {
  std::string text;
  AppendDecimal(text, value);
  return text;
}

TEST(MysqlDecode, Integers) {
  const auto both = [](enum_field_types type, const std::string& ones, int64_t as_unsigned) {
    ExpectInteger(Wire(type), ones, Type::kNull, Type::kInt64, -1);
    ExpectInteger(Wire(type), ones, Type::kInt64, Type::kInt64, -1);
    ExpectInteger(Wire(type), ones, Type::kInterval, Type::kInterval, -1);
    ExpectInteger(Wire(type, true), ones, Type::kInt64, Type::kInt64, as_unsigned);
  };
  both(MYSQL_TYPE_TINY, "\xff", 255);
  both(MYSQL_TYPE_SHORT, "\xff\xff", 65535);
  both(MYSQL_TYPE_LONG, "\xff\xff\xff\xff", 4294967295);
  both(MYSQL_TYPE_INT24, "\xff\xff\xff\xff", 4294967295);
  for (const int64_t value :
       {std::numeric_limits<int64_t>::min(), std::numeric_limits<int64_t>::max(), int64_t{0}}) {
    ExpectInteger(Wire(MYSQL_TYPE_LONGLONG), Little(value), Type::kInt64, Type::kInt64, value);
  }
  ExpectInteger(Wire(MYSQL_TYPE_YEAR), Little(uint16_t{2155}), Type::kNull, Type::kInt64, 2155);
}

TEST(MysqlDecode, UnsignedAboveInt64) {
  const std::string most(8, '\xff');
  for (const Type wanted : {Type::kNull, Type::kDecimal}) {
    const auto decoded = Decode(Wire(MYSQL_TYPE_LONGLONG, true), most, wanted);
    ASSERT_OK(decoded->status);
    EXPECT_EQ(decoded->value.type, Type::kDecimal);
    EXPECT_EQ(DecimalText(decoded->value), "18446744073709551615");
  }
  EXPECT_ERROR(ErrorClass::kOutOfRange,
               Refusal(Wire(MYSQL_TYPE_LONGLONG, true), most, Type::kInt64));
  EXPECT_EQ(Decode(Wire(MYSQL_TYPE_LONGLONG, true), most, Type::kFloat64)->value.real,
            18446744073709551615.0);
  // The bounds of the small form.
  const auto decimal = [](int64_t value) {
    return DecimalText(Decode(Wire(MYSQL_TYPE_LONGLONG), Little(value), Type::kDecimal)->value);
  };
  EXPECT_EQ(decimal(999'999'999'999'999'999), "999999999999999999");
  EXPECT_EQ(decimal(1'000'000'000'000'000'000), "1000000000000000000");
  EXPECT_EQ(decimal(std::numeric_limits<int64_t>::min()), "-9223372036854775808");
}

TEST(MysqlDecode, Bools) {
  ExpectInteger(Wire(MYSQL_TYPE_TINY), "\1", Type::kBool, Type::kBool, 1);
  ExpectInteger(Wire(MYSQL_TYPE_LONGLONG), Little(int64_t{0}), Type::kBool, Type::kBool, 0);
  ExpectInteger(Wire(MYSQL_TYPE_BIT), Counted("\1"), Type::kBool, Type::kBool, 1);
  EXPECT_ERROR(ErrorClass::kBadStoredValue, Refusal(Wire(MYSQL_TYPE_TINY), "\2", Type::kBool));
  EXPECT_ERROR(ErrorClass::kBadStoredValue, Refusal(Wire(MYSQL_TYPE_TINY), "\xff", Type::kBool));
  EXPECT_ERROR(ErrorClass::kBadStoredValue,
               Refusal(Wire(MYSQL_TYPE_BIT), Counted("\2"), Type::kBool));
}

TEST(MysqlDecode, Floats) {
  EXPECT_EQ(Decode(Wire(MYSQL_TYPE_DOUBLE), Little(0.1), Type::kFloat64)->value.real, 0.1);
  EXPECT_EQ(Decode(Wire(MYSQL_TYPE_FLOAT), Little(1.5f), Type::kFloat64)->value.real, 1.5);
  ExpectInteger(Wire(MYSQL_TYPE_DOUBLE), Little(-3.0), Type::kInt64, Type::kInt64, -3);
  ExpectInteger(Wire(MYSQL_TYPE_FLOAT), Little(4.0f), Type::kInt64, Type::kInt64, 4);
  EXPECT_ERROR(ErrorClass::kBadStoredValue,
               Refusal(Wire(MYSQL_TYPE_DOUBLE), Little(0.5), Type::kInt64));
  EXPECT_ERROR(ErrorClass::kOutOfRange,
               Refusal(Wire(MYSQL_TYPE_DOUBLE), Little(0x1p63), Type::kInt64));
  ExpectInteger(Wire(MYSQL_TYPE_DOUBLE), Little(-0x1p63), Type::kInt64, Type::kInt64,
                std::numeric_limits<int64_t>::min());
}

TEST(MysqlDecode, Decimals) {
  const WireColumn column = Wire(MYSQL_TYPE_NEWDECIMAL);
  for (const char* text : {"0", "-12.30", "0.000",
                           "12345678901234567890123456789012345.123456789012345678901234567890"}) {
    EXPECT_EQ(DecimalText(Decode(column, Counted(text), Type::kDecimal)->value), text);
  }
  ExpectInteger(column, Counted("42"), Type::kInt64, Type::kInt64, 42);
  ExpectInteger(column, Counted("-42.000"), Type::kInterval, Type::kInterval, -42);
  EXPECT_ERROR(ErrorClass::kBadStoredValue, Refusal(column, Counted("42.001"), Type::kInt64));
  EXPECT_ERROR(ErrorClass::kOutOfRange,
               Refusal(column, Counted("9223372036854775808"), Type::kInt64));
  EXPECT_EQ(Decode(column, Counted("1.5"), Type::kFloat64)->value.real, 1.5);
  EXPECT_ERROR(ErrorClass::kBadStoredValue, Refusal(column, Counted("x"), Type::kDecimal));
}

TEST(MysqlDecode, TextAndBytesInAllLengthsWithoutACopy) {
  for (const size_t size : {0u, 1u, 250u, 251u, 65'535u, 65'536u, 16'777'215u, 16'777'216u}) {
    const std::string text(size, 'x');
    const auto decoded = Decode(TextColumn(), Counted(text), Type::kText);
    ASSERT_OK(decoded->status);
    EXPECT_TRUE(decoded->value.view() == text) << size;
    if (size != 0) {
      EXPECT_EQ(decoded->value.bytes + size, decoded->packet.data() + decoded->packet.size());
    }
  }
  EXPECT_EQ(Decode(TextColumn(), Counted("{}"), Type::kJson)->value.type, Type::kJson);
  EXPECT_EQ(Decode(Wire(MYSQL_TYPE_JSON), Counted("{}"))->value.type, Type::kJson);
  EXPECT_EQ(Decode(Wire(MYSQL_TYPE_BLOB), Counted("\xff"))->value.type, Type::kBytes);
  EXPECT_EQ(Decode(Wire(MYSQL_TYPE_BLOB), Counted("ab"), Type::kText)->value.type, Type::kText);
  EXPECT_ERROR(ErrorClass::kBadStoredValue,
               Refusal(Wire(MYSQL_TYPE_BLOB), Counted("\xff"), Type::kText));
  EXPECT_ERROR(ErrorClass::kBadStoredValue, Refusal(TextColumn(), Counted("ab"), Type::kBytes));
  EXPECT_EQ(Decode(Wire(static_cast<enum_field_types>(242)), Counted("v"))->value.type,
            Type::kBytes)
      << "a later type";
}

TEST(MysqlDecode, Uuids) {
  const std::string bytes("\x00\x11\x22\x33\x44\x55\x66\x77\x88\x99\xaa\xbb\xcc\xdd\xee\xff", 16);
  EXPECT_EQ(Decode(Wire(MYSQL_TYPE_STRING), Counted(bytes), Type::kUuid)->value.view(), bytes);
  WireColumn native = TextColumn();
  native.is_uuid = true;
  const auto decoded = Decode(native, Counted("00112233-4455-6677-8899-aabbccddeeff"));
  EXPECT_EQ(decoded->value.type, Type::kUuid);
  EXPECT_EQ(decoded->value.view(), bytes);
  EXPECT_EQ(
      Decode(native, Counted("00112233-4455-6677-8899-aabbccddeeff"), Type::kText)->value.size,
      36u);
  EXPECT_ERROR(ErrorClass::kBadStoredValue,
               Refusal(TextColumn(), Counted("nonsense"), Type::kUuid));
}

std::string Moment(uint16_t year, uint8_t month, uint8_t day) {
  return Little(year) + static_cast<char>(month) + static_cast<char>(day);
}

TEST(MysqlDecode, DatesAndTimestamps) {
  const std::string date = Moment(2024, 2, 29);
  const std::string clock("\x0d\x2d\x07", 3);
  const int64_t days = 19'782;
  const int64_t second = days * kMicrosPerDay + ((13 * 60 + 45) * 60 + 7) * kMicrosPerSecond;
  ExpectInteger(Wire(MYSQL_TYPE_DATE), Counted(date), Type::kDate, Type::kDate, days);
  ExpectInteger(Wire(MYSQL_TYPE_DATE), Counted(date), Type::kTimestamp, Type::kTimestamp,
                days * kMicrosPerDay);
  ExpectInteger(Wire(MYSQL_TYPE_DATETIME), Counted(date), Type::kNull, Type::kTimestamp,
                days * kMicrosPerDay);
  ExpectInteger(Wire(MYSQL_TYPE_DATETIME), Counted(date + clock), Type::kTimestampTz,
                Type::kTimestampTz, second);
  ExpectInteger(Wire(MYSQL_TYPE_TIMESTAMP), Counted(date + clock + Little(uint32_t{999'999})),
                Type::kNull, Type::kTimestampTz, second + 999'999);
  ExpectInteger(Wire(MYSQL_TYPE_DATETIME), Counted(Moment(1, 1, 1)), Type::kTimestamp,
                Type::kTimestamp, kMinTimestamp);
  for (const std::string& bad :
       {std::string(), Moment(0, 0, 0), Moment(2024, 0, 1), Moment(2024, 1, 0), Moment(2023, 2, 29),
        Moment(0, 1, 1), Moment(10'000, 1, 1), Moment(2024, 13, 1)}) {
    EXPECT_ERROR(ErrorClass::kBadStoredValue,
                 Refusal(Wire(MYSQL_TYPE_DATE), Counted(bad), Type::kDate));
    EXPECT_ERROR(ErrorClass::kBadStoredValue,
                 Refusal(Wire(MYSQL_TYPE_DATETIME), Counted(bad), Type::kTimestamp));
  }
}

TEST(MysqlDecode, Times) {
  const auto time = [](bool negative, uint32_t days, uint8_t hours, uint32_t micros) {
    return Counted(std::string(1, negative ? 1 : 0) + Little(days) + static_cast<char>(hours) +
                   std::string("\0\0", 2) + Little(micros));
  };
  const WireColumn column = Wire(MYSQL_TYPE_TIME);
  constexpr int64_t kHour = 3600 * kMicrosPerSecond;
  ExpectInteger(column, Counted(""), Type::kTime, Type::kTime, 0);
  ExpectInteger(column, time(false, 0, 23, 999'999), Type::kTime, Type::kTime,
                23 * kHour + 999'999);
  ExpectInteger(column, time(true, 34, 22, 1), Type::kInterval, Type::kInterval,
                -(838 * kHour + 1));
  ExpectInteger(column, time(false, 1, 0, 0), Type::kNull, Type::kInterval, 24 * kHour);
  EXPECT_ERROR(ErrorClass::kOutOfRange, Refusal(column, time(false, 1, 0, 0), Type::kTime));
  EXPECT_ERROR(ErrorClass::kOutOfRange, Refusal(column, time(true, 0, 1, 0), Type::kTime));
  // What no server sends is not calculated with.
  EXPECT_ERROR(ErrorClass::kBadStoredValue,
               Refusal(column, time(false, 0xFFFF'FFFF, 0, 0), Type::kInterval));
  EXPECT_ERROR(ErrorClass::kBadStoredValue, Refusal(column, time(false, 0, 24, 0), Type::kNull));
  EXPECT_ERROR(ErrorClass::kBadStoredValue,
               Refusal(column, time(false, 0, 0, 1'000'000), Type::kNull));
}

TEST(MysqlDecode, BytesThatAreNotOfTheirTypesFormAreRefused) {
  const auto refused = [](enum_field_types type, absl::string_view cell) {
    const absl::Status status = Refusal(Wire(type), Counted(cell), Type::kNull);
    EXPECT_EQ(ClassOf(status), ErrorClass::kBadStoredValue) << type << " " << cell.size();
  };
  const std::string date = Moment(2024, 2, 29);
  refused(MYSQL_TYPE_DATETIME, date + std::string("\x18\0\0", 3));
  refused(MYSQL_TYPE_DATETIME, date + std::string("\0\x3c\0", 3));
  refused(MYSQL_TYPE_DATETIME, date + std::string("\0\0\x3c", 3));
  refused(MYSQL_TYPE_DATETIME, date + std::string(3, '\0') + Little(uint32_t{1'000'000}));
  for (const size_t size : {5u, 6u, 8u, 9u, 10u, 12u}) {
    refused(MYSQL_TYPE_DATETIME, date + std::string(size - 4, '\0'));
  }
  for (const size_t size : {1u, 7u, 9u, 11u, 13u}) refused(MYSQL_TYPE_TIME, std::string(size, 0));
  refused(MYSQL_TYPE_BIT, "");
  refused(MYSQL_TYPE_BIT, "123456789");
  for (const char* text : {"", "-", ".", "1x", "--1", "1.2.3", "1e5x"}) {
    const WireColumn column = Wire(MYSQL_TYPE_NEWDECIMAL);
    for (const Type type : {Type::kDecimal, Type::kInt64, Type::kFloat64}) {
      EXPECT_EQ(ClassOf(Refusal(column, Counted(text), type)), ErrorClass::kBadStoredValue)
          << text << " " << Name(type);
    }
  }
  // Sixteen characters are not the sixteen bytes of a UUID.
  EXPECT_ERROR(ErrorClass::kBadStoredValue,
               Refusal(TextColumn(), Counted("0123456789abcdef"), Type::kUuid));
}

TEST(MysqlDecode, AddressesAreText) {
  WireColumn column = Wire(MYSQL_TYPE_STRING);
  column.is_address = true;
  for (const Type wanted : {Type::kNull, Type::kText}) {
    const auto decoded = Decode(column, Counted("2001:db8::1"), wanted);
    ASSERT_OK(decoded->status);
    EXPECT_EQ(decoded->value.type, Type::kText);
    EXPECT_EQ(decoded->value.view(), "2001:db8::1");
  }
}

TEST(MysqlDecode, NullsOfAnyTypeAreAnything) {
  // More columns than one byte of the bitmap, each other one null.
  std::vector<WireColumn> columns(20, Wire(MYSQL_TYPE_TINY));
  std::vector<sql::ResultColumn> wanted(20, {"", Type::kUuid});
  std::string packet(1 + (20 + 9) / 8, '\0');
  for (size_t i = 0; i < 20; ++i) {
    if (i % 2 == 0) {
      packet[1 + (i + 2) / 8] = static_cast<char>(packet[1 + (i + 2) / 8] | 1 << ((i + 2) % 8));
    } else {
      wanted[i].type = Type::kInt64;
    }
  }
  for (char i = 1; i < 20; i = static_cast<char>(i + 2)) packet.push_back(i);
  RowDecoder decoder;
  ASSERT_OK(decoder.Plan(columns, wanted));
  std::vector<Value> row(20, Value::Int64(77));
  Arena arena;
  ASSERT_OK(decoder.Decode(packet, 0, arena, row));
  for (size_t i = 0; i < 20; ++i) {
    if (i % 2 == 0) {
      EXPECT_TRUE(row[i].is_null()) << i;
    } else {
      EXPECT_EQ(row[i].integer, static_cast<int64_t>(i));
    }
  }
}

TEST(MysqlDecode, AnyCutIsNoticed) {
  const std::vector<WireColumn> columns = {Wire(MYSQL_TYPE_LONGLONG),   TextColumn(),
                                           Wire(MYSQL_TYPE_DATETIME),   Wire(MYSQL_TYPE_TIME),
                                           Wire(MYSQL_TYPE_NEWDECIMAL), Wire(MYSQL_TYPE_SHORT)};
  const std::string packet = std::string(2, '\0') + Little(int64_t{5}) +
                             Counted(std::string(300, 'x')) + Counted(Moment(2024, 2, 29)) +
                             Counted("") + Counted("1.5") + Little(int16_t{3});
  RowDecoder decoder;
  ASSERT_OK(decoder.Plan(columns, {}));
  std::vector<Value> row(columns.size());
  Arena arena;
  ASSERT_OK(decoder.Decode(packet, 0, arena, row));
  for (size_t size = 0; size < packet.size(); ++size) {
    // A copy of its own, so that a sanitizer sees a read beyond it.
    const std::vector<char> cut(packet.begin(), packet.begin() + static_cast<std::ptrdiff_t>(size));
    EXPECT_FALSE(decoder.Decode({cut.data(), cut.size()}, 0, arena, row).ok()) << size;
  }
  // Lengths that lie.
  for (const char* lie :
       {"\xfb", "\xff", "\xfc\xff\xff", "\xfe\xff\xff\xff\xff\xff\xff\xff\xff", "\x05"}) {
    EXPECT_FALSE(Decode(TextColumn(), lie, Type::kText)->status.ok());
  }
  for (const char* shorter : {"\1", "\1\1\1", "\0\0\0\0\0"}) {
    EXPECT_FALSE(Decode(Wire(MYSQL_TYPE_TIME), Counted(shorter), Type::kTime)->status.ok() &&
                 *shorter != 0);
    EXPECT_FALSE(Decode(Wire(MYSQL_TYPE_DATE), Counted(shorter), Type::kDate)->status.ok());
  }
}

TEST(MysqlDecode, MessagesNameColumnAndTypesButNoValue) {
  const sql::ResultColumn wanted{"secret_column", Type::kInt64};
  const WireColumn column = TextColumn();
  RowDecoder decoder;
  ASSERT_OK(decoder.Plan({&column, 1}, {&wanted, 1}));
  Value value;
  Arena arena;
  const absl::Status status =
      decoder.Decode(std::string(2, '\0') + Counted("the-value"), 0, arena, {&value, 1});
  EXPECT_ERROR(ErrorClass::kBadStoredValue, status);
  EXPECT_EQ(DetailOf(status).column, "secret_column");
  for (const char* word : {"secret_column", "VARCHAR", "int64"})
    EXPECT_THAT(std::string(status.message()), HasSubstr(word));
  EXPECT_THAT(status.ToString(), Not(HasSubstr("the-value")));
  const std::vector<sql::ResultColumn> two(2);
  EXPECT_ERROR(ErrorClass::kBadStoredValue, decoder.Plan({&column, 1}, two));
}

TEST(MysqlDecode, ArraysAreReadFromJson) {
  for (const WireColumn& column : {TextColumn(), Wire(MYSQL_TYPE_JSON), Wire(MYSQL_TYPE_BLOB)}) {
    const auto decoded = Decode(column, Counted("[1, null, -2]"), ArrayOf(Type::kInt64));
    ASSERT_OK(decoded->status);
    ASSERT_EQ(decoded->value.type, Type::kArray);
    ASSERT_EQ(decoded->value.size, 3u);
    EXPECT_EQ(decoded->value.items[0].integer, 1);
    EXPECT_TRUE(decoded->value.items[1].is_null());
    EXPECT_EQ(decoded->value.items[2].integer, -2);
    for (const char* bad : {"[1, \"secret\"]", "[1.5]", "[[1]]", "{}", "", "[1"}) {
      const absl::Status status = Refusal(column, Counted(bad), ArrayOf(Type::kInt64));
      EXPECT_ERROR(ErrorClass::kBadStoredValue, status);
      EXPECT_THAT(std::string(status.message()), HasSubstr("int64-array"));
      EXPECT_THAT(status.ToString(), Not(HasSubstr("secret")));
    }
  }
  EXPECT_ERROR(ErrorClass::kBadStoredValue,
               Refusal(Wire(MYSQL_TYPE_LONGLONG), Little(int64_t{1}), ArrayOf(Type::kInt64)));
}

TEST(MysqlDecode, ABadValueIsNamedByTableKeyAndRow) {
  std::vector<WireColumn> columns = {Wire(MYSQL_TYPE_LONGLONG), Wire(MYSQL_TYPE_DATE),
                                     Wire(MYSQL_TYPE_LONGLONG), TextColumn()};
  for (WireColumn& column : columns) {
    column.table = "people";
    column.alias = "p";
  }
  columns[0].in_key = columns[2].in_key = columns[3].in_key = true;
  columns[0].origin = "id";
  columns[2].origin = "id";
  columns[2].alias = "other";  // the same table joined with itself: another row's key
  columns[3].origin = "tag";
  const std::string packet = std::string(2, '\0') + Little(int64_t{5}) + Counted("") +
                             Little(int64_t{6}) + Counted("private");
  RowDecoder decoder;
  std::vector<sql::ResultColumn> wanted = {
      {"id", Type::kInt64}, {"born", Type::kDate}, {"other", Type::kInt64}, {"tag", Type::kText}};
  ASSERT_OK(decoder.Plan(columns, wanted));
  std::vector<Value> row(columns.size());
  Arena arena;
  const absl::Status status = decoder.Decode(packet, 41, arena, row);
  EXPECT_ERROR(ErrorClass::kBadStoredValue, status);
  EXPECT_EQ(status.message(),
            "column \"born\" of table \"people\", row 42 of the result: DATE cannot be read as "
            "date: its year, month or day is no date's");
  EXPECT_EQ(DetailOf(status).table, "people");
  EXPECT_EQ(DetailOf(status).row, 41);
  EXPECT_EQ(DetailOf(status).detail, "the row with \"id\" = 5, \"tag\" = 'private'");
  EXPECT_THAT(DetailOf(status).hint, HasSubstr("NO_ZERO_DATE"));
  // A row that is cut short after the bad cell still gets its error, with the key that is there.
  const absl::Status cut = decoder.Decode(packet.substr(0, 14), 0, arena, row);
  EXPECT_EQ(DetailOf(cut).detail, "the row with \"id\" = 5");
}

// Every pair of a wire type and a wanted type either decodes, refuses, or faults; none may crash or
// lie about its type.
TEST(MysqlDecode, AllPairsKeepTheirWord) {
  for (int type = 0; type < 256; ++type) {
    for (int wanted = 0; wanted <= 0xFF; ++wanted) {
      if (!IsDeclarable(wanted)) continue;
      for (const bool flag : {false, true}) {
        const auto decoded = Decode(Wire(static_cast<enum_field_types>(type), flag, flag),
                                    std::string("\x08\x01\x00\x00\x00\x00\x00\x00\x00", 9),
                                    static_cast<Type>(wanted));
        if (!decoded->status.ok() || wanted == 0) continue;
        const auto expected = static_cast<Type>(wanted);
        EXPECT_EQ(decoded->value.type, IsArray(expected) ? Type::kArray : expected) << type;
      }
    }
  }
}

}  // namespace
}  // namespace ferro::mysql
