// Equality and walking, which are derived from Fields(), on the sample statements.
#include "engine/ast/derive.h"

#include <gtest/gtest.h>

#include <set>
#include <string>
#include <vector>

#include "engine/base/arena.h"
#include "engine/plan/sexpr.h"
#include "tests/engine/plan/samples.h"
#include "tests/support/status_matchers.h"

namespace ferro::ast {
namespace {

const Statement* Parse(const std::string& text, Arena& arena) {
  const auto plan = plan::ParseSexpr(text, arena);
  EXPECT_OK(plan);
  return plan.ok() ? plan->statement : nullptr;
}

std::vector<Kind> KindsOf(const Node& node) {
  std::vector<Kind> kinds;
  auto note = [&kinds](const Node& each) { kinds.push_back(each.kind); };
  Walk(node, note);
  return kinds;
}

TEST(Equal, HoldsForTwoCopiesOfEachSample) {
  for (const char* sample : testing::kSamples) {
    Arena first, second;
    EXPECT_TRUE(Equal(*Parse(sample, first), *Parse(sample, second))) << sample;
  }
}

TEST(Equal, TellsAllSamplesApart) {
  Arena arena;
  std::vector<const Statement*> statements;
  for (const char* sample : testing::kSamples) statements.push_back(Parse(sample, arena));
  for (size_t i = 0; i < statements.size(); ++i) {
    for (size_t k = 0; k < statements.size(); ++k) {
      EXPECT_EQ(Equal(*statements[i], *statements[k]), i == k) << i << " and " << k;
    }
  }
}

// Each pair differs in one field of one type.
TEST(Equal, SeesADifferenceInAnyTypeOfField) {
  const std::pair<const char*, const char*> kPairs[] = {
      {"(select (columns a) (from t))", "(select (columns b) (from t))"},
      {"(select (columns a:int64) (from t))", "(select (columns a:text) (from t))"},
      {"(select (columns a) (from t))", "(select (columns a))"},
      {"(select (columns a) (from t u))", "(select (columns a) (from t v))"},
      {"(select (columns a b))", "(select (columns a))"},
      {"(select (columns a b))", "(select (columns b a))"},
      {"(select (columns 1))", "(select (columns 2))"},
      {"(select (columns (lt a b)))", "(select (columns (le a b)))"},
      {"(select (columns (like a b)))", "(select (columns (not-like a b)))"},
      {"(select (columns (in a (param-list text))))",
       "(select (columns (in a (param-list date))))"},
      {"(select (columns (exists (select (columns 1)))))",
       "(select (columns (exists (select (columns 2)))))"},
      {"(create-index i t (columns a b))", "(create-index i t (columns a c))"},
  };
  for (const auto& [left, right] : kPairs) {
    Arena arena;
    EXPECT_FALSE(Equal(*Parse(left, arena), *Parse(right, arena))) << left << "\n" << right;
  }
}

TEST(Equal, CountsParameterNumbers) {
  Param first, second;
  second.index = 1;
  EXPECT_FALSE(Equal(first, second));
  second.index = 0;
  EXPECT_TRUE(Equal(first, second));
}

TEST(Walk, VisitsParentsFirstAndChildrenInWireOrder) {
  Arena arena;
  const Statement* statement =
      Parse("(select (columns a) (from t) (where (in b (param-list))) (limit 1))", arena);
  EXPECT_EQ(KindsOf(*statement),
            (std::vector<Kind>{Kind::kSelect, Kind::kSelectItem, Kind::kColumn, Kind::kTable,
                               Kind::kIn, Kind::kColumn, Kind::kParamList, Kind::kLiteral}));
}

TEST(Walk, MeetsEveryKindInTheSamples) {
  Arena arena;
  std::set<Kind> kinds;
  for (const char* sample : testing::kSamples) {
    for (const Kind kind : KindsOf(*Parse(sample, arena))) kinds.insert(kind);
  }
  // 26 expressions, 18 queries and their parts, 6 of mutations, 12 definitions.
  EXPECT_EQ(kinds.size(), 62u);
}

}  // namespace
}  // namespace ferro::ast
