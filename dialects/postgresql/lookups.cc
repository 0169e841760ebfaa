// What the connection asks the server about the results of other statements: types that it does not
// know, and the table of a cell that it could not read. Both wait until the statement has ended.
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "dialects/postgresql/connection.h"
#include "dialects/postgresql/errors.h"
#include "engine/base/try.h"
#include "engine/db/cell_error.h"

namespace ferro::postgresql {
namespace {

// A row for each column of the primary key, in the key's order, or one with nulls.
constexpr const char* kTableAndKey =
    "SELECT c.relname, a.attnum, a.attname FROM pg_catalog.pg_class c"
    " LEFT JOIN pg_catalog.pg_index i ON i.indrelid = c.oid AND i.indisprimary"
    " LEFT JOIN pg_catalog.pg_attribute a"
    " ON a.attrelid = c.oid AND a.attnum = ANY (i.indkey::pg_catalog.int2[])"
    " WHERE c.oid = $1::pg_catalog.oid"
    " ORDER BY pg_catalog.array_position(i.indkey::pg_catalog.int2[], a.attnum)";

// The result column that is column `number` of `table`; -1 when it was not selected.
int Find(const PGresult* result, Oid table, int number) {
  for (int i = 0; i < PQnfields(result); ++i) {
    if (PQftable(result, i) == table && PQftablecol(result, i) == number) return i;
  }
  return -1;
}

}  // namespace

// One parameter and all columns as text. What the server refuses goes to `answer.status`; `rows` is
// null then.
db::Task<absl::Status> PostgresqlConnection::Ask(const char* question, const std::string& parameter,
                                                 Reading& answer,
                                                 std::shared_ptr<const PGresult>& rows) {
  const char* const values[] = {parameter.c_str()};
  if (PQsendQueryParams(handle_.get(), question, 1, nullptr, values, nullptr, nullptr, 0) == 0) {
    co_return SendFailed(question);
  }
  answer.sql = question;
  co_return co_await Collect(answer, rows);
}

db::Task<absl::Status> PostgresqlConnection::Collect(Reading& reading,
                                                     std::shared_ptr<const PGresult>& rows) {
  FERRO_CO_TRY(co_await Flush(reading.sql));
  for (;;) {
    FERRO_CO_TRY(co_await AwaitResult(reading.sql));
    std::shared_ptr<PGresult> result(PQgetResult(handle_.get()), ClearResult());
    if (result == nullptr) break;
    const ExecStatusType status = PQresultStatus(result.get());
    if (status == PGRES_TUPLES_OK) {
      rows = std::move(result);
    } else if (status != PGRES_COMMAND_OK) {
      TakeError(result.get(), reading);
    }
  }
  if (PQstatus(handle_.get()) != CONNECTION_OK) co_return LostConnection(handle_.get(), reading.sql);
  co_return absl::OkStatus();
}

// Learns the types of the rows held back and then takes the rows.
db::Task<absl::Status> PostgresqlConnection::TakeHeld(Reading& reading) {
  const std::vector<std::shared_ptr<const PGresult>> held = std::move(reading.held);
  if (!reading.status.ok()) co_return absl::OkStatus();
  const std::vector<Oid> missing = types_.Missing(held.front().get());
  const std::string list = UserTypes::List(missing);
  Reading answer;
  std::shared_ptr<const PGresult> rows;
  FERRO_CO_TRY(co_await Ask(UserTypes::Question(), list, answer, rows));
  if (!answer.status.ok()) {
    reading.status = std::move(answer.status);
    co_return absl::OkStatus();
  }
  types_.Learn(missing, rows.get());
  for (const std::shared_ptr<const PGresult>& result : held) {
    FERRO_CO_TRY(co_await TakeRows(result, reading));
  }
  co_return absl::OkStatus();
}

// Adds the table, and the key of the row as far as it was selected, to the error about a cell.
db::Task<absl::Status> PostgresqlConnection::NameTable(Reading& reading) {
  const std::shared_ptr<const PGresult> result = std::move(reading.refused);
  const auto [row, column] = decoder_.failed_at();
  if (column < 0 || PQftable(result.get(), column) == 0 ||
      PQtransactionStatus(handle_.get()) == PQTRANS_INERROR) {
    co_return absl::OkStatus();
  }
  const Oid table = PQftable(result.get(), column);
  const std::string oid = absl::StrCat(table);
  Reading answer;
  std::shared_ptr<const PGresult> found;
  FERRO_CO_TRY(co_await Ask(kTableAndKey, oid, answer, found));
  if (!answer.status.ok() || PQntuples(found.get()) == 0) co_return absl::OkStatus();
  const absl::string_view name = PQgetvalue(found.get(), 0, 0);
  std::string key;
  const bool one_row = row >= 0 && db::ReadsOnce(reading.sql, name);
  for (int i = 0; one_row && i < PQntuples(found.get()); ++i) {
    int number = 0;
    if (!absl::SimpleAtoi(PQgetvalue(found.get(), i, 1), &number)) continue;
    const int selected = Find(result.get(), table, number);
    if (selected < 0 || selected == column) continue;
    decoder_.AppendKey(result.get(), row, selected, PQgetvalue(found.get(), i, 2), key);
  }
  reading.status = db::WithTable(reading.status, name, key);
  co_return absl::OkStatus();
}

}  // namespace ferro::postgresql
