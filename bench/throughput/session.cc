#include "session.h"

namespace bench {

bool Session::Fail(ferro_error* error) {
  error_ =
      TextOf(ferro_code_name(ferro_error_code(error))) + ": " + TextOf(ferro_error_message(error));
  const std::string hint = TextOf(ferro_error_hint(error));
  if (!hint.empty()) error_ += "\n" + hint;
  ferro_error_free(error);
  return false;
}

bool Session::Finish(ferro_code code, ferro_operation* started, ferro_error* error,
                     const OnBatch& on_batch) {
  if (code != FERRO_OK) return Fail(error);
  const Operation operation(started);
  for (;;) {
    int32_t state = FERRO_STATE_DONE;
    if (ferro_operation_wait(operation.get(), &state, &error) != FERRO_OK) return Fail(error);
    if (state == FERRO_STATE_DONE) break;
    if (on_batch) on_batch(*ferro_operation_batch(operation.get()));
  }
  rows_affected_ = ferro_operation_rows_affected(operation.get());
  return true;
}

bool Session::Open(const std::string& url) {
  ferro_error* error = nullptr;
  ferro_database* database = nullptr;
  if (ferro_database_open(BytesOf(url), &database, &error) != FERRO_OK) return Fail(error);
  database_.reset(database);
  ferro_operation* operation = nullptr;
  const ferro_code code = ferro_database_connect(database, &operation, &error);
  return Finish(code, operation, error, nullptr);
}

bool Session::Compile(const std::string& plan, Statement& out) {
  ferro_error* error = nullptr;
  ferro_statement* statement = nullptr;
  if (ferro_statement_compile(database_.get(), BytesOf(plan), &statement, &error) != FERRO_OK) {
    return Fail(error);
  }
  out.reset(statement);
  return true;
}

bool Session::Run(const Statement& statement, const std::vector<ferro_value>& arguments,
                  const OnBatch& on_batch) {
  ferro_error* error = nullptr;
  ferro_operation* operation = nullptr;
  const ferro_code code =
      ferro_statement_run(database_.get(), transaction_.get(), statement.get(), arguments.data(),
                          arguments.size(), &operation, &error);
  return Finish(code, operation, error, on_batch);
}

bool Session::RunBulk(const Statement& statement, const ferro_value* arguments, size_t rows) {
  ferro_error* error = nullptr;
  ferro_operation* operation = nullptr;
  const ferro_code code = ferro_statement_run_bulk(
      database_.get(), transaction_.get(), statement.get(), arguments, rows, &operation, &error);
  return Finish(code, operation, error, nullptr);
}

bool Session::RunOnce(const std::string& plan) {
  Statement statement;
  return Compile(plan, statement) && Run(statement, {});
}

bool Session::Transact(int32_t action) {
  ferro_error* error = nullptr;
  ferro_operation* operation = nullptr;
  const ferro_code code = ferro_transaction_do(transaction_.get(), action, &operation, &error);
  return Finish(code, operation, error, nullptr);
}

bool Session::Begin() {
  ferro_error* error = nullptr;
  ferro_transaction* transaction = nullptr;
  if (ferro_transaction_new(database_.get(), &transaction, &error) != FERRO_OK) return Fail(error);
  transaction_.reset(transaction);
  return Transact(FERRO_TRANSACTION_BEGIN);
}

bool Session::Commit() {
  const bool done = Transact(FERRO_TRANSACTION_COMMIT);
  transaction_.reset();
  return done;
}

}  // namespace bench
