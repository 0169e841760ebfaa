// Each allocation of our functions fails once: the statement fails then, and nothing else happens.
#include <cstdlib>
#include <new>

#include "tests/dialects/sqlite/functions/harness.h"

namespace {

// Allocations of this thread until one fails; negative: none does.
thread_local int left_until_failure = -1;

void* Allocate(std::size_t size) {
  if (left_until_failure == 0) {
    left_until_failure = -1;
    throw std::bad_alloc();
  }
  if (left_until_failure > 0) --left_until_failure;
  if (void* const memory = std::malloc(size)) return memory;
  throw std::bad_alloc();
}

}  // namespace

void* operator new(std::size_t size) { return Allocate(size); }
void* operator new[](std::size_t size) { return Allocate(size); }
// Who asks like this can do without.
void* operator new(std::size_t size, const std::nothrow_t&) noexcept { return std::malloc(size); }
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete[](void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
void operator delete[](void* memory, std::size_t) noexcept { std::free(memory); }

namespace ferro::sqlite {
namespace {

class MemoryTest : public FunctionsTest {};

TEST_F(MemoryTest, FailsTheStatementAndNothingElse) {
  for (const char* sql : {
           "SELECT ferro_lower('A TEXT THAT DOES NOT FIT INTO A STRING WITHOUT MEMORY')",
           "SELECT ferro_replace('a text that does not fit into a string', 'a', 'bb')",
           "SELECT ferro_ilike('a text that does not fit into a string', 'another, as long as it')",
           "SELECT ferro_decimal_multiply('1.5', replace(hex(zeroblob(99)), '0', '7'))",
           "SELECT ferro_decimal_sum('7' || hex(zeroblob(99)) || column1) FROM (VALUES ('1'), "
           "('2'))",
           "SELECT ferro_decimal_sum(column1) OVER (ROWS 1 PRECEDING) "
           "FROM (VALUES ('123456789.123456789123456789'), ('2'), ('3'), (NULL), (NULL))",
           "SELECT ferro_int_sum(column1) OVER (ROWS 1 PRECEDING) FROM (VALUES (1), (2), (3))",
           "SELECT ferro_var_pop(column1) OVER (ROWS 1 PRECEDING) FROM (VALUES (1), (2), (3))",
           "SELECT ferro_date_add('2024-01-31 00:00:00.000000', 1, 'month')",
           R"(SELECT ferro_json_contains('{"a": [1, {"\u0062": 2}]}', '{"a": [{"b": 2}]}'))",
           R"(SELECT ferro_json_has_key('["a", "\u0062"]', 'a'))",
       }) {
    int failures = 0;
    for (int allocations = 0;; ++allocations) {
      ASSERT_LT(allocations, 1000) << sql;
      sqlite3_stmt* statement = nullptr;
      ASSERT_EQ(sqlite3_prepare_v2(db_.get(), sql, -1, &statement, nullptr), SQLITE_OK) << sql;
      left_until_failure = allocations;
      int code = SQLITE_ROW;
      while (code == SQLITE_ROW) code = sqlite3_step(statement);
      const bool failed = left_until_failure < 0;
      left_until_failure = -1;
      sqlite3_finalize(statement);
      if (!failed) {
        EXPECT_EQ(code, SQLITE_DONE) << sql;
        break;
      }
      ++failures;
      EXPECT_EQ(code, SQLITE_NOMEM) << sql << " after " << allocations;
    }
    EXPECT_GT(failures, 0) << sql;
  }
}

}  // namespace
}  // namespace ferro::sqlite
