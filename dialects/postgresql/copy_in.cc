// Many rows by COPY in its binary form: https://www.postgresql.org/docs/current/sql-copy.html, "Binary Format".
//
// COPY casts nothing, knows no rules and no policies of rows, and takes values for columns that are GENERATED ALWAYS. So the
// server is asked first, and whatever COPY would do otherwise than an insert is left to an insert. The question holds a
// lock on the table until the transaction ends, so the answer stays true.
#include <utility>

#include "absl/strings/str_cat.h"
#include "dialects/postgresql/connection.h"
#include "dialects/postgresql/errors.h"
#include "engine/base/bytes.h"
#include "engine/base/error.h"
#include "engine/base/try.h"

namespace ferro::postgresql {
namespace {

constexpr size_t kPiece = 64 * 1024;  // sent at a time; no more waits in memory unless a row is larger

// Signature, flags, and the length of an extension.
constexpr absl::string_view kHeader("PGCOPY\n\377\r\n\0\0\0\0\0\0\0\0\0", 19);

constexpr const char* kQuestion =
    "SELECT c.relkind IN ('r', 'p') AND NOT c.relhasrules AND NOT pg_catalog.row_security_active(c.oid)"
    " AND NOT EXISTS (SELECT FROM pg_catalog.pg_attribute a"
    " WHERE a.attrelid = c.oid AND a.attidentity = 'a' AND a.attname = ANY ($2::pg_catalog.text[]))"
    " FROM pg_catalog.pg_class c WHERE c.oid = pg_catalog.to_regclass($1::pg_catalog.text)";

// An array as a text, for the parameter of a question.
std::string ArrayText(std::span<const std::string> names) {
  std::string text = "{";
  for (const std::string& name : names) {
    text += text.size() > 1 ? ",\"" : "\"";
    for (const char c : name) {
      if (c == '"' || c == '\\') text += '\\';
      text += c;
    }
    text += '"';
  }
  return text + "}";
}

}  // namespace

db::Task<absl::StatusOr<db::Outcome>> PostgresqlConnection::CopyIn(const db::Request& request) {
  Reading reading;
  reading.sql = request.sql;
  reading.request = &request;
  std::vector<Oid> fields;
  FERRO_CO_TRY(co_await AskForFields(request, reading, fields));
  if (!reading.status.ok()) co_return reading.status;
  reading.outcome.declined = fields.size() != request.parameters.size();
  for (size_t i = 0; i < request.parameters.size() && !reading.outcome.declined; ++i) {
    reading.outcome.declined = !IsCopied(request.parameters[i].type, fields[i]);
  }
  if (reading.outcome.declined) co_return reading.outcome;
  FERRO_CO_TRY(co_await SendRows(request, fields, reading));
  if (!reading.status.ok()) co_return reading.status;
  co_return reading.outcome;
}

// The types of the columns; none where an insert is wanted.
db::Task<absl::Status> PostgresqlConnection::AskForFields(const db::Request& request, Reading& reading,
                                                          std::vector<Oid>& fields) {
  PGconn* const connection = handle_.get();
  const std::string names = ArrayText(request.copy->columns);
  const char* const values[] = {request.copy->quoted_table.c_str(), names.c_str()};
  if (PQenterPipelineMode(connection) == 0 ||
      PQsendPrepare(connection, "", request.copy->probe.c_str(), 0, nullptr) == 0 ||
      PQsendDescribePrepared(connection, "") == 0 ||
      PQsendQueryParams(connection, kQuestion, 2, nullptr, values, nullptr, nullptr, 0) == 0 ||
      PQpipelineSync(connection) == 0) {
    co_return SendFailed(request.sql);
  }
  ++syncs_;
  FERRO_CO_TRY(co_await Flush(request.sql));
  FERRO_CO_TRY(co_await TakeResults(reading));
  FERRO_CO_TRY(co_await AwaitResult(request.sql));
  while (const ResultHandle described{PQgetResult(connection)}) {
    if (PQresultStatus(described.get()) != PGRES_COMMAND_OK) TakeError(described.get(), reading);
    for (int i = 0; i < PQnparams(described.get()); ++i) fields.push_back(PQparamtype(described.get(), i));
    FERRO_CO_TRY(co_await AwaitResult(request.sql));
  }
  std::shared_ptr<const PGresult> answer;
  FERRO_CO_TRY(co_await Collect(reading, answer));
  FERRO_CO_TRY(co_await TakeSync(request.sql));
  if (PQexitPipelineMode(connection) == 0) co_return SendFailed(request.sql);
  const bool plain = answer != nullptr && PQntuples(answer.get()) == 1 && *PQgetvalue(answer.get(), 0, 0) == 't';
  if (!plain) fields.clear();
  co_return absl::OkStatus();
}

db::Task<absl::Status> PostgresqlConnection::SendRows(const db::Request& request, std::span<const Oid> fields,
                                                      Reading& reading) {
  PGconn* const connection = handle_.get();
  if (PQsendQuery(connection, request.copy->text.c_str()) == 0) co_return SendFailed(request.sql);
  FERRO_CO_TRY(co_await Flush(request.sql));
  FERRO_CO_TRY(co_await AwaitResult(request.sql));
  const ResultHandle ready(PQgetResult(connection));
  if (PQresultStatus(ready.get()) != PGRES_COPY_IN) {
    TakeError(ready.get(), reading);
    co_return co_await TakeResults(reading);
  }
  absl::Status encoded;
  std::string piece(kHeader);
  const size_t rows = request.parameters.front().count;
  for (size_t row = 0; row < rows && encoded.ok(); ++row) {
    AppendBig(piece, static_cast<int16_t>(fields.size()));
    for (size_t i = 0; i < fields.size() && encoded.ok(); ++i) {
      encoded = AppendField(piece, request.parameters[i], i, row, fields[i]);
    }
    if (row + 1 == rows) AppendBig(piece, int16_t{-1});
    if (piece.size() < kPiece && row + 1 < rows) continue;
    if (!encoded.ok()) break;
    if (PQputCopyData(connection, piece.data(), static_cast<int>(piece.size())) <= 0) {
      co_return SendFailed(request.sql);
    }
    // Until the server has taken it, so that nothing piles up here.
    FERRO_CO_TRY(co_await Flush(request.sql));
    piece.clear();
  }
  if (PQputCopyEnd(connection, encoded.ok() ? nullptr : "a value cannot be sent") <= 0) {
    co_return SendFailed(request.sql);
  }
  FERRO_CO_TRY(co_await Flush(request.sql));
  FERRO_CO_TRY(co_await TakeResults(reading));
  if (!encoded.ok()) {
    reading.status = WithDetail(encoded, [&](ErrorDetail& detail) { detail.sql = std::string(request.sql); });
  }
  co_return absl::OkStatus();
}

}  // namespace ferro::postgresql
