// Handles of ferro.h that free themselves, and one connection to a database that runs statements to
// their end. A failure is kept as text in error(): the programs here stop at the first one.
#pragma once

#include <ferro.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace bench {

template <auto Free>
struct Freed {
  template <class T>
  void operator()(T* handle) const {
    Free(handle);
  }
};
using Database = std::unique_ptr<ferro_database, Freed<ferro_database_free>>;
using Statement = std::unique_ptr<ferro_statement, Freed<ferro_statement_free>>;
using Operation = std::unique_ptr<ferro_operation, Freed<ferro_operation_free>>;
using Transaction = std::unique_ptr<ferro_transaction, Freed<ferro_transaction_free>>;

inline ferro_bytes BytesOf(const std::string& text) { return {text.data(), text.size()}; }
inline std::string TextOf(ferro_bytes bytes) {
  return bytes.size == 0 ? std::string() : std::string(bytes.data, bytes.size);
}

// Called with each batch, which is gone afterwards.
using OnBatch = std::function<void(const ferro_batch&)>;

class Session {
 public:
  // Each of these is false, and error() says why, when it failed.
  bool Open(const std::string& url);
  bool Compile(const std::string& plan, Statement& out);
  bool Run(const Statement& statement, const std::vector<ferro_value>& arguments,
           const OnBatch& on_batch = nullptr);
  bool RunBulk(const Statement& statement, const ferro_value* arguments, size_t rows);
  bool RunOnce(const std::string& plan);
  bool Begin();
  bool Commit();

  // Rows inserted, matched, deleted or returned by the last statement.
  int64_t rows_affected() const { return rows_affected_; }
  std::string dialect() const { return TextOf(ferro_database_dialect(database_.get())); }
  std::string server() const { return TextOf(ferro_database_server(database_.get())); }
  const std::string& error() const { return error_; }

 private:
  bool Finish(ferro_code code, ferro_operation* started, ferro_error* error,
              const OnBatch& on_batch);
  bool Transact(int32_t action);
  bool Fail(ferro_error* error);

  // Destroyed from the bottom up: the transaction before its database.
  Database database_;
  Transaction transaction_;
  int64_t rows_affected_ = 0;
  std::string error_;
};

}  // namespace bench
