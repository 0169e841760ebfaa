// One run of a prepared statement: binding, stepping, filling batches. It steps on whatever thread
// calls Advance(), one at a time; which thread that is, is connection.cc's decision.
#pragma once

#include <memory>
#include <vector>

#include "absl/status/statusor.h"
#include "dialects/sqlite/decode.h"
#include "dialects/sqlite/errors.h"
#include "dialects/sqlite/pace.h"
#include "dialects/sqlite/prepared.h"
#include "engine/db/driver.h"

namespace ferro::sqlite {

// Memory that runs of one connection share, so that a lookup allocates nothing after the first.
struct Buffers {
  Arena bound;                                  // texts written for parameters
  std::vector<std::unique_ptr<Batch>> batches;  // one, but for writes that return many rows
  std::vector<DecodeCell> decoders;
};

enum class Stop : uint8_t {
  kEnd,      // the statement has run to its end
  kFull,     // a batch is full
  kSpent,    // the budget is spent between two rows: go on elsewhere
  kStopped,  // the budget was spent in the middle of a step, which undid the run: Restart()
  kBusy,     // a lock is held by somebody else and we did not wait: Restart()
};

// A wait that ended without what was waited for: kTimeout, kCancelled, kLock.
absl::Status GaveUp(const Pace& pace, int code, absl::string_view sql);

// The failure `code` of `db`, told apart from the ends that `pace` has brought about: kTimeout,
// kCancelled.
absl::Status Failure(sqlite3* db, const Pace& pace, int code, Phase phase, absl::string_view sql);

class Execution {
 public:
  Execution(sqlite3* db, Prepared& prepared, const db::Request& request, Pace& pace,
            Buffers& buffers);
  // Makes the statement ready for its next run and gives borrowed memory back.
  ~Execution();
  Execution(const Execution&) = delete;
  Execution& operator=(const Execution&) = delete;

  absl::Status Bind();

  // Steps until one of Stop. A write runs to its end whatever `batch_rows` is, in as many batches
  // as it takes: nothing is shown before it is committed, and no reader makes it hold its locks.
  absl::StatusOr<Stop> Advance(size_t batch_rows);
  // From the beginning, with the same bindings. Only before any row was shown.
  void Restart();

  bool writes() const { return writes_; }
  // The batches filled by the last Advance(); some may be empty. Forget() before the next.
  size_t batch_count() const { return batch_count_; }
  Batch& batch(size_t index) { return *buffers_.batches[index]; }
  void Forget() { batch_count_ = 0; }
  // Instead of both for a read, which has one: the batch changes places with `other` (null the first time), so that the
  // next Advance() does not touch it.
  void Exchange(std::unique_ptr<Batch>& other);

  // What the columns are called; once, between two calls of Advance().
  std::vector<std::string> TakeNames();

  int64_t rows_affected() const;
  // Time spent in Advance().
  int64_t nanos() const { return nanos_; }

 private:
  absl::StatusOr<Stop> Step(size_t batch_rows);
  absl::Status AddRow(size_t batch_rows);
  absl::Status ChooseDecoders();
  std::vector<std::string> NamesNow() const;
  Batch& NextBatch();

  sqlite3* const db_;
  sqlite3_stmt* const statement_;
  const db::Request& request_;
  Pace& pace_;
  Buffers& buffers_;
  const bool writes_;
  const int64_t changes_before_;
  bool chosen_ = false;
  std::vector<std::string> names_;  // of the columns, where the request does not say them
  size_t batch_count_ = 0;
  int64_t rows_ = 0;
  int64_t nanos_ = 0;
};

}  // namespace ferro::sqlite
