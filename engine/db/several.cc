#include "engine/db/several.h"

#include <algorithm>
#include <deque>
#include <optional>
#include <utility>

#include "engine/base/error.h"
#include "engine/base/try.h"
#include "engine/db/prepared.h"
#include "engine/db/until.h"

namespace ferro::db {
namespace {

// Statements of a segment: enough for the server to answer many by one write, few enough that both sides have work.
constexpr size_t kSegment = 50;

// Whether rows can be read without asking the server: what is text to us may be a type of its own, such as an enum.
bool ReadsAtOnce(const std::vector<sql::ResultColumn>& columns) {
  return std::none_of(columns.begin(), columns.end(), [](const sql::ResultColumn& column) {
    return column.type == Type::kText || column.type == Type::kNull || IsArray(column.type);
  });
}

bool MayBeFollowed(const sql::Compiled& compiled) {
  return compiled.single && ReadsAtOnce(compiled.steps.front().columns);
}

// Those of the statements from Operation::position on that may be sent together.
class Convoy {
 public:
  Convoy(Pipelining& connection, std::span<const Execution> all, runtime::Operation& operation)
      : connection_(connection), all_(all), operation_(operation), sink_(&operation) {}

  // How the one at Operation::position failed; OK after the last.
  Task<absl::Status> Run() {
    Until until(co_await runtime::ThisContext(), all_.front().database->url().statement_timeout);
    FERRO_CO_TRY(connection_.Enter());
    connection_.BeginSending();
    for (;;) {
      while (MaySend()) FERRO_CO_TRY(SendSegment());
      if (sent_.empty()) break;
      const absl::Status waited = co_await Wait();
      // Late may be who comes to read only now.
      if (!waited.ok() && ClassOf(waited) != ErrorClass::kTimeout) co_return waited;
      const absl::Status received = connection_.Receive();
      bool any = false;
      while (const std::unique_ptr<Answer> answer = connection_.Take()) {
        any = true;
        until.Renew();
        if (status_.ok()) {
          const absl::StatusOr<Outcome> outcome = co_await answer->Read(sent_.front().request, sink_);
          if (outcome.ok()) operation_.counts[operation_.position++] = outcome->rows_affected;
          status_ = outcome.status();
          unread_ = answer->unread();
        }
        sent_.pop_front();
      }
      if (!received.ok()) co_return sent_.empty() ? received : connection_.LostError(sent_.front().request, true);
      if (!waited.ok() && !any) co_return waited;
    }
    FERRO_CO_TRY(connection_.Leave());
    // The server knows of no failure, and has run what was sent behind it.
    if (unread_) all_.front().transaction->Lose();
    co_return status_;
  }

 private:
  // Refers to itself, so it stays where it is.
  struct Sent {
    Prepared prepared;
    Request request;
  };

  // Two segments are under way, so that the server has one to work at while the other one's answers are read.
  bool MaySend() {
    if (!unsent_.ok() && sent_.empty() && status_.ok()) status_ = unsent_;  // those before it have gone well
    return status_.ok() && unsent_.ok() && next_ < all_.size() && sent_.size() <= kSegment;
  }

  // An error is the session's; one of a statement alone is kept until those before it were answered.
  absl::Status SendSegment() {
    size_t count = 0;
    for (; count < kSegment && next_ < all_.size(); ++count) {
      unsent_ = Send(all_[next_]);
      if (!unsent_.ok()) break;
      ++next_;
    }
    if (!unsent_.ok() && LeavesConnectionInDoubt(ClassOf(unsent_))) return unsent_;
    if (count == 0) return absl::OkStatus();
    FERRO_TRY(connection_.EndSegment());
    return Flush();
  }

  absl::Status Send(const Execution& execution) {
    const sql::Compiled& compiled = *execution.compiled;
    Sent& sent = sent_.emplace_back();
    absl::Status status = Prepare(compiled, 0, *execution.database->profile(), execution.arguments, {}, sent.prepared);
    if (status.ok()) {
      sent.request = RequestFor(sent.prepared, compiled, 0);
      status = connection_.Send(sent.request);
    }
    if (!status.ok()) sent_.pop_back();
    return status;
  }

  absl::Status Flush() {
    FERRO_ASSIGN(flushed_, connection_.Flush());
    return absl::OkStatus();
  }

  Task<absl::Status> Wait() {
    runtime::Wait wait;
    wait.fd = connection_.socket();
    wait.read = true;  // a server that is itself stuck sending takes no more until it is read
    wait.write = !flushed_;
    if (wait.fd < 0) co_return connection_.LostError(sent_.front().request, true);
    FERRO_CO_TRY(co_await runtime::WaitFor(wait));
    co_return flushed_ ? absl::OkStatus() : Flush();
  }

  Pipelining& connection_;
  const std::span<const Execution> all_;
  runtime::Operation& operation_;
  ShowRows sink_;
  std::deque<Sent> sent_;  // and not answered, oldest first
  size_t next_ = 0;        // to be sent
  bool flushed_ = true;
  bool unread_ = false;  // what a statement gave could not be read
  absl::Status unsent_;  // why the next one cannot be
  absl::Status status_;  // of the first that has failed
};

Task<absl::Status> RunOne(const Execution& execution, Connection& connection, runtime::Operation& operation) {
  FERRO_CO_TRY(CheckDefinition(execution));
  ShowRows sink(&operation);
  const absl::StatusOr<int64_t> rows = co_await RunSteps(execution, connection, execution.arguments, sink);
  if (rows.ok()) operation.counts[operation.position++] = *rows;
  co_return rows.status();
}

Task<absl::Status> RunAll(const std::vector<Execution>& all, runtime::Operation& operation) {
  while (operation.position < all.size()) {
    const auto first = all.begin() + static_cast<std::ptrdiff_t>(operation.position);
    operation.columns.clear();
    FERRO_CO_ASSIGN(Connection* const connection, first->transaction->Use());
    Pipelining* const pipelining = first->database->pool().pipelines() ? connection->pipelining() : nullptr;
    const auto end = pipelining == nullptr ? first : std::find_if_not(first, all.end(), [](const Execution& one) {
      return MayBeFollowed(*one.compiled);
    });
    if (end - first > 1) {
      Convoy convoy(*pipelining, std::span(first, end), operation);
      FERRO_CO_TRY(co_await convoy.Run());
    } else {
      FERRO_CO_TRY(co_await RunOne(*first, *connection, operation));
    }
  }
  co_return absl::OkStatus();
}

}  // namespace

Task<absl::Status> ExecuteSeveral(std::vector<Execution> all, runtime::Operation& operation) {
  if (all.empty()) co_return absl::OkStatus();
  std::optional<TransactionUse> use;
  FERRO_CO_TRY(Join(all.front(), co_await runtime::ThisContext(), use));
  operation.counts.resize(all.size());
  absl::Status status = co_await RunAll(all, operation);
  Judge(all.front(), status);
  for (const int64_t count : operation.counts) operation.rows_affected += count;
  co_return status;
}

}  // namespace ferro::db
