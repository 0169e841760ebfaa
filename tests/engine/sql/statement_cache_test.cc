#include "engine/sql/statement_cache.h"

#include <gtest/gtest.h>

#include <set>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tests/engine/sql/compiling.h"

namespace ferro::sql {
namespace {

DialectProfile Ansi() {
  const ServerVersion version{Product::kAnsi, 2016, 0, 0};
  return testing::DialectOf(version)->resolve(version);
}

std::string PlanNamed(absl::string_view table) {
  const auto plan = plan::Assemble(absl::StrCat("(select (columns id:int64) (from ", table, "))"));
  EXPECT_TRUE(plan.ok()) << plan.status();
  return plan.value_or("");
}

TEST(StatementCache, GivesTheSameStatementForEqualBytes) {
  StatementCache cache;
  const DialectProfile profile = Ansi();
  std::string first = PlanNamed("users");
  ASSERT_OK_AND_ASSIGN(const auto made, cache.Get(first, profile));
  const std::string second = first;
  first.assign(first.size(), 'x');  // what the cache keeps is its own
  ASSERT_OK_AND_ASSIGN(const auto found, cache.Get(second, profile));
  EXPECT_EQ(made, found);
  EXPECT_EQ(cache.size(), 1u);
  EXPECT_EQ(cache.hits(), 1u);
  EXPECT_EQ(cache.misses(), 1u);
}

TEST(StatementCache, TellsPlansApart) {
  StatementCache cache;
  const DialectProfile profile = Ansi();
  ASSERT_OK_AND_ASSIGN(const auto users, cache.Get(PlanNamed("users"), profile));
  ASSERT_OK_AND_ASSIGN(const auto items, cache.Get(PlanNamed("items"), profile));
  EXPECT_NE(users->id, items->id);
  EXPECT_NE(users->steps[0].text.pieces, items->steps[0].text.pieces);
}

TEST(StatementCache, StaysWithinItsCapacity) {
  StatementCache cache(16);
  const DialectProfile profile = Ansi();
  for (int i = 0; i < 200; ++i) EXPECT_OK(cache.Get(PlanNamed(absl::StrCat("t", i)), profile));
  EXPECT_LE(cache.size(), 16u);
  EXPECT_GT(cache.size(), 0u);
}

// One entry for each shard: whatever comes between, what was used last is the one that stays.
TEST(StatementCache, KeepsWhatIsUsedAndForgetsWhatIsNot) {
  StatementCache cache(16);
  const DialectProfile profile = Ansi();
  const std::string often = PlanNamed("often");
  ASSERT_OK_AND_ASSIGN(const auto kept, cache.Get(often, profile));
  for (int i = 0; i < 200; ++i) {
    EXPECT_OK(cache.Get(PlanNamed(absl::StrCat("t", i)), profile));
    ASSERT_OK_AND_ASSIGN(const auto again, cache.Get(often, profile));
    ASSERT_EQ(again, kept);
  }
  const uint64_t misses = cache.misses();
  EXPECT_OK(cache.Get(PlanNamed("t0"), profile));
  EXPECT_EQ(cache.misses(), misses + 1);
}

TEST(StatementCache, AStatementOutlivesItsPlaceInTheCache) {
  StatementCache cache(1);
  const DialectProfile profile = Ansi();
  ASSERT_OK_AND_ASSIGN(const auto kept, cache.Get(PlanNamed("kept"), profile));
  for (int i = 0; i < 100; ++i) EXPECT_OK(cache.Get(PlanNamed(absl::StrCat("t", i)), profile));
  EXPECT_EQ(kept->steps[0].text.pieces[0], "SELECT \"id\" FROM \"kept\"");
}

TEST(StatementCache, RemembersNoFailures) {
  StatementCache cache;
  EXPECT_ERROR(ErrorClass::kPlan, cache.Get("no plan", Ansi()));
  EXPECT_ERROR(ErrorClass::kPlan, cache.Get("", Ansi()));
  EXPECT_EQ(cache.size(), 0u);
}

TEST(StatementCache, GivesAllThreadsTheSameStatement) {
  StatementCache cache;
  const DialectProfile profile = Ansi();
  std::vector<std::string> plans;
  for (int i = 0; i < 20; ++i) plans.push_back(PlanNamed(absl::StrCat("t", i)));
  std::vector<std::vector<uint64_t>> ids(4);
  std::vector<std::thread> threads;
  for (auto& seen : ids) {
    threads.emplace_back([&] {
      for (int round = 0; round < 50; ++round) {
        for (const std::string& plan : plans) {
          const auto compiled = cache.Get(plan, profile);
          seen.push_back(compiled.ok() ? (*compiled)->id : 0);
        }
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  const std::set<uint64_t> distinct(ids[0].begin(), ids[0].end());
  EXPECT_EQ(distinct.size(), plans.size());
  EXPECT_FALSE(distinct.contains(0));
  for (const auto& seen : ids) EXPECT_EQ(seen, ids[0]);
}

}  // namespace
}  // namespace ferro::sql
