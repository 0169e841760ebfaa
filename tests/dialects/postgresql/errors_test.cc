#include "dialects/postgresql/errors.h"

#include <gtest/gtest.h>

#include <string>

namespace ferro::postgresql {
namespace {

TEST(PostgresqlErrors, ACopySaysItsRow) {
  EXPECT_EQ(CopiedRow("COPY t, line 3, column a", "t"), 2);
  EXPECT_EQ(CopiedRow("COPY a, line 4, line 12", "a, line 4"), 11);
  EXPECT_EQ(CopiedRow("PL/pgSQL function f() line 9 at RAISE\nCOPY t, line 1", "t"), 0);
  EXPECT_EQ(CopiedRow("COPY t, line 3", "other"), -1);
  EXPECT_EQ(CopiedRow("COPY t, Zeile 3", "t"), -1);
  EXPECT_EQ(CopiedRow("COPY t, line ", "t"), -1);
  EXPECT_EQ(CopiedRow("SQL statement \"SELECT 1\"", "t"), -1);
  EXPECT_EQ(CopiedRow("", "t"), -1);
}

TEST(PostgresqlErrors, TheTableIsSortedAndHasNoDoubles) {
  const auto table = StateTable();
  ASSERT_FALSE(table.empty());
  for (size_t i = 1; i < table.size(); ++i) {
    EXPECT_LT(table[i - 1].state, table[i].state);
  }
}

TEST(PostgresqlErrors, EveryRowIsFoundByItsOwnKey) {
  for (const StateRow& row : StateTable()) {
    ASSERT_TRUE(row.state.size() == 2 || row.state.size() == 5) << row.state;
    EXPECT_EQ(ClassOfState(row.state), row.error_class) << row.state;
  }
}

TEST(PostgresqlErrors, ClassesThatCallersReactTo) {
  const std::pair<const char*, ErrorClass> cases[] = {
      {"08006", ErrorClass::kConnection},
      {"57P01", ErrorClass::kConnection},
      {"57P03", ErrorClass::kConnection},
      {"28000", ErrorClass::kAuthentication},
      {"28P01", ErrorClass::kAuthentication},
      {"57014", ErrorClass::kCancelled},
      {"40001", ErrorClass::kSerialization},
      {"40P01", ErrorClass::kDeadlock},
      {"55P03", ErrorClass::kLock},
      {"25006", ErrorClass::kReadOnly},
      {"53100", ErrorClass::kDiskFull},
      {"53300", ErrorClass::kTooManyConnections},
      {"53200", ErrorClass::kMemory},
      {"23505", ErrorClass::kUnique},
      {"23503", ErrorClass::kForeignKey},
      {"23502", ErrorClass::kNotNull},
      {"23514", ErrorClass::kCheck},
      {"23P01", ErrorClass::kIntegrity},
      {"23001", ErrorClass::kForeignKey},
      {"22003", ErrorClass::kOutOfRange},
      {"22001", ErrorClass::kStringTooLong},
      {"22P02", ErrorClass::kInvalidText},
      {"22012", ErrorClass::kData},
      {"42P01", ErrorClass::kUndefined},
      {"42703", ErrorClass::kUndefined},
      {"42883", ErrorClass::kUndefined},
      {"42601", ErrorClass::kSyntax},
      {"42501", ErrorClass::kPrivilege},
      {"42P07", ErrorClass::kDuplicateObject},
      {"25P02", ErrorClass::kFailedTransaction},
      {"0A000", ErrorClass::kUnsupported},
      {"XX000", ErrorClass::kInternal},
  };
  for (const auto& [state, error_class] : cases) {
    EXPECT_EQ(ClassOfState(state), error_class) << state;
  }
}

TEST(PostgresqlErrors, AnUnknownStateFallsBackToItsFirstTwoCharacters) {
  EXPECT_EQ(ClassOfState("23999"), ErrorClass::kIntegrity);
  EXPECT_EQ(ClassOfState("22ZZZ"), ErrorClass::kData);
  EXPECT_EQ(ClassOfState("ZZ000"), ErrorClass::kInternal);
  EXPECT_EQ(ClassOfState(""), ErrorClass::kInternal);
}

TEST(PostgresqlErrors, DataExceptionsLoseTheValueTheyQuote) {
  EXPECT_EQ(WithoutValues("22P02", "invalid input syntax for type integer: \"s3cret\""),
            "invalid input syntax for type integer");
  EXPECT_EQ(WithoutValues("22P02", "invalid input syntax for type integer: \"\""),
            "invalid input syntax for type integer");
  EXPECT_EQ(WithoutValues("22003", "value \"99999999999\" is out of range for type integer"),
            "value is out of range for type integer");
  EXPECT_EQ(WithoutValues("22P02", "invalid input value for enum mood: \"a \" b\""),
            "invalid input value for enum mood");
  EXPECT_EQ(WithoutValues("22P02", "invalid input syntax for type json: \"cut sho"),
            "invalid input syntax for type json");
  EXPECT_EQ(WithoutValues("22021", "invalid byte sequence for encoding \"UTF8\": 0xff 0x12"),
            "invalid byte sequence for encoding");
  EXPECT_EQ(WithoutValues("22P02", "ungültige Eingabesyntax für Typ integer: »s3cret«"),
            "ungültige Eingabesyntax für Typ integer");
  EXPECT_EQ(WithoutValues("22007", "invalid input syntax for type date: \"line\nbreak\""),
            "invalid input syntax for type date");
}

TEST(PostgresqlErrors, OtherMessagesKeepTheirNames) {
  EXPECT_EQ(WithoutValues("42P01", "relation \"users\" does not exist"),
            "relation \"users\" does not exist");
  EXPECT_EQ(WithoutValues("22012", "division by zero"), "division by zero");
  EXPECT_EQ(WithoutValues("P0001", "two\nlines"), "two lines");
}

TEST(PostgresqlErrors, AConnectFailureIsTakenApart) {
  const auto refused = ParseConnectFailure(
      "connection to server at \"127.0.0.1\", port 1 failed: Connection refused\n"
      "\tIs the server running on that host and accepting TCP/IP connections?\n");
  EXPECT_EQ(refused.state, "");
  EXPECT_EQ(refused.reason, "Connection refused");
  const auto password = ParseConnectFailure(
      "connection to server at \"127.0.0.1\", port 5 failed: FATAL:  28P01: password "
      "authentication failed for user \"u\"\nLOCATION:  auth_failed, auth.c:321\n");
  EXPECT_EQ(password.state, "28P01");
  EXPECT_EQ(password.reason, "password authentication failed for user \"u\"");
  const auto second_address = ParseConnectFailure(
      "connection to server at \"localhost\" (::1), port 5 failed: Connection refused\n"
      "connection to server at \"localhost\" (127.0.0.1), port 5 failed: FATAL:  53300: sorry\n");
  EXPECT_EQ(second_address.state, "53300");
  const auto translated =
      ParseConnectFailure("x failed: FATAL:  die Datenbank »a: b« existiert nicht\n");
  EXPECT_EQ(translated.state, "");
}

TEST(PostgresqlErrors, TheColumnsOfAKeyAreReadFromTheDetail) {
  EXPECT_EQ(KeyColumns("Key (email)=(a@b) already exists."), "email");
  EXPECT_EQ(KeyColumns("Key (a, b)=(1, x)=(2) already exists."), "a,b");
  EXPECT_EQ(KeyColumns("Key (lower(email))=(x) already exists."), "");
  EXPECT_EQ(KeyColumns(""), "");
}

}  // namespace
}  // namespace ferro::postgresql
