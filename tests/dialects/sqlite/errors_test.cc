// What SQLite refuses, as the errors that callers react to, with the fields that every database
// fills.
#include "dialects/sqlite/errors.h"

#include "tests/dialects/sqlite/harness.h"

namespace ferro::sqlite {
namespace {

class ErrorsTest : public SqliteTest {
 protected:
  ErrorsTest() : connection_(Connect()) {
    EXPECT_OK(Script(*connection_,
                     "CREATE TABLE parent (id INTEGER PRIMARY KEY);"
                     "CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT NOT NULL, b TEXT, c INTEGER,"
                     "  UNIQUE (a, b), CONSTRAINT positive CHECK (c > 0));"
                     "CREATE UNIQUE INDEX by_c ON t (c);"
                     "CREATE UNIQUE INDEX by_lower ON t (lower(b));"
                     "CREATE TABLE child (p REFERENCES parent, q REFERENCES parent DEFERRABLE "
                     "INITIALLY DEFERRED);"
                     "INSERT INTO t VALUES (1, 'x', 'y', 1);"));
  }

  ErrorDetail Fail(absl::string_view sql, ErrorClass expected,
                   const std::vector<Value>& values = {}) {
    const auto outcome = Execute(*connection_, sql, values);
    EXPECT_FALSE(outcome.ok()) << sql;
    if (outcome.ok()) return {};
    EXPECT_EQ(ClassOf(outcome.status()), expected) << sql << ": " << outcome.status();
    message_ = std::string(outcome.status().message());
    return DetailOf(outcome.status());
  }

