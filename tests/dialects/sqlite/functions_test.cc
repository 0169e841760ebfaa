// Our SQL functions, by themselves and from SQL.
#include "dialects/sqlite/functions.h"

#include "tests/dialects/sqlite/harness.h"

namespace ferro::sqlite {
namespace {

TEST(Like, MatchesAsTheStandardSays) {
  EXPECT_TRUE(Like("", "", ""));
  EXPECT_FALSE(Like("", "a", ""));
  EXPECT_TRUE(Like("%", "", ""));
  EXPECT_TRUE(Like("%%", "abc", ""));
  EXPECT_FALSE(Like("_", "", ""));
  EXPECT_TRUE(Like("a%c", "abbbc", ""));
  EXPECT_FALSE(Like("a%c", "abbb", ""));
  EXPECT_TRUE(Like("%ab%ab", "abxabab", ""));
  EXPECT_FALSE(Like("%ab_", "abab", ""));
  EXPECT_TRUE(Like("%a_b", "xaxaxb", ""));
  EXPECT_FALSE(Like("abc", "ABC", ""));
  EXPECT_FALSE(Like("abc", "ab", ""));
}

TEST(Like, CountsCharactersNotBytes) {
  EXPECT_TRUE(Like("_", "ü", ""));
  EXPECT_FALSE(Like("__", "ü", ""));
  EXPECT_TRUE(Like("%\xF0\x9F\x90\xA2_", "x\xF0\x9F\x90\xA2ä", ""));
  EXPECT_TRUE(Like("_\xFF", "a\xFF", ""));  // bytes that are no text do no harm
}

TEST(Like, EscapesMakeTheNextCharacterPlain) {
  EXPECT_TRUE(Like("100\\%", "100%", "\\"));
  EXPECT_FALSE(Like("100\\%", "1000", "\\"));
  EXPECT_TRUE(Like("100\\%", "100\\abc", ""));
  EXPECT_TRUE(Like("a!_!!%", "a_!tail", "!"));
  EXPECT_TRUE(Like("%!ü", "xü", "!"));
  EXPECT_TRUE(Like("aü%", "a%", "ü"));
  EXPECT_FALSE(Like("a!", "a!", "!"));  // nothing follows the escape
  EXPECT_TRUE(Like("%!a", "aaba", "!"));
}

TEST(Like, LongTextsTakeNoExponentialTime) {
  const std::string text(20'000, 'a');
  EXPECT_FALSE(Like("%a%a%a%a%a%a%a%a%a%b", text, ""));
}

class FunctionsTest : public SqliteTest {
 protected:
  FunctionsTest() : connection_(Connect()) {}
  Rows Select(absl::string_view expression) {
    auto rows = Query(*connection_, absl::StrCat("SELECT ", expression));
    EXPECT_OK(rows);
    return rows.ok() ? *std::move(rows) : Rows{{{Value::Null()}}, {}, {}};
  }
  std::unique_ptr<db::Connection> connection_;
};

TEST_F(FunctionsTest, TheOperatorUsesOurLike) {
  EXPECT_EQ(Select("'ABC' LIKE 'abc'").at(0, 0).integer, 0);
  EXPECT_EQ(Select("'ABC' LIKE 'A%'").at(0, 0).integer, 1);
  EXPECT_EQ(Select("'A%' LIKE 'A!%' ESCAPE '!'").at(0, 0).integer, 1);
  EXPECT_TRUE(Select("NULL LIKE 'A'").at(0, 0).is_null());
  EXPECT_TRUE(Select("'A' LIKE NULL").at(0, 0).is_null());
  EXPECT_EQ(Select("123 LIKE '1_3'").at(0, 0).integer, 1);
  EXPECT_FALSE(Query(*connection_, "SELECT 'a' LIKE 'a' ESCAPE 'xy'").ok());
}

TEST_F(FunctionsTest, ColumnsWithAnIndexUseOurLikeToo) {
  ASSERT_OK(Script(*connection_,
                   "CREATE TABLE t (a TEXT COLLATE NOCASE); CREATE INDEX i ON t (a);"
                   "INSERT INTO t VALUES ('abc'), ('ABC')"));
  ASSERT_OK_AND_ASSIGN(auto rows, Query(*connection_, "SELECT a FROM t WHERE a LIKE 'ab%'"));
  ASSERT_EQ(rows.cells.size(), 1u);
  EXPECT_EQ(rows.text(0, 0), "abc");
}

TEST_F(FunctionsTest, ArithmeticIsCheckedForIntegers) {
  EXPECT_EQ(Select("ferro_add(9223372036854775806, 1)").at(0, 0).integer, INT64_MAX);
  EXPECT_EQ(Select("ferro_subtract(-9223372036854775807, 1)").at(0, 0).integer, INT64_MIN);
  EXPECT_EQ(Select("ferro_multiply(-3, 4)").at(0, 0).integer, -12);
  EXPECT_EQ(Select("ferro_add(1, 0.5)").at(0, 0).real, 1.5);
  EXPECT_EQ(Select("ferro_multiply(9223372036854775807, 2.0)").at(0, 0).type, Type::kFloat64);
  EXPECT_TRUE(Select("ferro_add(NULL, 1)").at(0, 0).is_null());
  for (absl::string_view overflow :
       {"ferro_add(9223372036854775807, 1)", "ferro_subtract(-9223372036854775807, 2)",
        "ferro_multiply(4611686018427387904, 2)", "ferro_subtract(9e999, 9e999)"}) {
    EXPECT_ERROR(ErrorClass::kOutOfRange, Query(*connection_, absl::StrCat("SELECT ", overflow)));
  }
}

TEST_F(FunctionsTest, QuotientsOfIntegersAreCutOffTowardZeroAndNeverBecomeReals) {
  EXPECT_EQ(Select("ferro_divide(-7, 2)").at(0, 0).integer, -3);
  EXPECT_EQ(Select("ferro_divide(7, -2)").at(0, 0).integer, -3);
  EXPECT_TRUE(Select("ferro_divide(7, NULLIF(0, 0))").at(0, 0).is_null());
  EXPECT_ERROR(ErrorClass::kOutOfRange,
               Query(*connection_, "SELECT ferro_divide(-9223372036854775808, -1)"));
}

TEST_F(FunctionsTest, DecimalsSortByValue) {
  ASSERT_OK(Script(*connection_,
                   "CREATE TABLE d (v TEXT COLLATE ferro_decimal);"
                   "INSERT INTO d VALUES ('10'), ('9.5'), ('-2'), ('-10.25'), ('0.001')"));
  ASSERT_OK_AND_ASSIGN(auto rows, Query(*connection_, "SELECT v FROM d ORDER BY v"));
  std::string order;
  for (size_t i = 0; i < rows.cells.size(); ++i) absl::StrAppend(&order, rows.text(i, 0), " ");
  EXPECT_EQ(order, "-10.25 -2 0.001 9.5 10 ");
  ASSERT_OK_AND_ASSIGN(auto equal, Query(*connection_, "SELECT count(*) FROM d WHERE v = '10.00'"));
  EXPECT_EQ(equal.at(0, 0).integer, 1);
}

}  // namespace
}  // namespace ferro::sqlite
