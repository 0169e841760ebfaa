#include "tests/dialects/sqlite/functions/harness.h"

namespace ferro::sqlite {
namespace {

class DecimalsTest : public FunctionsTest {};

constexpr char kOutOfRange[] = "out of range: the result is out of range";
constexpr char kNoDecimal[] = "data: an argument is neither an integer nor a decimal";

TEST_F(DecimalsTest, SortByValue) {
  ASSERT_EQ(sqlite3_exec(db_.get(),
                         "CREATE TABLE d (v TEXT COLLATE ferro_decimal);"
                         "INSERT INTO d VALUES ('10'), ('9.5'), ('-2'), ('-10.25'), ('0.001')",
                         nullptr, nullptr, nullptr),
            SQLITE_OK);
  EXPECT_EQ(Select("v FROM d ORDER BY v"), "'-10.25' '-2' '0.001' '9.5' '10'");
  EXPECT_EQ(Select("count(*) FROM d WHERE v = '10.00'"), "1");
}

TEST_F(DecimalsTest, ArithmeticIsExact) {
  EXPECT_EQ(Select("ferro_decimal_add('0.1', '0.2')"), "'0.3'");
  EXPECT_EQ(Select("ferro_decimal_add('1.50', 2)"), "'3.50'");
  EXPECT_EQ(Select("ferro_decimal_add(9223372036854775807, 9223372036854775807)"),
            "'18446744073709551614'");
  EXPECT_EQ(Select("ferro_decimal_subtract('1', '1.00')"), "'0.00'");
  EXPECT_EQ(Select("ferro_decimal_multiply('-1.5', '0.20')"), "'-0.300'");
  EXPECT_EQ(Select("ferro_decimal_multiply('-1.5', 0)"), "'0.0'");
  EXPECT_EQ(Select("ferro_decimal_negate('-1.50')"), "'1.50'");
  EXPECT_EQ(Select("ferro_decimal_negate('0.00')"), "'0.00'");
  EXPECT_EQ(Select("ferro_decimal_negate(-9223372036854775808)"), "'9223372036854775808'");
  const std::string nines(65, '9');
  EXPECT_EQ(Select("ferro_decimal_add(?, '0.1')", {nines}), absl::StrCat("'", nines, ".1'"));
  for (const char* function :
       {"ferro_decimal_add", "ferro_decimal_subtract", "ferro_decimal_multiply"}) {
    ExpectStrict(function, {"'1'", "'1'"});
  }
  ExpectStrict("ferro_decimal_negate", {"'1'"});
}

TEST_F(DecimalsTest, WhatHasLostDigitsIsRefused) {
  EXPECT_EQ(Select("ferro_decimal_add(0.1, '0.2')"), kNoDecimal);
  EXPECT_EQ(Select("ferro_decimal_add('0.2', 'x')"), kNoDecimal);
  EXPECT_EQ(Select("ferro_decimal_negate(x'31')"), kNoDecimal);
  EXPECT_EQ(Select("ferro_decimal_sum(column1) FROM (VALUES ('1'), (0.5))"), kNoDecimal);
}

TEST_F(DecimalsTest, ResultsPastTheLimitsFail) {
  const std::string most(131'072, '9');
  EXPECT_EQ(Select("ferro_decimal_add(?, '1')", {most}), kOutOfRange);
  EXPECT_EQ(Select("ferro_decimal_multiply(?, '10')", {most}), kOutOfRange);
  EXPECT_EQ(Select("ferro_decimal_multiply('1e-16383', '0.1')"), kOutOfRange);
  EXPECT_EQ(Select("ferro_decimal_subtract(?, ?)", {most, most}), "'0'");
  sqlite3_limit(db_.get(), SQLITE_LIMIT_LENGTH, 100);
  EXPECT_EQ(Select("ferro_decimal_multiply(?, '10')", {std::string(100, '9')}),
            "out of range: string or blob too big");
}

TEST_F(DecimalsTest, SumsSkipNullsAndHaveTheLargestScale) {
  EXPECT_EQ(Select("ferro_decimal_sum(column1) FROM (VALUES ('0.1'), (NULL), ('0.20'), (5))"),
            "'5.30'");
  EXPECT_EQ(Select("ferro_decimal_sum(column1) FROM (VALUES (NULL), (NULL))"), "NULL");
  EXPECT_EQ(Select("ferro_decimal_sum(1) FROM (SELECT 1) WHERE 0"), "NULL");
  EXPECT_EQ(Select("ferro_decimal_sum(DISTINCT column1) FROM (VALUES ('1'), ('1'), ('2'))"), "'3'");
  EXPECT_EQ(Select("ferro_decimal_sum(column1) FILTER (WHERE column1 <> '2') "
                   "FROM (VALUES ('1'), ('2'))"),
            "'1'");
  EXPECT_EQ(Select("ferro_decimal_sum(column2) FROM (VALUES (1, '1.5'), (2, '2'), (1, '-2.5')) "
                   "GROUP BY column1"),
            "'-1.0' '2'");
}

TEST_F(DecimalsTest, SumsSlide) {
  EXPECT_EQ(Sliding("ferro_decimal_sum", 1, "('1'), ('0.25'), ('-3'), (NULL), (NULL), ('7')"),
            "'1' '1.25' '-2.75' '-3' NULL '7'");
  // The digits of what has left the frame are not shown.
  EXPECT_EQ(Sliding("ferro_decimal_sum", 0, "('1e30'), ('1e-20'), ('0.5'), ('2')"),
            "'1000000000000000000000000000000' '0.00000000000000000001' '0.5' '2'");
  EXPECT_EQ(Select("ferro_decimal_sum(column1) OVER (ORDER BY 0 + column1) "
                   "FROM (VALUES ('1.0'), ('2'), ('3'))"),
            "'1.0' '3.0' '6.0'");
  EXPECT_EQ(Sliding("ferro_decimal_sum", 1, "('1'), ('x')"), kNoDecimal);
}

TEST_F(DecimalsTest, SumsOfIntegersFailOnlyWhenTheWholeIsTooLarge) {
  constexpr char kOver[] = "(9223372036854775807), (1), (-5), (NULL)";
  EXPECT_EQ(Select(absl::StrCat("ferro_int_sum(column1) FROM (VALUES ", kOver, ")")),
            "9223372036854775803");
  EXPECT_EQ(Select("ferro_int_sum(column1) FROM (VALUES (9223372036854775807), (1))"),
            "out of range: integer overflow");
  EXPECT_EQ(Select("ferro_int_sum(column1) FROM (VALUES (NULL))"), "NULL");
  EXPECT_EQ(Select("ferro_int_sum(column1) FROM (VALUES (1), (1.5))"),
            "data: an argument is no integer");
  EXPECT_EQ(Sliding("ferro_int_sum", 1, "(1), (9223372036854775806), (-7), (NULL), (NULL)"),
            "1 9223372036854775807 9223372036854775799 -7 NULL");
}

TEST_F(DecimalsTest, SumsOfSqliteFailOnTheWayToo) {
  EXPECT_EQ(Select("sum(column1) FROM (VALUES (9223372036854775807), (1))"),
            "out of range: integer overflow");
  EXPECT_EQ(Select("sum(column1) FROM (VALUES (9223372036854775807), (1), (-5))"),
            "out of range: integer overflow");
}

}  // namespace
}  // namespace ferro::sqlite