  std::unique_ptr<db::Connection> connection_;
  std::string message_;
};

TEST_F(ErrorsTest, UniqueSaysWhichConstraint) {
  ErrorDetail detail = Fail("INSERT INTO t VALUES (2, 'x', 'y', 2)", ErrorClass::kUnique);
  // SQLite looks at the indexes in its own order; the one on an expression is reached first or
  // last.
  EXPECT_TRUE(detail.constraint == "t_a_b_key" || detail.constraint == "by_lower")
      << detail.constraint;

  detail = Fail("INSERT INTO t VALUES (1, 'p', 'q', 2)", ErrorClass::kUnique);
  EXPECT_EQ(detail.constraint, "t_pkey");
  EXPECT_EQ(detail.table, "t");
  EXPECT_EQ(detail.column, "id");
  EXPECT_EQ(detail.native_code, SQLITE_CONSTRAINT_PRIMARYKEY);

  detail = Fail("INSERT INTO t VALUES (2, 'p', 'q', ?)", ErrorClass::kUnique, {Value::Int64(1)});
  EXPECT_EQ(detail.constraint, "by_c");
  EXPECT_EQ(detail.column, "c");
  EXPECT_EQ(detail.sql, "INSERT INTO t VALUES (2, 'p', 'q', ?)");

  detail = Fail("INSERT INTO t VALUES (2, 'p', 'Y', 2)", ErrorClass::kUnique);
  EXPECT_EQ(detail.constraint, "by_lower");
}

TEST_F(ErrorsTest, AUniqueConstraintWithoutANameGetsTheUsualOne) {
  ASSERT_OK(Script(*connection_, "DROP INDEX by_lower"));
  const ErrorDetail detail = Fail("INSERT INTO t VALUES (2, 'x', 'y', 2)", ErrorClass::kUnique);
  EXPECT_EQ(detail.constraint, "t_a_b_key");
  EXPECT_EQ(detail.table, "t");
  EXPECT_EQ(detail.column, "a,b");
}

TEST_F(ErrorsTest, NotNullAndCheckSayWhere) {
  ErrorDetail detail =
      Fail("INSERT INTO t VALUES (2, ?, 'q', 2)", ErrorClass::kNotNull, {Value::Null()});
  EXPECT_EQ(detail.table, "t");
  EXPECT_EQ(detail.column, "a");
  detail =
      Fail("INSERT INTO t VALUES (2, 'p', 'q', ?)", ErrorClass::kCheck, {Value::Int64(-987654321)});
  EXPECT_EQ(detail.constraint, "positive");
  EXPECT_EQ(message_.find("987654321"), std::string::npos);
}

TEST_F(ErrorsTest, AnIntegerBeyondItsColumnIsOutOfRange) {
  ASSERT_OK(Execute(*connection_,
                    "CREATE TABLE n (a INTEGER CONSTRAINT n_a_int16 CHECK (a BETWEEN -32768 AND "
                    "32767), \"b\" INTEGER CHECK ((\"b\" BETWEEN -2147483648 AND 2147483647)))"));
  ASSERT_OK(Execute(*connection_, "INSERT INTO n VALUES (-32768, 2147483647)"));
  const ErrorDetail detail = Fail("INSERT INTO n VALUES (32768, 0)", ErrorClass::kOutOfRange);
  EXPECT_EQ(detail.constraint, "n_a_int16");
  Fail("INSERT INTO n VALUES (0, -2147483649)", ErrorClass::kOutOfRange);
}

TEST_F(ErrorsTest, ForeignKeysAtOnceAndAtTheEnd) {
  const ErrorDetail detail = Fail("INSERT INTO child (p) VALUES (7)", ErrorClass::kForeignKey);
  EXPECT_EQ(detail.constraint, "");
  ASSERT_OK(Script(*connection_, "BEGIN"));
  ASSERT_OK(Execute(*connection_, "INSERT INTO child (q) VALUES (7)"));
  EXPECT_ERROR(ErrorClass::kForeignKey, Script(*connection_, "COMMIT"));
  EXPECT_EQ(connection_->transaction_state(), db::TransactionState::kActive);
  ASSERT_OK(Script(*connection_, "ROLLBACK"));
}

TEST_F(ErrorsTest, RestrictIsNoTriggerOfTheCallers) {
  ASSERT_OK(Script(*connection_,
                   "CREATE TABLE held (p REFERENCES parent ON DELETE RESTRICT);"
                   "INSERT INTO parent VALUES (1); INSERT INTO held VALUES (1);"
                   "CREATE TRIGGER guard BEFORE DELETE ON t BEGIN SELECT RAISE(ABORT, 'no'); END"));
  Fail("DELETE FROM parent", ErrorClass::kForeignKey);
  Fail("DELETE FROM t", ErrorClass::kIntegrity);
}

TEST_F(ErrorsTest, AStrictTableSaysWhichColumn) {
  if (sqlite3_libversion_number() < 3'037'000) GTEST_SKIP() << "STRICT needs SQLite 3.37";
  ASSERT_OK(Execute(*connection_, "CREATE TABLE s (n INTEGER) STRICT"));
  const ErrorDetail detail =
      Fail("INSERT INTO s VALUES (?)", ErrorClass::kData, {Value::Bytes(Type::kText, "secret")});
  EXPECT_EQ(detail.table, "s");
  EXPECT_EQ(detail.column, "n");
  EXPECT_EQ(message_.find("secret"), std::string::npos);
}

TEST_F(ErrorsTest, TextsOfSqlErrorAreToldApart) {
  Fail("SELEC 1", ErrorClass::kSyntax);
  Fail("SELECT (", ErrorClass::kSyntax);
  Fail("SELECT 1 UNION SELECT 1, 2", ErrorClass::kSyntax);
  Fail("SELECT * FROM missing", ErrorClass::kUndefined);
  Fail("SELECT missing FROM t", ErrorClass::kUndefined);
  Fail("INSERT INTO t (missing) VALUES (1)", ErrorClass::kUndefined);
  Fail("SELECT missing(1)", ErrorClass::kUndefined);
  Fail("DROP INDEX missing", ErrorClass::kUndefined);
  Fail("CREATE TABLE t (a)", ErrorClass::kDuplicateObject);
  Fail("CREATE INDEX by_c ON t (a)", ErrorClass::kDuplicateObject);
  Fail("ALTER TABLE t ADD COLUMN a TEXT", ErrorClass::kDuplicateObject);
  Fail("SELECT ferro_add(9223372036854775807, 1)", ErrorClass::kOutOfRange);
  Fail("SELECT ferro_exp(1000)", ErrorClass::kOutOfRange);
  Fail("SELECT 1 ORDER BY 2", ErrorClass::kSyntax);  // "… term out of range …"
  Fail("SELECT ferro_json_has_key('{', 'a')", ErrorClass::kInvalidText);
  Fail("SELECT zeroblob(2000000000)", ErrorClass::kOutOfRange);
  Fail("INSERT INTO parent VALUES ('no number')", ErrorClass::kData);
  EXPECT_TRUE(connection_->healthy());
}

TEST_F(ErrorsTest, AJsonPathIsNotQuoted) {
  const ErrorDetail detail = Fail("SELECT json_extract('{}', ?)", ErrorClass::kData,
                                  {Value::Bytes(Type::kText, "secret")});
  EXPECT_EQ(message_.find("secret"), std::string::npos);
  EXPECT_NE(detail.detail.find("secret"), std::string::npos);
}

TEST_F(ErrorsTest, AFullDatabaseAndAReadOnlyOne) {
  ASSERT_OK(Script(*connection_, "PRAGMA max_page_count = 20"));
  Fail("INSERT INTO t (a, c) SELECT zeroblob(1000000), 50", ErrorClass::kDiskFull);
  EXPECT_TRUE(connection_->healthy());
  ASSERT_OK(Script(*connection_, "PRAGMA query_only = ON"));
  Fail("DELETE FROM t", ErrorClass::kReadOnly);
}

TEST(Errors, UnknownExtendedCodesHaveTheClassOfTheirPrimary) {
  EXPECT_EQ(ClassOfCode(SQLITE_BUSY_RECOVERY), ErrorClass::kLock);
  EXPECT_EQ(ClassOfCode(SQLITE_IOERR_WRITE), ErrorClass::kInternal);
  EXPECT_EQ(ClassOfCode(SQLITE_CONSTRAINT_TRIGGER), ErrorClass::kIntegrity);
  EXPECT_EQ(ClassOfCode(SQLITE_CANTOPEN_ISDIR), ErrorClass::kConnection);
  EXPECT_EQ(ClassOfCode(SQLITE_READONLY_DBMOVED), ErrorClass::kReadOnly);
  EXPECT_EQ(ClassOfCode(SQLITE_IOERR_NOMEM), ErrorClass::kMemory);
  EXPECT_EQ(ClassOfCode(255), ErrorClass::kInternal);
}

}  // namespace
}  // namespace ferro::sqlite
