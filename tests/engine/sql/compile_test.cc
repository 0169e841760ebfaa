// What the golden files do not show: binds, roles, types, and statements too long to read.
#include "engine/sql/compile.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "tests/engine/sql/compiling.h"

namespace ferro::sql {
namespace {

using testing::Compile;
using testing::kMariadb;
using testing::kMysql;
using testing::kPostgresql;
using testing::kSqlite;

TEST(PaddedSize, IsTheNextPowerOfTwo) {
  const std::vector<size_t> sizes = {0, 1, 2, 3, 4, 5, 1000, 1024};
  std::vector<size_t> padded;
  for (const size_t size : sizes) padded.push_back(PaddedSize(size));
  EXPECT_EQ(padded, (std::vector<size_t>{0, 1, 2, 4, 4, 8, 1024, 1024}));
}

TEST(Expand, SpellsOutEachListAndTheEmptyOne) {
  Text text;
  text.pieces = {"a IN (", ") AND b IN (", ")"};
  const Lexicon lexicon{.empty_list = "nothing"};
  const size_t sizes[] = {3, 0};
  EXPECT_EQ(Expand(text, lexicon, sizes), "a IN (?, ?, ?, ?) AND b IN (nothing)");
}

TEST(Compile, DescribesParametersAndColumns) {
  SKIP_WITHOUT(kPostgresql);
  ASSERT_OK_AND_ASSIGN(
      const Compiled compiled,
      Compile(
          "(select (columns id:int64 (item name:text shown) (add a:int64 1) (item b:date :text))"
          " (from t) (where (and (in id:int64 (param-list int64)) (eq d:uuid (param uuid)))))",
          kPostgresql));
  EXPECT_EQ(compiled.statement_class, StatementClass::kQuery);
  EXPECT_EQ(compiled.parameters, (std::vector<Type>{Type::kInt64, Type::kUuid}));
  EXPECT_EQ(compiled.parameter_is_list, (std::vector<bool>{true, false}));
  ASSERT_EQ(compiled.columns.size(), 4u);
  EXPECT_EQ(compiled.columns[0].name, "id");
  EXPECT_EQ(compiled.columns[1].name, "shown");
  EXPECT_EQ(compiled.columns[2].name, "");
  EXPECT_EQ(compiled.columns[2].type, Type::kInt64);  // known without being declared
  EXPECT_EQ(compiled.columns[3].type, Type::kText);   // declared wins
  ASSERT_EQ(compiled.steps.size(), 1u);
  EXPECT_EQ(compiled.steps[0].columns.size(), 4u);
  EXPECT_FALSE(compiled.atomic);
}

TEST(Compile, GivesEachStatementAnIdOfItsOwn) {
  SKIP_WITHOUT(kSqlite);
  ASSERT_OK_AND_ASSIGN(const Compiled a, Compile("(drop-table t)", kSqlite));
  ASSERT_OK_AND_ASSIGN(const Compiled b, Compile("(drop-table t)", kSqlite));
  EXPECT_NE(a.id, b.id);
  EXPECT_NE(a.id, 0u);
}

TEST(Compile, MarksLimitAndOffsetAsNotNegative) {
  SKIP_WITHOUT(kSqlite);
  ASSERT_OK_AND_ASSIGN(const Compiled compiled,
                       Compile("(select (columns (param int64)) (from t) (limit (param int64))"
                               " (offset (param int64)))",
                               kSqlite));
  const auto& binds = compiled.steps[0].text.binds;
  ASSERT_EQ(binds.size(), 3u);
  EXPECT_FALSE(binds[0].not_negative);
  EXPECT_TRUE(binds[1].not_negative);
  EXPECT_TRUE(binds[2].not_negative);
}

TEST(Compile, AQueryThatLocksIsNoMereQuery) {
  SKIP_WITHOUT(kPostgresql);
  ASSERT_OK_AND_ASSIGN(const Compiled compiled,
                       Compile("(select (columns id) (from t) (lock))", kPostgresql));
  EXPECT_EQ(compiled.statement_class, StatementClass::kWrite);
}

TEST(Compile, APostgresqlListIsOneArrayAndOneText) {
  SKIP_WITHOUT(kPostgresql);
  ASSERT_OK_AND_ASSIGN(const Compiled compiled,
                       Compile("(delete t (where (in a:text (param-list text))))", kPostgresql));
  const Text& text = compiled.steps[0].text;
  EXPECT_EQ(text.pieces.size(), 1u);
  ASSERT_EQ(text.binds.size(), 1u);
  EXPECT_EQ(text.binds[0].source, BindSource::kList);
  EXPECT_EQ(text.binds[0].type, Type::kText);
}

// unnest() would flatten them.
TEST(Compile, ABulkInsertOfArraysIsSpelledOutInPostgresql) {
  SKIP_WITHOUT(kPostgresql);
  ASSERT_OK_AND_ASSIGN(
      const Compiled arrays,
      Compile("(insert t (row (a (param int64)) (b (param text-array))) (returning id:int64) "
              "(key id:int64))",
              kPostgresql));
  EXPECT_EQ(arrays.bulk.style, BulkStyle::kValues);
  EXPECT_EQ(arrays.bulk.row, "($1, $2)");
  EXPECT_TRUE(arrays.has_generated_key_order);
  EXPECT_EQ(arrays.parameters, (std::vector<Type>{Type::kInt64, ArrayOf(Type::kText)}));
  ASSERT_OK_AND_ASSIGN(const Compiled scalars,
                       Compile("(insert t (row (a (param int64))))", kPostgresql));
  EXPECT_EQ(scalars.bulk.style, BulkStyle::kArrays);
}

TEST(Compile, AParameterThatIsSaidTwiceIsBoundTwiceWhereItHasNoNumber) {
  SKIP_WITHOUT(kMariadb);
  // The rewrite of NULLS LAST says the expression twice.
  const char* text = "(select (columns id) (from t) (order (asc (add a:int64 (param int64)))))";
  ASSERT_OK_AND_ASSIGN(const Compiled mariadb, Compile(text, kMariadb));
  ASSERT_EQ(mariadb.steps[0].text.binds.size(), 2u);
  EXPECT_EQ(mariadb.steps[0].text.binds[1].index, 0u);
  EXPECT_EQ(mariadb.parameters.size(), 1u);
}

TEST(Compile, AnEmulatedInsertTakesTheGeneratedKey) {
  SKIP_WITHOUT(kMysql);
  ASSERT_OK_AND_ASSIGN(
      const Compiled compiled,
      Compile("(insert t (row (a (param text))) (returning a:text id:int64) (key id:int64))",
              kMysql));
  ASSERT_EQ(compiled.steps.size(), 2u);
  EXPECT_EQ(compiled.steps[0].role, StepRole::kInsertForKeys);
  EXPECT_TRUE(compiled.steps[0].columns.empty());
  EXPECT_TRUE(compiled.steps[0].counts);
  EXPECT_EQ(compiled.steps[1].role, StepRole::kMain);
  EXPECT_FALSE(compiled.steps[1].counts);
  EXPECT_EQ(compiled.steps[1].columns.size(), 2u);
  EXPECT_TRUE(compiled.atomic);
  EXPECT_FALSE(compiled.keys_are_result);
  EXPECT_EQ(compiled.supplied_key, -1);
  EXPECT_EQ(compiled.key_column, 1);
  EXPECT_FALSE(compiled.bulk.one_row_each);
}

TEST(Compile, AnEmulatedInsertOfASuppliedKeyNamesItsArgument) {
  SKIP_WITHOUT(kMysql);
  ASSERT_OK_AND_ASSIGN(const Compiled compiled,
                       Compile("(insert t (row (a (param text)) (id (param uuid)))"
                               " (returning id:uuid) (key id:uuid))",
                               kMysql));
  EXPECT_EQ(compiled.steps.size(), 1u);
  EXPECT_TRUE(compiled.keys_are_result);
  EXPECT_EQ(compiled.supplied_key, 1);
  EXPECT_TRUE(compiled.bulk.one_row_each);
  EXPECT_FALSE(compiled.atomic);
}

TEST(Compile, AKeyThatIsWrittenAsNullIsRefusedEverywhere) {
  for (const ServerVersion& version : {kSqlite, kPostgresql, kMariadb, kMysql}) {
    if (testing::DialectOf(version) == nullptr) continue;  // this build lacks the dialect
    // Columns are told apart as most servers do, whatever their case.
    const auto refused =
        Compile("(insert t (row (a (param text)) (ID null)) (key id:int64))", version);
    EXPECT_ERROR(ErrorClass::kNotNull, refused);
    const ErrorDetail detail = DetailOf(refused.status());
    EXPECT_EQ(detail.table, "t");
    EXPECT_EQ(detail.column, "id");
    EXPECT_TRUE(absl::StrContains(detail.hint, "leave the key out")) << detail.hint;
    EXPECT_OK(Compile("(insert t (row (id (param int64)) (a null)) (key id:int64))", version));
    EXPECT_OK(Compile("(insert t (row (id null)))", version));  // no key is known
  }
}

TEST(Compile, AnEmulatedUpdateLocksThenChangesThenReads) {
  SKIP_WITHOUT(kMariadb);
  ASSERT_OK_AND_ASSIGN(const Compiled compiled,
                       Compile("(update t (set (a (param int64))) (where (eq b:text (param text)))"
                               " (returning a:int64) (key id:uuid))",
                               kMariadb));
  ASSERT_EQ(compiled.steps.size(), 3u);
  EXPECT_EQ(compiled.steps[0].role, StepRole::kCollectKeys);
  ASSERT_EQ(compiled.steps[0].columns.size(), 1u);
  EXPECT_EQ(compiled.steps[0].columns[0].type, Type::kUuid);
  EXPECT_FALSE(compiled.steps[0].counts);
  EXPECT_EQ(compiled.steps[1].role, StepRole::kAffect);
  EXPECT_TRUE(compiled.steps[1].counts);
  EXPECT_TRUE(compiled.steps[1].columns.empty());
  EXPECT_EQ(compiled.steps[1].text.binds.back().source, BindSource::kKeys);
  EXPECT_EQ(compiled.steps[1].text.binds.back().type, Type::kUuid);
  EXPECT_EQ(compiled.steps[2].role, StepRole::kMain);
  EXPECT_FALSE(compiled.steps[2].counts);
  EXPECT_TRUE(compiled.atomic);
}

TEST(Compile, BulkRowsAreOrderedByKeysOrInsertedOneByOne) {
  SKIP_WITHOUT(kSqlite);
  const auto compiled = [](absl::string_view row, absl::string_view returning) {
    auto result = Compile(
        absl::StrCat("(insert t (row ", row, ") (returning ", returning, ") (key id:int64))"),
        kSqlite);
    EXPECT_TRUE(result.ok()) << result.status();
    return *std::move(result);
  };
  const Compiled generated = compiled("(a (param text))", "a:text id:int64");
  EXPECT_TRUE(generated.has_generated_key_order);
  EXPECT_EQ(generated.key_column, 1);
  const Compiled supplied = compiled("(id (param int64)) (a (param text))", "id:int64");
  EXPECT_FALSE(supplied.has_generated_key_order);
  EXPECT_FALSE(supplied.bulk.one_row_each);
  EXPECT_EQ(supplied.key_column, 0);
  EXPECT_EQ(supplied.supplied_key, 0);
  EXPECT_TRUE(compiled("(a (param text))", "a:text").bulk.one_row_each);
}

TEST(Compile, ARowWithAnotherValueThanItsParametersIsNotRepeated) {
  SKIP_WITHOUT(kPostgresql);
  for (const char* text : {"(insert t (row (a (param text)) (b 1)))", "(insert t)",
                           "(insert t (row (a (param text))) (returning (param int64)))"}) {
    ASSERT_OK_AND_ASSIGN(const Compiled compiled, Compile(text, kPostgresql));
    EXPECT_EQ(compiled.bulk.style, BulkStyle::kNone) << text;
  }
}

TEST(Compile, ALongChainIsNotDeepInSqlite) {
  SKIP_WITHOUT(kSqlite);
  std::string terms;
  for (int i = 0; i < 10'000; ++i) absl::StrAppend(&terms, "(eq a:int64 ", i, ") ");
  ASSERT_OK_AND_ASSIGN(
      const Compiled compiled,
      Compile(absl::StrCat("(select (columns 1) (from t) (where (or ", terms, ")))"), kSqlite));
  int depth = 0;
  int deepest = 0;
  for (const char c : compiled.steps[0].text.pieces[0]) {
    if (c == '(') deepest = std::max(deepest, ++depth);
    if (c == ')') --depth;
  }
  EXPECT_EQ(depth, 0);
  EXPECT_LT(deepest, 20);
}

// Each level would say the one below twice; the text is refused before the memory is gone.
TEST(Compile, ATextThatWouldGrowWithoutBoundsIsRefused) {
  SKIP_WITHOUT(kMysql);
  std::string query = "(select (columns 1) (from t))";
  for (int i = 0; i < 80; ++i) {
    query = absl::StrCat("(select (columns 1) (from t) (order (asc (exists ", query, "))))");
  }
  EXPECT_ERROR(ErrorClass::kPlan, Compile(query, kMysql));
}

TEST(Compile, MixedTypesAreRefusedOnlyWhenTheyAreKnown) {
  SKIP_WITHOUT(kSqlite);
  const auto where = [](absl::string_view condition) {
    return Compile(absl::StrCat("(select (columns 1) (from t) (where ", condition, "))"), kSqlite);
  };
  EXPECT_OK(where("(eq a:int64 (param float64))"));
  EXPECT_OK(where("(eq a (param text))"));
  EXPECT_OK(where("(eq a:date null)"));
  EXPECT_ERROR(ErrorClass::kPlan, where("(eq a:int64 (param text))"));
  EXPECT_ERROR(ErrorClass::kPlan, where("(lt a:timestamp (param timestamptz))"));
  EXPECT_ERROR(ErrorClass::kPlan, where("(in a:uuid (param-list text))"));
  EXPECT_ERROR(ErrorClass::kPlan, where("(between a:date (param date) (param timestamp))"));
  EXPECT_ERROR(ErrorClass::kPlan, where("(like a:bytes (param text))"));
  EXPECT_ERROR(ErrorClass::kPlan, where("(eq (neg a:bool) 1)"));
}

}  // namespace
}  // namespace ferro::sql
