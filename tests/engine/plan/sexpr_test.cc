// Both directions of the S-expressions, and where a wrong text is said to be wrong.
#include "engine/plan/sexpr.h"

#include <gtest/gtest.h>

#include <string>

#include "engine/ast/derive.h"
#include "engine/base/arena.h"
#include "engine/plan/format.h"
#include "tests/engine/plan/samples.h"
#include "tests/support/status_matchers.h"

namespace ferro::plan {
namespace {

std::string Canonical(const std::string& text) {
  Arena arena;
  const auto plan = ParseSexpr(text, arena);
  return plan.ok() ? Dump(*plan->statement) : plan.status().ToString();
}

// The refusal of `text`, without what the payload adds.
std::string Refusal(const std::string& text) {
  Arena arena;
  const auto plan = ParseSexpr(text, arena);
  if (plan.ok()) return "accepted";
  EXPECT_EQ(ClassOf(plan.status()), ErrorClass::kPlan);
  return std::string(plan.status().message());
}

TEST(Sexpr, DumpsEachSampleAsItWasWritten) {
  for (const char* sample : testing::kSamples) EXPECT_EQ(Canonical(sample), sample);
}

TEST(Sexpr, UnderstandsSpacesAndComments) {
  EXPECT_EQ(Canonical(" (select ; what\n\t(columns  id)\n) ; done"), "(select (columns id))");
}

TEST(Sexpr, ShortensWhatIsSaidInFull) {
  EXPECT_EQ(Canonical("(select (columns (item id:int64 :int64)) (order (asc id)))"),
            "(select (columns id:int64) (order id))");
  EXPECT_EQ(Canonical("(select (columns \"id\".\"x\"))"), "(select (columns id.x))");
}

TEST(Sexpr, GivesAnItemTheTypeOfItsColumn) {
  Arena arena;
  ASSERT_OK_AND_ASSIGN(const Plan plan, ParseSexpr("(select (columns id:uuid))", arena));
  const auto& item = *ast::As<ast::Select>(*plan.statement).items[0];
  EXPECT_EQ(item.type, Type::kUuid);
  EXPECT_EQ(ast::As<ast::Column>(*item.value).type, Type::kUuid);
}

TEST(Sexpr, TellsAQuotedNameFromALiteral) {
  EXPECT_EQ(Canonical("(select (columns \"null\" null \"12\" 12 \"\\\"\" \"a b\".c))"),
            "(select (columns \"null\" null \"12\" 12 \"\\\"\" \"a b\".c))");
}

TEST(Sexpr, NumbersParametersAsWritten) {
  Arena arena;
  ASSERT_OK_AND_ASSIGN(
      const Plan plan,
      ParseSexpr("(update t (set (a (param text))) (where (in b (param-list uuid))))", arena));
  ASSERT_EQ(plan.parameters.size(), 2u);
  EXPECT_EQ(plan.parameters[0].type, Type::kText);
  EXPECT_FALSE(plan.parameters[0].is_list);
  EXPECT_EQ(plan.parameters[1].type, Type::kUuid);
  EXPECT_TRUE(plan.parameters[1].is_list);
}

TEST(Sexpr, DumpsPartsOfStatements) {
  Arena arena;
  ASSERT_OK_AND_ASSIGN(const Plan plan,
                       ParseSexpr("(select (columns a) (from t u) (order (desc a)))", arena));
  const auto& select = ast::As<ast::Select>(*plan.statement);
  EXPECT_EQ(Dump(*select.from), "(table t u)");
  EXPECT_EQ(Dump(*select.order[0]), "(desc a)");
}

// What is refused at the grammar names the offset in the text.
TEST(Sexpr, SaysWhereTheTextIsWrong) {
  const std::pair<const char*, const char*> kCases[] = {
      {"", "expected a word, a quoted name or a bracket at byte 0"},
      {"(select", "a bracket is never closed at byte 0"},
      {"(select (columns \"a))", "a quote is never closed at byte 17"},
      {"(select (columns a)) b", "one expression is enough, another starts at byte 21"},
      {"(select (columns a\"b\"))", "expected a space or a bracket at byte 18"},
      {"(columns a)", "expected a statement at byte 0"},
      {"(select (columns (frobnicate a)))", "expected an expression at byte 17"},
      {"(select (columns a:int))", "unknown type int at byte 17"},
      {"(select (columns (lt a)))", "(lt …) lacks an expression at byte 17"},
      {"(select (columns (lt a b c)))", "(lt …) has no place for c at byte 25"},
      {"(select (columns a) (limit 1) (where b))", "(select …) has no place for where at byte 30"},
      {"(select (columns a) for-updates)", "(select …) has no place for for-updates at byte 20"},
      {"(select (columns 12x))", "expected an integer at byte 17"},
      {"(select (columns 1.5))", "a name that starts so must be quoted, at byte 17"},
      {"(select (columns a) (order (desc a last)))",
       "expected nulls-first, -last or -never at byte 35"},
      {"(drop-table a.b)", "expected a name at byte 12"},
      {"(insert t (row a))", "expected (name expression) at byte 15"},
      {"(create-table t (column a text (length)))", "(length …) lacks a number at byte 31"},
  };
  for (const auto& [text, message] : kCases) {
    EXPECT_EQ(Refusal(text), std::string("S-expression: ") + message) << text;
  }
}

TEST(Sexpr, LeavesWhatIsValidToTheReader) {
  EXPECT_EQ(Refusal("(select (from t))").substr(0, 44),
            "invalid plan: a select needs an item at byte");
}

// `(not (not … a))`: 512 levels of nodes with the statement and the item among them.
TEST(Sexpr, ReadsBackTheDeepestPlan) {
  constexpr size_t kLevels = kMaxDepth - 3;
  std::string text = "(select (columns ";
  for (size_t i = 0; i < kLevels; ++i) text += "(not ";
  text += "a" + std::string(kLevels, ')') + "))";
  EXPECT_EQ(Canonical(text), text);
}

TEST(Sexpr, RefusesBracketsBeyondAnyPlan) {
  const std::string text = std::string(1'000'000, '(');
  EXPECT_NE(Refusal(text).find("nested too deeply"), std::string::npos);
}

}  // namespace
}  // namespace ferro::plan
