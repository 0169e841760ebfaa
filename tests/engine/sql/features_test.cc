#include <gtest/gtest.h>

#include <set>
#include <string>
#include <vector>

#include "engine/sql/features_of.h"
#include "tests/engine/sql/compiling.h"

namespace ferro::sql {
namespace {

using testing::Compile;

std::set<std::string> FeaturesIn(absl::string_view text) {
  Arena arena;
  const auto plan = plan::ParseSexpr(text, arena);
  EXPECT_TRUE(plan.ok()) << plan.status();
  if (!plan.ok()) return {};
  std::set<std::string> names;
  const FeatureSet features = FeaturesOf(*plan->statement);
  for (size_t i = 0; i < kFeatureCount; ++i) {
    if (features.test(i)) names.insert(std::string(Name(static_cast<Feature>(i))));
  }
  return names;
}

using Names = std::set<std::string>;

TEST(Features, AnOrdinaryQueryAsksForNone) {
  EXPECT_EQ(FeaturesIn("(select (columns id:int64) (from t) (where (eq id:int64 (param int64)))"
                       " (order (asc id:int64 nulls-never)) (limit 1) (offset 1))"),
            Names{});
}

TEST(Features, AreFoundInSubqueries) {
  EXPECT_EQ(FeaturesIn("(select (columns (exists (select (columns 1) (from t)"
                       " (where (like a:text (param text))) (offset 2)))))"),
            (Names{"case-sensitive-like", "offset-without-limit"}));
}

TEST(Features, OfArithmeticFollowTheTypes) {
  EXPECT_EQ(FeaturesIn("(select (columns (add a:int64 1)))"), Names{"checked-arithmetic"});
  EXPECT_EQ(FeaturesIn("(select (columns (add a b:int64)))"), Names{"checked-arithmetic"});
  EXPECT_EQ(FeaturesIn("(select (columns (add a:float64 1)))"), Names{});
  EXPECT_EQ(FeaturesIn("(select (columns (add a:decimal 1)))"), Names{"decimal-arithmetic"});
  EXPECT_EQ(FeaturesIn("(select (columns (neg a:decimal)))"), Names{"decimal-arithmetic"});
  EXPECT_EQ(FeaturesIn("(select (columns (div (add a:decimal 1) 2)))"),
            (Names{"decimal-arithmetic", "decimal-division", "true-division"}));
}

TEST(Features, OfAnUpdateSayWhetherItsAssignmentsDependOnEachOther) {
  EXPECT_EQ(FeaturesIn("(update t (set (a (add a:float64 1)) (b 2)))"), Names{});
  EXPECT_EQ(FeaturesIn("(update t (set (a 1) (b A:int64)))"), Names{"old-row-assignment"});
}

TEST(Features, OfAWriteSayWhetherItReadsItsOwnTable) {
  EXPECT_EQ(FeaturesIn("(delete t (where (exists (select (columns 1) (from u)))))"), Names{});
  EXPECT_EQ(FeaturesIn("(delete t (where (exists (select (columns 1) (from t)))))"),
            Names{"target-in-subquery"});
}

TEST(Features, AnArrayIsOneWhereverItIsDeclared) {
  for (const char* statement :
       {"(select (columns a:int64-array) (from t))", "(insert t (row (a (param text-array))))",
        "(create-table t (column a uuid-array))"}) {
    EXPECT_EQ(FeaturesIn(statement), Names{"arrays"}) << statement;
  }
}

TEST(Features, EachHasANameOfItsOwn) {
  std::set<absl::string_view> names;
  for (size_t i = 0; i < kFeatureCount; ++i) names.insert(Name(static_cast<Feature>(i)));
  EXPECT_EQ(names.size(), kFeatureCount);
}

TEST(Features, ANativeRowIsRefusedOnAnOlderServer) {
  SKIP_WITHOUT(testing::kSqlite);
  const char* insert = "(insert t (row (a 1)) (returning id:int64))";
  EXPECT_OK(Compile(insert, {Product::kSqlite, 3, 35, 0}));
  const auto old = Compile(insert, {Product::kSqlite, 3, 34, 1});
  EXPECT_ERROR(ErrorClass::kUnsupported, old);
  EXPECT_NE(old.status().message().find("SQLite 3.34.1"), absl::string_view::npos) << old.status();
  EXPECT_NE(old.status().message().find("3.35"), absl::string_view::npos) << old.status();
}

TEST(Features, ARefusalNamesTheServerAndSaysWhatToDo) {
  SKIP_WITHOUT(testing::kSqlite);
  const auto lock = Compile("(select (columns 1) (from t) (lock))", testing::kSqlite);
  EXPECT_ERROR(ErrorClass::kUnsupported, lock);
  EXPECT_NE(lock.status().message().find("SQLite 3.40.1"), absl::string_view::npos);
  EXPECT_NE(lock.status().message().find("row-lock"), absl::string_view::npos);
  EXPECT_NE(DetailOf(lock.status()).hint.find("immediate"), std::string::npos);
}

TEST(Features, MariadbAndMysqlAreToldApartByTheServerFound) {
  SKIP_WITHOUT(testing::kMysql);
  const Dialect& dialect = *testing::DialectOf(testing::kMysql);
  EXPECT_EQ(dialect.resolve(testing::kMysql).SupportOf(Feature::kInsertReturning),
            Support::kRewritten);
  EXPECT_EQ(dialect.resolve(testing::kMariadb).SupportOf(Feature::kInsertReturning),
            Support::kNative);
  EXPECT_EQ(dialect.resolve({Product::kMariadb, 10, 4, 9}).SupportOf(Feature::kInsertReturning),
            Support::kRefused);
}

}  // namespace
}  // namespace ferro::sql
