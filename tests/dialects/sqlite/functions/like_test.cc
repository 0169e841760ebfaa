// LIKE by itself and from SQL.
#include "dialects/sqlite/functions/like.h"

#include "tests/dialects/sqlite/functions/harness.h"

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

class LikeOfSql : public FunctionsTest {};

TEST_F(LikeOfSql, IsTheOperator) {
  EXPECT_EQ(Select("'ABC' LIKE 'abc'"), "0");
  EXPECT_EQ(Select("'ABC' LIKE 'A%'"), "1");
  EXPECT_EQ(Select("'A%' LIKE 'A!%' ESCAPE '!'"), "1");
  EXPECT_EQ(Select("NULL LIKE 'A'"), "NULL");
  EXPECT_EQ(Select("'A' LIKE NULL"), "NULL");
  EXPECT_EQ(Select("123 LIKE '1_3'"), "1");
  EXPECT_EQ(Select("'a' LIKE 'a' ESCAPE 'xy'"),
            "data: the ESCAPE of LIKE is not a single character");
}

TEST_F(LikeOfSql, ColumnsWithAnIndexUseItToo) {
  ASSERT_EQ(sqlite3_exec(db_.get(),
                         "CREATE TABLE t (a TEXT COLLATE NOCASE); CREATE INDEX i ON t (a);"
                         "INSERT INTO t VALUES ('abc'), ('ABC')",
                         nullptr, nullptr, nullptr),
            SQLITE_OK);
  EXPECT_EQ(Select("a FROM t WHERE a LIKE 'ab%'"), "'abc'");
}

TEST_F(LikeOfSql, PatternsAreLimited) {
  const std::string pattern(50'001, '%');
  EXPECT_EQ(Select("'a' LIKE ?", {pattern}), "out of range: string or blob too big");
  EXPECT_EQ(Select("ferro_ilike('a', ?)", {pattern}), "out of range: string or blob too big");
}

class Ilike : public FunctionsTest {};

TEST_F(Ilike, IgnoresTheCaseOfAllLetters) {
  EXPECT_EQ(Select("ferro_ilike('STRASSE Ärger', '%äRGER')"), "1");
  EXPECT_EQ(Select("ferro_ilike('ΑΒΓ', 'αβ_', '|')"), "1");
  EXPECT_EQ(Select("ferro_ilike('abc', 'abd')"), "0");
  ExpectStrict("ferro_ilike", {"'a'", "'a'"});
  ExpectStrict("ferro_ilike", {"'a'", "'a'", "'|'"});
}

TEST_F(Ilike, EscapesBeforeItLooksAtCase) {
  EXPECT_EQ(Select("ferro_ilike('50% OFF', '50|% off', '|')"), "1");
  EXPECT_EQ(Select("ferro_ilike('50x OFF', '50|% off', '|')"), "0");
  // A letter escapes as it is written; the other one is a letter.
  EXPECT_EQ(Select("ferro_ilike('a%x', 'aX%x', 'X')"), "1");
  EXPECT_EQ(Select("ferro_ilike('abx', 'aX%x', 'X')"), "0");
  EXPECT_EQ(Select("ferro_ilike('aXb', 'ax_', 'X')"), "1");
  EXPECT_EQ(Select("ferro_ilike('xA', 'XXa', 'X')"), "1");
  EXPECT_EQ(Select("ferro_ilike('a', 'a|', '|')"), "0");
  EXPECT_EQ(Select("ferro_ilike('a', 'a', '')"),
            "data: the ESCAPE of LIKE is not a single character");
}

TEST_F(Ilike, ABackslashIsPlainUnlessItIsTheEscape) {
  EXPECT_EQ(Select("ferro_ilike('a\\B', 'A\\b')"), "1");
  EXPECT_EQ(Select("ferro_ilike('a%', 'A\\%')"), "0");
  EXPECT_EQ(Select("ferro_ilike('a\\x', 'A\\%')"), "1");
  EXPECT_EQ(Select("ferro_ilike('a%', 'A\\%', '\\')"), "1");
  EXPECT_EQ(Select("ferro_ilike('a\\x', 'A\\%', '\\')"), "0");
}

}  // namespace
}  // namespace ferro::sqlite
