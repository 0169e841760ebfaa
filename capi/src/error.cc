#include "capi/src/handle.h"

using ferro::capi::BytesOf;

// The numbers of ferro_code are those of ErrorClass; the last one shows that none was forgotten.
static_assert(FERRO_ERROR_CONNECTION == static_cast<int>(ferro::ErrorClass::kConnection));
static_assert(FERRO_ERROR_UNIQUE == static_cast<int>(ferro::ErrorClass::kUnique));
static_assert(FERRO_ERROR_CHECK == static_cast<int>(ferro::ErrorClass::kCheck));
static_assert(FERRO_ERROR_BAD_STORED_VALUE == static_cast<int>(ferro::ErrorClass::kBadStoredValue));
static_assert(FERRO_ERROR_POOL_TIMEOUT == static_cast<int>(ferro::ErrorClass::kPoolTimeout));
static_assert(FERRO_ERROR_UNSUPPORTED == static_cast<int>(ferro::ErrorClass::kUnsupported));
static_assert(FERRO_ERROR_PLAN == static_cast<int>(ferro::ErrorClass::kPlan));
static_assert(FERRO_ERROR_COMMIT_UNKNOWN == static_cast<int>(ferro::ErrorClass::kCommitUnknown));
static_assert(FERRO_ERROR_FORKED == static_cast<int>(ferro::kLastErrorClass));

namespace {

ferro_bytes Text(const ferro_error* error, std::string ferro::ErrorDetail::*field) {
  return error == nullptr ? ferro_bytes{nullptr, 0} : BytesOf(error->detail.*field);
}

}  // namespace

void ferro_error_free(ferro_error* error) { delete error; }

ferro_code ferro_error_code(const ferro_error* error) {
  return error == nullptr ? FERRO_OK : error->code;
}

ferro_bytes ferro_error_message(const ferro_error* error) {
  return error == nullptr ? ferro_bytes{nullptr, 0} : BytesOf(error->message);
}

ferro_bytes ferro_error_hint(const ferro_error* error) {
  return Text(error, &ferro::ErrorDetail::hint);
}
ferro_bytes ferro_error_sqlstate(const ferro_error* error) {
  return Text(error, &ferro::ErrorDetail::sqlstate);
}
ferro_bytes ferro_error_constraint(const ferro_error* error) {
  return Text(error, &ferro::ErrorDetail::constraint);
}
ferro_bytes ferro_error_table(const ferro_error* error) {
  return Text(error, &ferro::ErrorDetail::table);
}
ferro_bytes ferro_error_column(const ferro_error* error) {
  return Text(error, &ferro::ErrorDetail::column);
}
ferro_bytes ferro_error_sql(const ferro_error* error) {
  return Text(error, &ferro::ErrorDetail::sql);
}
ferro_bytes ferro_error_detail(const ferro_error* error) {
  return Text(error, &ferro::ErrorDetail::detail);
}

int32_t ferro_error_native_code(const ferro_error* error) {
  return error == nullptr ? 0 : error->detail.native_code;
}

int64_t ferro_error_row(const ferro_error* error) {
  return error == nullptr ? -1 : error->detail.row;
}

ferro_bytes ferro_code_name(ferro_code code) {
  if (code < 0 || code > FERRO_ERROR_FORKED) return BytesOf("unknown");
  return BytesOf(Name(static_cast<ferro::ErrorClass>(code)));
}
