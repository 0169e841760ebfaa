#include "tests/dialects/sqlite/functions/harness.h"

namespace ferro::sqlite {
namespace {

class TextFunctionsTest : public FunctionsTest {};

constexpr char kTooBig[] = "out of range: string or blob too big";

TEST_F(TextFunctionsTest, CaseIsMappedCharacterByCharacter) {
  EXPECT_EQ(Select("ferro_lower('ÀÉÎ ΣΑΣ ŁÓDŹ 123')"), "'àéî σασ łódź 123'");
  EXPECT_EQ(Select("ferro_upper('àéî σας ß ŷ')"), "'ÀÉÎ ΣΑΣ ß Ŷ'");
  EXPECT_EQ(Select("ferro_lower(?)", {"\xF0\x90\x90\x80"}), "'\xF0\x90\x90\xA8'");  // Deseret
  EXPECT_EQ(Select("ferro_lower('ẞȺ')"), "'ßⱥ'");  // shorter and longer than before
  EXPECT_EQ(Select("ferro_upper('')"), "''");
  EXPECT_EQ(Select("ferro_upper(?)", {"a\xFF\xC3z\xED\xA0\x80"}), "'A\xFF\xC3Z\xED\xA0\x80'");
  ExpectStrict("ferro_lower", {"'a'"});
  ExpectStrict("ferro_upper", {"'a'"});
}

TEST_F(TextFunctionsTest, LengthsAreOfCharacters) {
  EXPECT_EQ(Select("ferro_length('')"), "0");
  EXPECT_EQ(Select("ferro_length('aü€')"), "3");
  EXPECT_EQ(Select("ferro_length(?)", {"\xF0\x9F\x90\xA2x"}), "2");
  EXPECT_EQ(Select("ferro_length(?)", {absl::string_view("a\0b", 3)}), "3");
  EXPECT_EQ(Select("ferro_length(?)", {"a\xFF\x80"}), "3");
  ExpectStrict("ferro_length", {"'a'"});
}

TEST_F(TextFunctionsTest, SubstrCutsBetweenCharacters) {
  EXPECT_EQ(Select("ferro_substr('aü€b', 2)"), "'ü€b'");
  EXPECT_EQ(Select("ferro_substr('aü€b', 2, 2)"), "'ü€'");
  EXPECT_EQ(Select("ferro_substr('abc', 4)"), "''");
  EXPECT_EQ(Select("ferro_substr('abc', 9223372036854775807, 9223372036854775807)"), "''");
  EXPECT_EQ(Select("ferro_substr('abc', 1, 0)"), "''");
  EXPECT_EQ(Select("ferro_substr('abc', 0)"), "data: substr starts at 1");
  EXPECT_EQ(Select("ferro_substr('abc', -1, 1)"), "data: substr starts at 1");
  EXPECT_EQ(Select("ferro_substr('abc', 1, -1)"), "data: the count of substr is less than 0");
  EXPECT_EQ(Select("ferro_substr('abc', 1.0)"), "data: an argument is no integer");
  ExpectStrict("ferro_substr", {"'a'", "1"});
  ExpectStrict("ferro_substr", {"'a'", "1", "1"});
}

TEST_F(TextFunctionsTest, PositionsAreOfCharacters) {
  EXPECT_EQ(Select("ferro_position('€', 'äü€')"), "3");
  EXPECT_EQ(Select("ferro_position('', 'abc')"), "1");
  EXPECT_EQ(Select("ferro_position('', '')"), "1");
  EXPECT_EQ(Select("ferro_position('A', 'abc')"), "0");
  EXPECT_EQ(Select("ferro_position('abcd', 'abc')"), "0");
  ExpectStrict("ferro_position", {"'a'", "'a'"});
}

TEST_F(TextFunctionsTest, ReplaceGoesOnBehindWhatItPutIn) {
  EXPECT_EQ(Select("ferro_replace('aaa', 'a', 'aa')"), "'aaaaaa'");
  EXPECT_EQ(Select("ferro_replace('aaaa', 'aaa', 'b')"), "'ba'");
  EXPECT_EQ(Select("ferro_replace('x€y', '€', '')"), "'xy'");
  EXPECT_EQ(Select("ferro_replace('abc', '', 'x')"), "'abc'");
  EXPECT_EQ(Select("ferro_replace('', 'a', 'x')"), "''");
  ExpectStrict("ferro_replace", {"'a'", "'a'", "'a'"});
}

TEST_F(TextFunctionsTest, ReverseAndRepeatKeepCharactersWhole) {
  EXPECT_EQ(Select("ferro_reverse('aü€')"), "'€üa'");
  EXPECT_EQ(Select("ferro_reverse('')"), "''");
  EXPECT_EQ(Select("ferro_reverse(?)", {"a\xFF\xC3"}),
            "'\xC3\xFF"
            "a'");
  EXPECT_EQ(Select("ferro_repeat('ü€', 3)"), "'ü€ü€ü€'");
  EXPECT_EQ(Select("ferro_repeat('a', 0)"), "''");
  EXPECT_EQ(Select("ferro_repeat('a', -9223372036854775808)"), "''");
  EXPECT_EQ(Select("ferro_repeat('', 9223372036854775807)"), "''");
  EXPECT_EQ(Select("ferro_repeat('ab', 9223372036854775807)"), kTooBig);
  EXPECT_EQ(Select("ferro_repeat('ab', 4611686018427387905)"), kTooBig);
  EXPECT_EQ(Select("ferro_repeat('a', '3')"), "data: an argument is no integer");
  ExpectStrict("ferro_reverse", {"'a'"});
  ExpectStrict("ferro_repeat", {"'a'", "1"});
}

TEST_F(TextFunctionsTest, TextIsSearchedByteForByte) {
  EXPECT_EQ(Select("ferro_starts_with('äbc', 'ä')"), "1");
  EXPECT_EQ(Select("ferro_starts_with('abc', 'A')"), "0");
  EXPECT_EQ(Select("ferro_starts_with('a', 'ab')"), "0");
  EXPECT_EQ(Select("ferro_ends_with('abc', 'bc')"), "1");
  EXPECT_EQ(Select("ferro_ends_with('bc', 'abc')"), "0");
  EXPECT_EQ(Select("ferro_ends_with('abc', '')"), "1");
  EXPECT_EQ(Select("ferro_contains('100%', '0%')"), "1");
  EXPECT_EQ(Select("ferro_contains('abc', '%')"), "0");
  EXPECT_EQ(Select("ferro_contains('', '')"), "1");
  for (const char* function : {"ferro_starts_with", "ferro_ends_with", "ferro_contains"}) {
    ExpectStrict(function, {"'a'", "'a'"});
  }
}

TEST_F(TextFunctionsTest, ResultsObeyTheLimitForValues) {
  sqlite3_limit(db_.get(), SQLITE_LIMIT_LENGTH, 1000);
  const std::string text(900, 'a');
  EXPECT_EQ(Select("length(ferro_replace(?, 'aa', 'aa'))", {text}), "900");
  EXPECT_EQ(Select("length(ferro_replace(?, 'aaaa', 'aaaaa'))", {text}), kTooBig);
  EXPECT_EQ(Select("length(ferro_repeat('aa', 500))"), "1000");
  EXPECT_EQ(Select("ferro_repeat('aa', 501)"), kTooBig);
  std::string grows;  // two bytes each, three in lower case
  for (int i = 0; i < 400; ++i) grows += "Ⱥ";
  EXPECT_EQ(Select("ferro_lower(?)", {grows}), kTooBig);
}

TEST_F(TextFunctionsTest, WhatWouldBeHugeStopsEarly) {
  const std::string text(1'000'000, 'a');
  EXPECT_EQ(Select("ferro_replace(?, 'a', ?)", {text, text}), kTooBig);
}

TEST_F(TextFunctionsTest, SearchingIsLinear) {
  const std::string text(4'000'000, 'a');
  const std::string needle = std::string(1'000'000, 'a') + "b";
  EXPECT_EQ(Select("ferro_contains(?, ?)", {text, needle}), "0");
  EXPECT_EQ(Select("ferro_position(?, ?)", {needle, text}), "0");
  EXPECT_EQ(Select("length(ferro_replace(?, ?, ''))", {text, needle}), "4000000");
}

}  // namespace
}  // namespace ferro::sqlite
