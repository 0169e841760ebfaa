#include "engine/sql/writer.h"

#include <gtest/gtest.h>

namespace ferro::sql {
namespace {

constexpr Lexicon kQuestions{.quote = '`', .placeholder = Placeholder::kQuestion};
constexpr Lexicon kNumbers{.placeholder = Placeholder::kDollar};

Bind Parameter(uint32_t index) { return {BindSource::kParameter, index, Type::kInt64, false}; }

TEST(SqlWriter, DoublesTheQuoteInAName) {
  SqlWriter ticks(kQuestions);
  ticks.Identifier("a`b\"c");
  EXPECT_EQ(ticks.Take().pieces.front(), "`a``b\"c`");
  SqlWriter quotes(kNumbers);
  quotes.Identifier("a`b\"c");
  EXPECT_EQ(quotes.Take().pieces.front(), "\"a`b\"\"c\"");
}

TEST(SqlWriter, NeverWritesTwoMinusSigns) {
  SqlWriter writer(kNumbers);
  writer << "1 -";
  writer.Integer(-5);
  writer << " -";
  writer.Integer(INT64_MIN);
  EXPECT_EQ(writer.Take().pieces.front(), "1 -(-5) -(-9223372036854775808)");
}

TEST(SqlWriter, NamesANumberedPlaceholderAgainAndBindsItOnce) {
  SqlWriter writer(kNumbers);
  for (const uint32_t index : {4u, 2u, 4u}) writer.Placeholder(Parameter(index));
  const Text text = writer.Take();
  EXPECT_EQ(text.pieces.front(), "$1$2$1");
  ASSERT_EQ(text.binds.size(), 2u);
  EXPECT_EQ(text.binds[0].index, 4u);
  EXPECT_EQ(text.binds[1].index, 2u);
}

TEST(SqlWriter, KeepsTheStricterUseOfASharedPlaceholder) {
  SqlWriter writer(kNumbers);
  writer.Placeholder(Parameter(0));
  Bind limit = Parameter(0);
  limit.not_negative = true;
  writer.Placeholder(limit);
  EXPECT_TRUE(writer.Take().binds[0].not_negative);
}

TEST(SqlWriter, BindsAQuestionMarkEachTime) {
  SqlWriter writer(kQuestions);
  writer.Placeholder(Parameter(1));
  writer.Placeholder(Parameter(1));
  const Text text = writer.Take();
  EXPECT_EQ(text.pieces.front(), "??");
  EXPECT_EQ(text.binds.size(), 2u);
}

TEST(SqlWriter, TellsAListOfKeysFromAParameterOfTheSameNumber) {
  SqlWriter writer(kNumbers);
  writer.Placeholder(Parameter(0));
  writer.Placeholder({BindSource::kKeys, 0, Type::kInt64, false});
  EXPECT_EQ(writer.Take().pieces.front(), "$1$2");
}

TEST(SqlWriter, EndsAPieceAtAList) {
  SqlWriter writer(kQuestions);
  writer << "a IN (";
  writer.SpelledList({BindSource::kList, 0, Type::kText, false});
  writer << ")";
  const Text text = writer.Take();
  EXPECT_EQ(text.pieces, (std::vector<std::string>{"a IN (", ")"}));
}

TEST(SqlWriter, StartsAfreshAfterTake) {
  SqlWriter writer(kNumbers);
  writer << "x";
  writer.Placeholder(Parameter(7));
  writer.Take();
  writer.Placeholder(Parameter(7));
  const Text text = writer.Take();
  EXPECT_EQ(text.pieces, std::vector<std::string>{"$1"});
  EXPECT_EQ(text.binds.size(), 1u);
}

}  // namespace
}  // namespace ferro::sql
