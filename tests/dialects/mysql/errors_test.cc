// Codes to classes, names out of both servers' messages, and no value in any message of ours.
#include "dialects/mysql/errors.h"

#include <gmock/gmock.h>

#include "dialects/mysql/error_text.h"
#include "tests/support/status_matchers.h"

namespace ferro::mysql {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

struct Case {
  Product product;
  int32_t code;
  const char* sqlstate;
  const char* text;
  ErrorClass error_class;
  const char* constraint;
  const char* table;
  const char* column;
  int64_t row;
};

constexpr Product kMa = Product::kMariadb;
constexpr Product kMy = Product::kMysql;

// Values in these texts hold the word "private", and look as much like the text around them as they
// can.
const Case kCases[] = {
    {kMa, 1062, "23000", "Duplicate entry 'private' for key 'x' at row 3' for key 'PRIMARY'",
     ErrorClass::kUnique, "PRIMARY", "", "", -1},
    {kMy, 1062, "23000", "Duplicate entry 'private' for key 't.PRIMARY'", ErrorClass::kUnique,
     "PRIMARY", "t", "", -1},
    {kMa, 1062, "23000", "Duplicate entry 'private' for key 'a.b'", ErrorClass::kUnique, "a.b", "",
     "", -1},
    {kMy, 1586, "23000", "Duplicate entry 'private' for key 't.u'", ErrorClass::kUnique, "u", "t",
     "", -1},
    {kMa, 1452, "23000",
     "Cannot add or update a child row: a foreign key constraint fails (\"d\".\"child\", "
     "CONSTRAINT \"f\" FOREIGN KEY "
     "(\"p\") REFERENCES \"parent\" (\"id\"))",
     ErrorClass::kForeignKey, "f", "child", "p", -1},
    {kMy, 1451, "23000",
     "Cannot delete or update a parent row: a foreign key constraint fails (`d`.`child`, "
     "CONSTRAINT `f``g` FOREIGN KEY "
     "(`p`, `q`) REFERENCES `parent` (`id`, `jd`))",
     ErrorClass::kForeignKey, "f`g", "child", "p,q", -1},
    {kMy, 1216, "23000", "Cannot add or update a child row: a foreign key constraint fails",
     ErrorClass::kForeignKey, "", "", "", -1},
    {kMy, 1826, "HY000", "Duplicate foreign key constraint name 'f'", ErrorClass::kDuplicateObject,
     "", "", "", -1},
    {kMa, 1005, "HY000",
     "Can't create table `d`.`t` (errno: 121 \"Duplicate key on write or update\")",
     ErrorClass::kDuplicateObject, "", "", "", -1},
    {kMa, 1005, "HY000",
     "Can't create table `d`.`t` (errno: 150 \"Foreign key constraint is incorrectly formed\")",
     ErrorClass::kForeignKey, "", "", "", -1},
    {kMy, 1048, "23000", "Column 'name' cannot be null", ErrorClass::kNotNull, "name_not_null", "",
     "name", -1},
    {kMa, 1364, "HY000", "Field 'name' doesn't have a default value", ErrorClass::kNotNull,
     "name_not_null", "", "name", -1},
    {kMy, 3819, "HY000", "Check constraint 'small' is violated.", ErrorClass::kCheck, "small", "",
     "", -1},
    {kMa, 4025, "23000", "CONSTRAINT `small` failed for `d`.`t`", ErrorClass::kCheck, "small", "t",
     "", -1},
    {kMy, 1406, "22001", "Data too long for column 'c' at row 2", ErrorClass::kStringTooLong, "",
     "", "c", 1},
    {kMa, 1264, "22003", "Out of range value for column 'c' at row 1", ErrorClass::kOutOfRange, "",
     "", "c", 0},
    {kMa, 1366, "22007", "Incorrect integer value: 'private' for column `d`.`t`.`c` at row 1",
     ErrorClass::kInvalidText, "", "t", "c", 0},
    {kMy, 1366, "HY000",
     "Incorrect integer value: 'private for column 'x' at row 9' for column 'c' at row 1",
     ErrorClass::kInvalidText, "", "", "c", 0},
    {kMy, 1292, "22007", "Truncated incorrect DOUBLE value: 'private'", ErrorClass::kData, "", "",
     "", -1},
    {kMy, 1265, "01000", "Data truncated for column 'c' at row 1", ErrorClass::kData, "", "", "c",
     0},
    {kMy, 1690, "22003", "BIGINT value is out of range in '(private + 1)'", ErrorClass::kOutOfRange,
     "", "", "", -1},
    {kMa, 1064, "42000", "You have an error in your SQL syntax; … near 'private' at line 3",
     ErrorClass::kSyntax, "", "", "", -1},
    {kMy, 1146, "42S02", "Table 'd.t' doesn't exist", ErrorClass::kUndefined, "", "t", "", -1},
    {kMy, 1054, "42S22", "Unknown column 'c' in 'field list'", ErrorClass::kUndefined, "", "", "c",
     -1},
    {kMy, 1644, "45000", "private", ErrorClass::kIntegrity, "", "", "", -1},
    {kMy, 9999, "22023", "private", ErrorClass::kData, "", "", "", -1},
    {kMy, 9999, "HY000", "private", ErrorClass::kInternal, "", "", "", -1},
};

TEST(MysqlErrors, NamesAreTakenAndValuesAreNot) {
  for (const Case& c : kCases) {
    SCOPED_TRACE(c.text);
    const absl::Status status = MakeServerError({c.code, c.sqlstate, c.text}, c.product);
    const ErrorDetail detail = DetailOf(status);
    EXPECT_EQ(Name(detail.error_class), Name(c.error_class));
    EXPECT_EQ(detail.constraint, c.constraint);
    EXPECT_EQ(detail.table, c.table);
    EXPECT_EQ(detail.column, c.column);
    EXPECT_EQ(detail.row, c.row);
    EXPECT_EQ(detail.native_code, c.code);
    EXPECT_EQ(detail.sqlstate, c.sqlstate);
    EXPECT_EQ(detail.detail, c.text);
    EXPECT_THAT(std::string(status.message()), Not(HasSubstr("private")));
    EXPECT_THAT(std::string(status.message()), Not(::testing::EndsWith(".")));
    EXPECT_FALSE(status.message().empty());
  }
}

TEST(MysqlErrors, Classes) {
  const auto classify = [](int32_t code, Product product, const char* state = "HY000",
                           const char* text = "") {
    return Name(Classify({code, state, text}, product));
  };
  const std::pair<int32_t, ErrorClass> both[] = {{1205, ErrorClass::kLock},
                                                 {1213, ErrorClass::kDeadlock},
                                                 {1020, ErrorClass::kSerialization},
                                                 {1142, ErrorClass::kPrivilege},
                                                 {1227, ErrorClass::kPrivilege},
                                                 {1290, ErrorClass::kReadOnly},
                                                 {1836, ErrorClass::kReadOnly},
                                                 {1021, ErrorClass::kDiskFull},
                                                 {1114, ErrorClass::kDiskFull},
                                                 {1317, ErrorClass::kCancelled},
                                                 {2006, ErrorClass::kConnection},
                                                 {2013, ErrorClass::kConnection},
                                                 {2055, ErrorClass::kConnection},
                                                 {1053, ErrorClass::kConnection},
                                                 {1153, ErrorClass::kOutOfRange},
                                                 {1050, ErrorClass::kDuplicateObject},
                                                 {1061, ErrorClass::kDuplicateObject},
                                                 {1007, ErrorClass::kDuplicateObject},
                                                 {1051, ErrorClass::kUndefined},
                                                 {1091, ErrorClass::kUndefined},
                                                 {1305, ErrorClass::kUndefined},
                                                 {1040, ErrorClass::kTooManyConnections},
                                                 {1210, ErrorClass::kInvalidArgument},
                                                 {1461, ErrorClass::kMemory},
                                                 {1792, ErrorClass::kReadOnly},
                                                 {1217, ErrorClass::kForeignKey},
                                                 {1367, ErrorClass::kInvalidText}};
  for (const auto& [code, error_class] : both) {
    EXPECT_EQ(classify(code, kMa), Name(error_class)) << code;
    EXPECT_EQ(classify(code, kMy), Name(error_class)) << code;
  }
  EXPECT_EQ(classify(3572, kMy), Name(ErrorClass::kLock));
  EXPECT_EQ(classify(3024, kMy), Name(ErrorClass::kTimeout));
  EXPECT_EQ(classify(1969, kMa), Name(ErrorClass::kTimeout));
  EXPECT_EQ(classify(3101, kMy), Name(ErrorClass::kSerialization));
  EXPECT_EQ(classify(1180, kMy, "HY000",
                     "Got error 149 'Lock deadlock; Retry transaction' during COMMIT"),
            Name(ErrorClass::kSerialization));
  EXPECT_EQ(classify(1180, kMy, "HY000", "Got error 5 during COMMIT"), Name(ErrorClass::kInternal));
  EXPECT_EQ(classify(1030, kMy, "HY000", "Got error 28 from storage engine"),
            Name(ErrorClass::kDiskFull));
  // One code, two meanings.
  EXPECT_NE(classify(4025, kMy), Name(ErrorClass::kCheck));
  EXPECT_NE(classify(3819, kMa), Name(ErrorClass::kCheck));
  EXPECT_NE(classify(4031, kMa), Name(ErrorClass::kConnection));
}

TEST(MysqlErrors, WhatEndsASession) {
  for (const int32_t code : {2006, 2013, 2014, 2027, 2055, 1053, 1153, 1047}) {
    EXPECT_TRUE(BreaksSession({code, "HY000", ""}, kMa)) << code;
  }
  for (const int32_t code : {1062, 1064, 1205, 1213, 1317, 2031, 2036}) {
    EXPECT_FALSE(BreaksSession({code, "HY000", ""}, kMa)) << code;
  }
  EXPECT_TRUE(BreaksSession({1927, "70100", ""}, kMa));
  EXPECT_TRUE(BreaksSession({4031, "HY000", ""}, kMy));
}

TEST(MysqlErrors, ConnectingSaysWhereButNotThePassword) {
  db::Url url;
  url.user = "me";
  url.password = "s3cret";
  url.host = "db.example";
  url.port = 3307;
  url.database = "shop";
  const std::pair<int32_t, ErrorClass> cases[] = {
      {1044, ErrorClass::kAuthentication},     {1045, ErrorClass::kAuthentication},
      {1698, ErrorClass::kAuthentication},     {1049, ErrorClass::kConnection},
      {1040, ErrorClass::kTooManyConnections}, {1203, ErrorClass::kTooManyConnections},
      {2002, ErrorClass::kConnection},         {2003, ErrorClass::kConnection},
      {2005, ErrorClass::kConnection},         {2026, ErrorClass::kConnection}};
  for (const auto& [code, error_class] : cases) {
    const absl::Status status = MakeConnectError({code, "HY000", "It did not work (111)."}, url);
    EXPECT_ERROR(error_class, status);
    EXPECT_THAT(std::string(status.message()), HasSubstr("db.example:3307")) << code;
    EXPECT_THAT(status.ToString(), Not(HasSubstr("s3cret")));
    EXPECT_EQ(DetailOf(status).native_code, code);
  }
  const absl::Status wrapped =
      MakeConnectError({2002, "HY000",
                        "Received error packet before completion of TLS handshake. The "
                        "authenticity of the following error cannot be "
                        "verified: 1040 - Too many connections"},
                       url);
  EXPECT_ERROR(ErrorClass::kTooManyConnections, wrapped);
  EXPECT_EQ(Endpoint(db::Url{}), "127.0.0.1:3306");
}

TEST(MysqlErrors, PlainSentences) {
  EXPECT_EQ(PlainSentence("Lock wait timeout exceeded."), "lock wait timeout exceeded");
  EXPECT_EQ(PlainSentence("SELECT command denied"), "SELECT command denied");
  EXPECT_EQ(PlainSentence(""), "the server gave no reason");
}

// No text may lead the reading of names astray far enough to crash.
TEST(MysqlErrors, AnyTextIsSafe) {
  const char* const pieces[] = {"`",
                                "\"",
                                "'",
                                " for key '",
                                " for column ",
                                " at row ",
                                "(",
                                "CONSTRAINT ",
                                " FOREIGN KEY (",
                                ".",
                                "9",
                                " failed for ",
                                "Column '",
                                "' ",
                                "near '",
                                " at line "};
  uint32_t random = 1;
  for (int i = 0; i < 20'000; ++i) {
    std::string text;
    for (int k = 0; k < 8; ++k) {
      random = random * 1664525 + 1013904223;
      text += pieces[(random >> 16) % std::size(pieces)];
    }
    for (const int32_t code : {1062, 1452, 1048, 1364, 1366, 3819, 4025, 1054, 1146, 1064}) {
      EXPECT_FALSE(MakeServerError({code, "HY000", text}, (random & 1) != 0 ? kMa : kMy).ok());
    }
  }
}

}  // namespace
}  // namespace ferro::mysql
